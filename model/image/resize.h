// Bicubic and bilinear resize, bit-exact with Pillow's Image.resize.
#pragma once

#include "datasets/image.h"

namespace tessera {

/// `image` resized to width x height: bicubic (a = -0.5) with support widening, 8-bit rounding between the horizontal
/// and the vertical pass, horizontal first. Equal to Pillow 9.5 to 12.2 in every byte. Source: SPEC section 7.3 (Pillow
/// Resample.c). Rows are split over up to `threads` threads; the result does not depend on it. AVX2 when the processor
/// has it. Throws std::invalid_argument when a size is below 1.
Image ResizeBicubic(const Image& image, int width, int height, int threads);

/// As ResizeBicubic with Pillow's BILINEAR filter: a triangle, widened when the picture shrinks.
Image ResizeBilinear(const Image& image, int width, int height, int threads);

/// ResizeBicubic through the plain-loop reference, whatever the processor: what the vector code is tested against.
Image ResizeBicubicReference(const Image& image, int width, int height);

}  // namespace tessera

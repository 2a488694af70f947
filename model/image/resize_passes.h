// The two passes of a resize, as plain loops and as AVX2 code. Internal to resize.cc.
#pragma once

#include <cstddef>
#include <cstdint>

namespace tessera {

/// Filter weights have this many fraction bits; a weighted sum of bytes fits in 32 bits.
inline constexpr int kWeightBits = 22;

/// The weights of one axis. Output i is the sum of weights[i * taps + k] * input[first[i] + k] over k < count[i].
struct AxisWeights {
  const int* first;             ///< [outputs]
  const int* count;             ///< [outputs], each at most `taps`
  const std::int32_t* weights;  ///< [outputs, taps], zero from count[i] on
  std::size_t taps;             ///< a multiple of 4
  int outputs;
};

/// 8-bit RGB rows without gaps between them.
struct ConstPlane {
  const std::uint8_t* rgb;  ///< [height, width, 3]
  int width;
  int height;
};

/// Rows [begin, end) of the horizontal pass: out[y] is row y + first_row of `in`, resized to axis.outputs pixels.
void HorizontalRows(const ConstPlane& in, int first_row, const AxisWeights& axis, int begin, int end,
                    std::uint8_t* out);
void HorizontalRowsAvx2(const ConstPlane& in, int first_row, const AxisWeights& axis, int begin, int end,
                        std::uint8_t* out);

/// Rows [begin, end) of the vertical pass. Row 0 of `in` is row first_row of the picture that `axis` counts in.
void VerticalRows(const ConstPlane& in, int first_row, const AxisWeights& axis, int begin, int end, std::uint8_t* out);
void VerticalRowsAvx2(const ConstPlane& in, int first_row, const AxisWeights& axis, int begin, int end,
                      std::uint8_t* out);

/// Bytes [begin, end) of one output row of the vertical pass: the weighted sum of `count` rows of `stride` bytes.
void VerticalBytes(const std::uint8_t* rows, std::size_t stride, const std::int32_t* weights, int count,
                   std::size_t begin, std::size_t end, std::uint8_t* out);

}  // namespace tessera

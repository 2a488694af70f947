// What the speed suite asks: a drawn page and questions about it.
#pragma once

#include <cstdint>
#include <vector>

#include "datasets/image.h"
#include "model/api/backend.h"

namespace tessera {

/// A page of ruled lines and blocks on a gradient, as a JPEG: the same bytes everywhere.
std::vector<std::uint8_t> DrawPageJpeg(int width, int height);

/// The page of a JPEG as a backend wants it, on up to `threads` threads: at most 12 tiles and a thumbnail.
std::shared_ptr<const TileBatch> TilePage(const std::vector<std::uint8_t>& jpeg, const BackendInfo& backend,
                                          int threads);

/// `count` questions about a page (none: without a picture), whose answers have exactly `new_tokens` tokens.
std::vector<Query> MakeQuestions(const std::shared_ptr<const TileBatch>& page, int count, int new_tokens);

/// The predictions of `queries`, in order. Throws kInput when a question fails.
std::vector<Prediction> Answer(Backend& backend, std::span<const Query> queries);

}  // namespace tessera

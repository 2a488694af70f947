// Tiles through a layer, one at a time.
#pragma once

#include <ATen/core/Tensor.h>
#include <ATen/ops/cat.h>

#include <vector>

namespace tessera {

/// function(x) for x [T, ...], where the function treats tiles independently. On the CPU each tile goes by itself: what
/// the function computes stays in the cache from one operation to the next, and no value depends on how many tiles
/// there are (matrix libraries sum the last rows of a product in another order than the rest).
template <typename Function>
at::Tensor TileByTile(const at::Tensor& x, const Function& function) {
  if (!x.is_cpu()) return function(x);
  std::vector<at::Tensor> results;
  for (std::int64_t tile = 0; tile < x.size(0); ++tile) results.push_back(function(x.narrow(0, tile, 1)));
  return at::cat(results);
}

}  // namespace tessera

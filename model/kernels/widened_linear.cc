// Dimension letters: R rows, N columns of the result, K depth.
#include "model/kernels/widened_linear.h"

#include <ATen/ops/addmm.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/mm.h>
#include <c10/util/accumulate.h>

#include <algorithm>

namespace tessera {
namespace {

constexpr std::int64_t kScratchBytes = 8 << 20;

/// Blocks are whole multiples of this, and the last one is not shorter: the matrix library sums the columns of a narrow
/// product, and the last few of any other, in an order of their own.
constexpr std::int64_t kColumnQuantum = 64;

}  // namespace

at::Tensor WidenedLinear(const at::Tensor& x, const at::Tensor& weight, const at::Tensor& bias) {
  const std::int64_t columns = weight.size(0);
  const std::int64_t depth = weight.size(1);
  auto shape = x.sizes().vec();
  shape.back() = columns;
  const std::int64_t rows = c10::multiply_integers(x.sizes().slice(0, shape.size() - 1));
  const at::Tensor x_RK = x.reshape({rows, depth});
  at::Tensor y_RN = at::empty({rows, columns}, x.options());
  const std::int64_t row_bytes = std::max<std::int64_t>(1, depth * static_cast<std::int64_t>(x.element_size()));
  const std::int64_t block = std::max<std::int64_t>(1, kScratchBytes / row_bytes / kColumnQuantum) * kColumnQuantum;
  const at::Tensor scratch = at::empty({std::min(columns, block + kColumnQuantum), depth}, x.options());
  for (std::int64_t first = 0; first < columns;) {
    const std::int64_t left = columns - first;
    const std::int64_t count = left < block + kColumnQuantum ? left : block;
    at::Tensor widened = scratch.narrow(0, 0, count);
    widened.copy_(weight.narrow(0, first, count));
    at::Tensor out = y_RN.narrow(1, first, count);
    if (bias.defined()) {
      at::addmm_out(out, bias.narrow(0, first, count), x_RK, widened.t());
    } else {
      at::mm_out(out, x_RK, widened.t());
    }
    first += count;
  }
  return y_RN.view(shape);
}

}  // namespace tessera

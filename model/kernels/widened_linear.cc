// Dimension letters: R rows, N columns of the result, K depth.
#include "model/kernels/widened_linear.h"

#include <ATen/ops/addmm.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/mm.h>
#include <c10/util/accumulate.h>

#include <algorithm>

#include "model/kernels/quantized_rows.h"

namespace tessera {
namespace {

constexpr std::int64_t kScratchBytes = 8 << 20;

/// Blocks are whole multiples of this, and the last one is not shorter: the matrix library sums the columns of a narrow
/// product, and the last few of any other, in an order of their own.
constexpr std::int64_t kColumnQuantum = 64;

/// Rows of `weight` from `first` on, as many as `out` has, in the type of `out`.
void Widen(const LinearWeight& weight, std::int64_t first, const at::Tensor& out) {
  if (weight.scales.defined()) return DequantizeRows(weight, first, out);
  out.copy_(weight.values.narrow(0, first, out.size(0)));
}

}  // namespace

at::Tensor WidenedLinear(const at::Tensor& x, const LinearWeight& weight, const at::Tensor& bias) {
  const std::int64_t columns = weight.values.size(0);
  const std::int64_t depth = weight.values.size(1);
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
    Widen(weight, first, widened);
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

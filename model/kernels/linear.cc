#include "model/kernels/linear.h"

#include <ATen/ops/empty.h>
#include <ATen/ops/gelu.h>
#include <ATen/ops/linear.h>

#include <limits>
#include <optional>

#include "model/kernels/gated_product.h"
#include "model/kernels/packed_linear.h"
#include "model/kernels/small_linear.h"
#include "model/kernels/widened_linear.h"

namespace tessera {
namespace {

std::optional<ElementType> SmallLinearType(at::ScalarType type) {
  if (type == at::kFloat) return ElementType::kF32;
  if (type == at::kBFloat16) return ElementType::kBf16;
  if (type == at::kHalf) return ElementType::kF16;
  if (type == at::kChar) return ElementType::kI8;
  return std::nullopt;
}

/// The product by SmallLinear, or an undefined tensor where that does not apply.
at::Tensor TrySmallLinear(const at::Tensor& x, const LinearWeight& linear_weight, const at::Tensor& bias,
                          std::int64_t most_rows) {
  const at::Tensor& weight = linear_weight.values;
  const InstructionSet set = ActiveInstructionSet();
  const std::int64_t depth = weight.size(1);
  if (!x.is_cpu() || set == InstructionSet::kPlain || depth == 0 || x.numel() == 0) return {};
  if (x.numel() / depth > most_rows || x.size(-1) != depth || !weight.is_contiguous()) return {};
  const std::optional<ElementType> x_type = SmallLinearType(x.scalar_type());
  const std::optional<ElementType> w_type = SmallLinearType(weight.scalar_type());
  const bool is_int8 = w_type == ElementType::kI8;
  if (!x_type || !w_type || (x_type != w_type && x_type != ElementType::kF32 && !is_int8)) return {};
  if (bias.defined() && (bias.scalar_type() != x.scalar_type() || !bias.is_contiguous())) return {};

  auto shape = x.sizes().vec();
  shape.back() = weight.size(0);
  const at::Tensor rows = x.contiguous();
  at::Tensor y = at::empty(shape, x.options());
  SmallLinear({.x_type = *x_type,
               .w_type = *w_type,
               .x = rows.const_data_ptr(),
               .w = weight.const_data_ptr(),
               .scales = is_int8 ? linear_weight.scales.const_data_ptr<float>() : nullptr,
               .bias = bias.defined() ? bias.const_data_ptr() : nullptr,
               .y = y.mutable_data_ptr(),
               .rows = rows.numel() / depth,
               .columns = weight.size(0),
               .depth = depth},
              set);
  return y;
}

const std::uint16_t* Bits(const at::Tensor& t) {
  return t.defined() ? reinterpret_cast<const std::uint16_t*>(t.const_data_ptr<at::BFloat16>()) : nullptr;
}

/// What a repacked product adds to and multiplies with; undefined tensors are left out.
struct Extras {
  at::Tensor bias, scale, residual;
};

at::Tensor MultiplyPanels(const at::Tensor& x, const at::Tensor& panels, std::int64_t columns, std::int64_t depth,
                          Finish finish, const Extras& extras = {}) {
  auto shape = x.sizes().vec();
  shape.back() = columns;
  const at::Tensor rows = x.contiguous();
  at::Tensor y = at::empty(shape, x.options());
  PackedLinear({.x = Bits(rows),
                .panels = Bits(panels),
                .bias = Bits(extras.bias),
                .scale = Bits(extras.scale),
                .residual = Bits(extras.residual),
                .y = reinterpret_cast<std::uint16_t*>(y.mutable_data_ptr<at::BFloat16>()),
                .rows = rows.numel() / depth,
                .columns = columns,
                .depth = depth,
                .finish = finish});
  return y;
}

at::Tensor MultiplyPlain(const at::Tensor& x, const LinearWeight& weight, const at::Tensor& bias, RowSums sums) {
  return sums == RowSums::kIndependent ? RowLinear(x, weight, bias) : Linear(x, weight, bias);
}

}  // namespace

at::Tensor Linear(const at::Tensor& x, const MatrixWeight& weight, const at::Tensor& bias, RowSums sums) {
  if (!weight.panels.defined()) return MultiplyPlain(x, weight.plain, bias, sums);
  return MultiplyPanels(x, weight.panels, weight.columns, weight.depth, Finish::kNone, {.bias = bias});
}

at::Tensor LinearGelu(const at::Tensor& x, const MatrixWeight& weight, const at::Tensor& bias) {
  if (weight.panels.defined()) {
    return MultiplyPanels(x, weight.panels, weight.columns, weight.depth, Finish::kGelu, {.bias = bias});
  }
  at::Tensor y = Linear(x, weight.plain, bias);
  return at::gelu_(y, "none");
}

at::Tensor LinearAdd(const at::Tensor& x, const MatrixWeight& weight, const at::Tensor& bias, const at::Tensor& scale,
                     const at::Tensor& residual, RowSums sums) {
  if (weight.panels.defined()) {
    return MultiplyPanels(x, weight.panels, weight.columns, weight.depth,
                          scale.defined() ? Finish::kScaleAdd : Finish::kAdd,
                          {.bias = bias, .scale = scale, .residual = residual});
  }
  const at::Tensor y = MultiplyPlain(x, weight.plain, bias, sums);
  if (scale.defined()) y.mul_(scale);
  return y.add_(residual);
}

at::Tensor GatedLinear(const at::Tensor& x, const GatedWeight& weight, RowSums sums) {
  if (weight.panels.defined()) {
    return MultiplyPanels(x, weight.panels, weight.columns, weight.depth, Finish::kGated);
  }
  at::Tensor y = MultiplyPlain(x, weight.gate, {}, sums);
  MultiplyBySilu(y, MultiplyPlain(x, weight.up, {}, sums));
  return y;
}

at::Tensor Linear(const at::Tensor& x, const LinearWeight& weight, const at::Tensor& bias) {
  if (const at::Tensor y = TrySmallLinear(x, weight, bias, kSmallLinearRows); y.defined()) return y;
  const at::ScalarType type = x.scalar_type();
  const at::ScalarType inner = x.is_cpu() && type == at::kHalf ? at::kFloat : type;
  const at::Tensor inner_bias = bias.defined() ? bias.to(inner) : bias;
  if (x.is_cpu() && weight.values.scalar_type() != inner)
    return WidenedLinear(x.to(inner), weight, inner_bias).to(type);
  return at::linear(x.to(inner), weight.values.to(inner), inner_bias).to(type);
}

at::Tensor RowLinear(const at::Tensor& x, const LinearWeight& weight, const at::Tensor& bias) {
  const at::Tensor y = TrySmallLinear(x, weight, bias, std::numeric_limits<std::int64_t>::max());
  return y.defined() ? y : Linear(x, weight, bias);
}

bool CanMultiplyRows(at::ScalarType type, at::Device device) {
  return device.is_cpu() && ActiveInstructionSet() != InstructionSet::kPlain && SmallLinearType(type).has_value();
}

}  // namespace tessera

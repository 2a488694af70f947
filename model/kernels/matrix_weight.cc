#include "model/kernels/matrix_weight.h"

#include <ATen/ops/empty.h>
#include <ATen/ops/from_blob.h>
#include <sys/mman.h>

#include <cstdlib>
#include <new>

#include "model/kernels/instruction_set.h"
#include "model/kernels/packed_linear.h"

namespace tessera {
namespace {

bool CanPack(const at::Tensor& plain) {
  return plain.is_cpu() && plain.scalar_type() == at::kBFloat16 && plain.is_contiguous() && plain.numel() > 0 &&
         plain.size(1) % 2 == 0 && ActiveInstructionSet() == InstructionSet::kAvx512Bf16;
}

/// Room for panels, in huge pages where the system has them: a matrix is read from end to end for every token.
at::Tensor EmptyPanels(std::int64_t elements) {
  constexpr std::size_t kHugePage = std::size_t{2} << 20;
  const auto options = at::TensorOptions().dtype(at::kBFloat16);
  const std::size_t bytes = static_cast<std::size_t>(elements) * sizeof(std::uint16_t);
  if (bytes < 2 * kHugePage) return at::empty({elements}, options);
  const std::size_t whole = (bytes + kHugePage - 1) / kHugePage * kHugePage;
  void* const memory = std::aligned_alloc(kHugePage, whole);
  if (memory == nullptr) throw std::bad_alloc();
  ::madvise(memory, whole, MADV_HUGEPAGE);  // advice: without it the pages are small
  return at::from_blob(
      memory, {elements}, [](void* data) { std::free(data); }, options);
}

const std::uint16_t* Bits(const at::Tensor& t) {
  return reinterpret_cast<const std::uint16_t*>(t.const_data_ptr<at::BFloat16>());
}

std::uint16_t* MutableBits(const at::Tensor& t) {
  return reinterpret_cast<std::uint16_t*>(t.mutable_data_ptr<at::BFloat16>());
}

}  // namespace

MatrixWeight HoldMatrix(const LinearWeight& plain) {
  return {.plain = plain, .panels = {}, .columns = plain.values.size(0), .depth = plain.values.size(1)};
}

GatedWeight HoldGated(const LinearWeight& gate, const LinearWeight& up) {
  return {.gate = gate, .up = up, .panels = {}, .columns = gate.values.size(0), .depth = gate.values.size(1)};
}

MatrixWeight MakeMatrixWeight(const at::Tensor& plain) {
  if (!CanPack(plain)) return HoldMatrix(plain);
  MatrixWeight weight{.columns = plain.size(0), .depth = plain.size(1)};
  weight.panels = EmptyPanels(PanelElements(weight.columns, weight.depth));
  PackPanels(Bits(plain), weight.columns, weight.depth, MutableBits(weight.panels));
  return weight;
}

GatedWeight MakeGatedWeight(const at::Tensor& gate, const at::Tensor& up) {
  if (!CanPack(gate) || !CanPack(up)) return HoldGated(gate, up);
  GatedWeight weight{.columns = gate.size(0), .depth = gate.size(1)};
  weight.panels = EmptyPanels(2 * PanelElements(weight.columns, weight.depth));
  PackGatedPanels(Bits(gate), Bits(up), weight.columns, weight.depth, MutableBits(weight.panels));
  return weight;
}

}  // namespace tessera

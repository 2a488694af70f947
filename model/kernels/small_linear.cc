#include "model/kernels/small_linear.h"

#include <c10/util/BFloat16.h>
#include <c10/util/Half.h>

#include <algorithm>

#include "model/kernels/parallel_tasks.h"
#include "model/kernels/small_linear_columns.h"

namespace tessera {
namespace {

/// Bytes of weights that one task reads: long enough for the processor to read ahead, short enough to share out evenly.
constexpr std::int64_t kTaskBytes = 256 << 10;
constexpr std::int64_t kColumnMultiple = 24;  // whole blocks of every instruction set

template <typename X, typename W>
void PlainColumns(const SmallLinearProblem& p, std::int64_t begin, std::int64_t end) {
  for (std::int64_t m = 0; m < p.rows; ++m) {
    const X* const x = static_cast<const X*>(p.x) + m * p.depth;
    for (std::int64_t n = begin; n < end; ++n) {
      const W* const w = static_cast<const W*>(p.w) + n * p.depth;
      float sum = 0;
      for (std::int64_t k = 0; k < p.depth; ++k) sum += static_cast<float>(x[k]) * static_cast<float>(w[k]);
      if (p.scales != nullptr) sum *= p.scales[n];
      if (p.bias != nullptr) sum += static_cast<float>(static_cast<const X*>(p.bias)[n]);
      static_cast<X*>(p.y)[m * p.columns + n] = static_cast<X>(sum);
    }
  }
}

SmallLinearColumns ChooseColumns(const SmallLinearProblem& p, InstructionSet set) {
#if defined(__x86_64__)
  if (set == InstructionSet::kAvx512Bf16 && p.x_type == ElementType::kBf16) return SmallLinearColumnsAvx512Bf16;
  if (set >= InstructionSet::kAvx512) return SmallLinearColumnsAvx512;
  if (set == InstructionSet::kAvx2) return SmallLinearColumnsAvx2;
#endif
  return SmallLinearColumnsPlain;
}

}  // namespace

void SmallLinearColumnsPlain(const SmallLinearProblem& p, std::int64_t begin, std::int64_t end) {
  if (p.w_type == ElementType::kI8) {
    if (p.x_type == ElementType::kBf16) return PlainColumns<c10::BFloat16, std::int8_t>(p, begin, end);
    if (p.x_type == ElementType::kF16) return PlainColumns<c10::Half, std::int8_t>(p, begin, end);
    return PlainColumns<float, std::int8_t>(p, begin, end);
  }
  if (p.x_type == ElementType::kBf16) return PlainColumns<c10::BFloat16, c10::BFloat16>(p, begin, end);
  if (p.x_type == ElementType::kF16) return PlainColumns<c10::Half, c10::Half>(p, begin, end);
  if (p.w_type == ElementType::kBf16) return PlainColumns<float, c10::BFloat16>(p, begin, end);
  if (p.w_type == ElementType::kF16) return PlainColumns<float, c10::Half>(p, begin, end);
  PlainColumns<float, float>(p, begin, end);
}

std::int64_t ElementBytes(ElementType type) {
  if (type == ElementType::kI8) return 1;
  return type == ElementType::kF32 ? 4 : 2;
}

void SmallLinear(const SmallLinearProblem& problem, InstructionSet set) {
  const SmallLinearColumns run = ChooseColumns(problem, set);
  const std::int64_t column_bytes = std::max<std::int64_t>(1, problem.depth * ElementBytes(problem.w_type));
  const std::int64_t block = std::max<std::int64_t>(1, kTaskBytes / column_bytes / kColumnMultiple) * kColumnMultiple;
  const std::int64_t tasks = (problem.columns + block - 1) / block;
  ParallelTasks(tasks, [&](std::int64_t task, int /*worker*/) {
    run(problem, task * block, std::min(problem.columns, (task + 1) * block));
  });
}

}  // namespace tessera

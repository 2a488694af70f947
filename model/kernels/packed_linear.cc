#include "model/kernels/packed_linear.h"

#include <ATen/Parallel.h>

#include <algorithm>
#include <cstring>
#include <memory>

#include "model/kernels/packed_linear_panel.h"
#include "model/kernels/parallel_tasks.h"

namespace tessera {
namespace {

constexpr std::int64_t kLanes = 16;
constexpr std::int64_t kMostTaskRows = 768;  // their share of x, 3 MB at a depth of 2048, stays in the last-level cache
constexpr std::int64_t kFewestTaskRows = 96;
constexpr std::int64_t kTasksPerThread = 8;

std::int64_t RoundUp(std::int64_t value, std::int64_t multiple) { return (value + multiple - 1) / multiple * multiple; }

/// Columns [first, first + count) of w, as `width` neighbouring columns of a panel whose rows have `stride` columns;
/// those past `count` are zero.
void PackColumns(const std::uint16_t* w, std::int64_t count, std::int64_t depth, std::int64_t width,
                 std::int64_t stride, std::uint16_t* panel) {
  constexpr std::int64_t kPairBlock = 16;  // one cache line of a column at a time
  const std::int64_t pairs = depth / 2;
  for (std::int64_t first = 0; first < pairs; first += kPairBlock) {
    const std::int64_t last = std::min(pairs, first + kPairBlock);
    for (std::int64_t column = 0; column < width; ++column) {
      for (std::int64_t pair = first; pair < last; ++pair) {
        std::uint32_t bits = 0;
        if (column < count) std::memcpy(&bits, w + column * depth + 2 * pair, sizeof bits);
        std::memcpy(panel + (pair * stride + column) * 2, &bits, sizeof bits);
      }
    }
  }
}

/// Packs panels of `width` columns, each from the same columns of all `matrices`.
void PackMatrices(const std::uint16_t* const* matrices, std::int64_t count, std::int64_t columns, std::int64_t depth,
                  std::int64_t width, std::uint16_t* panels) {
  ParallelTasks((columns + width - 1) / width, [&](std::int64_t task, int /*worker*/) {
    const std::int64_t first = task * width;
    const std::int64_t own = std::min(width, RoundUp(columns - first, kLanes));
    std::uint16_t* const panel = panels + first * count * depth;
    for (std::int64_t i = 0; i < count; ++i) {
      PackColumns(matrices[i] + first * depth, std::min(own, columns - first), depth, own, own * count,
                  panel + i * own * 2);
    }
  });
}

}  // namespace

std::int64_t PanelElements(std::int64_t columns, std::int64_t depth) { return RoundUp(columns, kLanes) * depth; }

void PackPanels(const std::uint16_t* w, std::int64_t columns, std::int64_t depth, std::uint16_t* panels) {
  PackMatrices(&w, 1, columns, depth, kPanelColumns, panels);
}

void PackGatedPanels(const std::uint16_t* gate, const std::uint16_t* up, std::int64_t columns, std::int64_t depth,
                     std::uint16_t* panels) {
  const std::uint16_t* const both[] = {gate, up};
  PackMatrices(both, 2, columns, depth, kPanelColumns / 2, panels);
}

void PackedLinear(const PackedLinearProblem& problem) {
#if defined(__x86_64__)
  const std::int64_t panel_columns = problem.finish == Finish::kGated ? kPanelColumns / 2 : kPanelColumns;
  const std::int64_t panels = (problem.columns + panel_columns - 1) / panel_columns;
  const std::int64_t threads = at::get_num_threads();
  std::int64_t parts = (problem.rows + kMostTaskRows - 1) / kMostTaskRows;  // of the rows
  while (parts * panels < kTasksPerThread * threads && problem.rows / (parts + 1) >= kFewestTaskRows) ++parts;
  const std::int64_t task_rows = (problem.rows + parts - 1) / parts;
  const std::int64_t worker_sums = problem.depth > kPanelDepth ? task_rows * kPanelColumns : 0;
  const auto sums = std::make_unique_for_overwrite<float[]>(static_cast<std::size_t>(threads * worker_sums));
  ParallelTasks(parts * panels, [&](std::int64_t task, int worker) {
    const std::int64_t first = task / panels * task_rows;
    MultiplyPanelAvx512Bf16(problem, task % panels, first, std::min(problem.rows, first + task_rows),
                            sums.get() + worker * worker_sums);
  });
#endif
}

}  // namespace tessera

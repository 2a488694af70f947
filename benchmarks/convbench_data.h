// ConvBench's sheet and position array.
#pragma once

#include <filesystem>
#include <vector>

#include "benchmarks/benchmark.h"

namespace tessera {

/// Tags of a ConvBench sample that the judge needs.
namespace convbench {
inline constexpr const char* kCaption = "instruction-conditioned-caption";
inline constexpr const char* kDemands = "third_turn_demands";
inline constexpr const char* kMissing = "missing_columns";  // of the sheet, joined with ", "
inline constexpr const char* kPosition = "position";        // "0": the judge sees the model as A, "1": as B
}  // namespace convbench

/// Reads the sheet `source.files[0]` (.tsv or .xlsx): `ID` is the id, `image_id` the picture in `visit_bench_images/`
/// beside it, the three turns' instructions the questions. The human answers are the references, the caption and the
/// demands of the third turn tags; the published sheet lacks these columns, so they may be missing, and then the tag
/// `missing_columns` names them. `source.files[1]`, when there is one, is the array of positions, one per row: .npy
/// (version 1, `<i8`, one dimension) or JSON (the array, or an object with it as `positions`). Throws kInput, naming
/// file and row, for a missing column of the published sheet, an empty cell in it, a repeated id, a picture name that
/// is a path, and positions that are not 0 or 1 or not as many as the rows.
std::vector<Sample> LoadConvBench(const std::filesystem::path& folder, const DataSource& source);

}  // namespace tessera

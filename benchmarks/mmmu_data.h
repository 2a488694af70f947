// MMMU's files: Hugging Face's parquet files with the official answers, and VLMEvalKit's TSV file.
#pragma once

#include <filesystem>
#include <string_view>
#include <vector>

#include "benchmarks/benchmark.h"

namespace tessera {

inline constexpr std::string_view kMmmuMultipleChoice = "multiple-choice";

/// Every way in which MMMU's data may lie in a folder. A sample's tags: `category` (the subject), `l2-category` (its
/// domain, as VLMEvalKit spells it), `question_type` ("multiple-choice" or "open"), `id`, `answer` (the raw cell),
/// `image_path` (a list of file names). References are the accepted answers. Loading throws kInput, with file and row,
/// on what is not as published.
std::vector<DataSource> MmmuDataSources();

}  // namespace tessera

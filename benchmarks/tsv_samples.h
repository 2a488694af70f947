// From a VLMEvalKit TSV file to samples; the same columns mean the same in all of its benchmarks.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "datasets/column_types.h"
#include "datasets/sample.h"
#include "datasets/tsv_reader.h"

namespace tessera {

/// The cell as Python's str() prints it: 12.0, True; empty when missing.
std::string CellText(const TsvCell& cell);

/// One Sample per row: `index` is the id, `image` the pictures, `question` the question, the columns A to Z that are
/// present the choices, `answer` the one reference (the raw cell; none when missing), `split` the split
/// (`default_split` when there is no such cell). All other columns that are present become tags, `split` too. Throws
/// kInput as ReadTsv does, when a row has no question, and when rows have no picture, unless `without_picture` says
/// that the published file has such rows.
enum class RowsWithoutPicture { kError, kDropped };
std::vector<Sample> ReadTsvSamples(const std::filesystem::path& file, std::string_view default_split,
                                   RowsWithoutPicture without_picture = RowsWithoutPicture::kError,
                                   TsvCells cells = TsvCells::kPandas);

/// The texts that an answer cell holds: the elements of a Python list literal, else the whole cell. None when an
/// element is not a text, which stops the reference. Source: protocol/common_ocr_and_general.md section 5.
std::vector<std::string> AnswerTexts(std::string_view cell);

/// ReadTsvSamples with the AnswerTexts of the cell as the references.
std::vector<Sample> ReadAnswerListTsv(const std::filesystem::path& file, std::string_view default_split);

}  // namespace tessera

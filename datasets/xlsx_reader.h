// The first worksheet of an Excel workbook (.xlsx: XML files in a zip archive).
#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <utility>
#include <vector>

namespace tessera {

/// The rows of the first worksheet that hold a cell, with their row numbers (from 1): texts, and numbers as the file
/// writes them; an empty text for a missing cell. Formulas give their stored value. Rich text loses its format,
/// phonetic guides are left out. Source: ECMA-376 part 1, sections 18.3 and 18.4. Throws kInput when the file is no
/// workbook, when its XML is broken, and when a part of it is over 256 MiB or a row over 1024 columns.
std::vector<std::pair<std::size_t, std::vector<std::string>>> ReadXlsx(const std::filesystem::path& file);

}  // namespace tessera

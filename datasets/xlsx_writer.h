// Excel workbooks (.xlsx) with one worksheet.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <variant>
#include <vector>

namespace tessera {

/// Nothing, a whole number, or a text.
using XlsxCell = std::variant<std::monostate, std::int64_t, std::string>;

/// The bytes of a workbook whose one sheet, `Sheet1`, has these rows, as pandas names it. A text stays a text, whatever
/// it looks like; ill-formed UTF-8 becomes U+FFFD. The same rows give the same bytes. Throws kInput, naming the cell,
/// for a text over Excel's 32767 characters, and kEnvironment when the temporary folder cannot be written.
std::string XlsxBytes(std::span<const std::vector<XlsxCell>> rows);

}  // namespace tessera

// Tables as text: aligned for a terminal, and in Markdown. The first row is the header.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace tessera {

/// One line per row: columns padded to their widest cell, two blanks between them, no trailing blanks.
std::vector<std::string> AlignedTable(const std::vector<std::vector<std::string>>& rows);

/// `text` with what Markdown would read as table or HTML markup escaped, on one line.
std::string MarkdownText(std::string_view text);

/// A Markdown table; `rows` has at least the header.
std::string MarkdownTable(const std::vector<std::vector<std::string>>& rows);

}  // namespace tessera

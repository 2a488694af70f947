#include "reports/text_table.h"

#include <fmt/format.h>

#include <algorithm>

namespace tessera {
namespace {

/// Columns on the terminal: one per code point, two for East Asian characters (U+3000 to U+DFFF, three bytes of UTF-8)
/// and for those beyond U+FFFF (four bytes).
std::size_t Width(std::string_view text) {
  std::size_t width = 0;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if ((byte & 0xC0) == 0x80) continue;
    const bool is_wide = (byte >= 0xE3 && byte <= 0xED) || byte >= 0xF0;
    width += is_wide ? 2 : 1;
  }
  return width;
}

std::string Row(const std::vector<std::string>& cells) {
  std::string line = "|";
  for (const std::string& cell : cells) line += fmt::format(" {} |", MarkdownText(cell));
  return line + "\n";
}

}  // namespace

std::vector<std::string> AlignedTable(const std::vector<std::vector<std::string>>& rows) {
  std::vector<std::size_t> widths;
  for (const auto& row : rows) {
    widths.resize(std::max(widths.size(), row.size()));
    for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], Width(row[i]));
  }
  std::vector<std::string> lines;
  for (const auto& row : rows) {
    std::string line;
    for (std::size_t i = 0; i < row.size(); ++i) line += row[i] + std::string(widths[i] - Width(row[i]) + 2, ' ');
    line.erase(line.find_last_not_of(' ') + 1);
    lines.push_back(line);
  }
  return lines;
}

std::string MarkdownText(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '|' || c == '<' || c == '>' || c == '*' || c == '_' || c == '`' || c == '\\') out += '\\';
    out += c == '\n' || c == '\r' ? ' ' : c;
  }
  return out;
}

std::string MarkdownTable(const std::vector<std::vector<std::string>>& rows) {
  std::string text = Row(rows.front());
  text += "|";
  for (std::size_t i = 0; i < rows.front().size(); ++i) text += " --- |";
  text += "\n";
  for (std::size_t i = 1; i < rows.size(); ++i) text += Row(rows[i]);
  return text;
}
}  // namespace tessera

#include <fmt/format.h>

#include <algorithm>

#include "reports/report.h"
#include "reports/report_text.h"

namespace tessera {
namespace {

constexpr std::string_view kBold = "\x1b[1m";
constexpr std::string_view kRed = "\x1b[31m";
constexpr std::string_view kYellow = "\x1b[33m";
constexpr std::string_view kReset = "\x1b[0m";

std::string Coloured(std::string_view text, std::string_view code, bool colour) {
  return colour ? fmt::format("{}{}{}", code, text, kReset) : std::string(text);
}

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

/// Columns padded to their widest cell, two blanks between them, no trailing blanks.
std::vector<std::string> Aligned(const std::vector<std::vector<std::string>>& rows) {
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

void AppendFurtherScores(const BenchmarkReport& benchmark, std::string* text) {
  std::vector<std::vector<std::string>> rows;
  for (std::size_t i = 1; i < benchmark.scores.size(); ++i) {
    const Score& score = benchmark.scores[i];
    rows.push_back({score.name, ScoreText(score), fmt::format("n = {}", score.scored)});
  }
  for (const std::string& line : Aligned(rows)) *text += fmt::format("  {}\n", line);
}

}  // namespace

std::string PrintConsole(const Report& report, bool colour) {
  std::string text = fmt::format("tessera {}: {}\n", report.tool_version, ModelText(report));
  if (!report.model.note.empty()) {
    text += Coloured(fmt::format("note: {}", report.model.note), kYellow, colour);
    text += '\n';
  }
  text += "\n";

  const std::vector<std::string> table = Aligned(ScoreTable(report));
  for (std::size_t i = 0; i < table.size(); ++i) {
    text += i == 0 ? Coloured(table[i], kBold, colour) : table[i];
    text += '\n';
  }

  for (const BenchmarkReport& benchmark : report.benchmarks) {
    const std::vector<std::string> caveats = Caveats(benchmark);
    if (benchmark.scores.size() <= 1 && caveats.empty() && benchmark.alarms.empty()) continue;
    const std::string heading = fmt::format("{} ({})", benchmark.title, ScoringText(benchmark));
    text += fmt::format("\n{}\n", Coloured(heading, kBold, colour));
    for (const std::string& alarm : benchmark.alarms) {
      text += fmt::format("  {}\n", Coloured(fmt::format("ALARM: {}", alarm), kRed, colour));
    }
    AppendFurtherScores(benchmark, &text);
    for (const std::string& caveat : caveats) text += fmt::format("  {}\n", caveat);
  }

  for (const ScoringComparison& comparison : report.comparisons) {
    text += fmt::format("\n{}\n", Coloured(DisagreementHeading(comparison), kBold, colour));
    if (comparison.disagree.empty()) continue;
    for (const std::string& line : Aligned(DisagreementTable(comparison))) text += fmt::format("  {}\n", line);
  }

  text += fmt::format("\n{}\n", TotalsText(report));
  std::vector<std::vector<std::string>> stages;
  for (const StageTotal& stage : report.stages) stages.push_back({stage.stage, fmt::format("{:.3f} s", stage.seconds)});
  for (const std::string& line : Aligned(stages)) text += fmt::format("  {}\n", line);
  return text;
}

}  // namespace tessera

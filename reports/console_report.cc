#include <fmt/format.h>

#include <algorithm>

#include "reports/report.h"
#include "reports/report_text.h"

namespace tessera {
namespace {

constexpr std::string_view kBold = "\x1b[1m";
constexpr std::string_view kYellow = "\x1b[33m";
constexpr std::string_view kReset = "\x1b[0m";

std::string Coloured(std::string_view text, std::string_view code, bool colour) {
  return colour ? fmt::format("{}{}{}", code, text, kReset) : std::string(text);
}

/// Width on the terminal: code points, which is what names and numbers of a report are made of.
std::size_t Width(std::string_view text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) { return (c & 0xC0) != 0x80; }));
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
    if (benchmark.scores.size() <= 1 && caveats.empty()) continue;
    const std::string heading = fmt::format("{} ({})", benchmark.title, ScoringText(benchmark));
    text += fmt::format("\n{}\n", Coloured(heading, kBold, colour));
    AppendFurtherScores(benchmark, &text);
    for (const std::string& caveat : caveats) text += fmt::format("  {}\n", caveat);
  }

  text += fmt::format("\n{}\n", TotalsText(report));
  std::vector<std::vector<std::string>> stages;
  for (const StageTotal& stage : report.stages) stages.push_back({stage.stage, fmt::format("{:.3f} s", stage.seconds)});
  for (const std::string& line : Aligned(stages)) text += fmt::format("  {}\n", line);
  return text;
}

}  // namespace tessera

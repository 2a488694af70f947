#include <fmt/format.h>

#include "reports/report.h"
#include "reports/report_text.h"
#include "reports/text_table.h"

namespace tessera {
namespace {

constexpr std::string_view kBold = "\x1b[1m";
constexpr std::string_view kRed = "\x1b[31m";
constexpr std::string_view kYellow = "\x1b[33m";
constexpr std::string_view kReset = "\x1b[0m";

std::string Coloured(std::string_view text, std::string_view code, bool colour) {
  return colour ? fmt::format("{}{}{}", code, text, kReset) : std::string(text);
}

void AppendFurtherScores(const BenchmarkReport& benchmark, std::string* text) {
  std::vector<std::vector<std::string>> rows;
  for (std::size_t i = 1; i < benchmark.scores.size(); ++i) {
    const Score& score = benchmark.scores[i];
    rows.push_back({score.name, ScoreText(score), fmt::format("n = {}", score.scored)});
  }
  for (const std::string& line : AlignedTable(rows)) *text += fmt::format("  {}\n", line);
}

}  // namespace

std::string PrintConsole(const Report& report, bool colour) {
  std::string text = fmt::format("tessera {}: {}\n", report.tool_version, ModelText(report));
  if (!report.model.note.empty()) {
    text += Coloured(fmt::format("note: {}", report.model.note), kYellow, colour);
    text += '\n';
  }
  text += "\n";

  const std::vector<std::string> table = AlignedTable(ScoreTable(report));
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
    for (const std::string& line : AlignedTable(DisagreementTable(comparison))) text += fmt::format("  {}\n", line);
  }

  text += fmt::format("\n{}\n", TotalsText(report));
  std::vector<std::vector<std::string>> stages;
  for (const StageTotal& stage : report.stages) stages.push_back({stage.stage, fmt::format("{:.3f} s", stage.seconds)});
  for (const std::string& line : AlignedTable(stages)) text += fmt::format("  {}\n", line);
  return text;
}

}  // namespace tessera

#include <fmt/format.h>

#include "reports/report.h"
#include "reports/report_text.h"
#include "reports/text_table.h"

namespace tessera {
std::string PrintMarkdown(const Report& report) {
  std::string text = fmt::format("# Tessera report\n\nModel: {}. Tool: tessera {}.\n\n", MarkdownText(ModelText(report)),
                                 MarkdownText(report.tool_version));
  if (!report.model.note.empty()) text += fmt::format("**Note: {}**\n\n", MarkdownText(report.model.note));
  text += MarkdownTable(ScoreTable(report));

  for (const BenchmarkReport& benchmark : report.benchmarks) {
    text += fmt::format("\n## {} ({} split, {} data, {} scoring)\n\n", MarkdownText(benchmark.title),
                        MarkdownText(benchmark.split), MarkdownText(benchmark.format), MarkdownText(ScoringText(benchmark)));
    std::vector<std::vector<std::string>> rows = {{"score", "value", "scored", "unscored", "undecided"}};
    for (const Score& score : benchmark.scores) {
      rows.push_back({score.name, ScoreText(score), fmt::format("{}", score.scored), fmt::format("{}", score.unscored),
                      fmt::format("{}", score.undecided)});
    }
    text += MarkdownTable(rows);
    const std::vector<std::string> caveats = Caveats(benchmark);
    if (!caveats.empty() || !benchmark.alarms.empty()) text += "\n";
    for (const std::string& alarm : benchmark.alarms) text += fmt::format("- **Alarm: {}**\n", MarkdownText(alarm));
    for (const std::string& caveat : caveats) text += fmt::format("- {}\n", MarkdownText(caveat));
  }

  if (!report.comparisons.empty()) text += "\n## Scorings side by side\n";
  for (const ScoringComparison& comparison : report.comparisons) {
    text += fmt::format("\n{}.\n", MarkdownText(DisagreementHeading(comparison)));
    if (!comparison.disagree.empty()) text += fmt::format("\n{}", MarkdownTable(DisagreementTable(comparison)));
  }

  return text + fmt::format("\n## Work\n\n{}\n", TotalsText(report));
}

}  // namespace tessera

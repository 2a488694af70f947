#include <fmt/format.h>

#include "reports/report.h"
#include "reports/report_text.h"

namespace tessera {
namespace {

/// `text` with what Markdown would read as table or HTML markup escaped, on one line.
std::string Escaped(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '|' || c == '<' || c == '>' || c == '*' || c == '_' || c == '`' || c == '\\') out += '\\';
    out += c == '\n' || c == '\r' ? ' ' : c;
  }
  return out;
}

std::string Row(const std::vector<std::string>& cells) {
  std::string line = "|";
  for (const std::string& cell : cells) line += fmt::format(" {} |", Escaped(cell));
  return line + "\n";
}

std::string Table(const std::vector<std::vector<std::string>>& rows) {
  std::string text = Row(rows.front());
  text += "|";
  for (std::size_t i = 0; i < rows.front().size(); ++i) text += " --- |";
  text += "\n";
  for (std::size_t i = 1; i < rows.size(); ++i) text += Row(rows[i]);
  return text;
}

}  // namespace

std::string PrintMarkdown(const Report& report) {
  std::string text = fmt::format("# Tessera report\n\nModel: {}. Tool: tessera {}.\n\n", Escaped(ModelText(report)),
                                 Escaped(report.tool_version));
  if (!report.model.note.empty()) text += fmt::format("**Note: {}**\n\n", Escaped(report.model.note));
  text += Table(ScoreTable(report));

  for (const BenchmarkReport& benchmark : report.benchmarks) {
    text += fmt::format("\n## {} ({} split, {} data, {} scoring)\n\n", Escaped(benchmark.title),
                        Escaped(benchmark.split), Escaped(benchmark.format), Escaped(ScoringText(benchmark)));
    std::vector<std::vector<std::string>> rows = {{"score", "value", "scored", "unscored", "undecided"}};
    for (const Score& score : benchmark.scores) {
      rows.push_back({score.name, ScoreText(score), fmt::format("{}", score.scored), fmt::format("{}", score.unscored),
                      fmt::format("{}", score.undecided)});
    }
    text += Table(rows);
    const std::vector<std::string> caveats = Caveats(benchmark);
    if (!caveats.empty() || !benchmark.alarms.empty()) text += "\n";
    for (const std::string& alarm : benchmark.alarms) text += fmt::format("- **Alarm: {}**\n", Escaped(alarm));
    for (const std::string& caveat : caveats) text += fmt::format("- {}\n", Escaped(caveat));
  }

  if (!report.comparisons.empty()) text += "\n## Scorings side by side\n";
  for (const ScoringComparison& comparison : report.comparisons) {
    text += fmt::format("\n{}.\n", Escaped(DisagreementHeading(comparison)));
    if (!comparison.disagree.empty()) text += fmt::format("\n{}", Table(DisagreementTable(comparison)));
  }

  return text + fmt::format("\n## Work\n\n{}\n", TotalsText(report));
}

}  // namespace tessera

#include "reports/report_text.h"

#include <fmt/format.h>

#include "harness/base/strings.h"

namespace tessera {
namespace {

std::string UnitSuffix(const std::string& unit) { return unit == "percent" ? " %" : unit.empty() ? "" : " " + unit; }

std::string Share(int part, int whole) {
  return fmt::format("{} of {} ({:.1f} %)", part, whole, whole == 0 ? 0.0 : 100.0 * part / whole);
}

constexpr std::size_t kIdBytes = 40;
constexpr std::size_t kAnswerBytes = 48;
constexpr std::size_t kExtractedBytes = 24;

/// `text` of a stranger for one cell of a table: no control characters, no line breaks.
std::string OneLine(std::string_view text, std::size_t max_bytes) {
  std::string out = Shorten(text, max_bytes);
  for (char& c : out) {
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) c = ' ';
  }
  return out;
}

std::string Quoted(std::string_view text, std::size_t max_bytes) {
  return fmt::format("\"{}\"", OneLine(text, max_bytes));
}

/// `1 "B"`, `0 undecided`, `unscored`.
std::string ReadingText(const Reading& reading) {
  if (!reading.value) return "unscored";
  const std::string what = reading.undecided ? "undecided" : Quoted(reading.extracted, kExtractedBytes);
  return fmt::format("{:.4g} {}", *reading.value, what);
}

void AddJudge(const JudgeReport& judge, std::vector<std::string>* lines) {
  if (judge.calls == 0) {
    lines->push_back("judge: none");
  } else {
    lines->push_back(fmt::format("judge: {}; {}; {} calls, {} prompt tokens, {} new tokens", JudgeName(judge),
                                 judge.prompt, judge.calls, judge.prompt_tokens, judge.new_tokens));
  }
  if (judge.unasked > 0) {
    lines->push_back(fmt::format("no judge: {} answers that need one are read by the rules alone", judge.unasked));
  }
  if (judge.failures == 0) return;
  lines->push_back(fmt::format("not graded by the judge: {} samples", judge.failures));
  for (const std::string& reason : judge.reasons) lines->push_back("  " + reason);
}

}  // namespace

std::string ScoreText(const Score& score) {
  if (!score.value) return "none";
  return fmt::format("{:.2f}{}", *score.value, UnitSuffix(score.unit));
}

std::string PaperText(const BenchmarkReport& benchmark) {
  if (!benchmark.paper) return "-";
  const PaperComparison& paper = *benchmark.paper;
  if (paper.split == benchmark.split) return fmt::format("{:.2f}", paper.value);
  return fmt::format("{:.2f} ({} split)", paper.value, paper.split);
}

std::string DifferenceText(const BenchmarkReport& benchmark) {
  if (!benchmark.paper || !benchmark.paper->difference) return "-";
  return fmt::format("{:+.2f}", *benchmark.paper->difference);
}

std::string ScoringText(const BenchmarkReport& benchmark) {
  if (!benchmark.judge) return benchmark.scoring;
  return fmt::format("{}, judge: {}", benchmark.scoring, JudgeName(*benchmark.judge));
}

std::string ModelText(const Report& report) {
  std::string text = report.model.backend;
  if (!report.model.name.empty()) text += " " + report.model.name;
  if (!report.model.precision.empty()) text += ", " + report.model.precision;
  if (!report.model.device.empty()) text += ", " + report.model.device;
  return text;
}

std::string TotalsText(const Report& report) {
  return fmt::format("{} samples ({} failed), {} tiles, {} prompt tokens, {} new tokens", report.samples, report.failed,
                     report.tiles, report.prompt_tokens, report.new_tokens);
}

std::vector<std::vector<std::string>> ScoreTable(const Report& report) {
  std::vector<std::vector<std::string>> rows = {
      {"benchmark", "split", "recipe", "scoring", "n", "score", "paper", "difference"}};
  for (const BenchmarkReport& benchmark : report.benchmarks) {
    rows.push_back({benchmark.title, benchmark.split, benchmark.recipe, ScoringText(benchmark),
                    fmt::format("{} of {}", benchmark.scored, benchmark.samples),
                    benchmark.scores.empty() ? "none" : ScoreText(benchmark.scores.front()), PaperText(benchmark),
                    DifferenceText(benchmark)});
  }
  return rows;
}

std::string DisagreementHeading(const ScoringComparison& comparison) {
  const std::string shown = comparison.disagree.size() > kShownDisagreements
                                ? fmt::format(" (the first {} are shown)", kShownDisagreements)
                                : "";
  return fmt::format("{}: the scorings disagree on {} of {} samples{}", comparison.title, comparison.disagree.size(),
                     comparison.samples, shown);
}

std::vector<std::vector<std::string>> DisagreementTable(const ScoringComparison& comparison) {
  std::vector<std::vector<std::string>> rows = {{"sample", "answer"}};
  rows[0].insert(rows[0].end(), comparison.scorings.begin(), comparison.scorings.end());
  for (const DisagreeingSample& sample : comparison.disagree) {
    if (rows.size() > kShownDisagreements) break;
    std::vector<std::string> row = {OneLine(sample.sample_id, kIdBytes), Quoted(sample.answer, kAnswerBytes)};
    for (const Reading& reading : sample.readings) row.push_back(ReadingText(reading));
    rows.push_back(std::move(row));
  }
  return rows;
}

std::vector<std::string> Caveats(const BenchmarkReport& benchmark) {
  std::vector<std::string> lines;
  if (benchmark.judge) AddJudge(*benchmark.judge, &lines);
  if (benchmark.unscored > 0) {
    lines.push_back(
        fmt::format("unscored: {}; they are not part of the score", Share(benchmark.unscored, benchmark.samples)));
  }
  if (benchmark.undecided > 0) {
    std::string line =
        fmt::format("undecided: the rules could not read {} answers", Share(benchmark.undecided, benchmark.scored));
    if (benchmark.undecided_range) {
      line += fmt::format("; the score lies between {:.2f} and {:.2f}", benchmark.undecided_range->low,
                          benchmark.undecided_range->high);
    }
    lines.push_back(line);
  }
  if (benchmark.empty > 0) lines.push_back("empty answers: " + Share(benchmark.empty, benchmark.answered));
  if (benchmark.hit_limit > 0) {
    lines.push_back("answers cut off by the token limit: " + Share(benchmark.hit_limit, benchmark.answered));
  }
  if (benchmark.most_frequent && benchmark.most_frequent->count > 1) {
    lines.push_back(fmt::format("most frequent answer: {}, {}", Quoted(benchmark.most_frequent->text, kAnswerBytes),
                                Share(benchmark.most_frequent->count, benchmark.answered)));
  }
  const char* published = benchmark.paper ? "paper" : "recipe";  // a benchmark of the user's own has no paper
  for (const std::string& deviation : benchmark.deviations) {
    lines.push_back(fmt::format("deviates from {}: {}", published, deviation));
  }
  if (benchmark.paper && benchmark.paper->split != benchmark.split) {
    lines.push_back(fmt::format("paper: {} split; this run: {} split, so there is no difference to show",
                                benchmark.paper->split, benchmark.split));
  }
  if (benchmark.paper) lines.push_back("source of the paper's value: " + benchmark.paper->source);
  return lines;
}

}  // namespace tessera

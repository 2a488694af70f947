#include "reports/tile_sweep.h"

#include <fmt/format.h>

#include <algorithm>

#include "reports/report_text.h"
#include "reports/score_json.h"
#include "reports/text_table.h"

namespace tessera {
namespace {

constexpr const char* kPaperNote =
    "The paper's values are for the whole split and each benchmark's own tile limit; 0 is no tiling.";

bool IsSameRow(const BenchmarkReport& a, const BenchmarkReport& b) {
  return a.name == b.name && a.split == b.split && a.scoring == b.scoring;
}

/// Every benchmark under every scoring once, in the order in which the runs have them.
std::vector<const BenchmarkReport*> RowsOf(std::span<const TileLimitRun> runs) {
  std::vector<const BenchmarkReport*> rows;
  for (const TileLimitRun& run : runs) {
    for (const BenchmarkReport& benchmark : run.report.benchmarks) {
      const bool is_new = std::none_of(rows.begin(), rows.end(),
                                       [&benchmark](const BenchmarkReport* row) { return IsSameRow(*row, benchmark); });
      if (is_new) rows.push_back(&benchmark);
    }
  }
  return rows;
}

const BenchmarkReport* FindRow(const TileLimitRun& run, const BenchmarkReport& row) {
  const auto found = std::find_if(run.report.benchmarks.begin(), run.report.benchmarks.end(),
                                  [&row](const BenchmarkReport& benchmark) { return IsSameRow(benchmark, row); });
  return found == run.report.benchmarks.end() ? nullptr : &*found;
}

std::string CellText(const BenchmarkReport* benchmark) {
  if (benchmark == nullptr) return "-";
  const std::string score = benchmark->scores.empty() ? "none" : ScoreText(benchmark->scores.front());
  if (benchmark->unscored == 0) return score;
  return fmt::format("{} ({} of {})", score, benchmark->scored, benchmark->samples);
}

std::vector<std::vector<std::string>> ScoreRows(std::span<const TileLimitRun> runs) {
  std::vector<std::vector<std::string>> rows = {{"benchmark", "split", "scoring"}};
  for (const TileLimitRun& run : runs) rows[0].push_back(fmt::format("max_tiles {}", run.max_tiles));
  rows[0].push_back("paper");
  for (const BenchmarkReport* benchmark : RowsOf(runs)) {
    std::vector<std::string> row = {benchmark->title, benchmark->split, ScoringText(*benchmark)};
    for (const TileLimitRun& run : runs) row.push_back(CellText(FindRow(run, *benchmark)));
    row.push_back(PaperText(*benchmark));
    rows.push_back(std::move(row));
  }
  return rows;
}

std::vector<std::vector<std::string>> WorkRows(std::span<const TileLimitRun> runs) {
  std::vector<std::vector<std::string>> rows = {
      {"max_tiles", "samples", "failed", "tiles", "prompt tokens", "new tokens"}};
  for (const TileLimitRun& run : runs) {
    const Report& report = run.report;
    rows.push_back({fmt::format("{}", run.max_tiles), fmt::format("{}", report.samples),
                    fmt::format("{}", report.failed), fmt::format("{}", report.tiles),
                    fmt::format("{}", report.prompt_tokens), fmt::format("{}", report.new_tokens)});
  }
  return rows;
}

OrderedJson RowJson(std::span<const TileLimitRun> runs, const BenchmarkReport& row) {
  OrderedJson json = {{"name", row.name}, {"title", row.title}, {"split", row.split}, {"scoring", row.scoring}};
  json["paper"] = nullptr;
  if (row.paper) {
    json["paper"] = {{"value", row.paper->value},
                     {"unit", row.paper->unit},
                     {"split", row.paper->split},
                     {"source", row.paper->source}};
  }
  json["results"] = OrderedJson::array();
  for (const TileLimitRun& run : runs) {
    const BenchmarkReport* benchmark = FindRow(run, row);
    if (benchmark == nullptr) continue;
    OrderedJson result = {{"max_tiles", run.max_tiles}, {"samples", benchmark->samples}};
    result["score"] = benchmark->scores.empty() ? OrderedJson(nullptr) : ToJson(benchmark->scores.front());
    json["results"].push_back(std::move(result));
  }
  return json;
}

}  // namespace

std::string PrintSweepJson(std::span<const TileLimitRun> runs) {
  const Report& first = runs.front().report;
  OrderedJson json = {{"schema_version", kTileSweepSchemaVersion}, {"tool_version", first.tool_version}};
  json["model"] = {{"backend", first.model.backend}, {"name", first.model.name}, {"note", first.model.note}};
  json["runs"] = OrderedJson::array();
  for (const TileLimitRun& run : runs) {
    json["runs"].push_back({{"max_tiles", run.max_tiles},
                            {"folder", run.folder},
                            {"samples", run.report.samples},
                            {"failed", run.report.failed},
                            {"tiles", run.report.tiles},
                            {"prompt_tokens", run.report.prompt_tokens},
                            {"new_tokens", run.report.new_tokens}});
  }
  json["benchmarks"] = OrderedJson::array();
  for (const BenchmarkReport* row : RowsOf(runs)) json["benchmarks"].push_back(RowJson(runs, *row));
  return json.dump(2, ' ', false, OrderedJson::error_handler_t::replace) + "\n";
}

std::string PrintSweepMarkdown(std::span<const TileLimitRun> runs) {
  const Report& first = runs.front().report;
  std::string text = fmt::format("# Tile limits\n\nModel: {}. Tool: tessera {}.\n\n", MarkdownText(ModelText(first)),
                                 MarkdownText(first.tool_version));
  if (!first.model.note.empty()) text += fmt::format("**Note: {}**\n\n", MarkdownText(first.model.note));
  return text + fmt::format("{}\n{}\n\n## Work\n\n{}", MarkdownTable(ScoreRows(runs)), MarkdownText(kPaperNote),
                            MarkdownTable(WorkRows(runs)));
}

std::string PrintSweepConsole(std::span<const TileLimitRun> runs) {
  const Report& first = runs.front().report;
  std::string text = fmt::format("tessera {}: {}\n", first.tool_version, ModelText(first));
  if (!first.model.note.empty()) text += fmt::format("note: {}\n", first.model.note);
  text += "\n";
  for (const std::string& line : AlignedTable(ScoreRows(runs))) text += fmt::format("{}\n", line);
  text += fmt::format("\n{}\n\n", kPaperNote);
  for (const std::string& line : AlignedTable(WorkRows(runs))) text += fmt::format("{}\n", line);
  return text;
}

}  // namespace tessera

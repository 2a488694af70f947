#include "reports/tile_sweep.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "tests/reports/golden_text.h"
#include "tests/reports/sample_report.h"

namespace tessera {
namespace {

/// Two limits; the second run has one benchmark more.
std::vector<TileLimitRun> SampleSweep() {
  std::vector<TileLimitRun> runs = {{.max_tiles = 1, .folder = "max_tiles_1", .report = SampleReport()},
                                    {.max_tiles = 12, .folder = "max_tiles_12", .report = SampleReport()}};
  runs[0].report.benchmarks.pop_back();
  runs[0].report.benchmarks[0].scores[0].value = 61.5;
  runs[0].report.tiles = 2513;
  return runs;
}

TEST(TileSweep, ConsoleIsTheGoldenText) { ExpectGolden(PrintSweepConsole(SampleSweep()), "sweep.txt"); }
TEST(TileSweep, MarkdownIsTheGoldenText) { ExpectGolden(PrintSweepMarkdown(SampleSweep()), "sweep.md"); }
TEST(TileSweep, JsonIsTheGoldenText) { ExpectGolden(PrintSweepJson(SampleSweep()), "sweep.json"); }

TEST(TileSweep, ABenchmarkHasOneRowPerScoring) {
  std::vector<TileLimitRun> runs = SampleSweep();
  BenchmarkReport again = runs[1].report.benchmarks[0];
  again.scoring = "another";
  runs[1].report.benchmarks.push_back(again);
  const auto json = nlohmann::json::parse(PrintSweepJson(runs));
  ASSERT_EQ(json["benchmarks"].size(), 4u);
  EXPECT_EQ(json["benchmarks"][3]["scoring"], "another");
  EXPECT_EQ(json["benchmarks"][3]["results"].size(), 1u);
}

TEST(TileSweep, TimesHaveNoEffect) {
  std::vector<TileLimitRun> runs = SampleSweep();
  for (StageTotal& stage : runs[0].report.stages) stage.seconds *= 2;
  EXPECT_EQ(PrintSweepConsole(runs), PrintSweepConsole(SampleSweep()));
  EXPECT_EQ(PrintSweepJson(runs), PrintSweepJson(SampleSweep()));
}

}  // namespace
}  // namespace tessera

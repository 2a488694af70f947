#include "harness/runner/tile_sweep.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/base/files.h"
#include "tests/harness/fake_run.h"

namespace tessera {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

class TileSweepTest : public testing::Test {
 protected:
  TileSweepTest() { WriteData(data_, "fake.txt", {"1|d.png|say yes|yes", "2|b.png|say no|yes"}); }

  RunSettings Settings() const { return FakeSettings(data_, out_.path() / "sweep"); }

  TileSweepResult Sweep(const std::vector<int>& limits, const std::atomic<bool>* stop = nullptr) {
    return RunTileSweep(
        Settings(), limits,
        [this](const RunSettings& settings) {
          asked_.push_back(*settings.plan.max_tiles);
          return RunBenchmarks({&FakeBenchmark()}, settings, FakeHooks());
        },
        stop);
  }

  TempFolder data_;
  TempFolder out_;
  std::vector<int> asked_;
};

std::vector<int> LimitsOf(const std::vector<TileLimitRun>& runs) {
  std::vector<int> limits;
  for (const TileLimitRun& run : runs) limits.push_back(run.max_tiles);
  return limits;
}

TEST_F(TileSweepTest, MakesAWholeRunFolderPerLimitByRisingLimit) {
  const TileSweepResult result = Sweep({12, 1, 4});
  EXPECT_THAT(asked_, ElementsAre(1, 4, 12));
  EXPECT_THAT(LimitsOf(result.runs), ElementsAre(1, 4, 12));
  EXPECT_FALSE(result.stopped);
  for (const char* limit : {"1", "4", "12"}) {
    const std::filesystem::path run = Settings().out / (std::string("max_tiles_") + limit);
    EXPECT_THAT(ReadFile(run / "run.json"), HasSubstr(std::string("\"max_tiles\": ") + limit));
    EXPECT_TRUE(std::filesystem::exists(run / "report.md"));
  }
  EXPECT_LT(result.runs[0].report.tiles, result.runs[2].report.tiles);
  EXPECT_EQ(ReadFile(Settings().out / "sweep.json"), PrintSweepJson(result.runs));
  EXPECT_EQ(ReadFile(Settings().out / "sweep.md"), PrintSweepMarkdown(result.runs));
}

TEST_F(TileSweepTest, IsKnownByItsRuns) {
  EXPECT_FALSE(IsTileSweep(out_.path()));
  Sweep({1, 4});
  EXPECT_TRUE(IsTileSweep(Settings().out));
  EXPECT_FALSE(IsTileSweep(Settings().out / "max_tiles_1"));
}

TEST_F(TileSweepTest, StopsBetweenRunsAndGoesOn) {
  std::atomic<bool> stop{true};
  EXPECT_TRUE(Sweep({1, 4}, &stop).stopped);
  EXPECT_THAT(asked_, ElementsAre());
  stop = false;
  EXPECT_FALSE(Sweep({1, 4}, &stop).stopped);
  const std::string before = ReadFile(Settings().out / "sweep.json");
  EXPECT_FALSE(Sweep({1, 4, 6}, &stop).stopped);
  EXPECT_NE(ReadFile(Settings().out / "sweep.json"), before);
}

TEST_F(TileSweepTest, EndsAfterARunThatEndedEarly) {
  int runs = 0;
  const auto fail = [&runs](const RunSettings&) {
    ++runs;
    return RunResult{.too_many_failures = true};
  };
  std::filesystem::create_directories(Settings().out);
  const TileSweepResult result = RunTileSweep(Settings(), {1, 4}, fail, nullptr);
  EXPECT_TRUE(result.too_many_failures);
  EXPECT_EQ(runs, 1);
}

TEST_F(TileSweepTest, RefusesAFolderOfAnotherRunOrWithFurtherLimits) {
  Sweep({1, 4});
  EXPECT_THAT(ErrorOf(ErrorKind::kUsage, [&] { Sweep({1, 6}); }), HasSubstr("a run with max_tiles 4 too"));
  WriteFileAtomically(Settings().out / "run.json", "{}");
  EXPECT_THAT(ErrorOf(ErrorKind::kUsage, [&] { Sweep({1, 4}); }), HasSubstr("a run with one tile limit"));
}

}  // namespace
}  // namespace tessera

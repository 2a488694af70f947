// The tile-limit sweep from the command line.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/base/files.h"
#include "harness/base/json_fields.h"
#include "tests/harness/cli/tessera_process.h"
#include "tests/temp_folder.h"

namespace tessera {
namespace {

using testing::AllOf;
using testing::HasSubstr;

class SweepCliTest : public testing::Test {
 protected:
  std::filesystem::path Out() const { return work_.path() / "sweep"; }

  ProcessResult Run(const std::string& limits, const std::vector<std::string>& more = {}) const {
    std::vector<std::string> arguments = {
        "run",     "--backend", "null",        "--benchmarks", "docvqa,chartqa", "--data", kData,
        "--limit", "3",         "--max-tiles", limits};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return RunTessera(arguments);
  }

  const std::string kData = std::string(TESSERA_SOURCE_DIR) + "/datasets/mini";
  TempFolder work_;
};

TEST_F(SweepCliTest, PrintsOneTableAndReportPrintsItAgain) {
  const ProcessResult run = Run("4,1", {"--out", Out()});
  EXPECT_EQ(run.exit_code, 0) << run.err;
  EXPECT_THAT(run.out, AllOf(HasSubstr("max_tiles 1"), HasSubstr("max_tiles 4"), HasSubstr("90.49")));
  EXPECT_THAT(run.err, HasSubstr("tile limit 4: " + (Out() / "max_tiles_4").string()));
  const std::string json = ReadFile(Out() / "sweep.json");
  const std::string markdown = ReadFile(Out() / "sweep.md");

  EXPECT_EQ(RunTessera({"report", Out()}).out, run.out);
  EXPECT_EQ(RunTessera({"report", Out(), "--format", "json"}).out, json);
  EXPECT_EQ(RunTessera({"report", Out(), "--format", "markdown"}).out, markdown);
  EXPECT_EQ(Run("4,1", {"--out", Out(), "--json"}).out, json);
  EXPECT_EQ(ReadFile(Out() / "sweep.json"), json);
}

TEST_F(SweepCliTest, EachLimitIsARunThatVerifiesAndScoresByItself) {
  ASSERT_EQ(Run("1,4", {"--out", Out()}).exit_code, 0);
  for (const char* name : {"max_tiles_1", "max_tiles_4"}) {
    const ProcessResult verified = RunTessera({"verify", Out() / name, "--data", kData});
    EXPECT_EQ(verified.exit_code, 0) << verified.out << verified.err;
    EXPECT_EQ(RunTessera({"score", Out() / name}).exit_code, 0);
  }
}

TEST_F(SweepCliTest, OneLimitIsAnOrdinaryRun) {
  const ProcessResult run = Run("4", {"--out", Out()});
  EXPECT_EQ(run.exit_code, 0) << run.err;
  EXPECT_TRUE(std::filesystem::exists(Out() / "run.json"));
  EXPECT_THAT(run.out, HasSubstr("max_tiles 4 instead of"));
  const ProcessResult sweep = Run("4,6", {"--out", Out()});
  EXPECT_EQ(sweep.exit_code, 2);
  EXPECT_THAT(sweep.err, HasSubstr("holds a run with one tile limit"));
}

TEST_F(SweepCliTest, DryRunShowsThePlanOfEachLimit) {
  const ProcessResult run = Run("3,7", {"--dry-run"});
  EXPECT_EQ(run.exit_code, 0) << run.err;
  EXPECT_THAT(run.out, AllOf(HasSubstr("max_tiles 3"), HasSubstr("max_tiles 7")));
}

TEST_F(SweepCliTest, WrongListsAreUsageErrors) {
  for (const char* limits : {"4,4", "4,41", "4,x"}) {
    EXPECT_EQ(Run(limits, {"--out", Out()}).exit_code, 2) << limits;
  }
  EXPECT_FALSE(std::filesystem::exists(Out()));
}

}  // namespace
}  // namespace tessera

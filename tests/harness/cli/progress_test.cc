#include "harness/cli/progress.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/base/files.h"
#include "harness/base/strings.h"
#include "tests/harness/fake_run.h"

namespace tessera {
namespace {

using testing::HasSubstr;
using testing::Not;

/// What a run of `count` samples, of which every fifth fails, shows.
std::string Shown(bool is_terminal, int done_before, int count) {
  const TempFolder folder;
  const std::filesystem::path path = folder.path() / "out";
  std::FILE* file = std::fopen(path.c_str(), "w");
  {
    Progress progress(file, is_terminal);
    progress.Start(done_before, done_before + count);
    for (int i = 0; i < count; ++i) {
      SampleRecord record{.tiles = 3};
      if (i % 5 == 0) record.failure = Failure{};
      progress.Add(record);
    }
  }
  std::fclose(file);
  return ReadFile(path);
}

TEST(Progress, PlainOutputHasALineForEachTenthAndEndsWithTheLastState) {
  const std::string text = Shown(false, 0, 100);
  EXPECT_EQ(Split(text, '\n').size(), 11u);
  EXPECT_THAT(text, HasSubstr("tessera: 100/100 samples"));
  EXPECT_THAT(text, HasSubstr("20 failed"));
  EXPECT_THAT(text, Not(HasSubstr("\r")));
}

TEST(Progress, TerminalLineIsDrawnAgainAndEnded) {
  const std::string text = Shown(true, 0, 100);
  EXPECT_THAT(text, HasSubstr("\r\x1b[K100/100 samples"));
  EXPECT_EQ(text.back(), '\n');
}

TEST(Progress, ResumedRunSaysWhatIsDone) {
  EXPECT_THAT(Shown(false, 40, 60), HasSubstr("resuming: 40 of 100 samples are done"));
}

TEST(Progress, RunWithNothingToDoShowsNothing) { EXPECT_EQ(Shown(true, 0, 0), ""); }

}  // namespace
}  // namespace tessera

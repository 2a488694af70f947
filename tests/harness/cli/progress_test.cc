#include "harness/cli/progress.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/base/files.h"
#include "harness/base/json_fields.h"
#include "harness/base/strings.h"
#include "tests/harness/fake_run.h"

namespace tessera {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

/// What `use` of a Progress shows.
std::string ShownBy(ProgressStyle style, const std::function<void(Progress*)>& use) {
  const TempFolder folder;
  const std::filesystem::path path = folder.path() / "out";
  std::FILE* file = std::fopen(path.c_str(), "w");
  {
    Progress progress(file, style);
    use(&progress);
  }
  std::fclose(file);
  return ReadFile(path);
}

/// `count` samples of benchmark a with 3 tiles each, of which every fifth fails and the one after that has no score.
void AddSamples(int count, Progress* progress) {
  for (int i = 0; i < count; ++i) {
    SampleRecord record{.benchmark = "a", .tiles = 3};
    if (i % 5 == 0) record.failure = Failure{};
    record.score = SampleScore{};
    if (i % 5 != 1) record.score->value = 1;
    progress->Add(record);
  }
}

std::string Shown(ProgressStyle style, int done_before, int count) {
  return ShownBy(style, [&](Progress* progress) {
    progress->Start({{.benchmark = "a", .done = done_before, .total = done_before + count}});
    AddSamples(count, progress);
  });
}

std::string ShownOfTwo(ProgressStyle style) {
  return ShownBy(style, [](Progress* progress) {
    progress->Start({{.benchmark = "a", .total = 20}, {.benchmark = "b", .done = 3, .total = 30}});
    AddSamples(20, progress);
    progress->Add({.benchmark = "b", .tiles = 1, .score = SampleScore{.value = 0}});
  });
}

std::vector<Json> Events(const std::string& text) {
  std::vector<Json> events;
  for (const std::string& line : Split(text, '\n')) {
    if (!line.empty()) events.push_back(ParseJson(line, "event"));
  }
  return events;
}

TEST(Progress, PlainOutputHasALineForEachTenthAndEndsWithTheLastState) {
  const std::string text = Shown(ProgressStyle::kPlain, 0, 100);
  EXPECT_EQ(Split(text, '\n').size(), 11u);
  EXPECT_THAT(text, HasSubstr("tessera: 100/100 samples"));
  EXPECT_THAT(text, HasSubstr("20 failed, 20 unscored"));
  EXPECT_THAT(text, Not(HasSubstr("\r")));
}

TEST(Progress, TerminalLineIsDrawnAgainAndEnded) {
  const std::string text = Shown(ProgressStyle::kTerminal, 0, 100);
  EXPECT_THAT(text, HasSubstr("\r\x1b[K100/100 samples"));
  EXPECT_EQ(text.back(), '\n');
}

TEST(Progress, ResumedRunSaysWhatIsDone) {
  EXPECT_THAT(Shown(ProgressStyle::kPlain, 40, 60), HasSubstr("resuming: 40 of 100 samples are done"));
}

TEST(Progress, RunThatDoesNotStartShowsNothing) {
  for (const ProgressStyle style : {ProgressStyle::kTerminal, ProgressStyle::kPlain, ProgressStyle::kJson}) {
    EXPECT_EQ(ShownBy(style, [](Progress*) {}), "");
  }
}

TEST(Progress, SeveralBenchmarksAreCountedApart) {
  const std::string text = ShownOfTwo(ProgressStyle::kPlain);
  EXPECT_THAT(text, AllOf(HasSubstr("tessera: 8/50 samples (a 5/20), "),
                          HasSubstr("tessera: a is done: 20 samples, 4 failed, 4 unscored\n"),
                          HasSubstr("tessera: 24/50 samples (b 4/30), ")));
}

TEST(Progress, NoticeGetsALineOfItsOwnOnATerminal) {
  // The progress line is cleared first, where one was drawn.
  EXPECT_THAT(ShownOfTwo(ProgressStyle::kTerminal),
              testing::AnyOf(HasSubstr("\x1b[Ktessera: a is done"), HasSubstr("\ntessera: a is done")));
}

TEST(Progress, JsonIsOneEventPerLineFromStartToEnd) {
  std::vector<std::string> names;
  for (const Json& event : Events(ShownOfTwo(ProgressStyle::kJson))) {
    EXPECT_EQ(event["schema_version"], 1);
    names.push_back(event["event"]);
  }
  EXPECT_THAT(names, ElementsAre("start", "progress", "progress", "progress", "progress", "benchmark_done", "end"));
}

TEST(Progress, JsonEventsHaveTheDocumentedFields) {
  const std::vector<Json> events = Events(ShownOfTwo(ProgressStyle::kJson));
  ASSERT_EQ(events.size(), 7u);
  const Json& start = events.front();
  EXPECT_EQ(start["done"], 3);
  EXPECT_EQ(start["total"], 50);
  EXPECT_EQ(start["resumed"], 3);
  EXPECT_TRUE(start["remaining_s"].is_null());
  EXPECT_EQ(start["benchmarks"][1]["name"], "b");
  EXPECT_EQ(events[1]["benchmark"]["name"], "a");
  EXPECT_EQ(events[1]["benchmark"]["done"], 5);
  EXPECT_GT(events[1]["samples_per_s"], 0.0);
  EXPECT_GT(events[1]["tiles_per_s"], 0.0);
  EXPECT_EQ(events[5]["benchmark"]["failed"], 4);
  const Json& end = events.back();
  EXPECT_EQ(end["done"], 24);
  EXPECT_EQ(end["failed"], 4);
  EXPECT_EQ(end["unscored"], 4);
  EXPECT_EQ(end["tiles"], 61);
  EXPECT_EQ(end["benchmarks"][1]["done"], 4);
}

}  // namespace
}  // namespace tessera

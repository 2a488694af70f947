#include "harness/workers/shared_run.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <future>
#include <thread>

#include "harness/base/files.h"
#include "harness/base/strings.h"
#include "harness/journal/reader.h"
#include "harness/journal/writer.h"
#include "tests/harness/fake_run.h"
#include "tests/harness/workers/fake_store.h"

namespace tessera {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

TEST(SharedRun, ReachesTheOthersAsPublished) {
  FakeStore store;
  PublishRun(&store, {.run_json = "{\"a\": \"\\n\"}", .start = 3, .samples = {0, 1, 2, 7, 9, 10}});
  const std::optional<SharedRun> run = WaitForRun(&store, nullptr);
  ASSERT_TRUE(run);
  EXPECT_EQ(run->run_json, "{\"a\": \"\\n\"}");
  EXPECT_EQ(run->start, 3);
  EXPECT_THAT(run->samples, ElementsAre(0, 1, 2, 7, 9, 10));
}

TEST(SharedRun, WaitingEndsWhenTheUserStopsIt) {
  FakeStore store;
  const std::atomic<bool> stop{true};
  EXPECT_FALSE(WaitForRun(&store, &stop));
}

/// Runs with several workers in this process, each a thread with its own backend.
class WorkersTest : public testing::Test {
 protected:
  WorkersTest() {
    std::vector<std::string> lines;
    const std::vector<std::string> pictures = {"a.png", "b.png", "", "c.png"};
    for (int i = 0; i < 60; ++i) {
      lines.push_back(std::to_string(i) + "|" + pictures[static_cast<std::size_t>(i) % 4] + "|say " +
                      (i % 3 == 0 ? "yes" : "no") + "|yes");
    }
    WriteData(data_, "fake.txt", lines);
  }

  RunSettings Settings(const std::string& out, int rank, int size) const {
    RunSettings settings = FakeSettings(data_, work_.path() / out);
    settings.place = {.rank = rank, .size = size, .host = "here"};
    settings.lease = std::chrono::milliseconds(400);
    return settings;
  }

  static RunHooks Hooks(KeyStore* store) {
    RunHooks hooks = FakeHooks();
    hooks.make_store = [store](const WorkerPlace&, const std::atomic<bool>*) {
      return std::make_unique<SharedStore>(store);
    };
    return hooks;
  }

  RunResult RunOne(const std::string& out, int rank, int size, const RunHooks& hooks) const {
    return RunBenchmarks({&FakeBenchmark()}, Settings(out, rank, size), hooks);
  }

  void RunTogether(const std::string& out, int size) const {
    FakeStore store;
    std::vector<std::jthread> helpers;
    for (int rank = 1; rank < size; ++rank) {
      helpers.emplace_back([&, rank] { RunOne(out, rank, size, Hooks(&store)); });
    }
    RunOne(out, 0, size, Hooks(&store));
  }

  /// All that the answers determine.
  std::string Results(const std::string& out) const {
    std::string all;
    for (const char* file : {"scores.json", "report.json", "report.md"}) all += ReadFile(work_.path() / out / file);
    return all;
  }

  TempFolder data_;
  TempFolder work_;
};

TEST_F(WorkersTest, AnyNumberLeavesTheSameBytesAndAsksEachSampleOnce) {
  RunBenchmarks({&FakeBenchmark()}, FakeSettings(data_, work_.path() / "alone"), FakeHooks());
  for (const int size : {2, 3, 7}) {
    const std::string out = std::to_string(size);
    RunTogether(out, size);
    EXPECT_EQ(Results(out), Results("alone")) << size;
    std::size_t lines = 0;
    for (const auto& path : JournalPaths(work_.path() / out)) lines += Split(ReadFile(path), '\n').size() - 1;
    EXPECT_EQ(lines, 60u) << size;
  }
}

TEST_F(WorkersTest, AWorkerThatFailsLeavesItsShareToTheOthers) {
  FakeStore store;
  std::promise<void> failed;
  std::jthread helper([&] {
    RunHooks hooks = Hooks(&store);
    hooks.make_backend = [](const BackendSettings&) {
      return std::make_unique<FakeBackend>(
          [](std::span<const Query>) { throw EnvironmentError("the device is gone"); });
    };
    EXPECT_THAT(ErrorOf(ErrorKind::kEnvironment, [&] { RunOne("run", 1, 2, hooks); }), HasSubstr("device is gone"));
    failed.set_value();
  });
  RunHooks hooks = Hooks(&store);
  hooks.make_backend = [has_failed = failed.get_future().share()](const BackendSettings&) {
    return std::make_unique<FakeBackend>([has_failed](std::span<const Query>) { has_failed.wait(); });
  };
  const RunResult result = RunOne("run", 0, 2, hooks);
  EXPECT_FALSE(HasUnscored(result.scored.report));
  EXPECT_EQ(ReadJournal(work_.path() / "run").samples.size(), 60u);
}

TEST_F(WorkersTest, ARunOfSeveralIsResumedByOneAndTheOtherWayRound) {
  RunTogether("several", 3);
  const std::filesystem::path helpers_journal = JournalPath(work_.path() / "several", 1);
  if (std::filesystem::exists(helpers_journal)) std::filesystem::resize_file(helpers_journal, 0);
  RunBenchmarks({&FakeBenchmark()}, FakeSettings(data_, work_.path() / "several"), FakeHooks());
  RunBenchmarks({&FakeBenchmark()}, FakeSettings(data_, work_.path() / "one"), FakeHooks());
  const std::string whole = Results("one");
  EXPECT_EQ(Results("several"), whole);
  std::filesystem::resize_file(JournalPath(work_.path() / "one"), 3000);
  RunTogether("one", 3);
  EXPECT_EQ(Results("one"), whole);
}

TEST_F(WorkersTest, OtherSettingsThanThoseOfRank0AreRefusedNamingEach) {
  FakeStore store;
  std::jthread leader([&] { RunOne("run", 0, 2, Hooks(&store)); });
  RunSettings settings = Settings("run", 1, 2);
  settings.plan.max_tiles = 6;
  EXPECT_THAT(ErrorOf(ErrorKind::kUsage, [&] { RunBenchmarks({&FakeBenchmark()}, settings, Hooks(&store)); }),
              HasSubstr("rank 1 has other settings than rank 0:\n  benchmarks.0.recipe.max_tiles: 12 -> 6"));
}

TEST_F(WorkersTest, ASecondRunOnTheFolderOfAHelperIsRefused) {
  const JournalWriter helper(work_.path() / "run", 3);
  EXPECT_THAT(
      ErrorOf(ErrorKind::kEnvironment,
              [&] { RunBenchmarks({&FakeBenchmark()}, FakeSettings(data_, work_.path() / "run"), FakeHooks()); }),
      HasSubstr("samples.3.log: another run is writing to this folder"));
}

}  // namespace
}  // namespace tessera

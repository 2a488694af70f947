#include "harness/runner/run.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/base/files.h"
#include "harness/base/json_fields.h"
#include "harness/base/strings.h"
#include "harness/journal/reader.h"
#include "harness/journal/writer.h"
#include "harness/runner/run_files.h"
#include "tests/harness/fake_run.h"

namespace tessera {
namespace {

using testing::AllOf;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class RunTest : public testing::Test {
 protected:
  RunTest() {
    std::vector<std::string> lines;
    const std::vector<std::string> pictures = {"a.png", "b.png", "", "c.png"};
    for (int i = 0; i < 40; ++i) {
      lines.push_back(std::to_string(i) + "|" + pictures[static_cast<std::size_t>(i) % 4] + "|say " +
                      (i % 3 == 0 ? "yes" : "no") + "|yes");
    }
    WriteData(data_, "fake.txt", lines);
    WriteData(data_, "other.txt", {"1|a.png|say yes|yes", "2|d.png|say no|yes"});
  }

  RunResult Run(const RunSettings& settings, const RunHooks& hooks = FakeHooks()) {
    return RunBenchmarks({&FakeBenchmark(), &OtherBenchmark()}, settings, hooks);
  }
  RunSettings Settings(const std::string& out = "run") const { return FakeSettings(data_, work_.path() / out); }
  std::string File(const std::string& run, const std::string& name) const {
    return ReadFile(work_.path() / run / name);
  }

  TempFolder data_;
  TempFolder work_;
};

/// Stops the run while its third group is asked about.
RunHooks StoppingHooks(std::atomic<bool>* stop) {
  RunHooks hooks = FakeHooks();
  hooks.stop = stop;
  hooks.make_backend = [stop](const BackendSettings&) {
    return std::make_unique<FakeBackend>([stop, count = 0](std::span<const Query>) mutable {
      if (++count == 3) *stop = true;
    });
  };
  return hooks;
}

TEST_F(RunTest, LeavesLogScoresAndReports) {
  const RunResult result = Run(Settings());
  EXPECT_EQ(result.scored.report.samples, 42);
  EXPECT_DOUBLE_EQ(*result.scored.report.benchmarks[0].scores[0].value, 35.0);
  const Json scores = ParseJson(File("run", "scores.json"), "scores.json");
  EXPECT_EQ(scores["benchmarks"][0]["samples"].size(), 40u);
  EXPECT_EQ(ParseJson(File("run", "report.json"), "report.json")["benchmarks"][0]["scores"][0]["value"], 35.0);
  EXPECT_THAT(File("run", "report.md"), HasSubstr("35.00 %"));
}

TEST_F(RunTest, OneThreadAndEightGiveTheSameFiles) {
  for (const int threads : {1, 8}) {
    RunSettings settings = Settings(std::to_string(threads));
    settings.threads = threads;
    Run(settings);
  }
  EXPECT_EQ(JournalWithoutTimes(work_.path() / "1"), JournalWithoutTimes(work_.path() / "8"));
  EXPECT_EQ(File("1", "scores.json"), File("8", "scores.json"));
  EXPECT_THAT(DifferingSettings(ReadRunRecord(work_.path() / "1"), ReadRunRecord(work_.path() / "8")), IsEmpty());
}

TEST_F(RunTest, StoppedRunResumesToTheSameFiles) {
  std::atomic<bool> stop{false};
  EXPECT_TRUE(Run(Settings("stopped"), StoppingHooks(&stop)).stopped);
  const std::size_t before = ReadJournal(work_.path() / "stopped").samples.size();
  EXPECT_GT(before, 0u);
  EXPECT_LT(before, 42u);

  int done_at_start = -1;
  RunHooks hooks = FakeHooks();
  hooks.on_start = [&done_at_start](const std::vector<BenchmarkProgress>& benchmarks) {
    done_at_start = benchmarks.at(0).done + benchmarks.at(1).done;
    EXPECT_EQ(benchmarks[0].benchmark, "fake");
    EXPECT_EQ(benchmarks[0].total, 40);
  };
  EXPECT_FALSE(Run(Settings("stopped"), hooks).stopped);
  EXPECT_EQ(done_at_start, static_cast<int>(before));

  Run(Settings("whole"));
  EXPECT_EQ(JournalWithoutTimes(work_.path() / "stopped"), JournalWithoutTimes(work_.path() / "whole"));
  EXPECT_EQ(File("stopped", "scores.json"), File("whole", "scores.json"));
}

TEST_F(RunTest, StoppedRunCountsWhatIsNotDoneAsUnscored) {
  std::atomic<bool> stop{false};
  const RunResult result = Run(Settings(), StoppingHooks(&stop));
  EXPECT_TRUE(HasUnscored(result.scored.report));
  EXPECT_EQ(result.scored.report.benchmarks[0].samples, 40);
}

TEST_F(RunTest, TornLastLineIsDroppedWithANoticeAndAskedAgain) {
  Run(Settings("torn"));
  const std::string whole = JournalWithoutTimes(work_.path() / "torn");
  const std::filesystem::path journal = JournalPath(work_.path() / "torn");
  std::filesystem::resize_file(journal, std::filesystem::file_size(journal) - 20);
  std::vector<std::string> notices;
  Run(Settings("torn"), FakeHooks(&notices));
  EXPECT_THAT(notices, Contains(HasSubstr("not complete")));
  EXPECT_EQ(JournalWithoutTimes(work_.path() / "torn"), whole);
}

TEST_F(RunTest, FinishedRunIsNotAskedAgain) {
  Run(Settings());
  RunHooks hooks = FakeHooks();
  hooks.make_backend = [](const BackendSettings&) -> std::unique_ptr<Backend> {
    throw EnvironmentError("the model was loaded");
  };
  EXPECT_EQ(Run(Settings(), hooks).scored.report.samples, 42);
}

TEST_F(RunTest, FailedSamplesAreTriedAgainAndTheLaterLineCounts) {
  WriteData(data_, "fake.txt", {"1|later.png|say yes|yes", "2|a.png|say yes|yes"});
  EXPECT_EQ(RunBenchmarks({&FakeBenchmark()}, Settings(), FakeHooks()).scored.report.failed, 1);
  std::filesystem::copy_file(data_.path() / "a.png", data_.path() / "later.png");
  const RunResult again = RunBenchmarks({&FakeBenchmark()}, Settings(), FakeHooks());
  EXPECT_EQ(again.scored.report.failed, 0);
  EXPECT_EQ(again.scored.report.benchmarks[0].scored, 2);
  EXPECT_THAT(Split(File("run", "journal/samples.log"), '\n'), testing::SizeIs(4));
}

TEST_F(RunTest, MoreFailuresThanAllowedStopARunThatResumes) {
  std::vector<std::string> lines;
  for (int i = 0; i < 30; ++i) lines.push_back(std::to_string(i) + "||please fail|yes");
  WriteData(data_, "fake.txt", lines);
  RunSettings settings = Settings();
  settings.threads = 1;
  settings.max_failures = 5;
  const RunResult result = RunBenchmarks({&FakeBenchmark()}, settings, FakeHooks());
  EXPECT_TRUE(result.too_many_failures);
  EXPECT_FALSE(result.stopped);
  EXPECT_GE(result.scored.report.failed, 6);
  EXPECT_LT(result.scored.report.failed, 30);  // what was under way is finished
  EXPECT_EQ(result.scored.report.benchmarks[0].unscored, 30);
  settings.max_failures = 30;
  const RunResult again = RunBenchmarks({&FakeBenchmark()}, settings, FakeHooks());
  EXPECT_FALSE(again.too_many_failures);
  EXPECT_EQ(again.scored.report.failed, 30);
}

TEST_F(RunTest, OtherSettingsAreRefusedNamingEach) {
  Run(Settings());
  const std::string before = File("run", "run.json");
  RunSettings settings = Settings();
  settings.plan.max_tiles = 6;
  settings.plan.limit = 3;
  EXPECT_THAT(ErrorOf(ErrorKind::kUsage, [&] { Run(settings); }),
              AllOf(HasSubstr("recipe.max_tiles: 12 -> 6"), HasSubstr("limit: 0 -> 3")));
  EXPECT_EQ(File("run", "run.json"), before);
}

TEST_F(RunTest, ChangedDataIsRefused) {
  Run(Settings());
  WriteData(data_, "other.txt", {"1|a.png|say yes|yes", "2|d.png|say no|no"});
  EXPECT_THAT(ErrorOf(ErrorKind::kUsage, [&] { Run(Settings()); }), HasSubstr("sha256"));
}

TEST_F(RunTest, FolderThatCannotBeWrittenIsAnEnvironmentError) {
  work_.Write("file", "not a folder");
  EXPECT_THAT(ErrorOf(ErrorKind::kEnvironment, [&] { Run(Settings("file/run")); }), HasSubstr("file/run"));
}

TEST_F(RunTest, JournalWithoutRunJsonIsAnInputError) {
  Run(Settings());
  std::filesystem::remove(work_.path() / "run" / "run.json");
  EXPECT_THAT(ErrorOf(ErrorKind::kInput, [&] { Run(Settings()); }), HasSubstr("no run.json"));
}

TEST_F(RunTest, NoSamplesIsAnInputError) {
  WriteData(data_, "fake.txt", {});
  EXPECT_THAT(ErrorOf(ErrorKind::kInput, [&] { RunBenchmarks({&FakeBenchmark()}, Settings(), FakeHooks()); }),
              HasSubstr("no samples"));
}

TEST_F(RunTest, AnAnswerIsInTheJournalWhileItsGroupIsStillAskedAndSurvivesTheEndOfTheBackend) {
  class BreakingBackend : public FakeBackend {
   public:
    explicit BreakingBackend(std::filesystem::path out) : out_(std::move(out)) {}
    void Generate(std::span<const Query> batch, const Deliver& deliver) override {
      FakeBackend::Generate(batch.first(1), deliver);
      ASSERT_EQ(ReadJournal(out_).samples.size(), 1u);
      throw EnvironmentError("the device is gone");
    }

   private:
    std::filesystem::path out_;
  };
  RunHooks hooks = FakeHooks();
  hooks.make_backend = [this](const BackendSettings&) {
    return std::make_unique<BreakingBackend>(work_.path() / "run");
  };
  EXPECT_THAT(ErrorOf(ErrorKind::kEnvironment, [&] { Run(Settings(), hooks); }), HasSubstr("device is gone"));
  EXPECT_EQ(ReadJournal(work_.path() / "run").samples.size(), 1u);
  EXPECT_EQ(Run(Settings()).scored.report.samples, 42);
}

TEST_F(RunTest, QuestionsOfOneGroupAndOfManyInACallLeaveTheSameFiles) {
  Run(Settings("one"));
  RunHooks hooks = FakeHooks();
  hooks.make_backend = [](const BackendSettings&) {
    return std::make_unique<FakeBackend>([](std::span<const Query>) {}, 32);
  };
  Run(Settings("many"), hooks);
  for (const char* file : {"scores.json", "report.json", "report.md"}) EXPECT_EQ(File("one", file), File("many", file));
}

TEST_F(RunTest, ErrorOfTheBackendLeavesAJournalThatResumes) {
  RunHooks hooks = FakeHooks();
  hooks.make_backend = [](const BackendSettings&) {
    return std::make_unique<FakeBackend>([count = 0](std::span<const Query>) mutable {
      if (++count == 4) throw EnvironmentError("the device is gone");
    });
  };
  EXPECT_THAT(ErrorOf(ErrorKind::kEnvironment, [&] { Run(Settings(), hooks); }), HasSubstr("device is gone"));
  EXPECT_EQ(Run(Settings()).scored.report.samples, 42);
}

TEST_F(RunTest, RecordsHashesOfDataAndSettings) {
  RunSettings settings = Settings();
  settings.plan.max_tiles = 6;
  Run(settings);
  const RunRecord record = ReadRunRecord(work_.path() / "run");
  ASSERT_EQ(record.benchmarks.size(), 2u);
  EXPECT_EQ(record.benchmarks[0].data[0].path, "fake.txt");
  EXPECT_EQ(record.benchmarks[0].data[0].sha256.size(), 64u);
  EXPECT_EQ(record.benchmarks[0].recipe.max_tiles, 6);
  EXPECT_THAT(record.benchmarks[0].deviations, ElementsAre("max_tiles 6 instead of 12"));
  EXPECT_EQ(record.model.precision, "float32");
  EXPECT_FALSE(record.machine.cpu.empty());
}

TEST_F(RunTest, ScoresFromTheLogAloneWithoutDataOrModel) {
  const RunResult run = Run(Settings());
  std::filesystem::remove_all(data_.path());
  const ScoredRun again = ScoreRunFolder(work_.path() / "run", "", FindFake, NoJudge(), [](const std::string&) {});
  EXPECT_EQ(PrintJson(again.report), PrintJson(run.scored.report));
}

}  // namespace
}  // namespace tessera

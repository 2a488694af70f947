#include "harness/runner/verify.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "harness/base/files.h"
#include "harness/base/strings.h"
#include "harness/journal/record_frame.h"
#include "harness/journal/writer.h"
#include "harness/runner/run.h"
#include "harness/runner/run_files.h"
#include "tests/harness/fake_run.h"

namespace tessera {
namespace {

using testing::AllOf;
using testing::Contains;
using testing::Each;
using testing::ElementsAre;
using testing::Field;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;

testing::Matcher<Mismatch> About(const std::string& what, const std::string& expected, const std::string& found) {
  return AllOf(Field(&Mismatch::what, HasSubstr(what)), Field(&Mismatch::expected, HasSubstr(expected)),
               Field(&Mismatch::found, HasSubstr(found)));
}

/// `text` with its first `from` replaced.
std::string Replaced(std::string text, const std::string& from, const std::string& to) {
  const std::size_t at = text.find(from);
  return at == std::string::npos ? "there is no " + from : text.replace(at, from.size(), to);
}

class VerifyTest : public testing::Test {
 protected:
  VerifyTest() {
    WriteData(data_, "fake.txt", {"1|a.png|say yes|yes", "2|b.png|say no|yes", "3||say yes|yes"});
    WriteData(data_, "other.txt", {"1|a.png|say yes|yes"});
    Run();
  }

  void Run(const std::function<void(RunSettings*)>& change = {}) {
    std::filesystem::remove_all(Folder());
    RunSettings settings = FakeSettings(data_, Folder());
    if (change) change(&settings);
    RunBenchmarks({&FakeBenchmark(), &OtherBenchmark()}, settings, FakeHooks());
  }

  std::filesystem::path Folder() const { return work_.path() / "run"; }

  Verification Verify(VerifySettings settings = {}) const {
    settings.run_folder = Folder();
    return VerifyRun(settings, FindFake, [](const std::string&) {});
  }
  std::vector<Mismatch> Mismatches() const { return Verify().mismatches; }

  /// Changes the first `from` of a file of the run folder to `to`.
  void Tamper(const std::string& file, const std::string& from, const std::string& to) const {
    work_.Write("run/" + file, Replaced(ReadFile(Folder() / file), from, to));
  }

  /// The same in the journal, whose records keep their form.
  void TamperJournal(const std::string& from, const std::string& to) const {
    std::vector<std::string> lines = JournalLines();
    for (std::string& line : lines) {
      const std::string json(UnframeRecord(line).value());
      if (json.find(from) == std::string::npos) continue;
      line = FrameRecord(Replaced(json, from, to));
      break;
    }
    WriteJournal(lines);
  }

  std::vector<std::string> JournalLines() const {
    std::vector<std::string> lines = Split(ReadFile(JournalPath(Folder())), '\n');
    lines.pop_back();
    return lines;
  }
  void WriteJournal(const std::vector<std::string>& lines) const {
    work_.Write("run/journal/samples.log", Join(lines, "\n") + "\n");
  }

  TempFolder data_;
  TempFolder work_;
};

TEST_F(VerifyTest, UntouchedRunMatchesAndSaysWhatWasLookedAt) {
  const Verification verification = Verify();
  EXPECT_THAT(verification.mismatches, IsEmpty());
  EXPECT_THAT(verification.unchecked, IsEmpty());
  EXPECT_EQ(verification.files, 2);
  EXPECT_EQ(verification.samples, 4);
  EXPECT_EQ(verification.pictures, 3);  // a.png is hashed for each of its benchmarks
}

TEST_F(VerifyTest, ChangedAnswerShowsInTheJournalsOwnScoreAndInEveryScoreFile) {
  TamperJournal(R"("answers":["no"])", R"("answers":["yes"])");
  const std::vector<Mismatch> mismatches = Mismatches();
  EXPECT_THAT(mismatches, Contains(About("fake, sample \"2\" (test): score", "1 from \"yes\"", "0 from \"no\"")));
  EXPECT_THAT(mismatches, Contains(About("scores.json: benchmarks/0/samples/1/value", "1.0", "0.0")));
  EXPECT_THAT(mismatches, Contains(About("report.json: benchmarks/0/scores/0/value", "100", "66.6")));
  EXPECT_THAT(mismatches, Contains(About("report.md: line", "100.00 %", "66.67 %")));
}

TEST_F(VerifyTest, ChangedScoreIsFoundAlone) {
  Tamper("scores.json", R"("value": 0.0)", R"("value": 1.0)");
  EXPECT_THAT(Mismatches(), ElementsAre(About("scores.json: benchmarks/0/samples/1/value", "0.0", "1.0")));
}

TEST_F(VerifyTest, ChangedDataFileIsFoundByItsSizeAndHash) {
  WriteData(data_, "fake.txt", {"1|a.png|say yes|yes", "2|b.png|say no|yes", "3||say yes|never"});
  const std::vector<Mismatch> mismatches = Mismatches();
  EXPECT_THAT(mismatches, Contains(About("fake.txt", " bytes", " bytes")));
  EXPECT_THAT(mismatches, Contains(About("fake.txt", "sha256 ", "sha256 ")));
  EXPECT_THAT(mismatches, Contains(About("sample \"3\" (test): references", "never", "yes")));
}

TEST_F(VerifyTest, MissingDataFileIsFound) {
  std::filesystem::remove(data_.path() / "other.txt");
  const std::vector<Mismatch> mismatches = Mismatches();
  EXPECT_THAT(mismatches, Contains(About("other.txt", "sha256", "no such file")));
  EXPECT_THAT(mismatches, Contains(About("data of other", "the samples of the run", "no data")));
}

TEST_F(VerifyTest, ChangedPictureIsFoundForEachSampleThatUsedIt) {
  const std::string bytes = ReadFile(data_.path() / "a.png");
  std::filesystem::remove(data_.path() / "a.png");
  data_.Write("a.png", bytes + "x");
  EXPECT_THAT(Mismatches(), ElementsAre(About("fake, sample \"1\" (test): picture", "sha256", "sha256"),
                                        About("other, sample \"1\" (test): picture", "sha256", "sha256")));
}

TEST_F(VerifyTest, MissingPictureIsFound) {
  std::filesystem::remove(data_.path() / "b.png");
  EXPECT_THAT(Mismatches(), ElementsAre(About("b.png", "sha256", "cannot be opened")));
}

TEST_F(VerifyTest, MissingSampleIsFoundByItsId) {
  std::vector<std::string> lines = JournalLines();
  lines.erase(lines.begin());
  WriteJournal(lines);
  EXPECT_THAT(Mismatches(), Contains(About("fake, sample \"1\" (test)", "a line", "none")));
}

TEST_F(VerifyTest, ExtraLineIsFoundWhateverItHolds) {
  std::vector<std::string> lines = JournalLines();
  const std::string first = lines.front();
  const std::string json(UnframeRecord(first).value());
  lines.push_back(first);
  lines.push_back(FrameRecord(Replaced(json, R"("sample_id":"1")", R"("sample_id":"stranger")")));
  lines.push_back(FrameRecord(Replaced(json, R"("benchmark":"fake")", R"("benchmark":"graded")")));
  WriteJournal(lines);
  const std::vector<Mismatch> mismatches = Mismatches();
  EXPECT_THAT(mismatches, Contains(About("fake, sample \"1\" (test)", "no line after its answer", "line 5")));
  EXPECT_THAT(mismatches, Contains(About("sample \"stranger\"", "not a sample of the run", "a line")));
  EXPECT_THAT(mismatches, Contains(About("graded, sample \"1\"", "a benchmark of run.json", "graded")));
}

TEST_F(VerifyTest, TwoWorkersThatAnsweredASampleMustAgree) {
  std::string json;
  for (const std::string& line : JournalLines()) {
    if (line.find(R"("answers":["no"])") != std::string::npos) json = UnframeRecord(line).value();
  }
  work_.Write("run/journal/samples.1.log", FrameRecord(json) + "\n");
  EXPECT_THAT(Mismatches(), IsEmpty());
  work_.Write("run/journal/samples.1.log",
              FrameRecord(Replaced(json, R"("answers":["no"])", R"("answers":["yes"])")) + "\n");
  EXPECT_THAT(Mismatches(), Contains(About("sample \"2\" (test): answers of two workers", "no in samples.log",
                                           "yes in samples.1.log")));
}

TEST_F(VerifyTest, DamagedRecordIsFoundByItsLine) {
  std::vector<std::string> lines = JournalLines();
  lines[1].back() = ' ';
  WriteJournal(lines);
  EXPECT_THAT(Mismatches(), Contains(About("samples.log:2", "length and checksum", "other bytes")));
}

TEST_F(VerifyTest, FailedSampleThatWasTriedAgainIsNoExtraLine) {
  WriteData(data_, "other.txt", {"1|later.png|say yes|yes"});
  Run();
  EXPECT_THAT(Mismatches(), IsEmpty());
  std::filesystem::copy_file(data_.path() / "a.png", data_.path() / "later.png");
  RunBenchmarks({&FakeBenchmark(), &OtherBenchmark()}, FakeSettings(data_, Folder()), FakeHooks());
  EXPECT_THAT(JournalLines(), SizeIs(5));
  EXPECT_THAT(Mismatches(), IsEmpty());
}

TEST_F(VerifyTest, ChangedReferenceInTheJournalIsFoundByTheData) {
  TamperJournal(R"("references":["yes"])", R"("references":["Yes"])");
  EXPECT_THAT(Mismatches(), Contains(About("references", R"(["yes"])", R"(["Yes"])")));
}

TEST_F(VerifyTest, ChangedNumberOfSamplesInRunJsonIsFound) {
  Tamper("run.json", R"("samples": 3)", R"("samples": 2)");
  EXPECT_THAT(Mismatches(), Contains(About("run.json: samples of fake", "3 by the data", "2")));
}

TEST_F(VerifyTest, TornLastLineAndMissingFilesAreFound) {
  std::ofstream(JournalPath(Folder()), std::ios::app) << "{";
  std::filesystem::remove(Folder() / "scores.json");
  work_.Write("run/report.json", "{");
  const std::vector<Mismatch> mismatches = Mismatches();
  EXPECT_THAT(mismatches, Contains(About("samples.log", "whole lines", "cut off")));
  EXPECT_THAT(mismatches, Contains(About("scores.json", "a file", "no such file")));
  EXPECT_THAT(mismatches, Contains(About("report.json", "JSON", "")));
}

TEST_F(VerifyTest, RunOfSomeIdsAndTheFirstFewMatches) {
  Run([](RunSettings* settings) {
    settings->plan.ids = {"2", "3", "1"};
    settings->plan.limit = 1;
  });
  EXPECT_THAT(Mismatches(), IsEmpty());
}

TEST_F(VerifyTest, ScoreFilesOfAllScoringsMatchToo) {
  const auto score = [this](const std::string& scoring) {
    WriteRunFiles(Folder(), ScoreRunFolder(Folder(), scoring, FindFake, NoJudge(), [](const std::string&) {}));
  };
  score("all");
  EXPECT_THAT(Mismatches(), IsEmpty());
  score("all-right");
  EXPECT_THAT(Mismatches(), IsEmpty());
  Tamper("scores.json", "all-right", "all-wrong");
  EXPECT_THAT(Mismatches(), Contains(About("scores.json: benchmarks/0/scoring", "exact", "all-wrong")));
}

TEST_F(VerifyTest, MovedDataIsUncheckedUntilItsFolderIsGiven) {
  const TempFolder elsewhere;
  std::filesystem::remove(elsewhere.path());
  std::filesystem::rename(data_.path(), elsewhere.path());
  const Verification without = Verify();
  EXPECT_THAT(without.mismatches, IsEmpty());
  EXPECT_THAT(without.unchecked, AllOf(SizeIs(2), Each(HasSubstr("give --data"))));
  const Verification with = Verify({.data_folder = elsewhere.path()});
  EXPECT_THAT(with.mismatches, IsEmpty());
  EXPECT_THAT(with.unchecked, IsEmpty());
  EXPECT_EQ(with.pictures, 3);
}

TEST_F(VerifyTest, WithoutDataTheNumberOfSamplesStillCounts) {
  std::vector<std::string> lines = JournalLines();
  lines.erase(lines.begin());
  WriteJournal(lines);
  std::filesystem::remove_all(data_.path());
  EXPECT_THAT(Mismatches(), Contains(About("journal: samples of fake", "3", "2")));
}

TEST_F(VerifyTest, ChangedAndAddedCheckpointFilesAreFound) {
  const TempFolder model;
  model.Write("config.json", "{}");
  model.Write("model.safetensors", "weights");
  Run([&model](RunSettings* settings) { settings->backend.checkpoint = model.path(); });
  EXPECT_THAT(Mismatches(), IsEmpty());
  model.Write("model.safetensors", "WEIGHTS");
  model.Write("tokenizer.model", "new");
  EXPECT_THAT(Mismatches(), ElementsAre(About("model.safetensors", "sha256", "sha256"),
                                        About("tokenizer.model", "no such file", "a file")));
}

TEST_F(VerifyTest, FoldersThatAreNoneOrHaveNoEffectAreErrors) {
  EXPECT_THAT(ErrorOf(ErrorKind::kInput, [&] { Verify({.data_folder = "/nowhere"}); }), HasSubstr("expected a folder"));
  EXPECT_THAT(ErrorOf(ErrorKind::kUsage, [&] { Verify({.model_folder = work_.path()}); }),
              HasSubstr("--model has no effect"));
  std::filesystem::remove(Folder() / "run.json");
  EXPECT_THAT(ErrorOf(ErrorKind::kInput, [&] { Verify(); }), Not(HasSubstr("no error")));
}

}  // namespace
}  // namespace tessera

#include "harness/journal/reader.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "harness/base/files.h"
#include "harness/journal/record_frame.h"
#include "harness/journal/writer.h"
#include "tests/harness/fake_run.h"

namespace tessera {
namespace {

using testing::HasSubstr;

SampleRecord Record(const std::string& id, const std::string& answer) {
  return {.benchmark = "fake", .sample = {.id = id, .split = "test", .questions = {"?"}}, .answers = {answer}};
}

TEST(ReadJournal, MissingFileGivesNoSamples) {
  const TempFolder run;
  EXPECT_TRUE(ReadJournal(run.path()).samples.empty());
}

TEST(ReadJournal, LaterLineOfASampleCountsInThePlaceOfTheFirst) {
  const TempFolder run;
  {
    JournalWriter writer(run.path());
    writer.Append(Record("1", "old"));
    writer.Append(Record("2", "other"));
    writer.Append(Record("1", "new"));
  }
  const Journal journal = ReadJournal(run.path());
  ASSERT_EQ(journal.samples.size(), 2u);
  EXPECT_EQ(journal.samples[0].answers[0], "new");
}

/// The answer that counts when each worker of `run` has written its records, the first of rank 0.
std::string AnswerOf(const std::vector<std::vector<SampleRecord>>& workers) {
  const TempFolder run;
  for (std::size_t rank = 0; rank < workers.size(); ++rank) {
    JournalWriter writer(run.path(), static_cast<int>(rank));
    for (const SampleRecord& record : workers[rank]) writer.Append(record);
  }
  const Journal journal = ReadJournal(run.path());
  EXPECT_EQ(journal.samples.size(), 1u);
  return journal.samples[0].failure ? journal.samples[0].failure->message : journal.samples[0].answers[0];
}

SampleRecord OfStart(int start, SampleRecord record) {
  record.start = start;
  return record;
}

SampleRecord Failed(const std::string& message) {
  SampleRecord record = Record("1", "");
  record.failure = Failure{.message = message};
  return record;
}

TEST(ReadJournal, OfSeveralWorkersTheLatestStartCountsThenAnAnswerThenTheLowestRank) {
  EXPECT_EQ(AnswerOf({{Record("1", "a")}, {Record("1", "b")}}), "a");
  EXPECT_EQ(AnswerOf({{Failed("f")}, {Record("1", "b")}, {Record("1", "c")}}), "b");
  EXPECT_EQ(AnswerOf({{Record("1", "a")}, {Failed("f")}}), "a");
  EXPECT_EQ(AnswerOf({{OfStart(1, Record("1", "a"))}, {OfStart(2, Record("1", "b"))}}), "b");
  EXPECT_EQ(AnswerOf({{OfStart(1, Record("1", "a"))}, {OfStart(2, Failed("f"))}}), "f");
  EXPECT_EQ(AnswerOf({{OfStart(1, Failed("f")), OfStart(3, Record("1", "a"))}, {OfStart(2, Record("1", "b"))}}), "a");
}

TEST(ReadJournal, SamplesComeInTheOrderOfThePlanWhoeverWroteThem) {
  const TempFolder run;
  for (int rank = 0; rank < 3; ++rank) {
    JournalWriter writer(run.path(), rank);
    for (const std::size_t position : {5u, 2u}) {
      SampleRecord record = Record(std::to_string(rank) + "/" + std::to_string(position), "yes");
      record.position = position * 10 - static_cast<std::size_t>(rank);
      writer.Append(record);
    }
  }
  std::vector<std::string> ids;
  for (const SampleRecord& record : ReadJournal(run.path()).samples) ids.push_back(record.sample.id);
  EXPECT_THAT(ids, testing::ElementsAre("2/2", "1/2", "0/2", "2/5", "1/5", "0/5"));
}

TEST(ReadJournal, OtherFilesOfTheFolderAreNoJournals) {
  const TempFolder run;
  JournalWriter(run.path()).Append(Record("1", "yes"));
  for (const char* name : {"samples.0.log", "samples.01.log", "samples.x.log", "samples.1.log~", "judge.jsonl"}) {
    std::ofstream(run.path() / "journal" / name) << "nonsense\nnonsense\n";
  }
  EXPECT_THAT(JournalPaths(run.path()), testing::ElementsAre(JournalPath(run.path())));
  EXPECT_EQ(ReadJournal(run.path()).samples.size(), 1u);
}

TEST(ReadJournal, TornLastLineIsLeftOutAndSaidSo) {
  const TempFolder run;
  JournalWriter(run.path()).Append(Record("1", "yes"));
  EXPECT_TRUE(ReadJournal(run.path()).torn_files.empty());
  std::ofstream(JournalPath(run.path()), std::ios::app) << "{\"benchmark\": \"fa";
  const Journal journal = ReadJournal(run.path());
  EXPECT_THAT(journal.torn_files, testing::ElementsAre(JournalPath(run.path())));
  EXPECT_EQ(journal.samples.size(), 1u);
}

TEST(ReadJournal, BrokenLineIsAnInputErrorWithItsNumber) {
  const TempFolder run;
  JournalWriter(run.path()).Append(Record("1", "yes"));
  std::ofstream(JournalPath(run.path()), std::ios::app) << FrameRecord("nonsense") << "\n";
  EXPECT_THAT(ErrorOf(ErrorKind::kInput, [&] { ReadJournal(run.path()); }), HasSubstr("samples.log:2: not valid JSON"));
}

TEST(ReadJournal, LineLongerThanTheLimitIsAnInputError) {
  const TempFolder run;
  const JournalWriter writer(run.path());
  std::ofstream(JournalPath(run.path()), std::ios::app) << std::string(kMaxJournalLineBytes + 1, ' ');
  EXPECT_THAT(ErrorOf(ErrorKind::kInput, [&] { ReadJournal(run.path()); }), HasSubstr("longer than"));
}

TEST(ReadJournal, ADamagedRecordBeforeTheLastIsAnInputError) {
  const TempFolder run;
  {
    JournalWriter writer(run.path());
    writer.Append(Record("1", "yes"));
    writer.Append(Record("2", "no"));
  }
  std::string content = ReadFile(JournalPath(run.path()));
  content.replace(content.find("yes"), 3, "yet");
  std::ofstream(JournalPath(run.path())) << content;
  EXPECT_THAT(ErrorOf(ErrorKind::kInput, [&] { ReadJournal(run.path()); }),
              HasSubstr("samples.log:1: length or checksum is not that of the record"));
}

TEST(ReadJournal, CutAnywhereItKeepsEveryRecordBeforeTheCutAndInventsNone) {
  // What lies before the last two records plays no part, so each record is cut in a journal of two.
  const TempFolder run;
  std::filesystem::create_directories(JournalPath(run.path()).parent_path());
  const std::string before = FrameRecord(ToJournalLine(Record("first", "yes"))) + "\n";
  for (int i = 0; i < 1000; ++i) {
    std::string answer = "answer " + std::to_string(i * i);
    answer.append(static_cast<std::size_t>(i % 7), '\n');
    const std::string last = FrameRecord(ToJournalLine(Record(std::to_string(i), answer))) + "\n";
    // Every byte of every 25th record; of the others, the borders of its parts.
    for (std::size_t cut = 0; cut <= last.size(); cut += i % 25 == 0 ? 1 : 60) {
      std::ofstream(JournalPath(run.path()), std::ios::binary) << before << last.substr(0, cut);
      const Journal journal = ReadJournal(run.path());
      const bool is_whole = cut == last.size();
      ASSERT_EQ(journal.samples.size(), is_whole ? 2u : 1u) << i << " " << cut;
      ASSERT_EQ(journal.samples[0].answers[0], "yes");
      ASSERT_EQ(!journal.torn_files.empty(), cut > 0 && !is_whole);
      if (is_whole) {
        ASSERT_EQ(journal.samples[1].answers[0], answer);
      }
    }
  }
}

}  // namespace
}  // namespace tessera

#include "harness/journal/reader.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

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

TEST(ReadJournal, TornLastLineIsLeftOutAndSaidSo) {
  const TempFolder run;
  JournalWriter(run.path()).Append(Record("1", "yes"));
  EXPECT_FALSE(ReadJournal(run.path()).torn_last_line);
  std::ofstream(JournalPath(run.path()), std::ios::app) << "{\"benchmark\": \"fa";
  const Journal journal = ReadJournal(run.path());
  EXPECT_TRUE(journal.torn_last_line);
  EXPECT_EQ(journal.samples.size(), 1u);
}

TEST(ReadJournal, BrokenLineIsAnInputErrorWithItsNumber) {
  const TempFolder run;
  JournalWriter(run.path()).Append(Record("1", "yes"));
  std::ofstream(JournalPath(run.path()), std::ios::app) << "nonsense\n";
  EXPECT_THAT(ErrorOf(ErrorKind::kInput, [&] { ReadJournal(run.path()); }),
              HasSubstr("samples.jsonl:2: not valid JSON"));
}

TEST(ReadJournal, LineLongerThanTheLimitIsAnInputError) {
  const TempFolder run;
  const JournalWriter writer(run.path());
  std::ofstream(JournalPath(run.path()), std::ios::app) << std::string(kMaxJournalLineBytes + 1, ' ');
  EXPECT_THAT(ErrorOf(ErrorKind::kInput, [&] { ReadJournal(run.path()); }), HasSubstr("longer than"));
}

}  // namespace
}  // namespace tessera

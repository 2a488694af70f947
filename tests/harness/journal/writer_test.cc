#include "harness/journal/writer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <fstream>
#include <semaphore>

#include "harness/base/files.h"
#include "harness/journal/reader.h"
#include "harness/journal/record_frame.h"
#include "tests/harness/fake_run.h"

namespace {

std::counting_semaphore<> syncs{0};

}  // namespace

/// Instead of the system's, for the writers of this program.
extern "C" int fdatasync(int) {
  syncs.release();
  return 0;
}

namespace tessera {
namespace {

using testing::HasSubstr;

SampleRecord Record(const std::string& id, const std::string& answer = "yes") {
  return {.benchmark = "fake", .sample = {.id = id, .split = "test", .questions = {"?"}}, .answers = {answer}};
}

TEST(JournalWriter, EachLineIsInTheFileWhenAppendReturns) {
  const TempFolder run;
  JournalWriter writer(run.path());
  writer.Append(Record("1"));
  EXPECT_EQ(ReadFile(JournalPath(run.path())), FrameRecord(ToJournalLine(Record("1"))) + "\n");
  writer.Append(Record("2"));
  EXPECT_EQ(ReadJournal(run.path()).samples.size(), 2u);
}

TEST(JournalWriter, ALineIsSyncedWhenNoOtherFollows) {
  const TempFolder run;
  JournalWriter writer(run.path());
  while (syncs.try_acquire()) continue;
  writer.Append(Record("1"));
  EXPECT_TRUE(syncs.try_acquire_for(std::chrono::seconds(60)));
}

TEST(JournalWriter, GoesOnAfterWhatIsThere) {
  const TempFolder run;
  JournalWriter(run.path()).Append(Record("1"));
  JournalWriter(run.path()).Append(Record("2"));
  EXPECT_EQ(ReadJournal(run.path()).samples.size(), 2u);
}

TEST(JournalWriter, CutsOffATornLastLineOfAnyLength) {
  for (const std::size_t length : {std::size_t{1}, std::size_t{65536}, std::size_t{200000}}) {
    const TempFolder run;
    JournalWriter(run.path()).Append(Record("1"));
    std::ofstream(JournalPath(run.path()), std::ios::app) << std::string(length, 'x');
    JournalWriter writer(run.path());
    EXPECT_EQ(writer.dropped_bytes(), length);
    writer.Append(Record("2"));
    EXPECT_EQ(ReadJournal(run.path()).samples.size(), 2u);
  }
}

TEST(JournalWriter, FileOfATornLineAloneBecomesEmpty) {
  const TempFolder run;
  std::filesystem::create_directories(JournalPath(run.path()).parent_path());
  std::ofstream(JournalPath(run.path())) << "{\"bench";
  EXPECT_EQ(JournalWriter(run.path()).dropped_bytes(), 7u);
  EXPECT_EQ(std::filesystem::file_size(JournalPath(run.path())), 0u);
}

TEST(JournalWriter, SecondWriterIsRefused) {
  const TempFolder run;
  const JournalWriter first(run.path());
  EXPECT_THAT(ErrorOf(ErrorKind::kEnvironment, [&] { JournalWriter second(run.path()); }), HasSubstr("another run"));
}

TEST(JournalWriter, FolderThatCannotBeMadeIsAnEnvironmentError) {
  const TempFolder run;
  run.Write("file", "");
  EXPECT_THAT(ErrorOf(ErrorKind::kEnvironment, [&] { JournalWriter writer(run.path() / "file"); }),
              HasSubstr("cannot be created"));
}

TEST(JournalWriter, FullDiskIsAnEnvironmentErrorAndWhatWasWrittenStaysValid) {
  const TempFolder run;
  JournalWriter writer(run.path());
  writer.Append(Record("1"));
  const std::string before = ReadFile(JournalPath(run.path()));
  // A limit on the file's size stands in for a full disk: half of the next line fits.
  std::signal(SIGXFSZ, SIG_IGN);
  rlimit old_limit{};
  ASSERT_EQ(::getrlimit(RLIMIT_FSIZE, &old_limit), 0);
  const rlimit limit{.rlim_cur = before.size() + before.size() / 2, .rlim_max = old_limit.rlim_max};
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &limit), 0);
  const std::string message = ErrorOf(ErrorKind::kEnvironment, [&] { writer.Append(Record("2")); });
  ::setrlimit(RLIMIT_FSIZE, &old_limit);
  EXPECT_THAT(message, HasSubstr("cannot be written"));
  EXPECT_EQ(ReadFile(JournalPath(run.path())), before);
}

TEST(JournalWriter, CutsOffALastLineWithAWrongChecksum) {
  const TempFolder run;
  JournalWriter(run.path()).Append(Record("1"));
  std::string damaged = FrameRecord("{}");
  damaged.back() = '!';
  std::ofstream(JournalPath(run.path()), std::ios::app) << damaged << '\n';
  EXPECT_EQ(JournalWriter(run.path()).dropped_bytes(), 21u);
  EXPECT_EQ(ReadJournal(run.path()).samples.size(), 1u);
}

}  // namespace
}  // namespace tessera

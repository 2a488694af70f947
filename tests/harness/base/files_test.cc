#include "harness/base/files.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/harness/fake_run.h"

namespace tessera {
namespace {

using testing::HasSubstr;

TEST(ReadFile, GivesEveryByte) {
  const TempFolder folder;
  const std::string content("a\0b\xff\n", 5);
  EXPECT_EQ(ReadFile(folder.Write("x", content)), content);
}

TEST(ReadFile, RefusesMissingFilesFoldersAndTooManyBytes) {
  const TempFolder folder;
  EXPECT_THAT(ErrorOf(ErrorKind::kInput, [&] { ReadFile(folder.path() / "none"); }), HasSubstr("none"));
  EXPECT_THAT(ErrorOf(ErrorKind::kInput, [&] { ReadFile(folder.path()); }), HasSubstr("regular file"));
  const auto path = folder.Write("x", "12345");
  EXPECT_THAT(ErrorOf(ErrorKind::kInput, [&] { ReadFile(path, 4); }), HasSubstr("5 bytes, expected at most 4"));
}

TEST(ReadFileRange, GivesThePartAndRefusesWhatIsOutside) {
  const TempFolder folder;
  const auto path = folder.Write("x", "0123456789");
  EXPECT_EQ(ReadFileRange(path, 3, 4), "3456");
  EXPECT_THAT(ErrorOf(ErrorKind::kInput, [&] { ReadFileRange(path, 8, 3); }), HasSubstr("10 bytes"));
  EXPECT_THAT(ErrorOf(ErrorKind::kInput, [&] { ReadFileRange(path, UINT64_MAX, UINT64_MAX); }), HasSubstr("10 bytes"));
}

TEST(WriteFileAtomically, ReplacesTheFileAndLeavesNothingElse) {
  const TempFolder folder;
  const auto path = folder.Write("x", "old");
  WriteFileAtomically(path, "new");
  EXPECT_EQ(ReadFile(path), "new");
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(folder.path()), {}), 1);
}

TEST(WriteFileAtomically, FolderThatIsNotThereIsAnEnvironmentError) {
  EXPECT_THAT(ErrorOf(ErrorKind::kEnvironment, [] { WriteFileAtomically("no/such/folder/x", "y"); }),
              HasSubstr("cannot be created"));
}

}  // namespace
}  // namespace tessera

#include "harness/journal/provenance.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/harness/fake_run.h"

namespace tessera {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::MatchesRegex;

TEST(HashFiles, GivesPathSizeAndSha256) {
  const TempFolder folder;
  folder.Write("abc.txt", "abc");
  const std::vector<FileRecord> files = HashFiles(folder.path(), {"abc.txt"}, {});
  ASSERT_EQ(files.size(), 1u);
  EXPECT_EQ(files[0].path, "abc.txt");
  EXPECT_EQ(files[0].bytes, 3u);
  EXPECT_EQ(files[0].sha256, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

TEST(HashFiles, MissingFileIsAnInputError) {
  const TempFolder folder;
  EXPECT_THAT(ErrorOf(ErrorKind::kInput, [&] { HashFiles(folder.path(), {"none"}, {}); }), HasSubstr("none"));
}

TEST(CheckpointFiles, GivesWhatMayChangeAnAnswerByName) {
  const TempFolder folder;
  for (const char* name : {"tokenizer.model", "config.json", "model.safetensors", "README.md", "train.py"}) {
    folder.Write(name, "");
  }
  std::filesystem::create_directory(folder.path() / "c.json");
  EXPECT_THAT(CheckpointFiles(folder.path()), ElementsAre("config.json", "model.safetensors", "tokenizer.model"));
}

TEST(CheckpointFiles, MissingFolderIsAnInputError) {
  EXPECT_THAT(ErrorOf(ErrorKind::kInput, [] { CheckpointFiles("no/such/folder"); }), HasSubstr("no/such/folder"));
}

TEST(Provenance, KnowsToolMachineAndTime) {
  EXPECT_FALSE(ThisTool().version.empty());
  EXPECT_GT(ThisMachine().cores, 0);
  EXPECT_GT(ThisMachine().memory_bytes, 0u);
  EXPECT_THAT(UtcNow(), MatchesRegex("20[0-9][0-9]-[0-9][0-9]-[0-9][0-9]T[0-9][0-9]:[0-9][0-9]:[0-9][0-9]Z"));
}

}  // namespace
}  // namespace tessera

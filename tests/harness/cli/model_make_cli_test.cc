// `tessera model make`.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/base/files.h"
#include "tests/harness/cli/tessera_process.h"
#include "tests/temp_folder.h"

namespace tessera {
namespace {

using testing::HasSubstr;

TEST(ModelMakeCli, MakesACheckpointThatTheCheckPasses) {
  const TempFolder folder;
  const std::string out = folder.path() / "small";
  const ProcessResult made = RunTessera({"model", "make", "--like", "small", "--out", out, "--seed", "3"});
  ASSERT_EQ(made.exit_code, 0) << made.err;
  EXPECT_THAT(made.out, HasSubstr("random weights like small, seed 3"));
  const ProcessResult check = RunTessera({"model", "check", out});
  EXPECT_EQ(check.exit_code, 0) << check.out << check.err;
}

TEST(ModelMakeCli, WrongUseIsSaid) {
  const TempFolder folder;
  const std::string out = folder.path() / "a";
  const ProcessResult size = RunTessera({"model", "make", "--like", "huge", "--out", out});
  EXPECT_EQ(size.exit_code, 2);
  EXPECT_THAT(size.err, HasSubstr("mini-2b"));
  const ProcessResult there = RunTessera({"model", "make", "--like", "small", "--out", folder.path()});
  EXPECT_EQ(there.exit_code, 2);
  EXPECT_THAT(there.err, HasSubstr("exists already"));
  const ProcessResult tokenizer =
      RunTessera({"model", "make", "--like", "small", "--out", out, "--tokenizer", folder.path()});
  EXPECT_EQ(tokenizer.exit_code, 3);
  EXPECT_TRUE(std::filesystem::is_empty(folder.path()));
}

}  // namespace
}  // namespace tessera

// `tessera profile`.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/base/json_fields.h"
#include "tests/harness/cli/tessera_process.h"

namespace tessera {
namespace {

using testing::HasSubstr;

const std::string kNano = TESSERA_SOURCE_DIR "/model/nano";

TEST(ProfileCli, WrongUseIsSaid) {
  EXPECT_EQ(RunTessera({"profile"}).exit_code, 2);
  EXPECT_EQ(RunTessera({"profile", "--checkpoint", kNano, "--suite", "beauty"}).exit_code, 2);
  EXPECT_EQ(RunTessera({"profile", "--checkpoint", kNano, "--samples", "0"}).exit_code, 2);
  EXPECT_EQ(RunTessera({"profile", "--checkpoint", kNano, "--json", "--markdown"}).exit_code, 2);
  EXPECT_EQ(RunTessera({"profile", "--checkpoint", "/nowhere"}).exit_code, 3);
}

#ifdef TESSERA_HAS_NATIVE
TEST(ProfileCli, MeasuresEveryStageOfACheckpoint) {
  // One thread: on a busy machine two would wait for each other at every one of the tiny model's products.
  const ProcessResult result =
      RunTessera({"profile", "--checkpoint", kNano, "--samples", "1", "--threads", "1", "--json"});
  ASSERT_EQ(result.exit_code, 0) << result.err;
  EXPECT_THAT(result.err, HasSubstr("measuring loading (1 of 1)"));
  const Json json = ParseJson(result.out, "out");
  EXPECT_EQ(json["threads"], 1);
  EXPECT_EQ(json["precision"], "bfloat16");
  EXPECT_GT(json["peak_bytes"], 10'000'000);
  std::vector<std::string> names;
  for (const Json& row : json["rows"]) {
    names.push_back(row["name"]);
    EXPECT_GT(row["median"], 0) << row["name"];
  }
  for (const char* part : {"matrix product", "memory read", "vision tower", "prefill", "decode, one", "decode, 8",
                           "projector", "7 tiles", "13 tiles", "one question at a time", "together", "loading"}) {
    EXPECT_THAT(names, testing::Contains(HasSubstr(part)));
  }
}
#else
TEST(ProfileCli, ABuildWithoutTheModelSaysSo) {
  const ProcessResult result = RunTessera({"profile", "--checkpoint", kNano});
  EXPECT_EQ(result.exit_code, 2);
  EXPECT_THAT(result.err, HasSubstr("no native model"));
}
#endif

}  // namespace
}  // namespace tessera

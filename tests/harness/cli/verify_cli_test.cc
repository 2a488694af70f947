// `tessera verify` of the built binary.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/base/files.h"
#include "harness/base/json_fields.h"
#include "tests/harness/cli/tessera_process.h"
#include "tests/harness/fake_run.h"

namespace tessera {
namespace {

using testing::AllOf;
using testing::HasSubstr;

const std::string kMini = std::string(TESSERA_SOURCE_DIR) + "/datasets/mini";

class VerifyCliTest : public testing::Test {
 protected:
  VerifyCliTest() {
    RunTessera({"run", "--backend", "null", "--benchmarks", "chartqa,mme", "--data", kMini, "--out", Folder()});
  }
  std::string Folder() const { return work_.path() / "run"; }

  TempFolder work_;
};

TEST_F(VerifyCliTest, UntouchedRunExitsWith0) {
  const ProcessResult result = RunTessera({"verify", Folder()});
  EXPECT_EQ(result.exit_code, 0) << result.out << result.err;
  EXPECT_THAT(result.out, HasSubstr("everything that was checked matches"));
}

TEST_F(VerifyCliTest, ChangedScoreExitsWith1AndNamesBothValues) {
  std::string scores = ReadFile(Folder() + "/scores.json");
  const std::size_t at = scores.find("\"extracted\": \"\"");
  ASSERT_NE(at, std::string::npos);
  work_.Write("run/scores.json", scores.replace(at, 15, "\"extracted\": \"5\""));
  const ProcessResult result = RunTessera({"verify", Folder()});
  EXPECT_EQ(result.exit_code, 1) << result.err;
  EXPECT_THAT(result.out, AllOf(HasSubstr("samples/0/extracted"), HasSubstr("expected \"\""), HasSubstr("\"5\""),
                                HasSubstr("1 mismatches")));
  const ProcessResult json = RunTessera({"verify", Folder(), "--json"});
  EXPECT_EQ(json.exit_code, 1);
  const Json parsed = ParseJson(json.out, "out");
  EXPECT_EQ(parsed["passed"], false);
  EXPECT_EQ(parsed["mismatches"].at(0)["found"], "\"5\"");
}

TEST_F(VerifyCliTest, FolderThatIsNoRunIsAnInputError) {
  EXPECT_EQ(RunTessera({"verify", kMini}).exit_code, 3);
  EXPECT_EQ(RunTessera({"verify", Folder(), "--data", Folder() + "/none"}).exit_code, 3);
}

}  // namespace
}  // namespace tessera

// A model behind a server, from the command line: what is kept, what is printed, what is refused.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>

#include "harness/base/files.h"
#include "harness/base/json_fields.h"
#include "harness/base/strings.h"
#include "harness/journal/reader.h"
#include "tests/harness/cli/tessera_process.h"
#include "tests/harness/mock_server.h"
#include "tests/temp_folder.h"

namespace tessera {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr const char* kKey = "sk-planted-0123456789";

class EndpointCliTest : public testing::Test {
 protected:
  EndpointCliTest() { ::setenv("TESSERA_TEST_KEY", kKey, 1); }

  std::filesystem::path Out() const { return work_.path() / "run"; }

  ProcessResult Run(const std::string& url, const std::vector<std::string>& more = {}) const {
    std::vector<std::string> arguments = {"run", "--model", url + "/v1", "--benchmarks", "chartqa", "--data",
                                          kData, "--out",   Out(),       "--limit",      "12"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return RunTessera(arguments);
  }

  const std::string kData = std::string(TESSERA_SOURCE_DIR) + "/datasets/mini";
  const std::vector<std::string> kNamed = {"--model-name", "m", "--key-env", "TESSERA_TEST_KEY"};
  TempFolder work_;
};

TEST_F(EndpointCliTest, AnswersReachTheJournalInPlanOrderAndTheKeyNoFile) {
  // A server that is slow now and then, and repeats the key wherever it can.
  const MockServer server([](const std::string&, int number) {
    return MockReply{.body = CompletionBody(std::string("said ") + kKey, "m"), .delay_s = number % 3 == 0 ? 0.1 : 0};
  });
  const ProcessResult result = Run(server.url(), kNamed);
  EXPECT_EQ(result.exit_code, 0) << result.err;
  EXPECT_EQ(server.requests(), 13);  // the first asks who is there
  EXPECT_THAT(result.out, HasSubstr("tiles and conversation template are the server's"));

  const Json run = ReadJsonFile(Out() / "run.json");
  EXPECT_EQ(run["model"]["backend"], "endpoint");
  EXPECT_EQ(run["model"]["name"], "m");
  EXPECT_EQ(run["model"]["device"], server.url() + "/v1");

  ASSERT_EQ(RunTessera({"run", "--backend", "null", "--benchmarks", "chartqa", "--data", kData, "--out",
                        work_.path() / "null", "--limit", "12"})
                .exit_code,
            0);
  const auto ids = [](const std::filesystem::path& folder) {
    std::vector<std::string> ids;
    for (const SampleRecord& record : ReadJournal(folder).samples) ids.push_back(record.sample.id);
    return ids;
  };
  EXPECT_EQ(ids(Out()), ids(work_.path() / "null"));
  EXPECT_THAT(ReadFile(Out() / "journal/samples.log"), HasSubstr("said ***"));

  EXPECT_THAT(result.out + result.err, Not(HasSubstr(kKey)));
  for (const auto& entry : std::filesystem::recursive_directory_iterator(Out())) {
    if (!entry.is_regular_file()) continue;
    EXPECT_THAT(ReadFile(entry.path()), Not(HasSubstr(kKey))) << entry.path();
  }
}

TEST_F(EndpointCliTest, ASecondRunAsksOnlyWhatFailed) {
  const auto fails = [](int status) {
    return [status](const std::string& request, int number) {
      const bool is_first = number == 1 && request.find("image_url") != std::string::npos;
      return is_first ? MockReply{.status = status, .body = "no"} : MockReply{.body = CompletionBody("x", "m")};
    };
  };
  const MockServer server(fails(400));
  EXPECT_EQ(Run(server.url(), {"--model-name", "m", "--concurrency", "1"}).exit_code, 1);
  const ProcessResult again = Run(server.url(), {"--model-name", "m"});
  EXPECT_EQ(again.exit_code, 0) << again.err;
  EXPECT_EQ(server.requests(), 15);  // twice the first question, and the one that failed
}

TEST_F(EndpointCliTest, AnotherModelLeavesNoRunBehind) {
  const MockServer server([](const std::string&, int) { return MockReply{.body = CompletionBody("x", "other")}; });
  const ProcessResult result = Run(server.url(), {"--model-name", "m"});
  EXPECT_EQ(result.exit_code, 4);
  EXPECT_THAT(result.err, HasSubstr("answered by \"other\""));
  EXPECT_FALSE(std::filesystem::exists(Out() / "run.json"));
}

TEST_F(EndpointCliTest, OptionsWithoutEffectAreRefused) {
  const auto error = [this](std::vector<std::string> more) {
    const ProcessResult result = Run("http://localhost:1", more);
    EXPECT_EQ(result.exit_code, 2) << result.err;
    return result.err;
  };
  EXPECT_THAT(error({}), HasSubstr("--model-name is missing"));
  for (const auto& [option, value] : std::vector<std::pair<std::string, std::string>>{{"--precision", "auto"},
                                                                                      {"--device", "cpu"},
                                                                                      {"--threads", "2"},
                                                                                      {"--max-tiles", "6"},
                                                                                      {"--num-beams", "1"}}) {
    EXPECT_THAT(error({"--model-name", "m", option, value}), HasSubstr(option + " has no effect on a server"));
  }
  EXPECT_THAT(error({"--model-name", "m", "--backend", "null"}), HasSubstr("--backend has no effect"));
  EXPECT_THAT(RunTessera({"run", "--backend", "null", "--benchmarks", "chartqa", "--data", kData, "--out", Out(),
                          "--concurrency", "2"})
                  .err,
              HasSubstr("--concurrency has no effect without --model URL"));
}

}  // namespace
}  // namespace tessera

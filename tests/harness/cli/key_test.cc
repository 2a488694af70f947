// A planted key is in no byte that a run leaves, not even when the process dies in the middle of a request.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include <csignal>
#include <cstdlib>
#include <thread>

#include "harness/base/files.h"
#include "tests/harness/cli/tessera_process.h"
#include "tests/harness/mock_server.h"
#include "tests/temp_folder.h"

namespace tessera {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr const char* kKey = "sk-planted-9876543210abcdef";
const std::string kMini = std::string(TESSERA_SOURCE_DIR) + "/datasets/mini";

class KeyTest : public testing::Test {
 protected:
  KeyTest() { ::setenv("TESSERA_PLANTED_KEY", kKey, 1); }

  std::vector<std::string> RunArguments(const std::string& url, const std::vector<std::string>& key) {
    std::vector<std::string> arguments = {"run",
                                          "--model",
                                          url + "/v1",
                                          "--model-name",
                                          "m",
                                          "--benchmarks",
                                          "chartqa",
                                          "--data",
                                          kMini,
                                          "--out",
                                          work_.path() / fmt::format("run{}", ++runs_),
                                          "--limit",
                                          "8",
                                          "--progress",
                                          "json"};
    arguments.insert(arguments.end(), key.begin(), key.end());
    return arguments;
  }

  void ExpectNoKeyInFiles() const {
    int files = 0;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(work_.path())) {
      if (!entry.is_regular_file() || entry.path().filename() == "key") continue;
      ++files;
      EXPECT_THAT(ReadFile(entry.path()), Not(HasSubstr(kKey))) << entry.path();
    }
    EXPECT_GE(files, 2);
  }

  TempFolder work_;
  int runs_ = 0;  // a run goes on with the same server only
};

TEST_F(KeyTest, IsInNoFileAndNoMessageWhateverTheServerRepeats) {
  // Bodies, headers, errors, redirects and half bodies that all repeat the key.
  const auto repeat_key = [](const std::string&, int number) -> MockReply {
    const std::string body = CompletionBody(std::string("said ") + kKey, "m");
    switch (number % 6) {
      case 1:
        return {.status = 401, .body = std::string("bad key ") + kKey};
      case 2:
        return {.status = 302, .headers = {std::string("Location: http://") + kKey + ".example.com"}};
      case 3:
        return {.body = std::string("no JSON ") + kKey};
      case 4:
        return {.body = body, .missing_bytes = 10};
      default:
        return {.body = body, .headers = {std::string("X-Key: ") + kKey}};
    }
  };
  for (const std::vector<std::string>& key : std::vector<std::vector<std::string>>{
           {"--key-env", "TESSERA_PLANTED_KEY"}, {"--key-file", work_.Write("key", kKey).string()}}) {
    const MockServer server(repeat_key);
    const ProcessResult result = RunTessera(RunArguments(server.url(), key));
    EXPECT_LE(result.exit_code, 1) << result.err;
    EXPECT_THAT(result.out + result.err, Not(HasSubstr(kKey)));
    ExpectNoKeyInFiles();
  }
}

/// True when a process that runs with `key` and is aborted in the middle of a request leaves a core file.
bool DumpsCore(const std::vector<std::string>& arguments, const std::atomic<int>& asked) {
  const pid_t process = StartTessera(arguments);
  while (asked < 2) std::this_thread::sleep_for(std::chrono::milliseconds(5));
  ::kill(process, SIGABRT);
  int status = 0;
  ::waitpid(process, &status, 0);
  return WIFSIGNALED(status) && WCOREDUMP(status);
}

TEST_F(KeyTest, IsInNoCoreFile) {
  rlimit limit{};
  ASSERT_EQ(::getrlimit(RLIMIT_CORE, &limit), 0);
  limit.rlim_cur = limit.rlim_max;  // inherited by the process
  ASSERT_EQ(::setrlimit(RLIMIT_CORE, &limit), 0);
  const std::filesystem::path before = std::filesystem::current_path();
  std::filesystem::current_path(work_.path());  // where a core file would lie
  const auto dumps = [this](const std::vector<std::string>& key) {
    std::atomic<int> asked{0};
    const MockServer server([&asked](const std::string&, int number) {
      ++asked;
      return MockReply{.body = CompletionBody("x", "m"), .delay_s = number == 0 ? 0.0 : 1.0};
    });
    return DumpsCore(RunArguments(server.url(), key), asked);
  };
  EXPECT_FALSE(dumps({"--key-env", "TESSERA_PLANTED_KEY"}));
  EXPECT_FALSE(dumps({"--key-file", work_.Write("key", kKey).string()}));
  ExpectNoKeyInFiles();
  const bool can_dump = dumps({});
  std::filesystem::current_path(before);
  if (!can_dump) GTEST_SKIP() << "this machine writes no core files, so that there is nothing to compare with";
}

}  // namespace
}  // namespace tessera

// Runs that are killed, or whose disk fails, at any moment: what they leave is resumed to the same bytes.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <cstdlib>
#include <random>
#include <thread>

#include "harness/base/files.h"
#include "tests/harness/cli/tessera_process.h"
#include "tests/temp_folder.h"

namespace tessera {
namespace {

constexpr int kFolders = 40;
constexpr int kKillsPerFolder = 5;

class ChaosTest : public testing::Test {
 protected:
  /// Samples with a picture each, so that reading, decoding and writing overlap.
  std::vector<std::string> Arguments(const std::string& name) const {
    return {"run",
            "--backend",
            "null",
            "--benchmarks",
            "mme,chartqa,docvqa",
            "--data",
            std::string(TESSERA_SOURCE_DIR) + "/datasets/mini",
            "--out",
            Out(name)};
  }
  std::string Out(const std::string& name) const { return work_.path() / name; }

  /// All that the answers determine.
  std::string Results(const std::string& name) const {
    std::string all;
    for (const char* file : {"scores.json", "report.json", "report.md"}) all += ReadFile(Out(name) + "/" + file);
    return all;
  }

  TempFolder work_;
};

TEST_F(ChaosTest, KilledAtAnyMomentARunResumesToTheSameBytes) {
  const auto start = std::chrono::steady_clock::now();
  ASSERT_EQ(RunTessera(Arguments("whole")).exit_code, 0);
  const auto duration = std::chrono::steady_clock::now() - start;
  const std::string expected = Results("whole");

  std::mt19937 random(1);
  std::uniform_real_distribution<double> moment(0, 1);
  for (int folder = 0; folder < kFolders; ++folder) {
    const std::string name = "killed" + std::to_string(folder);
    for (int kill = 0; kill < kKillsPerFolder; ++kill) {
      const pid_t process = StartTessera(Arguments(name));
      std::this_thread::sleep_for(std::chrono::duration<double>(duration) * moment(random));
      ::kill(process, SIGKILL);
      WaitFor(process);
    }
    const ProcessResult resumed = RunTessera(Arguments(name));
    ASSERT_EQ(resumed.exit_code, 0) << resumed.err;
    ASSERT_EQ(Results(name), expected) << name;
    std::filesystem::remove_all(Out(name));
  }
}

TEST_F(ChaosTest, AFailingDiskIsReportedAndNothingIsDamaged) {
  ASSERT_EQ(RunTessera(Arguments("whole")).exit_code, 0);
  const std::string expected = Results("whole");
  int failed_runs = 0;
  for (int call = 1; call < 400; call += call < 20 ? 1 : 17) {
    const std::string name = "failed" + std::to_string(call);
    ::setenv("LD_PRELOAD", TESSERA_FAILING_IO, 1);
    ::setenv("TESSERA_FAIL_AT", std::to_string(call).c_str(), 1);
    const ProcessResult failed = RunTessera(Arguments(name));
    ::unsetenv("LD_PRELOAD");
    ::unsetenv("TESSERA_FAIL_AT");
    if (failed.exit_code == 0) {  // fewer calls than that, or one that does not matter
      ASSERT_EQ(Results(name), expected);
      continue;
    }
    ++failed_runs;
    ASSERT_EQ(failed.exit_code, 4) << call << ": " << failed.err;
    EXPECT_THAT(failed.err, testing::HasSubstr("cannot be"));
    const ProcessResult resumed = RunTessera(Arguments(name));
    ASSERT_EQ(resumed.exit_code, 0) << call << ": " << resumed.err;
    ASSERT_EQ(Results(name), expected) << call;
    std::filesystem::remove_all(Out(name));
  }
  EXPECT_GT(failed_runs, 20);
}

}  // namespace
}  // namespace tessera

// Ctrl-C in the middle of slow work: an end within seconds, exit code 130, and a folder that the same command goes on
// with.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <csignal>
#include <thread>

#include "harness/base/files.h"
#include "harness/base/strings.h"
#include "harness/journal/reader.h"
#include "tests/harness/cli/tessera_process.h"
#include "tests/harness/fake_run.h"
#include "tests/harness/mock_server.h"

namespace tessera {
namespace {

using testing::IsEmpty;

constexpr double kGenerousSeconds = 10;  // far below what waiting for the work would take
const std::string kMini = std::string(TESSERA_SOURCE_DIR) + "/datasets/mini";

/// Interrupts `process` once `is_busy`, and gives its exit code and how long it took to end.
std::pair<int, double> Interrupt(pid_t process, const std::function<bool()>& is_busy) {
  while (!is_busy()) std::this_thread::sleep_for(std::chrono::milliseconds(5));
  const auto start = std::chrono::steady_clock::now();
  ::kill(process, SIGINT);
  const int exit_code = WaitFor(process);
  return {exit_code, std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count()};
}

TEST(InterruptCli, RequestsUnderWayAreGivenUpAndAskedAgainLater) {
  std::atomic<bool> is_slow{true};
  const MockServer server([&is_slow](const std::string&, int number) {
    return MockReply{.body = CompletionBody("x", "m"), .delay_s = is_slow && number > 3 ? 20.0 : 0.0};
  });
  const TempFolder work;
  const std::vector<std::string> arguments = {
      "run", "--model", server.url() + "/v1", "--model-name",  "m", "--benchmarks", "chartqa", "--data",
      kMini, "--out",   work.path() / "run",  "--concurrency", "2", "--limit",      "8"};
  const auto [exit_code, seconds] = Interrupt(StartTessera(arguments), [&] { return server.requests() > 4; });
  EXPECT_EQ(exit_code, 130);
  EXPECT_LT(seconds, kGenerousSeconds);
  for (const SampleRecord& record : ReadJournal(work.path() / "run").samples) EXPECT_FALSE(record.failure);

  is_slow = false;
  const ProcessResult again = RunTessera(arguments);
  EXPECT_EQ(again.exit_code, 0) << again.err;
  EXPECT_EQ(ReadJournal(work.path() / "run").samples.size(), 8u);
}

TEST(InterruptCli, ASweepGoesOnWithTheLimitAtHand) {
  const TempFolder work;
  const std::vector<std::string> arguments = {
      "run",   "--backend",           "null",        "--benchmarks", "docvqa,infovqa,chartqa", "--data", kMini,
      "--out", work.path() / "sweep", "--max-tiles", "1,12,24,40"};
  const std::filesystem::path log = work.path() / "sweep/max_tiles_12/journal/samples.log";
  const auto [exit_code, seconds] = Interrupt(
      StartTessera(arguments), [&] { return std::filesystem::exists(log) && std::filesystem::file_size(log) > 0; });
  EXPECT_EQ(exit_code, 130);
  EXPECT_LT(seconds, kGenerousSeconds);
  EXPECT_EQ(RunTessera(arguments).exit_code, 0);
  EXPECT_EQ(RunTessera({"verify", work.path() / "sweep/max_tiles_12"}).exit_code, 0);
}

#ifdef TESSERA_HAS_NATIVE
TEST(InterruptCli, ANativeRunGoesOnToTheSameAnswers) {
  const TempFolder work;
  const auto arguments = [&](const std::string& out) -> std::vector<std::string> {
    return {"run",          "--model",        std::string(TESSERA_SOURCE_DIR) + "/model/nano",
            "--benchmarks", "chartqa,docvqa", "--data",
            kMini,          "--out",          work.path() / out};
  };
  const std::filesystem::path log = work.path() / "cut/journal/samples.log";
  const auto [exit_code, seconds] = Interrupt(StartTessera(arguments("cut")), [&] {
    return std::filesystem::exists(log) && std::filesystem::file_size(log) > 0;
  });
  EXPECT_EQ(exit_code, 130);
  EXPECT_LT(seconds, kGenerousSeconds);
  EXPECT_EQ(RunTessera(arguments("cut")).exit_code, 0);
  EXPECT_EQ(RunTessera(arguments("whole")).exit_code, 0);
  for (const char* file : {"scores.json", "report.json", "report.md"}) {
    EXPECT_EQ(ReadFile(work.path() / "cut" / file), ReadFile(work.path() / "whole" / file));
  }
}
#endif

}  // namespace
}  // namespace tessera

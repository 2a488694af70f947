// Several `tessera run` processes that share a run through a TCPStore: whatever happens to them, what rank 0 leaves is
// what one process leaves.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <cstdlib>
#include <map>
#include <thread>

#include "harness/base/files.h"
#include "harness/base/strings.h"
#include "harness/journal/writer.h"
#include "tests/harness/cli/tessera_process.h"
#include "tests/temp_folder.h"

namespace tessera {
namespace {

using testing::HasSubstr;
using Variables = std::map<std::string, std::string>;

/// Sets variables for the processes that are started while it lives.
class ScopedVariables {
 public:
  explicit ScopedVariables(const Variables& variables) : variables_(variables) {
    for (const auto& [name, value] : variables_) ::setenv(name.c_str(), value.c_str(), 1);
  }
  ~ScopedVariables() {
    for (const auto& [name, value] : variables_) ::unsetenv(name.c_str());
  }

 private:
  Variables variables_;
};

std::string FreePort() {
  const int fd = ::socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{.sin_family = AF_INET, .sin_addr = {.s_addr = htonl(INADDR_LOOPBACK)}};
  socklen_t length = sizeof address;
  ::bind(fd, reinterpret_cast<sockaddr*>(&address), length);
  ::getsockname(fd, reinterpret_cast<sockaddr*>(&address), &length);
  ::close(fd);
  return std::to_string(ntohs(address.sin_port));
}

Variables TorchrunVariables(int rank, int size, const std::string& port) {
  return {{"RANK", std::to_string(rank)},
          {"WORLD_SIZE", std::to_string(size)},
          {"LOCAL_RANK", std::to_string(rank)},
          {"MASTER_ADDR", "127.0.0.1"},
          {"MASTER_PORT", port}};
}

class DistributedTest : public testing::Test {
 protected:
  enum class Answerer { kNobody, kNano };

  std::vector<std::string> Arguments(const std::string& name, Answerer answerer = Answerer::kNobody) const {
    const std::string source = TESSERA_SOURCE_DIR;
    std::vector<std::string> arguments = {"run",   "--benchmarks", "chartqa,mme", "--data", source + "/datasets/mini",
                                          "--out", Out(name)};
    if (answerer == Answerer::kNobody) {
      arguments.insert(arguments.end(), {"--backend", "null"});
    } else {
      arguments.insert(arguments.end(), {"--model", source + "/model/nano", "--max-tiles", "2", "--threads", "1"});
    }
    return arguments;
  }
  std::vector<std::string> SharedArguments(const std::string& name, Answerer answerer = Answerer::kNobody) const {
    std::vector<std::string> arguments = Arguments(name, answerer);
    arguments.insert(arguments.end(), {"--lease", "3"});
    return arguments;
  }

  std::vector<pid_t> StartWorkers(const std::vector<std::string>& arguments, int size) const {
    const std::string port = FreePort();
    std::vector<pid_t> workers;
    for (int rank = 0; rank < size; ++rank) {
      const ScopedVariables variables(TorchrunVariables(rank, size, port));
      workers.push_back(StartTessera(arguments));
    }
    return workers;
  }

  void WaitForLine(const std::string& name, int rank) const {
    std::error_code absent;
    while (std::filesystem::file_size(JournalPath(Out(name), rank), absent) == 0 || absent) {
      std::this_thread::sleep_for(std::chrono::milliseconds(2));
    }
  }

  std::string Out(const std::string& name) const { return work_.path() / name; }

  /// All that the answers determine.
  std::string Results(const std::string& name) const {
    std::string all;
    for (const char* file : {"scores.json", "report.json", "report.md"}) all += ReadFile(Out(name) + "/" + file);
    return all;
  }
  std::size_t JournalLines(const std::string& name) const {
    std::size_t lines = 0;
    for (const auto& path : JournalPaths(Out(name))) lines += Split(ReadFile(path), '\n').size() - 1;
    return lines;
  }

  TempFolder work_;
};

TEST_F(DistributedTest, OneTwoThreeAndSevenWorkersLeaveTheSameBytes) {
  ASSERT_EQ(RunTessera(Arguments("1")).exit_code, 0);
  const std::size_t samples = JournalLines("1");
  for (const int size : {2, 3, 7}) {
    const std::string name = std::to_string(size);
    for (const pid_t worker : StartWorkers(SharedArguments(name), size)) EXPECT_EQ(WaitFor(worker), 0) << size;
    EXPECT_EQ(Results(name), Results("1")) << size;
    EXPECT_EQ(JournalLines(name), samples) << size;
  }
}

TEST_F(DistributedTest, AKilledAndAStoppedWorkerLoseTheirLeasesAndTheBytesAreTheSame) {
  ASSERT_EQ(RunTessera(Arguments("whole", Answerer::kNano)).exit_code, 0);
  const std::vector<pid_t> workers = StartWorkers(SharedArguments("shared", Answerer::kNano), 4);
  WaitForLine("shared", 1);
  ::kill(workers[1], SIGKILL);
  WaitForLine("shared", 2);
  ::kill(workers[2], SIGSTOP);
  EXPECT_EQ(WaitFor(workers[0]), 0);
  EXPECT_EQ(WaitFor(workers[3]), 0);
  EXPECT_EQ(Results("shared"), Results("whole"));
  // Of the dead: at most the groups that a pipeline holds, of two samples each.
  EXPECT_LE(JournalLines("shared"), JournalLines("whole") + 2 * 2 * 8);
  ::kill(workers[2], SIGCONT);
  EXPECT_EQ(WaitFor(workers[2]), 4);  // the run ended without it
  EXPECT_EQ(WaitFor(workers[1]), -1);
  const ProcessResult verified = RunTessera({"verify", Out("shared")});
  EXPECT_EQ(verified.exit_code, 0) << verified.out;
}

TEST_F(DistributedTest, WhenRank0DiesTheOthersSaySoAndOneProcessResumes) {
  ASSERT_EQ(RunTessera(Arguments("whole", Answerer::kNano)).exit_code, 0);
  const std::string port = FreePort();
  pid_t leader = 0;
  {
    const ScopedVariables variables(TorchrunVariables(0, 2, port));
    leader = StartTessera(SharedArguments("shared", Answerer::kNano));
  }
  std::jthread killer([&] {
    WaitForLine("shared", 0);
    WaitForLine("shared", 1);
    ::kill(leader, SIGKILL);
  });
  ProcessResult helper;
  {
    const ScopedVariables variables(TorchrunVariables(1, 2, port));
    helper = RunTessera(SharedArguments("shared", Answerer::kNano));
  }
  WaitFor(leader);
  EXPECT_EQ(helper.exit_code, 4);
  EXPECT_THAT(helper.err, HasSubstr("rank 0 has ended"));
  ASSERT_EQ(RunTessera(Arguments("shared", Answerer::kNano)).exit_code, 0);
  EXPECT_EQ(Results("shared"), Results("whole"));
}

TEST_F(DistributedTest, ASecondRunOnTheFolderStopsWithClearWords) {
  const std::vector<pid_t> workers = StartWorkers(SharedArguments("shared", Answerer::kNano), 2);
  WaitForLine("shared", 0);
  const ProcessResult second = RunTessera(Arguments("shared", Answerer::kNano));
  EXPECT_EQ(second.exit_code, 4);
  EXPECT_THAT(second.err, HasSubstr("another run is writing to this folder"));
  for (const pid_t worker : workers) EXPECT_EQ(WaitFor(worker), 0);
}

TEST_F(DistributedTest, AWorkerThatMpirunStartedUnderstandsItsVariables) {
  ASSERT_EQ(RunTessera(Arguments("1")).exit_code, 0);
  const std::string port = FreePort();
  std::vector<pid_t> workers;
  for (int rank = 0; rank < 2; ++rank) {
    const ScopedVariables variables({{"OMPI_COMM_WORLD_RANK", std::to_string(rank)},
                                     {"OMPI_COMM_WORLD_SIZE", "2"},
                                     {"OMPI_COMM_WORLD_LOCAL_RANK", std::to_string(rank)},
                                     {"OMPI_COMM_WORLD_LOCAL_SIZE", "2"},
                                     {"MASTER_PORT", port}});
    workers.push_back(StartTessera(SharedArguments("2")));
  }
  for (const pid_t worker : workers) EXPECT_EQ(WaitFor(worker), 0);
  EXPECT_EQ(Results("2"), Results("1"));
}

TEST_F(DistributedTest, MpirunStartsWorkers) {
  if (std::system("command -v mpirun > /dev/null 2>&1") != 0) GTEST_SKIP() << "no mpirun on this machine";
  ASSERT_EQ(RunTessera(Arguments("1")).exit_code, 0);
  const ScopedVariables variables({{"MASTER_PORT", FreePort()}});
  std::string command = "mpirun --allow-run-as-root --oversubscribe -n 3 " TESSERA_BINARY;
  for (const std::string& argument : SharedArguments("3")) command += " '" + argument + "'";
  ASSERT_EQ(std::system((command + " > /dev/null 2>&1").c_str()), 0);
  EXPECT_EQ(Results("3"), Results("1"));
}

TEST_F(DistributedTest, ATakenPortIsAnEnvironmentError) {
  const int fd = ::socket(AF_INET6, SOCK_STREAM, 0);
  sockaddr_in6 address{.sin6_family = AF_INET6};
  socklen_t length = sizeof address;
  ASSERT_EQ(::bind(fd, reinterpret_cast<sockaddr*>(&address), length), 0);
  ASSERT_EQ(::listen(fd, 1), 0);
  ::getsockname(fd, reinterpret_cast<sockaddr*>(&address), &length);
  const ScopedVariables variables(TorchrunVariables(0, 2, std::to_string(ntohs(address.sin6_port))));
  const ProcessResult result = RunTessera(SharedArguments("run"));
  EXPECT_EQ(result.exit_code, 4);
  EXPECT_THAT(result.err, HasSubstr("the store of the run cannot be made"));
  ::close(fd);
}

TEST_F(DistributedTest, OptionsWithoutEffectAreRefused) {
  const ProcessResult alone = RunTessera(SharedArguments("run"));
  EXPECT_EQ(alone.exit_code, 2);
  EXPECT_THAT(alone.err, HasSubstr("--lease has no effect on a run of one worker"));
}

TEST_F(DistributedTest, ReplicasInOneProcessLeaveTheSameBytes) {
  ASSERT_EQ(RunTessera(Arguments("1", Answerer::kNano)).exit_code, 0);
  std::vector<std::string> arguments = Arguments("2", Answerer::kNano);
  arguments.insert(arguments.end(), {"--replicas", "2"});
  const ProcessResult two = RunTessera(arguments);
  ASSERT_EQ(two.exit_code, 0) << two.err;
  EXPECT_EQ(Results("2"), Results("1"));
}

}  // namespace
}  // namespace tessera

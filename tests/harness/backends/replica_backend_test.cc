#include "harness/backends/replica_backend.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sched.h>

#include <atomic>
#include <thread>

#include "model/api/generate_all.h"
#include "tests/harness/fake_run.h"

namespace tessera {
namespace {

using testing::HasSubstr;

/// Replicas that count how many calls are inside them.
std::vector<std::unique_ptr<Backend>> CountingReplicas(std::vector<std::atomic<int>>* inside, std::atomic<int>* calls) {
  std::vector<std::unique_ptr<Backend>> replicas;
  for (std::atomic<int>& own : *inside) {
    replicas.push_back(std::make_unique<FakeBackend>([&own, calls](std::span<const Query> batch) {
      EXPECT_EQ(++own, 1);
      ++*calls;
      std::this_thread::yield();
      --own;
      if (batch.front().sample_id == "bad") throw EnvironmentError("the device is gone");
    }));
  }
  return replicas;
}

TEST(ReplicaBackend, GivesEachCallToAReplicaThatIsFree) {
  std::vector<std::atomic<int>> inside(3);
  std::atomic<int> calls{0};
  ReplicaBackend backend(CountingReplicas(&inside, &calls));
  EXPECT_EQ(backend.Info().calls_at_once, 4);
  {
    std::vector<std::jthread> callers;
    for (int i = 0; i < 8; ++i) {
      callers.emplace_back([&backend] {
        const Query query{.sample_id = "1", .prompt = {.turns = {{Role::kUser, "say yes Be brief."}}}};
        for (int call = 0; call < 50; ++call)
          EXPECT_EQ(std::get<Prediction>(GenerateAll(backend, {&query, 1})[0]).answer, "yes");
      });
    }
  }
  EXPECT_EQ(calls, 400);
}

TEST(ReplicaBackend, AReplicaThatThrewIsNotLostToTheOthers) {
  std::vector<std::atomic<int>> inside(1);
  std::atomic<int> calls{0};
  ReplicaBackend backend(CountingReplicas(&inside, &calls));
  const Query bad{.sample_id = "bad", .prompt = {.turns = {{Role::kUser, "q"}}}};
  for (int i = 0; i < 2; ++i) {
    EXPECT_THAT(ErrorOf(ErrorKind::kEnvironment, [&] { GenerateAll(backend, {&bad, 1}); }), HasSubstr("gone"));
  }
}

std::vector<int> CoresOfThisThread() {
  cpu_set_t cores;
  ::sched_getaffinity(0, sizeof cores, &cores);
  std::vector<int> list;
  for (int core = 0; core < CPU_SETSIZE; ++core) {
    if (CPU_ISSET(core, &cores)) list.push_back(core);
  }
  return list;
}

TEST(UseCoreShare, SharesAreDisjointAndTogetherAllCores) {
  const std::vector<int> all = CoresOfThisThread();
  if (all.size() < 2) GTEST_SKIP() << "one core only";
  std::vector<int> together;
  for (std::size_t i = 0; i < 2; ++i) {
    std::jthread([&] {
      UseCoreShare(i, 2);
      for (const int core : CoresOfThisThread()) together.push_back(core);
    }).join();
  }
  EXPECT_EQ(together, all);
}

TEST(UseCoreShare, MoreSharesThanCoresChangeNothing) {
  std::jthread([] {
    const std::vector<int> all = CoresOfThisThread();
    UseCoreShare(0, all.size() + 1);
    EXPECT_EQ(CoresOfThisThread(), all);
  }).join();
}

}  // namespace
}  // namespace tessera

#include "harness/workers/lease_queue.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>
#include <vector>

#include "tests/harness/fake_run.h"
#include "tests/harness/workers/fake_store.h"

namespace tessera {
namespace {

using std::chrono::seconds;
using testing::Optional;

class LeaseQueueTest : public testing::Test {
 protected:
  LeaseQueue Worker(const std::string& name, std::size_t groups) {
    return LeaseQueue(&store_, name, groups, {.lease = seconds(30), .now = [this] { return now_; }});
  }

  FakeStore store_;
  LeaseSettings::Clock::time_point now_{};
};

TEST_F(LeaseQueueTest, HandsOutEachGroupOnceInOrderOverAllWorkers) {
  LeaseQueue a = Worker("a", 3), b = Worker("b", 3);
  EXPECT_THAT(a.Take(), Optional(0u));
  EXPECT_THAT(b.Take(), Optional(1u));
  EXPECT_THAT(a.Take(), Optional(2u));
  EXPECT_EQ(a.Take(), std::nullopt);
  EXPECT_EQ(b.Take(), std::nullopt);
}

TEST_F(LeaseQueueTest, IsDoneWhenEveryGroupIsFinishedByWhomever) {
  LeaseQueue a = Worker("a", 2), b = Worker("b", 2);
  a.Finish(*a.Take(), 0);
  const std::size_t last = *b.Take();
  EXPECT_EQ(a.Take(), std::nullopt);
  EXPECT_FALSE(a.IsDone());
  b.Finish(last, 0);
  EXPECT_EQ(a.Take(), std::nullopt);
  EXPECT_TRUE(a.IsDone());
}

TEST_F(LeaseQueueTest, ASilentWorkerLosesItsLeaseAndLearnsOfIt) {
  LeaseQueue dead = Worker("dead", 1), other = Worker("other", 1);
  EXPECT_THAT(dead.Take(), Optional(0u));
  EXPECT_EQ(other.Take(), std::nullopt);  // first seen now, whatever the dead one's clock says
  now_ += seconds(29);
  EXPECT_EQ(other.Take(), std::nullopt);
  now_ += seconds(1);
  EXPECT_THAT(other.Take(), Optional(0u));
  EXPECT_FALSE(dead.Holds(0));
  EXPECT_TRUE(other.Holds(0));
}

TEST_F(LeaseQueueTest, AHeartbeatKeepsTheLease) {
  LeaseQueue alive = Worker("alive", 1), other = Worker("other", 1);
  alive.Take();
  for (int i = 0; i < 20; ++i) {
    EXPECT_EQ(other.Take(), std::nullopt);
    now_ += seconds(10);
    alive.Beat();
  }
  EXPECT_TRUE(alive.Holds(0));
}

TEST_F(LeaseQueueTest, AWorkerThatBeatsButDoesNotFinishLosesItsLeaseAfterTenLeases) {
  LeaseQueue hanging = Worker("hanging", 1), other = Worker("other", 1);
  hanging.Take();
  std::optional<std::size_t> taken;
  int waited_s = 0;
  for (; !taken && waited_s < 1000; waited_s += 10) {
    taken = other.Take();
    now_ += seconds(10);
    hanging.Beat();
  }
  EXPECT_THAT(taken, Optional(0u));
  EXPECT_EQ(waited_s, 310);
}

TEST_F(LeaseQueueTest, WhereGroupsTakeLongASlowWorkerGetsFourTimesAsLong) {
  LeaseQueue slow = Worker("slow", 2), other = Worker("other", 2);
  slow.Take();
  other.Take();
  now_ += seconds(500);
  other.Finish(1, 0);
  slow.Beat();
  EXPECT_EQ(other.Take(), std::nullopt);
  now_ += seconds(1999);
  slow.Beat();
  EXPECT_EQ(other.Take(), std::nullopt);
  now_ += seconds(1);
  slow.Beat();
  EXPECT_THAT(other.Take(), Optional(0u));
}

TEST_F(LeaseQueueTest, ALateWorkerGetsWhatIsLeft) {
  LeaseQueue early = Worker("early", 3);
  early.Finish(*early.Take(), 0);
  LeaseQueue late = Worker("late", 3);
  EXPECT_THAT(late.Take(), Optional(1u));
}

TEST_F(LeaseQueueTest, AGroupThatTwoFinishedCountsOnceWithTheFailuresOfTheFirst) {
  LeaseQueue slow = Worker("slow", 1), other = Worker("other", 1);
  slow.Take();
  other.Take();
  now_ += seconds(30);
  ASSERT_THAT(other.Take(), Optional(0u));
  other.Finish(0, 2);
  slow.Finish(0, 2);
  slow.Beat();
  EXPECT_EQ(other.failures(), 2);
  EXPECT_EQ(slow.failures(), 2);
  EXPECT_TRUE(slow.IsDone());
}

TEST_F(LeaseQueueTest, TheOneThatLostItsLeaseMayStillFinishFirst) {
  LeaseQueue slow = Worker("slow", 1), other = Worker("other", 1);
  slow.Take();
  other.Take();
  now_ += seconds(30);
  ASSERT_THAT(other.Take(), Optional(0u));
  slow.Finish(0, 0);
  EXPECT_FALSE(other.Holds(0));
}

TEST_F(LeaseQueueTest, AGroupWhoseTakerDiedBeforeWritingItsNameIsTakenAtOnce) {
  store_.Add("next", 1);
  LeaseQueue other = Worker("other", 1);
  EXPECT_THAT(other.Take(), Optional(0u));
}

TEST_F(LeaseQueueTest, FailuresOfAllWorkersAreCounted) {
  LeaseQueue a = Worker("a", 2), b = Worker("b", 2);
  a.Finish(*a.Take(), 3);
  b.Finish(*b.Take(), 1);
  EXPECT_EQ(b.failures(), 4);
  a.Beat();
  EXPECT_EQ(a.failures(), 4);
}

TEST_F(LeaseQueueTest, WhenTheStoreIsGoneWhatIsAtHandIsFinishedBeforeTakeSaysSo) {
  LeaseQueue a = Worker("a", 3), b = Worker("b", 3);
  a.Take();
  b.Take();
  store_.Die();
  EXPECT_TRUE(a.Holds(0));
  EXPECT_NO_THROW(a.Finish(0, 0));
  for (LeaseQueue* queue : {&a, &b}) {
    EXPECT_EQ(queue->Take(), std::nullopt);
    EXPECT_EQ(ErrorOf(ErrorKind::kEnvironment, [&] { queue->Take(); }), "the store is gone");
  }
  EXPECT_FALSE(a.IsDone());
}

TEST_F(LeaseQueueTest, WhoeverDiesWheneverEveryGroupIsFinishedAndOnlyWhatTheDeadHeldIsWrittenTwice) {
  for (unsigned seed = 0; seed < 200; ++seed) {
    std::mt19937 random(seed);
    FakeStore store;
    constexpr std::size_t kGroups = 23;
    constexpr std::size_t kWorkers = 7;
    struct State {
      LeaseQueue queue;
      std::vector<std::size_t> held;
      bool alive = true;
    };
    std::vector<std::unique_ptr<State>> workers;
    for (std::size_t i = 0; i < kWorkers; ++i) {
      workers.emplace_back(new State{
          LeaseQueue(&store, std::to_string(i), kGroups, {.lease = seconds(30), .now = [this] { return now_; }}), {}});
    }
    std::size_t written = 0, repeated = 0;
    for (int step = 0; step < 100'000 && !workers[0]->queue.IsDone(); ++step) {
      now_ += seconds(1);
      for (const auto& worker : workers) {
        if (worker->alive) worker->queue.Beat();
      }
      State& worker = *workers[random() % kWorkers];
      if (!worker.alive) continue;
      if (&worker != workers[0].get() && random() % 40 == 0) {
        worker.alive = false;
        if (!worker.held.empty() && random() % 2 == 0 && worker.queue.Holds(worker.held.back())) {
          ++written;  // and dies before it says so
          ++repeated;
        }
      } else if (worker.held.empty() || random() % 2 == 0) {
        if (const auto group = worker.queue.Take()) worker.held.push_back(*group);
      } else {
        if (worker.queue.Holds(worker.held.back())) ++written;
        worker.queue.Finish(worker.held.back(), 0);
        worker.held.pop_back();
      }
    }
    ASSERT_TRUE(workers[0]->queue.IsDone()) << seed;
    ASSERT_EQ(written, kGroups + repeated) << seed;
  }
}

}  // namespace
}  // namespace tessera

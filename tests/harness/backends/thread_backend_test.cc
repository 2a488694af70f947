#include "harness/backends/thread_backend.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <semaphore>
#include <set>
#include <thread>

#include "model/api/generate_all.h"
#include "tests/harness/fake_run.h"

namespace tessera {
namespace {

using testing::HasSubstr;

TEST(ThreadBackend, RunsEveryCallOnOneThreadOfItsOwn) {
  std::set<std::thread::id> threads;
  ThreadBackend backend([&threads] {
    threads.insert(std::this_thread::get_id());
    return std::make_unique<FakeBackend>([&](std::span<const Query>) { threads.insert(std::this_thread::get_id()); });
  });
  for (int i = 0; i < 3; ++i) std::thread([&backend] { GenerateAll(backend, {}); }).join();
  EXPECT_EQ(threads.size(), 1u);
  EXPECT_FALSE(threads.contains(std::this_thread::get_id()));
}

TEST(ThreadBackend, PassesInfoAndOutcomesOn) {
  ThreadBackend backend([] { return std::make_unique<FakeBackend>(); });
  EXPECT_EQ(backend.Info().name, "fake");
  const Query query{.sample_id = "1", .prompt = {.turns = {{Role::kUser, "say hello"}}}};
  EXPECT_EQ(std::get<Prediction>(GenerateAll(backend, {&query, 1}).at(0)).answer, "hello");
}

TEST(ThreadBackend, OutcomesReachTheCallerOnItsThreadBeforeTheCallEnds) {
  std::binary_semaphore taken{0};
  class WaitingBackend : public FakeBackend {
   public:
    explicit WaitingBackend(std::binary_semaphore* taken) : taken_(taken) {}
    void Generate(std::span<const Query> batch, const Deliver& deliver) override {
      FakeBackend::Generate(batch, deliver);
      EXPECT_TRUE(taken_->try_acquire_for(std::chrono::seconds(60)));
    }

   private:
    std::binary_semaphore* taken_;
  };
  ThreadBackend backend([&taken] { return std::make_unique<WaitingBackend>(&taken); });
  const Query query{.sample_id = "1", .prompt = {.turns = {{Role::kUser, "say hello"}}}};
  backend.Generate({&query, 1}, [&, caller = std::this_thread::get_id()](std::size_t, const Outcome&) {
    EXPECT_EQ(std::this_thread::get_id(), caller);
    taken.release();
  });
}

TEST(ThreadBackend, WhatTheTakerThrowsEndsTheCallAndTheBackendGoesOn) {
  bool is_endless = true;
  class EndlessBackend : public FakeBackend {
   public:
    explicit EndlessBackend(const bool* is_endless) : is_endless_(is_endless) {}
    void Generate(std::span<const Query> batch, const Deliver& deliver) override {
      do FakeBackend::Generate(batch, deliver);
      while (*is_endless_);
    }

   private:
    const bool* is_endless_;
  };
  ThreadBackend backend([&is_endless] { return std::make_unique<EndlessBackend>(&is_endless); });
  const Query query{.sample_id = "1", .prompt = {.turns = {{Role::kUser, "say hello"}}}};
  const auto refuse = [](std::size_t, const Outcome&) { throw EnvironmentError("disk full"); };
  EXPECT_THAT(ErrorOf(ErrorKind::kEnvironment, [&] { backend.Generate({&query, 1}, refuse); }), HasSubstr("disk full"));
  is_endless = false;
  EXPECT_EQ(GenerateAll(backend, {&query, 1}).size(), 1u);
}

TEST(ThreadBackend, ErrorsReachTheCallerAndTheBackendGoesOn) {
  int calls = 0;
  ThreadBackend backend([&calls] {
    return std::make_unique<FakeBackend>([&calls](std::span<const Query>) {
      if (++calls == 1) throw EnvironmentError("once");
    });
  });
  EXPECT_THAT(ErrorOf(ErrorKind::kEnvironment, [&] { GenerateAll(backend, {}); }), HasSubstr("once"));
  EXPECT_TRUE(GenerateAll(backend, {}).empty());
}

TEST(ThreadBackend, ErrorOfTheMakerReachesTheCaller) {
  EXPECT_THAT(ErrorOf(ErrorKind::kInput,
                      [] { ThreadBackend([]() -> std::unique_ptr<Backend> { throw InputError("no checkpoint"); }); }),
              HasSubstr("no checkpoint"));
}

}  // namespace
}  // namespace tessera

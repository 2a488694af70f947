#include "harness/backends/thread_backend.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>
#include <thread>

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
  for (int i = 0; i < 3; ++i) std::thread([&backend] { backend.Generate({}); }).join();
  EXPECT_EQ(threads.size(), 1u);
  EXPECT_FALSE(threads.contains(std::this_thread::get_id()));
}

TEST(ThreadBackend, PassesInfoAndOutcomesOn) {
  ThreadBackend backend([] { return std::make_unique<FakeBackend>(); });
  EXPECT_EQ(backend.Info().name, "fake");
  const Query query{.sample_id = "1", .prompt = {.turns = {{Role::kUser, "say hello"}}}};
  EXPECT_EQ(std::get<Prediction>(backend.Generate({&query, 1}).at(0)).answer, "hello");
}

TEST(ThreadBackend, ErrorsReachTheCallerAndTheBackendGoesOn) {
  int calls = 0;
  ThreadBackend backend([&calls] {
    return std::make_unique<FakeBackend>([&calls](std::span<const Query>) {
      if (++calls == 1) throw EnvironmentError("once");
    });
  });
  EXPECT_THAT(ErrorOf(ErrorKind::kEnvironment, [&] { backend.Generate({}); }), HasSubstr("once"));
  EXPECT_TRUE(backend.Generate({}).empty());
}

TEST(ThreadBackend, ErrorOfTheMakerReachesTheCaller) {
  EXPECT_THAT(ErrorOf(ErrorKind::kInput,
                      [] { ThreadBackend([]() -> std::unique_ptr<Backend> { throw InputError("no checkpoint"); }); }),
              HasSubstr("no checkpoint"));
}

}  // namespace
}  // namespace tessera

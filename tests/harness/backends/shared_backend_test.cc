#include "harness/backends/shared_backend.h"

#include <gtest/gtest.h>

#include "model/api/generate_all.h"
#include "tests/harness/fake_run.h"

namespace tessera {
namespace {

TEST(SharedBackend, IsMadeOnceAndOutlivesEachUse) {
  int made = 0;
  const BackendMaker make = MakeOnce([&made](const BackendSettings&) {
    ++made;
    return std::make_unique<FakeBackend>();
  });
  EXPECT_EQ(made, 0);
  for (int use = 0; use < 2; ++use) {
    const std::unique_ptr<Backend> backend = make({});
    EXPECT_EQ(backend->Info().tile_size, FakeBackend().Info().tile_size);
    const Query query{.sample_id = "1", .prompt = {.turns = {{Role::kUser, "say yes Be brief."}}}};
    EXPECT_EQ(std::get<Prediction>(GenerateAll(*backend, {&query, 1}).front()).answer, "yes");
  }
  EXPECT_EQ(made, 1);
}

}  // namespace
}  // namespace tessera

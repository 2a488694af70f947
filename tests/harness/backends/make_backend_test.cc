#include "harness/backends/make_backend.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "model/api/generate_all.h"
#include "tests/harness/fake_run.h"

namespace tessera {
namespace {

using testing::HasSubstr;

TEST(MakeBackend, NullAnswersNothingAtOnce) {
  const std::unique_ptr<Backend> backend = MakeBackend({.name = "null"});
  EXPECT_EQ(backend->Info().name, "null");
  Query query{.sample_id = "1"};
  query.tiles.push_back(std::make_shared<TileBatch>(TileBatch{.grid = {.columns = 2, .rows = 1, .thumbnail = true}}));
  const std::vector<Outcome> outcomes = GenerateAll(*backend, {&query, 1});
  const Prediction& prediction = std::get<Prediction>(outcomes.at(0));
  EXPECT_EQ(prediction.sample_id, "1");
  EXPECT_EQ(prediction.answer, "");
  EXPECT_EQ(prediction.tiles, 3);
}

TEST(MakeBackend, UnknownNameIsAUsageErrorWithTheNearest) {
  EXPECT_THAT(ErrorOf(ErrorKind::kUsage, [] { MakeBackend({.name = "nul"}); }), HasSubstr("did you mean \"null\"?"));
  EXPECT_THAT(ErrorOf(ErrorKind::kUsage, [] { MakeBackend({.name = "elsewhere"}); }), HasSubstr("native, null"));
}

TEST(MakeBackend, NativeNeedsABuildThatHasIt) {
#ifdef TESSERA_HAS_NATIVE
  EXPECT_NE(ErrorOf(ErrorKind::kInput, [] { MakeBackend({.checkpoint = "no/such/folder"}); }), "no error");
#else
  EXPECT_THAT(ErrorOf(ErrorKind::kUsage, [] { MakeBackend({.checkpoint = "no/such/folder"}); }),
              HasSubstr("TESSERA_NATIVE=ON"));
#endif
}

}  // namespace
}  // namespace tessera

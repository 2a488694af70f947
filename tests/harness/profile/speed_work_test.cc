#include "harness/profile/speed_work.h"

#include <gtest/gtest.h>

#include <set>

#include "tests/harness/fake_run.h"

namespace tessera {
namespace {

TEST(SpeedWork, PagesHaveSevenAndThirteenTiles) {
  const BackendInfo info;
  EXPECT_EQ(TileCount(TilePage(DrawPageJpeg(1600, 2400), info, 1)->grid), 7);
  EXPECT_EQ(TileCount(TilePage(DrawPageJpeg(1650, 2200), info, 1)->grid), 13);
}

TEST(SpeedWork, QuestionsDifferAndShareTheirPage) {
  const auto page = std::make_shared<TileBatch>();
  const std::vector<Query> queries = MakeQuestions(page, 8, 5);
  ASSERT_EQ(queries.size(), 8u);
  std::set<std::string> texts;
  for (const Query& query : queries) {
    texts.insert(query.prompt.turns.back().text);
    EXPECT_EQ(query.tiles.at(0), page);
    EXPECT_EQ(query.prompt.generation.min_new_tokens, 5);
    EXPECT_EQ(query.prompt.generation.max_new_tokens, 5);
  }
  EXPECT_EQ(texts.size(), 8u);
}

TEST(SpeedWork, AQuestionThatFailsIsAnError) {
  FakeBackend backend;
  std::vector<Query> queries = MakeQuestions(nullptr, 1, 5);
  EXPECT_EQ(Answer(backend, queries).size(), 1u);
  queries[0].prompt.turns.back().text = "fail";
  EXPECT_NE(ErrorOf(ErrorKind::kInput, [&] { Answer(backend, queries); }), "");
}

}  // namespace
}  // namespace tessera

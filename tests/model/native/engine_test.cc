// Every picture once, and no answer that depends on what is asked beside it.
#include <ATen/Parallel.h>
#include <ATen/core/Tensor.h>
#include <c10/core/InferenceMode.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>

#include "model/api/generate_all.h"
#include "model/generate/greedy_batch.h"
#include "model/generate/native_backend.h"
#include "tests/model/native/nano_queries.h"

namespace tessera {
namespace {

WorkCounts Sum(const std::vector<Outcome>& outcomes) {
  WorkCounts sum;
  for (const Outcome& outcome : outcomes) {
    const WorkCounts& work = std::get<Prediction>(outcome).work;
    sum.pictures += work.pictures;
    sum.tiles += work.tiles;
    sum.prefixes += work.prefixes;
    sum.prefilled_tokens += work.prefilled_tokens;
    sum.decode_passes += work.decode_passes;
  }
  return sum;
}

class Engine : public ::testing::TestWithParam<const char*> {
 protected:
  /// Ten questions on three pictures and one without, some with long answers.
  std::vector<Query> Questions(int tile_size) {
    first_ = MakeTestTiles(tile_size, {.columns = 3, .rows = 2, .thumbnail = true}, 1);
    second_ = MakeTestTiles(tile_size, {}, 2);
    third_ = MakeTestTiles(tile_size, {.columns = 1, .rows = 2, .thumbnail = true}, 3);
    std::vector<Query> queries = {MakeQuery("What is the largest value?", first_),
                                  MakeQuery("Hello", nullptr),
                                  MakeQuery("这是什么？", second_),
                                  MakeQuery("How many bars are there?", first_),
                                  MakeQuery("What is the title of the page, word by word?", third_),
                                  MakeQuery("Who?", second_),
                                  MakeQuery("What?", third_),
                                  MakeQuery("Which bar is the highest of all?", first_),
                                  MakeQuery("Name the year.", first_),
                                  MakeQuery("Which?", third_)};
    queries[3].prompt.generation.min_new_tokens = 30;
    queries[3].prompt.generation.max_new_tokens = 40;
    queries[6].prompt.generation.repetition_penalty = 1.3;
    return queries;
  }

  std::shared_ptr<const TileBatch> first_, second_, third_;
};

TEST_P(Engine, EncodesAndPrefillsEachPictureOnce) {
  const auto backend = MakeNativeBackend({.checkpoint = kNano, .precision = GetParam(), .threads = 1});
  const std::vector<Query> queries = Questions(backend->Info().tile_size);
  const WorkCounts work = Sum(GenerateAll(*backend, queries));
  EXPECT_EQ(work.pictures, 3);
  EXPECT_EQ(work.tiles, 7 + 1 + 3);
  EXPECT_EQ(work.prefixes, 3);

  const auto separate =
      MakeNativeBackend({.checkpoint = kNano, .precision = GetParam(), .threads = 1, .reuses_prefixes = false});
  const std::vector<Outcome> outcomes = GenerateAll(*separate, queries);
  const WorkCounts whole = Sum(outcomes);
  EXPECT_EQ(whole.prefixes, 9);
  std::int64_t prompt_tokens = 0;
  for (const Outcome& outcome : outcomes) prompt_tokens += std::get<Prediction>(outcome).prompt_tokens;
  EXPECT_EQ(whole.prefilled_tokens, prompt_tokens);
  EXPECT_LT(work.prefilled_tokens, prompt_tokens / 2);
}

TEST_P(Engine, DecodesQuestionsOnDifferentPicturesInTheSamePasses) {
  const auto backend = MakeNativeBackend({.checkpoint = kNano, .precision = GetParam(), .threads = 1});
  const std::vector<Query> queries = Questions(backend->Info().tile_size);
  const std::vector<Outcome> together = GenerateAll(*backend, queries);
  int one_by_one = 0, longest = 0;
  for (std::size_t i = 0; i < queries.size(); ++i) {
    const std::vector<Outcome> alone = GenerateAll(*backend, {&queries[i], 1});
    EXPECT_EQ(AnswerOf(together[i]), AnswerOf(alone[0]));
    const int passes = Sum(alone).decode_passes;
    EXPECT_EQ(passes, std::get<Prediction>(alone[0]).new_tokens - 1);
    one_by_one += passes;
    longest = std::max(longest, passes);
  }
  EXPECT_EQ(Sum(together).decode_passes, longest);
  EXPECT_LT(longest, one_by_one);
}

TEST_P(Engine, WorkOnAPictureStandsAtTheFirstQuestionAboutIt) {
  const auto backend = MakeNativeBackend({.checkpoint = kNano, .precision = GetParam(), .threads = 1});
  const std::vector<Outcome> outcomes = GenerateAll(*backend, Questions(backend->Info().tile_size));
  const std::map<std::size_t, int> tiles = {{0, 7}, {2, 1}, {4, 3}};
  for (std::size_t i = 0; i < outcomes.size(); ++i) {
    const Prediction& prediction = std::get<Prediction>(outcomes[i]);
    EXPECT_EQ(prediction.work.pictures, tiles.contains(i) ? 1 : 0) << i;
    EXPECT_EQ(prediction.work.tiles, tiles.contains(i) ? tiles.at(i) : 0) << i;
    EXPECT_EQ(prediction.timing.vision_s > 0, tiles.contains(i)) << i;
  }
}

TEST_P(Engine, DeliversAnAnswerBeforeALongerOneEnds) {
  const auto backend = MakeNativeBackend({.checkpoint = kNano, .precision = GetParam(), .threads = 1});
  const auto tiles = MakeTestTiles(backend->Info().tile_size, {}, 1);
  std::vector<Query> queries = {MakeQuery("Tell me all.", tiles), MakeQuery("Which?", tiles)};
  queries[0].prompt.generation.min_new_tokens = queries[0].prompt.generation.max_new_tokens = 40;
  queries[1].prompt.generation.max_new_tokens = 2;
  std::vector<std::size_t> order;
  backend->Generate(queries, [&order](std::size_t index, const Outcome&) { order.push_back(index); });
  EXPECT_EQ(order, (std::vector<std::size_t>{1, 0}));
}

TEST_P(Engine, KeepsThePictureForTheNextTurn) {
  const auto backend = MakeNativeBackend({.checkpoint = kNano, .precision = GetParam(), .threads = 1});
  const auto tiles = MakeTestTiles(backend->Info().tile_size, {.columns = 2, .rows = 1, .thumbnail = true}, 4);
  Query query = MakeQuery("<image>\nWhat?", tiles);
  EXPECT_EQ(Sum(GenerateAll(*backend, {&query, 1})).prefixes, 1);
  query.prompt.turns.push_back({Role::kAssistant, "A page."});
  query.prompt.turns.push_back({Role::kUser, "Which?"});
  const std::vector<Outcome> second = GenerateAll(*backend, {&query, 1});
  EXPECT_EQ(Sum(second).prefixes, 0);
  EXPECT_EQ(Sum(second).pictures, 0);
  const auto fresh = MakeNativeBackend({.checkpoint = kNano, .precision = GetParam(), .threads = 1});
  EXPECT_EQ(AnswerOf(second[0]), AnswerOf(GenerateAll(*fresh, {&query, 1})[0]));

  const Query other = MakeQuery("What?", nullptr);
  GenerateAll(*backend, {&other, 1});
  EXPECT_EQ(Sum(GenerateAll(*backend, {&query, 1})).prefixes, 1) << "a question without the picture ends its group";
}

TEST_P(Engine, BeamSearchesShareThePicturesWithEachOtherAndWithGreedyAnswers) {
  const auto backend = MakeNativeBackend({.checkpoint = kNano, .precision = GetParam(), .threads = 1});
  std::vector<Query> queries = Questions(backend->Info().tile_size);
  for (const std::size_t i : {0u, 1u, 5u, 8u}) queries[i].prompt.generation.num_beams = 3;
  const std::vector<Outcome> together = GenerateAll(*backend, queries);
  EXPECT_EQ(Sum(together).pictures, 3);
  EXPECT_EQ(Sum(together).prefixes, 3);
  const auto separate =
      MakeNativeBackend({.checkpoint = kNano, .precision = GetParam(), .threads = 1, .reuses_prefixes = false});
  for (const std::size_t i : {0u, 1u, 5u, 8u}) {
    const Outcome alone = GenerateAll(*separate, {&queries[i], 1})[0];
    EXPECT_EQ(AnswerOf(together[i]), AnswerOf(alone));
    EXPECT_EQ(std::get<Prediction>(alone).work.prefixes, queries[i].tiles.empty() ? 0 : 1);
  }
}

/// Scores of every step of every answer, as the engine gives them when `limits` lets it batch.
std::map<std::string, std::vector<float>> AllScores(const std::vector<Query>& queries, const std::string& precision,
                                                    int threads, bool reuses, const BatchLimits& limits) {
  const c10::InferenceMode inference;
  at::set_num_threads(threads);
  const NativeModel model = LoadNativeModel(kNano, precision, "cpu");
  PrefixPool pool(model, reuses, limits.prefix_tokens);
  std::vector<TokenPrompt> prompts;
  for (const Query& query : queries) prompts.push_back(TokenisePrompt(model, query));
  std::map<std::string, std::vector<float>> scores;
  std::vector<GreedyRequest> requests;
  for (std::size_t i = 0; i < queries.size(); ++i) {
    std::vector<float>& own = scores[queries[i].sample_id];
    requests.push_back({.prompt_tokens = static_cast<std::int64_t>(prompts[i].ids.size()),
                        .prefix_tokens = static_cast<std::int64_t>(prompts[i].prefix_tokens),
                        .prefix_id = pool.IdOf(prompts[i]),
                        .settings = queries[i].prompt.generation,
                        .hooks = {.on_scores = [&own](std::span<const float> step) {
                          own.insert(own.end(), step.begin(), step.end());
                        }}});
  }
  const PromptSource source{.expect =
                                [&](std::span<const std::size_t> next) {
                                  std::vector<const TokenPrompt*> expected;
                                  for (const std::size_t i : next) expected.push_back(&prompts[i]);
                                  pool.EncodePictures(expected);
                                },
                            .parts = [&](std::size_t i) { return pool.Get(prompts[i]); }};
  GenerateGreedy(model, requests, source, limits, [](std::size_t, const GreedyResult&) {});
  return scores;
}

TEST_P(Engine, ScoresAreTheSameToTheBitHoweverQuestionsAreBatched) {
  const std::string precision = GetParam();
  std::vector<Query> queries = Questions(112);
  const BatchLimits wide{.sequences = 32, .prefix_tokens = 10'000, .tail_tokens = 10'000};
  const auto expected = AllScores(queries, precision, 1, /*reuses=*/true, wide);
  const auto expect_same = [&](const std::map<std::string, std::vector<float>>& found, const std::string& what) {
    for (const auto& [question, scores] : expected) EXPECT_EQ(found.at(question) == scores, true) << what << question;
  };
  expect_same(AllScores(queries, precision, 1, /*reuses=*/false, {.sequences = 1}), "one by one: ");
  expect_same(AllScores(queries, precision, 1, true, {.sequences = 3, .prefix_tokens = 10'000, .tail_tokens = 10'000}),
              "three at a time: ");
  expect_same(AllScores(queries, precision, 1, true, {.sequences = 32, .prefix_tokens = 1, .tail_tokens = 1}),
              "without memory for more than one: ");
  expect_same(AllScores(queries, precision, 2, true, wide), "two threads: ");
  std::reverse(queries.begin(), queries.end());
  expect_same(AllScores(queries, precision, 1, true, wide), "in another order: ");
}

INSTANTIATE_TEST_SUITE_P(Precisions, Engine, ::testing::Values("float32", "bfloat16", "float16"),
                         [](const auto& info) { return std::string(info.param); });

TEST(EncodePictures, ATileDoesNotDependOnItsBatch) {
  const c10::InferenceMode inference;
  for (const std::string precision : {"float32", "bfloat16", "float16"}) {
    at::set_num_threads(1);
    const NativeModel model = LoadNativeModel(kNano, precision, "cpu");
    const auto first = MakeTestTiles(112, {}, 1);
    const auto second = MakeTestTiles(112, {.columns = 2, .rows = 2, .thumbnail = true}, 2);
    const auto third = MakeTestTiles(112, {.columns = 1, .rows = 2, .thumbnail = true}, 3);
    const TileBatch* const all[] = {first.get(), second.get(), third.get()};
    const std::vector<at::Tensor> together = EncodePictures(model, all);
    for (std::size_t i = 0; i < 3; ++i) {
      EXPECT_TRUE(together[i].equal(EncodePicture(model, *all[i]))) << precision << " picture " << i;
    }
  }
}

}  // namespace
}  // namespace tessera

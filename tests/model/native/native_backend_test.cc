#include "model/generate/native_backend.h"

#include <gtest/gtest.h>

#include "harness/base/error.h"
#include "model/api/generate_all.h"
#include "tests/model/native/nano_queries.h"

namespace tessera {
namespace {

TEST(NativeBackend, QuestionsOnOnePictureAnswerAsIfAskedAlone) {
  const auto backend = MakeNativeBackend({.checkpoint = kNano, .precision = "float32", .threads = 2});
  const int size = backend->Info().tile_size;
  const auto first = MakeTestTiles(size, {.columns = 3, .rows = 2, .thumbnail = true}, 1);
  const auto second = MakeTestTiles(size, {.columns = 1, .rows = 1}, 2);
  const std::vector<Query> batch = {MakeQuery("What is the largest value?", first), MakeQuery("这是什么？", second),
                                    MakeQuery("How many bars are there?", first), MakeQuery("Hello", nullptr)};
  const std::vector<Outcome> together = GenerateAll(*backend, batch);
  ASSERT_EQ(together.size(), batch.size());
  for (std::size_t i = 0; i < batch.size(); ++i) {
    const std::vector<Outcome> alone = GenerateAll(*backend, std::span(&batch[i], 1));
    EXPECT_EQ(AnswerOf(together[i]), AnswerOf(alone[0])) << batch[i].sample_id;
    EXPECT_EQ(std::get<Prediction>(together[i]).sample_id, batch[i].sample_id);
  }
  EXPECT_EQ(std::get<Prediction>(together[0]).tiles, 7);
  EXPECT_EQ(std::get<Prediction>(together[3]).tiles, 0);
  EXPECT_GT(std::get<Prediction>(together[0]).prompt_tokens, 7 * 16);
}

TEST(NativeBackend, EveryPrecisionAnswers) {
  for (const std::string precision : {"auto", "float32", "bfloat16", "float16"}) {
    const auto backend = MakeNativeBackend({.checkpoint = kNano, .precision = precision, .threads = 1});
    EXPECT_EQ(backend->Info().precision, precision == "auto" ? "bfloat16" : precision);
    const Query query = MakeQuery("What?", MakeTestTiles(backend->Info().tile_size, {}, 3));
    const std::vector<Outcome> outcomes = GenerateAll(*backend, std::span(&query, 1));
    EXPECT_TRUE(std::holds_alternative<Prediction>(outcomes[0])) << precision << ": " << AnswerOf(outcomes[0]);
  }
}

TEST(NativeBackend, StreamsExactlyTheAnswer) {
  std::string streamed;
  const auto backend =
      MakeNativeBackend({.checkpoint = kNano, .on_text = [&](std::string_view piece) { streamed += piece; }});
  Query query = MakeQuery("Describe the picture.", MakeTestTiles(backend->Info().tile_size, {}, 4));
  query.prompt.generation.min_new_tokens = 8;
  EXPECT_EQ(AnswerOf(GenerateAll(*backend, std::span(&query, 1))[0]), streamed);
  EXPECT_FALSE(streamed.empty());
}

TEST(NativeBackend, ASpelledOutContextTokenFailsThatQuestionOnly) {
  const auto backend = MakeNativeBackend({.checkpoint = kNano});
  const auto tiles = MakeTestTiles(backend->Info().tile_size, {}, 5);
  const std::vector<Query> batch = {MakeQuery("What is <IMG_CONTEXT>?", tiles), MakeQuery("What is it?", tiles)};
  const std::vector<Outcome> outcomes = GenerateAll(*backend, batch);
  ASSERT_TRUE(std::holds_alternative<Failure>(outcomes[0]));
  EXPECT_NE(std::get<Failure>(outcomes[0]).message.find("17 <IMG_CONTEXT> tokens"), std::string::npos)
      << std::get<Failure>(outcomes[0]).message;
  EXPECT_TRUE(std::holds_alternative<Prediction>(outcomes[1]));
}

TEST(NativeBackend, BeamSearchAnswers) {
  const auto backend = MakeNativeBackend({.checkpoint = kNano, .precision = "float32"});
  Query query = MakeQuery("What?", MakeTestTiles(backend->Info().tile_size, {}, 6));
  query.prompt.generation.num_beams = 3;
  const std::vector<Outcome> outcomes = GenerateAll(*backend, std::span(&query, 1));
  ASSERT_TRUE(std::holds_alternative<Prediction>(outcomes[0])) << AnswerOf(outcomes[0]);
  EXPECT_LE(std::get<Prediction>(outcomes[0]).new_tokens, 12);
}

ErrorKind KindOfLoadError(const NativeSettings& settings) {
  try {
    MakeNativeBackend(settings);
  } catch (const Error& error) {
    return error.kind();
  }
  ADD_FAILURE() << "no Error was thrown";
  return ErrorKind::kUsage;
}

TEST(NativeBackend, NamesWhatIsWrong) {
  EXPECT_EQ(KindOfLoadError({.checkpoint = kNano, .precision = "int3"}), ErrorKind::kUsage);
  EXPECT_EQ(KindOfLoadError({.checkpoint = kNano, .device = "cuda:x"}), ErrorKind::kUsage);
  EXPECT_EQ(KindOfLoadError({.checkpoint = kNano, .device = "cuda:99"}), ErrorKind::kEnvironment);
  EXPECT_EQ(KindOfLoadError({.checkpoint = kNano / "nowhere"}), ErrorKind::kInput);
}

}  // namespace
}  // namespace tessera

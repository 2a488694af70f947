// A whole model with the language model's matrices in int8.
#include <c10/core/InferenceMode.h>
#include <gtest/gtest.h>

#include "harness/base/error.h"
#include "model/api/generate_all.h"
#include "model/config/model_cost.h"
#include "model/generate/native_backend.h"
#include "model/generate/native_model.h"
#include "tests/model/native/nano_queries.h"

namespace tessera {
namespace {

std::int64_t Bytes(const LinearWeight& weight) {
  EXPECT_EQ(weight.values.scalar_type(), at::kChar);
  return static_cast<std::int64_t>(weight.values.nbytes() + weight.scales.nbytes());
}

TEST(Int8Weights, TakeTheBytesThatArePlanned) {
  const c10::InferenceMode inference;
  for (const auto& [precision, bytes_per_element] : {std::pair{"bfloat16", 2}, {"float32", 4}}) {
    const NativeModel model = LoadNativeModel(kNano, precision, "cpu", "int8");
    const DecoderWeights& decoder = model.decoder;
    std::int64_t bytes = Bytes(decoder.output.plain) + static_cast<std::int64_t>(decoder.norm.nbytes());
    for (const DecoderLayerWeights& layer : decoder.layers) {
      bytes += Bytes(layer.qkv.plain) + Bytes(layer.attention_out.plain) + Bytes(layer.down.plain);
      bytes += Bytes(layer.gate_up.gate) + Bytes(layer.gate_up.up);
      bytes += static_cast<std::int64_t>(layer.attention_norm.nbytes() + layer.mlp_norm.nbytes());
    }
    const WeightBytes planned = CountWeightBytes(model.config, bytes_per_element, WeightFormat::kInt8);
    EXPECT_EQ(bytes, planned.language) << precision;
    EXPECT_EQ(static_cast<std::int64_t>(decoder.embedding.nbytes()), planned.embedding) << precision;
  }
}

TEST(Int8Weights, QuestionsTogetherAnswerAsIfAskedAlone) {
  for (const std::string precision : {"float32", "bfloat16", "float16"}) {
    const auto backend =
        MakeNativeBackend({.checkpoint = kNano, .precision = precision, .weights = "int8", .threads = 2});
    const int size = backend->Info().tile_size;
    const auto page = MakeTestTiles(size, {.columns = 3, .rows = 2, .thumbnail = true}, 1);
    std::vector<Query> batch = {MakeQuery("What is the largest value?", page), MakeQuery("这是什么？", page),
                                MakeQuery("How many bars are there?", page), MakeQuery("Hello", nullptr)};
    for (Query& query : batch) query.prompt.generation.min_new_tokens = 10;
    const std::vector<Outcome> together = GenerateAll(*backend, batch);
    for (std::size_t i = 0; i < batch.size(); ++i) {
      const std::vector<Outcome> alone = GenerateAll(*backend, std::span(&batch[i], 1));
      ASSERT_TRUE(std::holds_alternative<Prediction>(alone[0])) << AnswerOf(alone[0]);
      EXPECT_EQ(AnswerOf(together[i]), AnswerOf(alone[0])) << precision << ": " << batch[i].sample_id;
    }
  }
}

TEST(Int8Weights, AnotherNameIsAUsageError) {
  try {
    LoadNativeModel(kNano, "auto", "cpu", "int4");
    FAIL() << "no Error was thrown";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kUsage);
    EXPECT_STREQ(error.what(), "weights \"int4\": expected stored or int8");
  }
}

}  // namespace
}  // namespace tessera

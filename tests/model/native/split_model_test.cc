// A model whose layers are on two devices, from pictures to answers.
#include <ATen/ops/add.h>
#include <ATen/ops/ones.h>
#include <c10/core/InferenceMode.h>
#include <c10/util/Exception.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <memory>

#include "model/generate/greedy_batch.h"
#include "model/generate/prefix_pool.h"
#include "model/weights/checkpoint.h"
#include "tests/model/native/nano_queries.h"
#include "tests/model/native/pretend_device.h"

namespace tessera {
namespace {

class SplitModel : public ::testing::Test {
 protected:
  /// The embedded checkpoint with its first `layers` decoder layers on `first` and the rest on `second`.
  static NativeModel Load(at::Device first, std::size_t layers, at::Device second) {
    NativeModel model = LoadNativeModel(kNano, "float32", "cpu");
    std::vector<at::Device> devices(model.decoder.layers.size(), second);
    std::fill_n(devices.begin(), layers, first);
    const TensorLoader loader(std::make_shared<const Checkpoint>(Checkpoint::Open(kNano, model.config)), model.type,
                              first);
    model.device = first;
    model.vision = LoadVisionWeights(loader, model.config.vision);
    model.projector = LoadProjectorWeights(loader);
    model.decoder = LoadDecoderWeights(loader, model.config.language, devices);
    return model;
  }

  static NativeModel LoadOnOne() { return Load(PretendDevice(0), 0, PretendDevice(0)); }
  static NativeModel LoadOnTwo() { return Load(PretendDevice(0), 2, PretendDevice(1)); }

  /// Two questions on one picture and one without.
  static std::vector<TokenPrompt> Prompts(const NativeModel& model) {
    const auto tiles = MakeTestTiles(TileSize(model.config), {}, 1);
    std::vector<TokenPrompt> prompts;
    for (const Query& query : {MakeQuery("What is the largest value?", tiles), MakeQuery("Hello", nullptr),
                               MakeQuery("Which bar is the highest?", tiles)}) {
      prompts.push_back(TokenisePrompt(model, query));
    }
    return prompts;
  }

  /// The tokens of all greedy answers, and the scores that they were chosen by.
  static std::pair<std::vector<std::vector<int>>, std::vector<float>> Greedy(const NativeModel& model) {
    const std::vector<TokenPrompt> prompts = Prompts(model);
    PrefixPool pool(model, /*shares=*/true, 10'000);
    std::vector<float> scores;
    std::vector<GreedyRequest> requests;
    for (const TokenPrompt& prompt : prompts) {
      requests.push_back({.prompt_tokens = static_cast<std::int64_t>(prompt.ids.size()),
                          .prefix_tokens = static_cast<std::int64_t>(prompt.prefix_tokens),
                          .prefix_id = pool.IdOf(prompt),
                          .settings = {.max_new_tokens = 4},
                          .hooks = {.on_scores = [&scores](std::span<const float> step) {
                            scores.insert(scores.end(), step.begin(), step.end());
                          }}});
    }
    const PromptSource source{.parts = [&](std::size_t i) { return pool.Get(prompts[i]); }};
    std::vector<std::vector<int>> answers(prompts.size());
    GenerateGreedy(model, requests, source, {.prefix_tokens = 10'000, .tail_tokens = 10'000},
                   [&](std::size_t i, const GreedyResult& result) {
                     if (const auto* failure = std::get_if<std::exception_ptr>(&result)) {
                       std::rethrow_exception(*failure);
                     }
                     answers[i] = std::get<Generated>(result).ids;
                   });
    return {answers, scores};
  }

  static std::vector<int> Beams(const NativeModel& model) {
    PrefixPool pool(model, /*shares=*/true, 10'000);
    return BeamSearch(model, pool.Get(Prompts(model).front()), {.max_new_tokens = 4, .num_beams = 3}).ids;
  }

  const c10::InferenceMode inference_;
};

TEST_F(SplitModel, TensorsOfTwoPretendDevicesDoNotMix) {
  const auto ones = [](int device) { return at::ones({2}).to(PretendDevice(device)); };
  EXPECT_NO_THROW(at::add(ones(1), ones(1)));
  EXPECT_THROW(at::add(ones(0), ones(1)), c10::Error);
  EXPECT_THROW(at::add(ones(0), at::ones({2})), c10::Error);
}

TEST_F(SplitModel, WeightsAreWhereTheirLayersAre) {
  const NativeModel model = LoadOnTwo();
  const DecoderWeights& decoder = model.decoder;
  for (std::size_t i = 0; i < decoder.layers.size(); ++i) {
    const DecoderLayerWeights& layer = decoder.layers[i];
    for (const at::Tensor& weight :
         {layer.attention_norm, layer.mlp_norm, layer.qkv.plain.values, layer.attention_out.plain.values,
          layer.gate_up.gate.values, layer.gate_up.up.values, layer.down.plain.values}) {
      EXPECT_EQ(weight.device(), PretendDevice(i < 2 ? 0 : 1)) << "layer " << i;
    }
  }
  EXPECT_EQ(decoder.embedding.device(), PretendDevice(0));
  EXPECT_EQ(decoder.norm.device(), PretendDevice(1));
  EXPECT_EQ(decoder.output.plain.values.device(), PretendDevice(1));
}

TEST_F(SplitModel, KeysAndValuesOfAPrefixAreWhereTheirLayersAre) {
  const NativeModel model = LoadOnTwo();
  PrefixPool pool(model, /*shares=*/true, 10'000);
  const PromptParts parts = pool.Get(Prompts(model).front());
  for (std::size_t i = 0; i < parts.prefix->layers.size(); ++i) {
    EXPECT_EQ(parts.prefix->layers[i].keys.device(), PretendDevice(i < 2 ? 0 : 1)) << "layer " << i;
    EXPECT_EQ(parts.prefix->layers[i].values.device(), PretendDevice(i < 2 ? 0 : 1)) << "layer " << i;
  }
}

TEST_F(SplitModel, SplittingChangesNoBitOfTheScores) { EXPECT_TRUE(Greedy(LoadOnTwo()) == Greedy(LoadOnOne())); }

TEST_F(SplitModel, SplittingChangesNoBeam) { EXPECT_EQ(Beams(LoadOnTwo()), Beams(LoadOnOne())); }

TEST_F(SplitModel, AnswersAreThoseOfTheCpu) {
  const NativeModel cpu = LoadNativeModel(kNano, "float32", "cpu");
  const NativeModel split = LoadOnTwo();
  EXPECT_EQ(Greedy(split).first, Greedy(cpu).first);
  EXPECT_EQ(Beams(split), Beams(cpu));
}

}  // namespace
}  // namespace tessera

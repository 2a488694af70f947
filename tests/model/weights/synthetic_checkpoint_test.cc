#include "model/weights/synthetic_checkpoint.h"

#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <cstring>

#include "harness/base/error.h"
#include "harness/base/files.h"
#include "harness/base/hash.h"
#include "model/weights/checkpoint.h"
#include "model/weights/synthetic_weights.h"
#include "tests/model/tiny_synthetic.h"
#include "tests/temp_folder.h"

namespace tessera {
namespace {

const std::filesystem::path kNano = std::filesystem::path(TESSERA_SOURCE_DIR) / "model" / "nano";

SyntheticCheckpoint Tiny(std::uint64_t seed = 0) {
  return {.config = TinySynthetic(), .tokenizer_folder = kNano, .seed = seed};
}

void ExpectRefused(const SyntheticCheckpoint& checkpoint, const std::filesystem::path& out, ErrorKind kind,
                   const std::string& message) {
  try {
    MakeSyntheticCheckpoint(checkpoint, out);
    FAIL() << "expected: " << message;
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), kind);
    EXPECT_NE(std::string(error.what()).find(message), std::string::npos) << error.what();
  }
}

/// Values as the mapped file holds them, float32.
std::vector<float> Floats(const TensorView& view) {
  std::vector<float> values(view.bytes / sizeof(float));
  std::memcpy(values.data(), view.data, view.bytes);
  return values;
}

double Deviation(const std::vector<float>& values) {
  double squares = 0;
  for (const float value : values) squares += static_cast<double>(value) * value;
  return std::sqrt(squares / static_cast<double>(values.size()));
}

TEST(SyntheticCheckpoint, HoldsEveryTensorOfItsConfiguration) {
  const TempFolder folder;
  for (const char* type : {"bfloat16", "float32"}) {
    SyntheticCheckpoint tiny = Tiny();
    tiny.config.torch_dtype = type;
    const std::filesystem::path out = folder.path() / type;
    MakeSyntheticCheckpoint(tiny, out);
    const Checkpoint checkpoint = Checkpoint::Open(out, LoadModelConfig(out));
    EXPECT_EQ(checkpoint.bytes(), SyntheticBytes(tiny.config)) << type;
  }
}

TEST(SyntheticCheckpoint, HasTheSameBytesOnEveryMachine) {
  const TempFolder folder;
  MakeSyntheticCheckpoint(Tiny(), folder.path() / "a");
  EXPECT_EQ(Sha256OfFile(folder.path() / "a" / "model.safetensors"),
            "a69f63a285f7f0f2be1edcd23a8c585bf1c51968eede11f7e0bd8abbcba0ee49");
}

TEST(SyntheticCheckpoint, AnotherSeedGivesOtherWeights) {
  const TempFolder folder;
  MakeSyntheticCheckpoint(Tiny(1), folder.path() / "a");
  MakeSyntheticCheckpoint(Tiny(2), folder.path() / "b");
  EXPECT_NE(ReadFile(folder.path() / "a" / "model.safetensors"), ReadFile(folder.path() / "b" / "model.safetensors"));
}

TEST(SyntheticCheckpoint, WeightsKeepTheSizeOfActivations) {
  const TempFolder folder;
  SyntheticCheckpoint tiny = Tiny();
  tiny.config.torch_dtype = "float32";
  MakeSyntheticCheckpoint(tiny, folder.path() / "a");
  const Checkpoint checkpoint = Checkpoint::Open(folder.path() / "a", tiny.config);
  const auto deviation = [&](const std::string& name) { return Deviation(Floats(checkpoint.Tensor(name))); };
  EXPECT_NEAR(deviation("language_model.model.layers.0.feed_forward.w2.weight"), 1 / std::sqrt(64.0), 0.01);
  EXPECT_NEAR(deviation("language_model.model.tok_embeddings.weight"), 1, 0.02);
  EXPECT_NEAR(deviation("vision_model.encoder.layers.1.norm2.weight"), 1, 0.1);
  EXPECT_NEAR(deviation("vision_model.encoder.layers.1.attn.qkv.bias"), 0.02, 0.01);
}

TEST(SyntheticCheckpoint, TokensThatTheTokenizerDoesNotKnowHaveZeroOutputRows) {
  const TempFolder folder;
  SyntheticCheckpoint tiny = Tiny();
  tiny.config.torch_dtype = "float32";
  MakeSyntheticCheckpoint(tiny, folder.path() / "a");
  const Checkpoint checkpoint = Checkpoint::Open(folder.path() / "a", tiny.config);
  const std::vector<float> output = Floats(checkpoint.Tensor("language_model.output.weight"));
  constexpr std::size_t kKnown = 569 * 32;  // model/nano's ids, times the width
  EXPECT_NE(output[kKnown - 1], 0);
  for (std::size_t i = kKnown; i < output.size(); ++i) ASSERT_EQ(output[i], 0) << i;
}

TEST(SyntheticTensor, Bfloat16IsTheRoundedFloat) {
  const SyntheticTensor tensor({.name = "a.weight", .shape = {64, 64}}, 3, 0);
  std::vector<float> wide(4096);
  std::vector<std::uint16_t> narrow(4096);
  tensor.Fill(0, std::span(wide));
  tensor.Fill(0, std::span(narrow));
  for (std::size_t i = 0; i < wide.size(); ++i) {
    const float back = std::bit_cast<float>(static_cast<std::uint32_t>(narrow[i]) << 16);
    EXPECT_LE(std::abs(back - wide[i]), std::abs(wide[i]) / 256) << i;
  }
}

TEST(SyntheticTensor, PartsAreThePartsOfTheWhole) {
  const SyntheticTensor tensor({.name = "a.weight", .shape = {16, 16}}, 3, 0);
  std::vector<float> whole(256), part(56);
  tensor.Fill(0, std::span(whole));
  tensor.Fill(200, std::span(part));
  EXPECT_TRUE(std::equal(part.begin(), part.end(), whole.begin() + 200));
}

TEST(SyntheticCheckpoint, AFolderThatExistsIsLeftAlone) {
  const TempFolder folder;
  folder.Write("mine/notes.txt", "keep");
  ExpectRefused(Tiny(), folder.path() / "mine", ErrorKind::kUsage, "exists already");
  ExpectRefused(Tiny(), folder.path() / "mine/", ErrorKind::kUsage, "exists already");
  EXPECT_EQ(ReadFile(folder.path() / "mine" / "notes.txt"), "keep");
}

TEST(SyntheticCheckpoint, WhatCannotBeMadeLeavesNothingBehind) {
  const TempFolder folder;
  SyntheticCheckpoint tiny = Tiny();
  tiny.config.language.vocab_size = 100;
  ExpectRefused(tiny, folder.path() / "a", ErrorKind::kInput, "569 ids, but the vocabulary is 100");
  tiny = Tiny();
  tiny.config.torch_dtype = "float16";
  ExpectRefused(tiny, folder.path() / "a", ErrorKind::kUsage, "float16");
  ExpectRefused(Tiny(), folder.path() / "none" / "a", ErrorKind::kEnvironment, "none");
  tiny = Tiny();
  tiny.config.language.num_hidden_layers = 1000;
  tiny.config.language.intermediate_size = 1 << 20;
  tiny.config.language.hidden_size = 1 << 16;
  ExpectRefused(tiny, folder.path() / "a", ErrorKind::kEnvironment, "the disk has room for");
  EXPECT_TRUE(std::filesystem::is_empty(folder.path()));
}

}  // namespace
}  // namespace tessera

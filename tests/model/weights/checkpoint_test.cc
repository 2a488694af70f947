#include "model/weights/checkpoint.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/base/files.h"
#include "tests/model/input_error.h"
#include "tests/model/weights/safetensors_bytes.h"
#include "tests/temp_folder.h"

namespace tessera {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr const char* kSingle = "model.safetensors";
constexpr const char* kIndex = "model.safetensors.index.json";

/// The smallest configuration that has every kind of tensor.
ModelConfig SmallConfig() {
  ModelConfig config;
  config.vision = {.hidden_size = 4,
                   .num_attention_heads = 1,
                   .intermediate_size = 4,
                   .num_hidden_layers = 1,
                   .image_size = 28,
                   .patch_size = 14};
  config.language = {.hidden_size = 4,
                     .num_hidden_layers = 1,
                     .num_attention_heads = 1,
                     .num_key_value_heads = 1,
                     .intermediate_size = 4,
                     .vocab_size = 5};
  return config;
}

std::string FileOf(const std::vector<TensorSpec>& tensors, const std::string& type = "BF16") {
  Json header = Json::object();
  std::string data;
  for (const TensorSpec& tensor : tensors) AppendTensor(header, data, tensor.name, type, tensor.shape);
  return SafetensorsBytes(header.dump(), data);
}

std::string RefusalOf(const TempFolder& folder) {
  return InputErrorOf([&] { Checkpoint::Open(folder.path(), SmallConfig()); });
}

std::string RefusalOf(const std::vector<TensorSpec>& tensors, const std::string& type = "BF16") {
  const TempFolder folder;
  folder.Write(kSingle, FileOf(tensors, type));
  return RefusalOf(folder);
}

/// Two shards that hold the small checkpoint, and their index, for a test to spoil.
struct Sharded {
  TempFolder folder;
  std::vector<TensorSpec> first, second;
  Json weight_map;

  Sharded() {
    const std::vector<TensorSpec> all = ExpectedTensors(SmallConfig());
    first.assign(all.begin(), all.begin() + 10);
    second.assign(all.begin() + 10, all.end());
    for (const TensorSpec& tensor : first) weight_map[tensor.name] = "one.safetensors";
    for (const TensorSpec& tensor : second) weight_map[tensor.name] = "two.safetensors";
  }
  void Write() const {
    folder.Write("one.safetensors", FileOf(first));
    folder.Write("two.safetensors", FileOf(second));
    folder.Write(kIndex, Json{{"metadata", {{"total_size", 0}}}, {"weight_map", weight_map}}.dump());
  }
};

TEST(Checkpoint, TheTinyPublishedLayoutsOpen) {
  struct {
    const char* name;
    DataType type;
    std::size_t files;
  } const cases[] = {{"tiny-internvl-26b-style", DataType::kBf16, 5},
                     {"tiny-internvl-2b-style", DataType::kBf16, 6},
                     {"tiny-internvl-4b-style", DataType::kF32, 5}};
  for (const auto& c : cases) {
    SCOPED_TRACE(c.name);
    const auto folder = GoldenModelFolder() / c.name;
    const ModelConfig config = LoadModelConfig(folder);
    const Checkpoint checkpoint = Checkpoint::Open(folder, config);
    EXPECT_EQ(checkpoint.files().size(), c.files);
    EXPECT_EQ(checkpoint.stored_type(), c.type);
    const Json index = ReadJsonFile(folder / kIndex);
    EXPECT_EQ(checkpoint.bytes(), index["metadata"]["total_size"].get<std::uint64_t>());
    for (const TensorSpec& spec : ExpectedTensors(config)) EXPECT_EQ(checkpoint.Tensor(spec.name).shape, spec.shape);
  }
}

TEST(Checkpoint, ASingleFileOpensAndIsPreferredToAnIndex) {
  Sharded sharded;
  sharded.Write();
  sharded.folder.Write(kSingle, FileOf(ExpectedTensors(SmallConfig()), "F32"));
  const Checkpoint checkpoint = Checkpoint::Open(sharded.folder.path(), SmallConfig());
  EXPECT_EQ(checkpoint.files(), std::vector{sharded.folder.path() / kSingle});
  EXPECT_EQ(checkpoint.stored_type(), DataType::kF32);
  checkpoint.Release("mlp1.0.weight");
  EXPECT_THROW(checkpoint.Tensor("mlp1.9.weight"), std::out_of_range);
}

TEST(Checkpoint, ShardsOpen) {
  Sharded sharded;
  sharded.Write();
  EXPECT_EQ(Checkpoint::Open(sharded.folder.path(), SmallConfig()).files().size(), 2u);
}

TEST(Checkpoint, OneMessageNamesUnknownMissingMisshapedAndMistypedTensors) {
  std::vector<TensorSpec> tensors = ExpectedTensors(SmallConfig());
  tensors[0].shape = {1, 2};
  tensors[1].name = "lora.A";
  EXPECT_THAT(RefusalOf(tensors),
              AllOf(HasSubstr("1 of another shape (vision_model.embeddings.patch_embedding.weight: expected [4, 3, 14, "
                              "14], found [1, 2])"),
                    HasSubstr("1 missing (vision_model.embeddings.patch_embedding.bias)"),
                    HasSubstr("1 unknown (lora.A)"), Not(HasSubstr("type"))));
  EXPECT_THAT(RefusalOf(ExpectedTensors(SmallConfig()), "I64"),
              HasSubstr("of another type (vision_model.embeddings.patch_embedding.weight: expected a floating type, "
                        "found I64"));
}

TEST(Checkpoint, AtMostEightNamesOfAKindAreListed) {
  const std::string message = RefusalOf(std::vector<TensorSpec>{});
  EXPECT_THAT(message, AllOf(HasSubstr(" missing (vision_model.embeddings.patch_embedding.weight"), HasSubstr(", ...)"),
                             Not(HasSubstr("language_model.output.weight"))));
  EXPECT_LT(message.size(), 1000u);
}

TEST(Checkpoint, ATensorInTwoShardsIsRefused) {
  Sharded sharded;
  sharded.second.push_back(sharded.first[0]);
  sharded.Write();
  EXPECT_THAT(RefusalOf(sharded.folder),
              HasSubstr("1 duplicate (vision_model.embeddings.patch_embedding.weight in two.safetensors)"));
}

TEST(Checkpoint, ATensorInAnotherShardThanTheIndexSaysIsRefused) {
  Sharded sharded;
  sharded.weight_map[sharded.first[0].name] = "two.safetensors";
  sharded.Write();
  EXPECT_THAT(RefusalOf(sharded.folder), HasSubstr("in the wrong shard (vision_model.embeddings.patch_embedding.weight "
                                                   "is in one.safetensors, the index says two.safetensors)"));
}

TEST(Checkpoint, TensorsThatOnlyTheIndexOrOnlyAShardKnowsAreRefused) {
  Sharded sharded;
  sharded.weight_map["ghost"] = "one.safetensors";
  sharded.weight_map.erase(sharded.first[0].name);
  sharded.Write();
  EXPECT_THAT(RefusalOf(sharded.folder),
              AllOf(HasSubstr("only in the index (ghost of one.safetensors)"),
                    HasSubstr("not in the index (vision_model.embeddings.patch_embedding.weight of one.safetensors)")));
}

TEST(Checkpoint, AMissingShardIsNamed) {
  Sharded sharded;
  sharded.Write();
  std::filesystem::remove(sharded.folder.path() / "two.safetensors");
  EXPECT_THAT(RefusalOf(sharded.folder), HasSubstr("1 shards that are not there (two.safetensors)"));
}

TEST(Checkpoint, AShardOutsideTheFolderIsRefused) {
  for (const char* shard : {"../one.safetensors", "/etc/passwd", "a/b.safetensors", "..", "", "a\\b"}) {
    Sharded sharded;
    sharded.weight_map[sharded.first[0].name] = shard;
    sharded.Write();
    EXPECT_THAT(RefusalOf(sharded.folder), HasSubstr("expected a file name without folders")) << shard;
  }
}

TEST(Checkpoint, ABrokenIndexIsRefused) {
  const TempFolder folder;
  for (const char* index : {"", "[]", "{}", R"({"weight_map": []})", R"({"weight_map": {"a": 1}})"}) {
    folder.Write(kIndex, index);
    EXPECT_THAT(RefusalOf(folder), HasSubstr("model.safetensors.index.json: ")) << index;
  }
  folder.Write(kIndex, R"({"weight_map": {}})");
  EXPECT_THAT(RefusalOf(folder), HasSubstr("missing"));
}

TEST(Checkpoint, AFolderWithoutWeightsTellsWhatItHolds) {
  const TempFolder folder;
  folder.Write("config.json", "{}");
  EXPECT_THAT(RefusalOf(folder), AllOf(HasSubstr("found 1 files (config.json)"), Not(HasSubstr(".bin"))));
  folder.Write("pytorch_model.bin", "");
  EXPECT_THAT(RefusalOf(folder), HasSubstr(".bin weights are not supported, convert them to safetensors"));
  EXPECT_THAT(InputErrorOf([&] { Checkpoint::Open(folder.path() / "nowhere", SmallConfig()); }),
              HasSubstr("expected model.safetensors or model.safetensors.index.json"));
}

}  // namespace
}  // namespace tessera

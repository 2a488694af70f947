#include "model/config/config_json.h"

#include <gtest/gtest.h>

#include "harness/base/files.h"
#include "model/config/model_cost.h"
#include "model/config/synthetic_sizes.h"
#include "tests/model/config/published_models.h"
#include "tests/temp_folder.h"

namespace tessera {
namespace {

ModelConfig WrittenAndRead(const ModelConfig& config) {
  const TempFolder folder;
  folder.Write("config.json", ConfigJson(config));
  return LoadModelConfig(folder.path());
}

void ExpectSameTensors(const ModelConfig& a, const ModelConfig& b) {
  const std::vector<TensorSpec> left = ExpectedTensors(a);
  const std::vector<TensorSpec> right = ExpectedTensors(b);
  ASSERT_EQ(left.size(), right.size());
  for (std::size_t i = 0; i < left.size(); ++i) {
    EXPECT_EQ(left[i].name, right[i].name);
    EXPECT_EQ(left[i].shape, right[i].shape) << left[i].name;
  }
}

std::int64_t Parameters(const ModelConfig& config) {
  const ParameterCount count = CountParameters(config);
  return count.vision + count.projector + count.language;
}

TEST(ConfigJson, IsReadBackWithTheSameText) {
  for (const std::string_view name : kSyntheticSizes) {
    const ModelConfig config = SyntheticSizes(name);
    EXPECT_EQ(ConfigJson(WrittenAndRead(config)), ConfigJson(config)) << name;
  }
}

TEST(ConfigJson, KeepsWhatDiffersFromTheDefaults) {
  ModelConfig config = SyntheticSizes("26b-slice");
  config.vision.qkv_bias = true;
  config.language.rope.scaling = RopeScaling::kLinear;
  config.system_message = "Read.";
  config.select_layer = -2;
  config.force_image_size = 0;
  const ModelConfig read = WrittenAndRead(config);
  EXPECT_TRUE(read.vision.qk_normalization);
  EXPECT_TRUE(read.vision.qkv_bias);
  EXPECT_EQ(read.language.rope.scaling, RopeScaling::kLinear);
  EXPECT_EQ(read.language.rope.factor, 3);
  EXPECT_EQ(read.system_message, "Read.");
  EXPECT_EQ(read.select_layer, -2);
  EXPECT_EQ(read.force_image_size, 0);
  EXPECT_EQ(read.pixel_shuffle, PixelShuffleVersion::kV2);
}

TEST(ConfigJson, RefusesPhi3) { EXPECT_THROW(ConfigJson(MiniInternVl4b()), std::invalid_argument); }

TEST(SyntheticSizes, Mini2bHasThePublishedTensors) { ExpectSameTensors(SyntheticSizes("mini-2b"), MiniInternVl2b()); }

TEST(SyntheticSizes, The26bSliceHasThePublishedWidths) {
  ModelConfig published = InternVlChat26b();
  published.vision.num_hidden_layers = published.language.num_hidden_layers = 2;
  ExpectSameTensors(SyntheticSizes("26b-slice"), published);
}

TEST(SyntheticSizes, SmallHasATenthOfABillionParameters) {
  EXPECT_NEAR(static_cast<double>(Parameters(SyntheticSizes("small"))), 1e8, 1e7);
}

TEST(SyntheticSizes, AnotherNameIsAUsageError) {
  try {
    SyntheticSizes("mini");
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kUsage);
    EXPECT_STREQ(error.what(), "size \"mini\": expected mini-2b, small, 26b-slice");
  }
}

}  // namespace
}  // namespace tessera

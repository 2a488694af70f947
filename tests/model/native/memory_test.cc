// The peak memory of answering a question, against what `tessera model info` computes.
#include <ATen/TensorOperators.h>
#include <ATen/ops/ones.h>
#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdio>
#include <fstream>

#include "harness/base/files.h"
#include "harness/base/json_fields.h"
#include "model/api/generate_all.h"
#include "model/config/model_config.h"
#include "model/config/model_cost.h"
#include "model/generate/native_backend.h"
#include "model/text/conversation.h"

namespace tessera {
namespace {

const std::filesystem::path kNano = std::filesystem::path(TESSERA_SOURCE_DIR) / "model" / "nano";

std::int64_t StatusBytes(const std::string& field) {
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);) {
    if (line.starts_with(field + ":")) return std::stoll(line.substr(field.size() + 1)) * 1024;
  }
  return 0;
}

/// Resident bytes of mapped programs and libraries: their code comes into memory as it is used, and is not the model's.
std::int64_t CodeBytes() {
  std::ifstream maps("/proc/self/smaps");
  std::int64_t bytes = 0;
  bool is_code = false;
  for (std::string line; std::getline(maps, line);) {
    if (line.find('-') < line.find(' ') && line.find(':') > line.find(' ')) {  // a mapping's first line
      is_code = line.find(".so") != std::string::npos;
    } else if (is_code && line.starts_with("Rss:")) {
      bytes += std::stoll(line.substr(4)) * 1024;
    }
  }
  return bytes;
}

/// A checkpoint of about 0.2 billion parameters, all zero, so that the file is sparse and made at once. Zero weights
/// cost the same memory and arithmetic as any others.
std::filesystem::path MakeZeroCheckpoint() {
  const std::filesystem::path folder =
      std::filesystem::path(::testing::TempDir()) / ("tessera_memory_" + std::to_string(getpid()));
  std::filesystem::create_directories(folder);
  for (const auto& entry : std::filesystem::directory_iterator(kNano)) {
    if (entry.path().filename().string().find("token") != std::string::npos && entry.is_regular_file()) {
      std::filesystem::copy_file(entry.path(), folder / entry.path().filename(),
                                 std::filesystem::copy_options::overwrite_existing);
    }
  }
  Json config = ReadJsonFile(kNano / "config.json");
  config["force_image_size"] = 448;
  Json& vision = config["vision_config"];
  vision["image_size"] = 448;
  vision["hidden_size"] = 512;
  vision["num_attention_heads"] = 8;
  vision["intermediate_size"] = 2048;
  vision["num_hidden_layers"] = 12;
  Json& language = config["llm_config"];
  language["hidden_size"] = 1024;
  language["num_attention_heads"] = 8;
  language["num_key_value_heads"] = 4;
  language["intermediate_size"] = 4096;
  language["num_hidden_layers"] = 10;
  WriteFileAtomically(folder / "config.json", config.dump());

  Json header = Json::object();
  std::int64_t offset = 0;
  for (const TensorSpec& tensor : ExpectedTensors(LoadModelConfig(folder))) {
    std::int64_t bytes = 2;
    for (const std::int64_t size : tensor.shape) bytes *= size;
    header[tensor.name] = {{"dtype", "BF16"}, {"shape", tensor.shape}, {"data_offsets", {offset, offset + bytes}}};
    offset += bytes;
  }
  std::string text = header.dump();
  text.append((8 - text.size() % 8) % 8, ' ');
  const std::uint64_t length = text.size();
  std::string start(reinterpret_cast<const char*>(&length), sizeof(length));
  WriteFileAtomically(folder / "model.safetensors", start + text);
  std::filesystem::resize_file(folder / "model.safetensors",
                               start.size() + text.size() + static_cast<std::uint64_t>(offset));
  return folder;
}

class PeakMemory : public ::testing::TestWithParam<const char*> {};

TEST_P(PeakMemory, IsAtMostWhatModelInfoComputes) {
  const std::string precision = GetParam();
  const std::filesystem::path folder = MakeZeroCheckpoint();
  const ModelConfig config = LoadModelConfig(folder);
  (at::ones({64, 64}).matmul(at::ones({64, 64}))).sum().item<float>();  // the library's own start-up is not the model's
  std::ofstream("/proc/self/clear_refs") << "5";                        // resets the peak
  const std::int64_t before = StatusBytes("VmRSS"), code_before = CodeBytes();

  Query query{.sample_id = "q"};
  query.prompt.turns = {{Role::kSystem, std::string(kDefaultSystemMessage)}, {Role::kUser, "What is shown?"}};
  query.prompt.generation.max_new_tokens = 4;
  auto tiles =
      std::make_shared<TileBatch>(TileBatch{.grid = {.columns = 3, .rows = 2, .thumbnail = true}, .tile_size = 448});
  tiles->pixels.assign(7ul * 3 * 448 * 448, 0.5f);
  query.tiles.push_back(tiles);
  Prediction prediction;
  {
    const auto backend = MakeNativeBackend({.checkpoint = folder, .precision = precision, .threads = 2});
    const std::vector<Outcome> outcomes = GenerateAll(*backend, std::span(&query, 1));
    ASSERT_TRUE(std::holds_alternative<Prediction>(outcomes[0])) << std::get<Failure>(outcomes[0]).message;
    prediction = std::get<Prediction>(outcomes[0]);
  }
  const std::int64_t peak = StatusBytes("VmHWM") - before - (CodeBytes() - code_before);
  std::filesystem::remove_all(folder);

  const WorkSize work{
      .tiles = prediction.tiles, .prompt_tokens = prediction.prompt_tokens, .new_tokens = prediction.new_tokens};
  const MemoryEstimate estimate = EstimateMemory(config, work, precision == "float32" ? 4 : 2);
  const std::int64_t computed = estimate.weights + estimate.kv_cache + estimate.activations;
  std::printf("%s: measured %.1f MB, computed %.1f MB (weights %.1f, KV cache %.1f, activations %.1f), ratio %.3f\n",
              precision.c_str(), static_cast<double>(peak) / 1e6, static_cast<double>(computed) / 1e6,
              static_cast<double>(estimate.weights) / 1e6, static_cast<double>(estimate.kv_cache) / 1e6,
              static_cast<double>(estimate.activations) / 1e6,
              static_cast<double>(peak) / static_cast<double>(computed));
  EXPECT_LE(static_cast<double>(peak), 1.15 * static_cast<double>(computed));
  // A bound that says nothing would be far above what is used.
  EXPECT_GE(static_cast<double>(peak), 0.6 * static_cast<double>(computed));
}

INSTANTIATE_TEST_SUITE_P(Precisions, PeakMemory, ::testing::Values("bfloat16", "float32"),
                         [](const auto& info) { return std::string(info.param); });

}  // namespace
}  // namespace tessera

#include "harness/cli/model_info.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "harness/cli/quantity_text.h"
#include "model/text/tokenizer.h"

namespace tessera {
namespace {

using OrderedJson = nlohmann::ordered_json;

std::string ArchitectureName(const LanguageConfig& config) {
  return config.architecture == LanguageArchitecture::kPhi3 ? "Phi-3" : "InternLM2";
}

std::string Bytes(std::int64_t bytes) { return ScaledText(static_cast<double>(bytes), "B"); }
std::string Flops(double flops) { return ScaledText(flops, "FLOP"); }

int PixelShuffleNumber(const ModelConfig& config) { return config.pixel_shuffle == PixelShuffleVersion::kV2 ? 2 : 1; }

}  // namespace

ModelInfo ReadModelInfo(const std::filesystem::path& folder) {
  const ModelConfig config = LoadModelConfig(folder);
  const Checkpoint checkpoint = Checkpoint::Open(folder, config);
  const int tiles = config.max_dynamic_patch + (config.use_thumbnail && config.max_dynamic_patch > 1 ? 1 : 0);
  constexpr int kTextTokens = 100;
  return {.folder = folder,
          .config = config,
          .weight_bytes = checkpoint.bytes(),
          .weight_files = checkpoint.files().size(),
          .stored_type = checkpoint.stored_type(),
          .vocabulary = Tokenizer::Load(folder).VocabularySize(),
          .work = {.tiles = tiles, .prompt_tokens = tiles * TokensPerTile(config) + kTextTokens, .new_tokens = 1024}};
}

std::string ModelInfoText(const ModelInfo& info) {
  const ModelConfig& config = info.config;
  const VisionConfig& vision = config.vision;
  const LanguageConfig& language = config.language;
  const ParameterCount parameters = CountParameters(config);
  const FlopCount flops = CountFlops(config);
  const int element_bytes = BytesPerElement(info.stored_type);
  const MemoryEstimate memory = EstimateMemory(config, info.work, element_bytes);
  std::string text = fmt::format("{}\n", info.folder.string());
  text += fmt::format("  vision tower       InternViT: {} layers, width {}, {} heads, patch {} px\n",
                      vision.num_hidden_layers, vision.hidden_size, vision.num_attention_heads, vision.patch_size);
  text += fmt::format("  language model     {}: {} layers, width {}, {} heads, {} KV heads, vocabulary {}\n",
                      ArchitectureName(language), language.num_hidden_layers, language.hidden_size,
                      language.num_attention_heads, language.num_key_value_heads, language.vocab_size);
  text += fmt::format("  chat template      {}, tokenizer of {} ids\n", config.chat_template, info.vocabulary);
  text += fmt::format("  tiles              {} px, up to {}{}, {} tokens per tile, pixel shuffle v{}\n",
                      TileSize(config), config.max_dynamic_patch, config.use_thumbnail ? " and a thumbnail" : "",
                      TokensPerTile(config), PixelShuffleNumber(config));
  text += fmt::format("  weights            {} in {} file(s), mostly {}\n",
                      Bytes(static_cast<std::int64_t>(info.weight_bytes)), info.weight_files,
                      DataTypeName(info.stored_type));
  text += fmt::format("  parameters         {} (vision {}, projector {}, language {})\n",
                      parameters.vision + parameters.projector + parameters.language, parameters.vision,
                      parameters.projector, parameters.language);
  text += fmt::format("  per tile           {} (vision tower and projector)\n", Flops(VisionFlopsPerTile(flops)));
  text += fmt::format("  per token          {}, and {} for each 1000 tokens of context; output head {}\n",
                      Flops(flops.language_linear_per_token), Flops(1000 * flops.language_attention_per_token_pair),
                      Flops(flops.output_head_per_position));
  text += fmt::format("  KV cache           {} bytes per token\n", KvBytesPerToken(language, element_bytes));
  text += fmt::format("  memory             {} for {} tiles, {} prompt tokens, {} new tokens\n",
                      Bytes(memory.weights + memory.kv_cache + memory.activations), info.work.tiles,
                      info.work.prompt_tokens, info.work.new_tokens);
  text += fmt::format("                     weights {}, KV cache {}, activations {}\n", Bytes(memory.weights),
                      Bytes(memory.kv_cache), Bytes(memory.activations));
  return text;
}

std::string ModelInfoJson(const ModelInfo& info) {
  const ModelConfig& config = info.config;
  const ParameterCount parameters = CountParameters(config);
  const FlopCount flops = CountFlops(config);
  const int element_bytes = BytesPerElement(info.stored_type);
  const MemoryEstimate memory = EstimateMemory(config, info.work, element_bytes);
  OrderedJson json = {{"folder", info.folder.string()}, {"chat_template", config.chat_template}};
  json["vision"] = {{"layers", config.vision.num_hidden_layers},
                    {"width", config.vision.hidden_size},
                    {"heads", config.vision.num_attention_heads},
                    {"patch_px", config.vision.patch_size}};
  json["language"] = {{"architecture", ArchitectureName(config.language)},
                      {"layers", config.language.num_hidden_layers},
                      {"width", config.language.hidden_size},
                      {"heads", config.language.num_attention_heads},
                      {"kv_heads", config.language.num_key_value_heads},
                      {"vocabulary", config.language.vocab_size}};
  json["tokenizer_vocabulary"] = info.vocabulary;
  json["tile_px"] = TileSize(config);
  json["tokens_per_tile"] = TokensPerTile(config);
  json["max_tiles"] = config.max_dynamic_patch;
  json["use_thumbnail"] = config.use_thumbnail;
  json["pixel_shuffle_version"] = PixelShuffleNumber(config);
  json["weights"] = {
      {"bytes", info.weight_bytes}, {"files", info.weight_files}, {"stored_type", DataTypeName(info.stored_type)}};
  json["parameters"] = {
      {"vision", parameters.vision}, {"projector", parameters.projector}, {"language", parameters.language}};
  json["flops"] = {{"vision_per_tile", VisionFlopsPerTile(flops)},
                   {"language_linear_per_token", flops.language_linear_per_token},
                   {"language_attention_per_token_pair", flops.language_attention_per_token_pair},
                   {"output_head_per_position", flops.output_head_per_position}};
  json["kv_bytes_per_token"] = KvBytesPerToken(config.language, element_bytes);
  json["memory"] = {{"tiles", info.work.tiles},           {"prompt_tokens", info.work.prompt_tokens},
                    {"new_tokens", info.work.new_tokens}, {"weights_bytes", memory.weights},
                    {"kv_cache_bytes", memory.kv_cache},  {"activations_bytes", memory.activations}};
  return json.dump(2, ' ', false, OrderedJson::error_handler_t::replace) + "\n";
}

}  // namespace tessera

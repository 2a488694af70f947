// Tokenizer, vision tower and language model of one checkpoint, stage by stage.
#include <ATen/TensorOperators.h>
#include <ATen/ops/arange.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/from_blob.h>
#include <ATen/ops/layer_norm.h>
#include <fmt/format.h>

#include "model/generate/generate.h"
#include "model/image/tiling.h"
#include "model/kernels/norm.h"
#include "tests/model/golden/checkpoint_cases.h"

namespace tessera::golden {

void CheckTokenizer(const CheckpointGolden& golden, GoldenReport& report) {
  const Tokenizer& tokenizer = golden.model->tokenizer;
  for (const Json& line : ReadJsonLines(golden.expected / "tokenizer.jsonl")) {
    const auto text = line.at("text").get<std::string>();
    const std::string where = golden.name + " tokenizer " + line.at("text").dump();
    RequireKnownKeys(line, {"text", "ids", "decoded_skip"}, where, report);
    const auto ids = line.at("ids").get<std::vector<int>>();
    report.Equal(tokenizer.Encode(text), ids, where + " encode");
    report.Equal(tokenizer.Decode(ids), line.at("decoded_skip").get<std::string>(), where + " decode");
  }
}

void CheckVision(const CheckpointGolden& golden, GoldenReport& report) {
  const NativeModel& model = *golden.model;
  GoldenTensors tensors(golden.expected / ("vit_" + golden.suffix + ".safetensors"));
  const Tolerance tolerance = golden.hidden_tolerance();
  const auto near = [&](const at::Tensor& found, const std::string& name) {
    if (const auto expected = tensors.Find(name)) report.Near(found, *expected, tolerance, golden.where("vit " + name));
  };

  const int side = TileSize(model.config);
  const Image image = ReadImage(golden.root / "images" / fmt::format("tile_{0}x{0}.png", side));
  const TileBatch batch = MakeTiles(image, {.tile_size = side, .max_tiles = 0}, /*threads=*/1);
  const at::Tensor pixels =
      at::from_blob(const_cast<float*>(batch.pixels.data()), {1, 3, side, side}, at::TensorOptions().dtype(at::kFloat))
          .to(model.type);

  const at::Tensor tokens = tensors.Get("token_index");
  const int layers = model.config.vision.num_hidden_layers;
  at::Tensor x = VitEmbed(pixels, model.vision);
  near(x.index_select(1, tokens), "hidden.0");
  for (int i = 1; i <= layers; ++i) {
    x = VitBlock(x, model.vision.blocks[static_cast<std::size_t>(i - 1)], model.config.vision);
    near(i == layers ? x : x.index_select(1, tokens), fmt::format("hidden.{}", i));
  }
  const at::Tensor shuffled = ShuffledTokens(x, model.config);
  near(shuffled.slice(1, 0, 8), "shuffled.first8");
  const at::Tensor normed =
      at::layer_norm(shuffled, {shuffled.size(-1)}, model.projector.norm_weight, model.projector.norm_bias, 1e-5);
  near(normed.slice(1, 0, 8), "projector_layernorm.first8");
  near(EncodeTiles(pixels, model.vision, model.projector, model.config), "projector");

  ModelConfig other_shuffle = model.config;
  other_shuffle.pixel_shuffle = PixelShuffleVersion::kV1;
  near(EncodeTiles(pixels, model.vision, model.projector, other_shuffle).slice(1, 0, 16), "projector.ps_v1.first16");
  ModelConfig other_layer = model.config;
  other_layer.select_layer = -2;
  near(EncodeTiles(pixels, model.vision, model.projector, other_layer).slice(1, 0, 16),
       "projector.select_layer_-2.first16");
  tensors.ReportUnknown(report);
}

void CheckLanguage(const CheckpointGolden& golden, GoldenReport& report) {
  const NativeModel& model = *golden.model;
  const LanguageConfig& config = model.config.language;
  GoldenTensors tensors(golden.expected / ("llm_" + golden.suffix + ".safetensors"));
  const auto near = [&](const at::Tensor& found, const std::string& name, const Tolerance& tolerance) {
    if (const auto expected = tensors.Find(name)) report.Near(found, *expected, tolerance, golden.where("llm " + name));
  };

  const std::vector<int> ids = model.tokenizer.Encode(golden.meta.at("llm_prompt").get<std::string>());
  const at::Tensor expected_ids = tensors.Get("input_ids").flatten();
  const std::vector<std::int64_t> wide(ids.begin(), ids.end());
  const bool same_ids = static_cast<std::int64_t>(wide.size()) == expected_ids.numel() &&
                        std::equal(wide.begin(), wide.end(), expected_ids.const_data_ptr<std::int64_t>());
  report.Check(same_ids, golden.where("llm input_ids"), "ids differ");
  if (!same_ids) return;

  const auto tokens = static_cast<std::int64_t>(ids.size());
  KvCache cache = MakeKvCache(config, 1, tokens, model.type, LayerDevices(model.decoder));
  Rope rope(config, model.type, model.device);
  const RopeTables tables = rope.Tables(0, tokens);
  const std::int64_t stride = golden.reduced() ? 4 : 1;  // every 4th position is stored in reduced precision
  const auto rows = [&](const at::Tensor& x) { return x.slice(1, 0, tokens, stride); };
  at::Tensor x = EmbedPrompt(model, ids, {});
  near(rows(x), "hidden.0", golden.hidden_tolerance());
  for (int i = 1; i <= config.num_hidden_layers; ++i) {
    const auto layer = static_cast<std::size_t>(i - 1);
    x = DecoderLayer(x, model.decoder.layers[layer], config, tables, cache, layer);
    if (i == config.num_hidden_layers) x = RmsNorm(x, model.decoder.norm, config.rms_norm_eps);
    near(rows(x), fmt::format("hidden.{}", i), golden.hidden_tolerance());
  }
  const at::Tensor logits = Logits(x, model.decoder);
  near(logits.slice(1, tokens - 8), "logits.last8", golden.reduced() ? kBfloat16Logits : kFloat32);
  const std::int64_t kept = std::min<std::int64_t>(tokens, 16);
  near(cache.keys[0].slice(2, tokens - kept), "k_cache.layer0", golden.hidden_tolerance());
  near(cache.values[0].slice(2, tokens - kept), "v_cache.layer0", golden.hidden_tolerance());

  // In reduced precision two correct implementations may choose differently where the margin is small.
  const at::Tensor argmax = tensors.Get("argmax");
  if (golden.reduced()) {
    const auto top = logits.topk(2);
    const at::Tensor sure = (std::get<0>(top).select(-1, 0) - std::get<0>(top).select(-1, 1)) >= 1.0;
    report.Check(!((logits.argmax(-1) != argmax) & sure).any().item<bool>(), golden.where("llm argmax"),
                 "another token is first by a margin of at least 1");
  } else {
    report.Near(logits.argmax(-1), argmax, kExact, golden.where("llm argmax"));
  }
  tensors.ReportUnknown(report);
}

void CheckNtk(const CheckpointGolden& golden, GoldenReport& report) {
  NativeModel& model = *golden.model;
  GoldenTensors tensors(golden.expected / "ntk.safetensors");
  const int published_limit = model.config.language.max_position_embeddings;
  for (const Json& entry : ReadJsonFile(golden.expected / "ntk.json")) {
    const auto id = entry.at("id").get<std::string>();
    const std::string where = golden.where(id);
    RequireKnownKeys(entry, {"id", "prompt", "input_ids", "max_position_embeddings", "output_ids", "margin"}, where,
                     report);
    model.config.language.max_position_embeddings = entry.at("max_position_embeddings").get<int>();
    const std::vector<int> ids = model.tokenizer.Encode(entry.at("prompt").get<std::string>());
    report.Equal(ids, entry.at("input_ids").get<std::vector<int>>(), where + " input_ids");
    const auto expected = entry.at("output_ids").get<std::vector<int>>();
    std::vector<at::Tensor> steps;
    const GenerationHooks hooks{.on_scores = [&](std::span<const float> scores) {
      steps.push_back(at::from_blob(const_cast<float*>(scores.data()), {1, static_cast<std::int64_t>(scores.size())},
                                    at::TensorOptions().dtype(at::kFloat))
                          .clone());
    }};
    const Generated generated =
        Generate(model, EmbedPrompt(model, ids, {}), {.max_new_tokens = static_cast<int>(expected.size())}, hooks);
    report.Equal(generated.ids, expected, where + " output_ids");
    report.Near(at::cat(steps), tensors.Get(id + ".step_logits"), kFloat32, where + " step_logits");
  }
  model.config.language.max_position_embeddings = published_limit;
  tensors.ReportUnknown(report);
}

}  // namespace tessera::golden

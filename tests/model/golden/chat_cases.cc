// Whole conversations: pictures, prompt, ids, logits and answers.
#include <ATen/TensorOperators.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/from_blob.h>
#include <ATen/ops/tensor.h>
#include <fmt/format.h>

#include <algorithm>
#include <numeric>

#include "harness/base/strings.h"
#include "model/generate/generate.h"
#include "model/image/tiling.h"
#include "tests/model/golden/checkpoint_cases.h"

namespace tessera::golden {
namespace {

/// The pictures of a case, tiled and encoded.
struct CasePictures {
  std::vector<at::Tensor> embeddings;  // one per picture
  std::vector<int> tiles;
};

CasePictures LoadPictures(const CheckpointGolden& golden, const Json& entry, GoldenReport& report) {
  const NativeModel& model = *golden.model;
  CasePictures pictures;
  for (const Json& picture : entry.at("images")) {
    const auto file = picture.at("image").get<std::string>();
    const std::string where = golden.where(entry.at("id").get<std::string>() + " " + file);
    RequireKnownKeys(picture, {"image", "max_num", "num_tiles", "pixel_values_f32_sha256"}, where, report);
    const TilingSettings settings{.tile_size = TileSize(model.config),
                                  .max_tiles = picture.at("max_num").get<int>(),
                                  .use_thumbnail = model.config.use_thumbnail};
    const TileBatch tiles = MakeTiles(ReadImage(golden.root / "images" / file), settings, /*threads=*/2);
    report.Equal(TileCount(tiles.grid), picture.at("num_tiles").get<int>(), where + " tiles");
    report.Equal(Sha256OfFloats(tiles.pixels), picture.at("pixel_values_f32_sha256").get<std::string>(),
                 where + " pixels");
    pictures.embeddings.push_back(EncodePicture(model, tiles));
    pictures.tiles.push_back(TileCount(tiles.grid));
  }
  return pictures;
}

GenerationSettings ReadSettings(const Json& config, const std::string& where, GoldenReport& report) {
  RequireKnownKeys(
      config, {"max_new_tokens", "min_new_tokens", "num_beams", "repetition_penalty", "length_penalty", "do_sample"},
      where, report);
  const JsonFields fields(config, where);
  if (fields.BoolOr("do_sample", false)) report.Fail(where, "sampling is not supported");
  return {.max_new_tokens = static_cast<int>(fields.Int("max_new_tokens")),
          .min_new_tokens = static_cast<int>(fields.IntOr("min_new_tokens", 0)),
          .num_beams = static_cast<int>(fields.IntOr("num_beams", 1)),
          .repetition_penalty = fields.NumberOr("repetition_penalty", 1),
          .length_penalty = fields.NumberOr("length_penalty", 1)};
}

Prompt MakePrompt(const Json& entry, const std::string& question, bool mark_per_image) {
  Prompt prompt;
  prompt.turns.push_back({Role::kSystem, entry.value("system_message", std::string(kDefaultSystemMessage))});
  if (entry.contains("history_in") && entry.at("history_in").is_array()) {
    for (const Json& turn : entry.at("history_in")) {
      prompt.turns.push_back({Role::kUser, turn.at(0).get<std::string>()});
      prompt.turns.push_back({Role::kAssistant, turn.at(1).get<std::string>()});
    }
  }
  prompt.turns.push_back({Role::kUser, question});
  if (mark_per_image) prompt.image_layout = ImageLayout::kMarkPerImage;
  return prompt;
}

at::Tensor Row(std::span<const float> scores) {
  return at::from_blob(const_cast<float*>(scores.data()), {1, static_cast<std::int64_t>(scores.size())},
                       at::TensorOptions().dtype(at::kFloat))
      .clone();
}

/// Logits after the prompt and after each of `ids` but the last: [ids, V]. Feeds the golden ids, whatever the model
/// prefers.
at::Tensor TeacherForcedLogits(const NativeModel& model, const at::Tensor& prompt, const std::vector<int>& ids) {
  const LanguageConfig& config = model.config.language;
  KvCache cache = MakeKvCache(config, 1, prompt.size(1) + static_cast<std::int64_t>(ids.size()), model.type,
                              LayerDevices(model.decoder));
  Rope rope(config, model.type, model.device);
  std::vector<at::Tensor> steps;
  at::Tensor input = prompt;
  for (const int id : ids) {
    const at::Tensor hidden = Decode(input, model.decoder, config, rope, cache);
    steps.push_back(Logits(hidden.select(1, hidden.size(1) - 1), model.decoder));
    input = EmbedTokens(model, {id}).unsqueeze(0);
  }
  return at::cat(steps);
}

void CheckFloat32Answer(const CheckpointGolden& golden, const Json& entry, const at::Tensor& prompt,
                        const GenerationSettings& settings, GoldenTensors& tensors, GoldenReport& report) {
  const NativeModel& model = *golden.model;
  const auto id = entry.at("id").get<std::string>();
  std::vector<at::Tensor> steps;
  const GenerationHooks hooks{.on_scores = [&](std::span<const float> scores) { steps.push_back(Row(scores)); }};
  const Generated generated = Generate(model, prompt, settings, hooks);
  report.Equal(generated.ids, entry.at("output_ids").get<std::vector<int>>(), golden.where(id + " output_ids"));
  report.Equal(model.tokenizer.Decode(generated.ids), entry.at("decoded_skip_special").get<std::string>(),
               golden.where(id + " decoded text"));
  report.Equal(AnswerText(model, generated.ids), entry.at("response").get<std::string>(),
               golden.where(id + " response"));
  if (steps.empty()) return;  // beam search
  if (const auto expected = tensors.Find(id + ".step_logits")) {
    report.Near(at::cat(steps), *expected, kFloat32, golden.where(id + " step_logits"));
  }
  if (const auto expected = tensors.Find(id + ".first_logits")) {
    report.Near(steps.front(), *expected, kFloat32, golden.where(id + " first_logits"));
  }
  if (!entry.contains("top1")) return;
  const auto top = at::cat(steps).topk(2);
  const at::Tensor first = std::get<0>(top).select(-1, 0);
  const at::Tensor margin = first - std::get<0>(top).select(-1, 1);
  // Both are stored with five decimals; a margin is a difference of two logits.
  const Tolerance top1{.absolute = 2.1e-4, .relative = 1e-4};
  const Tolerance margins{.absolute = 4.1e-4 + 2e-3};
  report.Near(first, at::tensor(entry.at("top1").get<std::vector<double>>()), top1, golden.where(id + " top1"));
  report.Near(margin, at::tensor(entry.at("margin").get<std::vector<double>>()), margins, golden.where(id + " margin"));
}

void CheckBfloat16Answer(const CheckpointGolden& golden, const Json& entry, const at::Tensor& prompt,
                         const GenerationSettings& settings, GoldenTensors& tensors, GoldenReport& report) {
  const NativeModel& model = *golden.model;
  const auto id = entry.at("id").get<std::string>();
  const auto expected_ids = entry.at("output_ids").get<std::vector<int>>();
  const at::Tensor logits = TeacherForcedLogits(model, prompt, expected_ids);
  const at::Tensor choices = logits.argmax(-1);
  for (const int step : entry.at("safe_steps").get<std::vector<int>>()) {
    report.Equal(static_cast<int>(choices[step].item<std::int64_t>()), expected_ids[static_cast<std::size_t>(step)],
                 golden.where(fmt::format("{} teacher-forced step {}", id, step)));
  }
  if (const auto expected = tensors.Find(id + ".first_logits")) {
    report.Near(logits.slice(0, 0, 1), *expected, kBfloat16Logits, golden.where(id + " first_logits"));
  }
  const auto prefix = static_cast<std::size_t>(entry.at("safe_prefix").get<int>());
  std::vector<int> generated = Generate(model, prompt, settings).ids;
  generated.resize(std::min(generated.size(), prefix));
  report.Equal(generated,
               std::vector<int>(expected_ids.begin(), expected_ids.begin() + static_cast<std::ptrdiff_t>(prefix)),
               golden.where(id + " free-running prefix"));
  report.Equal(AnswerText(model, expected_ids), entry.at("response").get<std::string>(),
               golden.where(id + " response"));
}

void CheckChat(const CheckpointGolden& golden, const Json& entry, GoldenTensors& tensors, GoldenReport& report) {
  const NativeModel& model = *golden.model;
  const auto id = entry.at("id").get<std::string>();
  RequireKnownKeys(entry,
                   {"id",
                    "kind",
                    "images",
                    "generation_config",
                    "num_patches_list",
                    "question",
                    "history_in",
                    "history_out",
                    "response",
                    "input_ids_rle",
                    "num_input_ids",
                    "eos_token_id",
                    "prompt",
                    "output_ids",
                    "decoded_skip_special",
                    "top1",
                    "margin",
                    "safe_prefix",
                    "safe_steps",
                    "system_message"},
                   golden.where(id), report);
  report.Equal(model.end_token, entry.at("eos_token_id").get<int>(), golden.where(id + " eos_token_id"));
  const CasePictures pictures = LoadPictures(golden, entry, report);
  const int per_tile = TokensPerTile(model.config);

  const auto question = entry.at("question").get<std::string>();
  const bool mark_per_image = entry.at("num_patches_list").is_array();
  std::vector<int> tiles;
  if (mark_per_image) {
    tiles = entry.at("num_patches_list").get<std::vector<int>>();
  } else if (!pictures.tiles.empty()) {
    tiles = {std::accumulate(pictures.tiles.begin(), pictures.tiles.end(), 0)};
  }
  std::vector<int> image_tokens;
  for (const int count : tiles) image_tokens.push_back(count * per_tile);
  const Prompt prompt = MakePrompt(entry, question, mark_per_image);
  const std::string text = RenderChat(*model.chat_template, prompt, image_tokens);
  report.Equal(text, ExpandContext(entry.at("prompt").get<std::string>()), golden.where(id + " prompt"));
  const std::vector<int> ids = model.tokenizer.Encode(text);
  report.Equal(ids, ExpandRuns(entry.at("input_ids_rle")), golden.where(id + " input_ids"));
  report.Equal(static_cast<int>(ids.size()), entry.at("num_input_ids").get<int>(), golden.where(id + " num_input_ids"));

  const at::Tensor embedded =
      EmbedPrompt(model, ids, pictures.embeddings.empty() ? at::Tensor() : at::cat(pictures.embeddings));
  const GenerationSettings settings =
      ReadSettings(entry.at("generation_config"), golden.where(id + " generation_config"), report);
  if (golden.reduced()) {
    CheckBfloat16Answer(golden, entry, embedded, settings, tensors, report);
  } else {
    CheckFloat32Answer(golden, entry, embedded, settings, tensors, report);
  }

  const Json last_turn = entry.at("history_out").back();
  const bool has_history = entry.at("history_in").is_array() && !entry.at("history_in").empty();
  // The history holds the question with the mark that it was asked with.
  const bool marked = has_history || pictures.tiles.empty() || question.find("<image>") != std::string::npos;
  report.Equal(marked ? question : "<image>\n" + question, last_turn.at(0).get<std::string>(),
               golden.where(id + " history question"));
  report.Equal(entry.at("response").get<std::string>(), last_turn.at(1).get<std::string>(),
               golden.where(id + " history answer"));
}

/// Each row is answered on its own: no padding, so no other row can change it. The golden ids are those rows, padded.
void CheckBatchChat(const CheckpointGolden& golden, const Json& entry, GoldenReport& report) {
  const NativeModel& model = *golden.model;
  const auto id = entry.at("id").get<std::string>();
  RequireKnownKeys(entry,
                   {"id", "kind", "images", "generation_config", "num_patches_list", "questions", "responses",
                    "input_ids_rle", "attention_mask_sum", "padded_length", "output_ids", "system_message"},
                   golden.where(id), report);
  const CasePictures pictures = LoadPictures(golden, entry, report);
  const GenerationSettings settings =
      ReadSettings(entry.at("generation_config"), golden.where(id + " generation_config"), report);
  const auto padded_length = entry.at("padded_length").get<std::size_t>();
  const int pad = model.tokenizer.PadId();
  for (std::size_t row = 0; row < entry.at("questions").size(); ++row) {
    const std::string where = golden.where(fmt::format("{} row {}", id, row));
    const Prompt prompt = MakePrompt(entry, entry.at("questions").at(row).get<std::string>(), /*mark_per_image=*/true);
    const int tokens = entry.at("num_patches_list").at(row).get<int>() * TokensPerTile(model.config);
    const std::vector<int> ids =
        model.tokenizer.Encode(RenderChat(*model.chat_template, prompt, std::vector<int>{tokens}));
    report.Equal(static_cast<int>(ids.size()), entry.at("attention_mask_sum").at(row).get<int>(),
                 where + " attention_mask_sum");
    std::vector<int> padded(padded_length - std::min(padded_length, ids.size()), pad);
    padded.insert(padded.end(), ids.begin(), ids.end());
    report.Equal(padded, ExpandRuns(entry.at("input_ids_rle").at(row)), where + " input_ids");

    const auto expected = entry.at("output_ids").at(row).get<std::vector<int>>();
    if (golden.reduced()) {  // no margins are stored, so ids are not comparable; the text of the golden ids is
      report.Equal(AnswerText(model, expected), entry.at("responses").at(row).get<std::string>(), where + " response");
      continue;
    }
    std::vector<int> generated = Generate(model, EmbedPrompt(model, ids, pictures.embeddings[row]), settings).ids;
    const std::string answer = AnswerText(model, generated);
    generated.resize(std::max(generated.size(), expected.size()), pad);
    report.Equal(generated, expected, where + " output_ids");
    report.Equal(answer, entry.at("responses").at(row).get<std::string>(), where + " response");
  }
}

}  // namespace

void CheckChatCases(const CheckpointGolden& golden, GoldenReport& report) {
  const Json file = ReadJsonFile(golden.expected / ("cases_" + golden.suffix + ".json"));
  GoldenTensors tensors(golden.expected / ("cases_" + golden.suffix + ".safetensors"));
  for (const Json& entry : file.at("cases")) {
    const auto kind = entry.at("kind").get<std::string>();
    if (kind == "chat") {
      CheckChat(golden, entry, tensors, report);
    } else if (kind == "batch_chat") {
      CheckBatchChat(golden, entry, report);
    } else {
      report.Fail(golden.where(entry.at("id").get<std::string>()), "unknown kind \"" + kind + "\", not checked");
    }
  }
  tensors.ReportUnknown(report);
}

}  // namespace tessera::golden

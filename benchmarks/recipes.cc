#include "benchmarks/recipes.h"

#include <algorithm>

#include "benchmarks/prompts.h"
#include "metrics/python_literal.h"
#include "metrics/python_text.h"

namespace tessera {
namespace {

constexpr int kMaxSharedTiles = 64;

bool IsJpegName(std::string_view name) {
  const std::string lower = metrics::Lower(name);
  return lower.ends_with(".jpg") || lower.ends_with(".jpeg");
}

std::vector<std::string> PictureNames(const Sample& sample) {
  const auto tag = sample.tags.find("image_path");
  if (tag == sample.tags.end()) return {};
  std::vector<std::string> names;
  for (const metrics::LiteralValue& name : metrics::ParseAnswerCell(tag->second).answers) names.push_back(name.text);
  return names;
}

}  // namespace

Recipe InternVlVqaRecipe(int max_tiles, int max_new_tokens) {
  return {.name = "paper",
          .source = "InternVL eval/vqa/evaluate_vqa.py, April 2024",
          .make_prompt = ShortAnswerPrompt,
          .system_message = kAprilSystemMessage,
          .max_tiles = max_tiles,
          .max_new_tokens = max_new_tokens,
          .min_new_tokens = 1};
}

Recipe VlmEvalKit2024Recipe(PromptFunction make_prompt, int max_tiles) {
  return {.name = "vlmevalkit",
          .source = "VLMEvalKit vlmeval/vlm/internvl_chat.py, 2024-04",
          .make_prompt = make_prompt,
          .system_message = kAprilSystemMessage,
          .max_tiles = max_tiles,
          .max_new_tokens = 1024,
          .choose_pictures = PicturesAsJpeg};
}

Recipe VlmEvalKit2026Recipe(PromptFunction make_prompt, int max_tiles) {
  return {.name = "vlmevalkit-2026-08",
          .source = "VLMEvalKit vlmeval/vlm/internvl/internvl_chat.py, 2026-08",
          .make_prompt = make_prompt,
          .system_message = kAprilSystemMessage,
          .max_tiles = max_tiles,
          .max_new_tokens = 4096,
          .pictures_lead = false,
          .choose_pictures = PicturesShareTiles};
}

std::vector<PictureUse> PicturesAsJpeg(const Sample& sample, int max_tiles) {
  const std::vector<std::string> names = PictureNames(sample);
  std::vector<PictureUse> uses;
  for (std::size_t i = 0; i < sample.images.size(); ++i) {
    uses.push_back({i, max_tiles, i >= names.size() || IsJpegName(names[i])});
  }
  return uses;
}

std::vector<PictureUse> PicturesShareTiles(const Sample& sample, int max_tiles) {
  std::vector<PictureUse> uses;
  if (sample.images.empty()) return uses;
  const int share = std::max(1, kMaxSharedTiles / static_cast<int>(sample.images.size()));
  for (std::size_t i = 0; i < sample.images.size(); ++i) uses.push_back({i, std::min(max_tiles, share)});
  return uses;
}

}  // namespace tessera

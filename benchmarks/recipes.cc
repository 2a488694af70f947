#include "benchmarks/recipes.h"

#include "benchmarks/prompts.h"

namespace tessera {
namespace {

bool IsJpegName(std::string_view name) { return name.ends_with(".jpg") || name.ends_with(".jpeg"); }

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
          .pictures_lead = false};
}

std::vector<PictureUse> PicturesAsJpeg(const Sample& sample, int max_tiles) {
  const auto path = sample.tags.find("image_path");
  const bool as_jpeg = path == sample.tags.end() || IsJpegName(path->second);
  std::vector<PictureUse> uses;
  for (std::size_t i = 0; i < sample.images.size(); ++i) uses.push_back({i, max_tiles, as_jpeg});
  return uses;
}

}  // namespace tessera

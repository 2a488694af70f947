#include "benchmarks/recipes.h"

#include "benchmarks/prompts.h"

namespace tessera {

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
          .max_new_tokens = 1024};
}

Recipe VlmEvalKit2026Recipe(PromptFunction make_prompt, int max_tiles) {
  return {.name = "vlmevalkit-2026-08",
          .source = "VLMEvalKit vlmeval/vlm/internvl/internvl_chat.py, 2026-08",
          .make_prompt = make_prompt,
          .system_message = kAprilSystemMessage,
          .max_tiles = max_tiles,
          .max_new_tokens = 4096};
}

}  // namespace tessera

// Ways of asking InternVL 1.5 that several benchmarks share, but for the prompt and limits.
#pragma once

#include <string>
#include <string_view>

#include "benchmarks/benchmark.h"

namespace tessera {

using PromptFunction = std::string (*)(const Sample& sample, std::string_view question);

/// Recipe "paper" of the free-form benchmarks: ShortAnswerPrompt, at least one new token. Source: InternVL
/// eval/vqa/evaluate_vqa.py, April 2024.
Recipe InternVlVqaRecipe(int max_tiles, int max_new_tokens);

/// Recipe "vlmevalkit": April 2024, 1024 new tokens. Source: VLMEvalKit vlmeval/vlm/internvl_chat.py.
Recipe VlmEvalKit2024Recipe(PromptFunction make_prompt, int max_tiles);

/// Recipe "vlmevalkit-2026-08": 4096 new tokens. Source: VLMEvalKit vlmeval/vlm/internvl/internvl_chat.py.
Recipe VlmEvalKit2026Recipe(PromptFunction make_prompt, int max_tiles);

/// For Recipe::choose_pictures of VLMEvalKit 2024-04, which wrote the pictures of a TSV file as JPEG before it read
/// them again. A row with a column `image_path` (a list literal where there are several pictures) kept the formats of
/// these names. Source: protocol/common_text_and_judge.md section 1.
std::vector<PictureUse> PicturesAsJpeg(const Sample& sample, int max_tiles);

/// For Recipe::choose_pictures of VLMEvalKit 2026-08: all pictures, of up to 64 tiles together but at least one each.
/// Source: VLMEvalKit vlmeval/vlm/internvl/internvl_chat.py, 2026-08, generate_v2.
std::vector<PictureUse> PicturesShareTiles(const Sample& sample, int max_tiles);

}  // namespace tessera

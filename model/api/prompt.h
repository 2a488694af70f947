// What is asked of a model: turns of text with image marks, and how to generate.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "model/api/generation.h"

namespace tessera {

/// Stands for pictures in a text.
inline constexpr std::string_view kImageMark = "<image>";

enum class Role { kSystem, kUser, kAssistant };

struct Turn {
  Role role = Role::kUser;
  std::string text;  ///< may hold `<image>` marks
};

/// Where the pictures of a question go.
enum class ImageLayout {
  kOneMark,       ///< all tiles of all pictures stand at one mark (VLMEvalKit's 1.5 path)
  kMarkPerImage,  ///< the i-th mark stands for the i-th picture
};

/// What a literal `<image>` in a text means.
enum class ImageMarks {
  kReplaced,  ///< marks are replaced; a first question without one gets `<image>\n` in front (reference code since
              ///< 2024-07)
  kLeading,   ///< the pictures always stand in front of the first question; a literal `<image>` stays text (April 2024)
};

/// The last turn is the user's; the model answers it.
struct Prompt {
  std::vector<Turn> turns;
  int max_tiles = 12;  ///< tile limit per picture, thumbnail not counted; 0: no tiling, the whole picture is one tile
  ImageLayout image_layout = ImageLayout::kOneMark;
  ImageMarks image_marks = ImageMarks::kReplaced;
  GenerationSettings generation;
};

}  // namespace tessera

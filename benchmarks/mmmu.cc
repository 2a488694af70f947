// MMMU: college-level questions of 30 subjects, multiple choice and open, on up to seven pictures each.
// Prompts, pictures: InternVL eval/mmmu (April and December 2024) and VLMEvalKit; protocol/mmmu.md.
#include <fmt/format.h>

#include <algorithm>

#include "benchmarks/benchmark.h"
#include "benchmarks/mmmu_data.h"
#include "benchmarks/mmmu_scoring.h"
#include "benchmarks/prompts.h"
#include "benchmarks/recipes.h"
#include "harness/base/error.h"
#include "metrics/python_literal.h"
#include "metrics/python_text.h"

namespace tessera {
namespace {

std::string OfficialPrompt(const Sample& sample, std::string_view question) {
  std::string text(metrics::Strip(question));
  for (const Choice& choice : sample.choices) {
    text += "\n" + choice.letter + ". " + std::string(metrics::Strip(choice.text));
  }
  text += "\n";
  text += sample.choices.empty() ? kShortAnswer : kLetterOnly;
  return std::string(metrics::Strip(text));
}

/// A prompt cut at its marks `<image 1>` to `<image 9>`.
struct CutPrompt {
  std::vector<std::string> texts;  // one more than pictures
  std::vector<int> pictures;       // the numbers in the marks
};

/// Throws kInput where the published code fails: a mark with anything but one digit.
CutPrompt CutAtMarks(const std::string& prompt, const std::string& sample_id) {
  constexpr std::string_view kMark = "<image ";
  CutPrompt cut;
  std::size_t start = 0;
  for (std::size_t at = prompt.find(kMark); at != std::string::npos; at = prompt.find(kMark, start)) {
    cut.texts.push_back(prompt.substr(start, at - start));
    const std::size_t digit = at + kMark.size();
    if (digit + 1 >= prompt.size() || prompt[digit] < '0' || prompt[digit] > '9' || prompt[digit + 1] != '>') {
      throw InputError(fmt::format("sample {}: expected a mark like <image 1>, found \"{}\"", sample_id,
                                   prompt.substr(at, kMark.size() + 3)));
    }
    cut.pictures.push_back(prompt[digit] - '0');
    start = digit + 2;
  }
  cut.texts.push_back(prompt.substr(start));
  return cut;
}

/// Each mark becomes a newline; of several, the literal line `<image>`.
std::string VlmEvalKit2024Prompt(const Sample& sample, std::string_view question) {
  const CutPrompt cut = CutAtMarks(VlmEvalKitChoicePrompt(sample, question), sample.id);
  const char* const separator = cut.pictures.size() > 1 ? "\n<image>\n" : "\n";
  std::string prompt = cut.texts.front();
  for (std::size_t i = 1; i < cut.texts.size(); ++i) prompt += separator + cut.texts[i];
  return prompt;
}

bool IsStoredAsJpeg(const Sample& sample, std::size_t picture) {
  const auto names = sample.tags.find("image_path");
  if (names == sample.tags.end()) return true;
  const auto paths = metrics::ParseAnswerCell(names->second).answers;
  if (picture >= paths.size()) return true;
  return paths[picture].text.ends_with(".jpg") || paths[picture].text.ends_with(".jpeg");
}

/// The picture of the first mark in reading order. Quirk: `<image 0>` is the last picture.
std::vector<PictureUse> PictureOfFirstMark(const Sample& sample, int max_tiles) {
  const CutPrompt cut = CutAtMarks(VlmEvalKitChoicePrompt(sample, sample.questions.front()), sample.id);
  if (cut.pictures.empty()) return {};
  const auto number = static_cast<std::size_t>(cut.pictures.front());
  const std::size_t picture = (number == 0 ? sample.images.size() : number) - 1;
  return {{.picture = picture, .max_tiles = max_tiles, .as_jpeg = IsStoredAsJpeg(sample, picture)}};
}

/// 64 tiles are shared between the pictures.
std::vector<PictureUse> AllPicturesSharingTiles(const Sample& sample, int max_tiles) {
  constexpr int kAllTiles = 64;
  const int count = std::max(1, static_cast<int>(sample.images.size()));
  std::vector<PictureUse> uses;
  for (std::size_t i = 0; i < sample.images.size(); ++i) {
    uses.push_back({.picture = i, .max_tiles = std::max(1, std::min(max_tiles, kAllTiles / count))});
  }
  return uses;
}

std::vector<PictureUse> FirstPictureEnlarged(const Sample& sample, int max_tiles) {
  std::vector<PictureUse> uses;
  for (std::size_t i = 0; i < sample.images.size(); ++i) {
    uses.push_back({.picture = i, .max_tiles = i == 0 ? max_tiles : 1, .enlarge = i == 0 ? 2 : 1});
  }
  return uses;
}

constexpr std::string_view kColours =
    "pictures are tiled as RGB; the published script tiled palette pictures by nearest neighbour and pictures with "
    "transparency premultiplied";
constexpr std::string_view kNoMark =
    "a question without a mark <image N> is asked without a picture; the published code stops there";

std::vector<Recipe> Recipes() {
  Recipe vlmevalkit_2024 = VlmEvalKit2024Recipe(VlmEvalKit2024Prompt, 6);
  vlmevalkit_2024.choose_pictures = PictureOfFirstMark;
  vlmevalkit_2024.differences.push_back(kNoMark);
  Recipe vlmevalkit_2026 = VlmEvalKit2026Recipe(VlmEvalKitChoicePrompt, 12);
  vlmevalkit_2026.choose_pictures = AllPicturesSharingTiles;
  return {{.name = "paper",
           .source = "InternVL eval/mmmu/evaluate_mmmu.py, April 2024",
           .make_prompt = OfficialPrompt,
           .system_message = kAprilSystemMessage,
           .max_tiles = 6,
           .max_new_tokens = 100,
           .min_new_tokens = 1,
           .differences = {kColours}},
          vlmevalkit_2024,
          vlmevalkit_2026,
          {.name = "internvl-2024-12",
           .source = "InternVL eval/mmmu/evaluate_mmmu.py, December 2024, with the system message of April",
           .make_prompt = OfficialPrompt,
           .system_message = kAprilSystemMessage,
           .max_tiles = 6,
           .max_new_tokens = 10,
           .min_new_tokens = 1,
           .pictures_lead = false,
           .choose_pictures = FirstPictureEnlarged,
           .differences = {kColours}}};
}

constexpr std::string_view kVlmEvalKitTutorial =
    "InternVL documentation, April 2024: evaluate InternVL-Chat-V1-5 using VLMEvalKit";

}  // namespace

const Benchmark& Mmmu() {
  static const Benchmark kMmmu{
      .name = "mmmu",
      .title = "MMMU",
      .about = "college-level questions of 30 subjects on one or several pictures",
      .data = MmmuDataSources(),
      .recipes = Recipes(),
      .scorings = MmmuScorings(),
      .paper = {{.split = "validation", .value = 45.2, .unit = "percent", .source = "arXiv 2404.16821, Table 2"},
                {.split = "validation", .value = 45.0, .unit = "percent", .source = kVlmEvalKitTutorial},
                {.split = "dev", .value = 48.0, .unit = "percent", .source = kVlmEvalKitTutorial}}};
  return kMmmu;
}

}  // namespace tessera

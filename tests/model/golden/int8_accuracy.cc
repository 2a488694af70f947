// int8_accuracy ROOT: what --weights int8 costs, over the golden chat cases and the embedded checkpoint's held-out
// pages. Prints a Markdown table. Every checkpoint answers its questions greedily in float32 with its stored weights;
// then once more in other ways, whose scores are compared with those, step by step as long as both have chosen the same
// tokens.
#include <ATen/Parallel.h>
#include <ATen/TensorOperators.h>
#include <ATen/ops/cat.h>
#include <c10/core/InferenceMode.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <exception>
#include <functional>

#include "model/generate/generate.h"
#include "model/generate/native_model.h"
#include "model/image/tiling.h"
#include "tests/model/golden/golden_files.h"

namespace tessera::golden {
namespace {

struct Picture {
  std::filesystem::path file;
  int max_tiles = 0;
};

struct Question {
  std::vector<int> ids;  // of the prompt
  std::vector<Picture> pictures;
  GenerationSettings settings;
};

struct Answer {
  std::vector<int> ids;
  std::vector<std::vector<float>> scores;  // of the vocabulary, before each choice
};

TileBatch ReadTiles(const Picture& picture, const ModelConfig& config) {
  const TilingSettings settings{
      .tile_size = TileSize(config), .max_tiles = picture.max_tiles, .use_thumbnail = config.use_thumbnail};
  return MakeTiles(ReadImage(picture.file), settings, /*threads=*/1);
}

/// The chat cases of one question that are not beam searches.
std::vector<Question> GoldenQuestions(const std::filesystem::path& golden, const std::string& name) {
  const Json file = ReadJsonFile(golden / "expected" / name / "cases_f32.json");
  std::vector<Question> questions;
  for (const Json& entry : file.at("cases")) {
    const Json& settings = entry.at("generation_config");
    if (entry.at("kind") != "chat" || settings.value("num_beams", 1) > 1) continue;
    Question question{.ids = ExpandRuns(entry.at("input_ids_rle"))};
    question.settings = {.max_new_tokens = settings.at("max_new_tokens"),
                         .min_new_tokens = settings.value("min_new_tokens", 0),
                         .repetition_penalty = settings.value("repetition_penalty", 1.0)};
    for (const Json& picture : entry.at("images")) {
      question.pictures.push_back(
          {golden / "images" / picture.at("image").get<std::string>(), picture.at("max_num").get<int>()});
    }
    questions.push_back(std::move(question));
  }
  return questions;
}

std::vector<Question> HeldOutQuestions(const std::filesystem::path& pages, const NativeModel& model) {
  std::vector<Question> questions;
  for (const Json& row : ReadJsonLines(pages / "answers.jsonl")) {
    const Picture picture{pages / row.at("picture").get<std::string>(), row.at("max_tiles").get<int>()};
    const int tokens = TileCount(ReadTiles(picture, model.config).grid) * TokensPerTile(model.config);
    const Prompt prompt{.turns = {{Role::kSystem, row.at("system")}, {Role::kUser, row.at("question")}}};
    questions.push_back({.ids = model.tokenizer.Encode(RenderChat(*model.chat_template, prompt, {{tokens}})),
                         .pictures = {picture},
                         .settings = {.max_new_tokens = 12}});
  }
  return questions;
}

std::vector<Answer> AnswerAll(const NativeModel& model, const std::vector<Question>& questions) {
  std::vector<Answer> answers;
  for (const Question& question : questions) {
    std::vector<at::Tensor> pictures;
    for (const Picture& picture : question.pictures) {
      pictures.push_back(EncodePicture(model, ReadTiles(picture, model.config)));
    }
    const at::Tensor prompt = EmbedPrompt(model, question.ids, pictures.empty() ? at::Tensor() : at::cat(pictures));
    Answer answer;
    const GenerationHooks hooks{
        .on_scores = [&](std::span<const float> scores) { answer.scores.emplace_back(scores.begin(), scores.end()); }};
    answer.ids = Generate(model, prompt, question.settings, hooks).ids;
    answers.push_back(std::move(answer));
  }
  return answers;
}

struct Difference {
  int equal_answers = 0;
  int steps = 0;        // compared
  int equal_steps = 0;  // of them, with the same choice
  double largest = 0;
  double squares = 0;  // sum over `values`
  std::int64_t values = 0;
};

void CompareScores(const std::vector<float>& expected, const std::vector<float>& found, Difference* difference) {
  for (std::size_t i = 0; i < expected.size(); ++i) {
    if (std::isinf(expected[i])) continue;  // an end token that may not come yet
    const double error = std::abs(static_cast<double>(found[i]) - expected[i]);
    difference->largest = std::max(difference->largest, error);
    difference->squares += error * error;
    ++difference->values;
  }
}

Difference Compare(const std::vector<Answer>& expected, const std::vector<Answer>& found) {
  Difference difference;
  for (std::size_t i = 0; i < expected.size(); ++i) {
    const std::vector<int>&a = expected[i].ids, &b = found[i].ids;
    difference.equal_answers += a == b;
    const auto same = static_cast<std::size_t>(std::mismatch(a.begin(), a.end(), b.begin(), b.end()).first - a.begin());
    const std::size_t steps = std::min({same + 1, a.size(), b.size()});
    for (std::size_t step = 0; step < steps; ++step) {
      CompareScores(expected[i].scores.at(step), found[i].scores.at(step), &difference);
    }
    difference.steps += static_cast<int>(steps);
    difference.equal_steps += static_cast<int>(std::min(same, steps));
  }
  return difference;
}

struct Variant {
  const char* precision;
  const char* weights;
};
constexpr Variant kReference{"float32", "stored"};
constexpr std::array kVariants = {Variant{"float32", "int8"}, Variant{"bfloat16", "stored"},
                                  Variant{"bfloat16", "int8"}};

void PrintRows(const std::filesystem::path& checkpoint,
               const std::function<std::vector<Question>(const NativeModel&)>& read_questions) {
  const auto load = [&](const Variant& variant) {
    return LoadNativeModel(checkpoint, variant.precision, "cpu", variant.weights);
  };
  const NativeModel reference = load(kReference);
  const std::vector<Question> questions = read_questions(reference);
  const std::vector<Answer> expected = AnswerAll(reference, questions);
  for (const Variant& variant : kVariants) {
    const Difference difference = Compare(expected, AnswerAll(load(variant), questions));
    fmt::print("| {} | {} | {} | {} of {} | {} of {} | {:.3g} | {:.2g} |\n", checkpoint.filename().string(),
               variant.precision, variant.weights, difference.equal_answers, questions.size(), difference.equal_steps,
               difference.steps, difference.largest,
               std::sqrt(difference.squares / static_cast<double>(std::max<std::int64_t>(1, difference.values))));
    std::fflush(stdout);
  }
}

void PrintTable(const std::filesystem::path& root) {
  fmt::print(
      "| checkpoint | arithmetic | weights | equal answers | equal choices | largest logit difference | root mean "
      "square "
      "|\n| --- | --- | --- | --- | --- | --- | --- |\n");
  const std::filesystem::path golden = root / "tests" / "golden" / "model";
  for (const std::string style : {"26b", "2b", "4b"}) {
    const std::string name = "tiny-internvl-" + style + "-style";
    PrintRows(golden / name, [&](const NativeModel&) { return GoldenQuestions(golden, name); });
  }
  PrintRows(root / "model" / "nano",
            [&](const NativeModel& model) { return HeldOutQuestions(root / "tests" / "golden" / "nano", model); });
}

}  // namespace
}  // namespace tessera::golden

int main(int argc, char** argv) {
  if (argc != 2 || !std::filesystem::is_directory(argv[1])) {
    fmt::print(stderr, "usage: int8_accuracy ROOT\n  ROOT  the repository\n");
    return 2;
  }
  const c10::InferenceMode inference;
  at::set_num_threads(1);  // small models, whose threads would only wait for each other
  try {
    tessera::golden::PrintTable(argv[1]);
  } catch (const std::exception& error) {
    fmt::print(stderr, "int8_accuracy: {}\n", error.what());
    return 1;
  }
  return 0;
}

// SEED-Image: the nine image question types of SEED-Bench v1, four choices each.
// Prompts, limits, scoring: InternVL eval/seed (April 2024) and VLMEvalKit; protocol/seed_image.md.
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "benchmarks/benchmark.h"
#include "benchmarks/choice_scoring.h"
#include "benchmarks/complete_prompt.h"
#include "benchmarks/prompts.h"
#include "benchmarks/recipes.h"
#include "datasets/jsonl_reader.h"
#include "harness/base/error.h"
#include "harness/base/files.h"
#include "harness/base/json_fields.h"
#include "metrics/first_character.h"
#include "metrics/mean_percent.h"

namespace tessera {
namespace {

constexpr int kLastImageType = 9;  // types 10 to 12 are about videos

struct Annotation {
  int type = 0;
  std::string category, answer;
};

/// SEED-Bench.json by question id.
std::map<std::string, Annotation> ReadAnnotations(const std::filesystem::path& file) {
  const Json json = ParseJson(ReadFile(file), file.string());
  std::map<std::string, Annotation> annotations;
  try {
    std::map<int, std::string> categories;
    for (const auto& [name, id] : json.at("question_type").items()) categories[id.get<int>()] = name;
    for (const Json& question : json.at("questions")) {
      const Json& id = question.at("question_id");
      const int type = question.at("question_type_id").get<int>();
      annotations[id.is_string() ? id.get<std::string>() : id.dump()] = {type, categories.at(type),
                                                                         question.at("answer").get<std::string>()};
    }
  } catch (const std::exception& error) {
    throw InputError(
        fmt::format("{}: expected SEED-Bench's question_type and questions: {}", file.string(), error.what()));
  }
  return annotations;
}

/// The image questions; the answers are those of the annotation file.
std::vector<Sample> LoadOfficial(const std::filesystem::path& folder, const DataSource& source) {
  const std::filesystem::path file = folder / source.files[0];
  const auto annotations = ReadAnnotations(folder / source.files[1]);
  std::vector<Sample> samples;
  for (Sample& sample : ReadJsonl(file, {.question = "text"}, file.parent_path())) {
    const auto it = annotations.find(sample.id);
    if (it == annotations.end()) {
      throw InputError(fmt::format("{}: question {} is not in {}", file.string(), sample.id, source.files[1]));
    }
    const Annotation& annotation = it->second;
    if (annotation.type > kLastImageType) continue;
    sample.split = source.split;
    sample.references = {annotation.answer};
    sample.tags = {{"category", annotation.category}, {"question_type_id", std::to_string(annotation.type)}};
    SplitCompletePrompt(sample);
    samples.push_back(std::move(sample));
  }
  return samples;
}

SampleScore ScoreFirstCharacter(const Sample& sample, const Reply& reply) {
  SampleScore score{.sample_id = sample.id, .tags = {{"split", sample.split}}};
  for (const char* name : {"category", "question_type_id"}) {
    if (const auto tag = sample.tags.find(name); tag != sample.tags.end()) score.tags.insert(*tag);
  }
  if (reply.answers.empty()) return score;
  const std::string& answer = reply.answers.back();
  const auto letter = metrics::FirstCharacter(answer);
  score.extracted = letter.value_or("");
  if (sample.references.empty()) return score;
  score.undecided = !letter;
  score.value = letter == sample.references.front() ? 1 : 0;
  score.tags["whole_answer"] = answer == sample.references.front() ? "right" : "wrong";
  return score;
}

/// 0 for the rows of a TSV file, which holds image questions only.
int TypeOf(const SampleScore& score) {
  const auto tag = score.tags.find("question_type_id");
  return tag == score.tags.end() ? 0 : std::stoi(tag->second);
}

/// Pooled over the questions, not a mean of the types. Source: InternVL eval/seed/calculation.py; Acc@1 is the line
/// that evaluate_seed.py prints, where the whole answer must be the letter.
std::vector<Score> AggregateFirstCharacter(std::span<const SampleScore> scores) {
  std::vector<Score> columns;
  columns.push_back(metrics::MeanPercent("image accuracy", scores,
                                         [](const auto& score) { return TypeOf(score) <= kLastImageType; }));
  std::set<std::pair<int, std::string>> types;
  for (const SampleScore& score : scores) {
    if (const auto tag = score.tags.find("category"); tag != score.tags.end())
      types.emplace(TypeOf(score), tag->second);
  }
  for (const auto& [type, category] : types) {
    columns.push_back(metrics::MeanPercent(category, scores, [&](const auto& score) {
      const auto tag = score.tags.find("category");
      return tag != score.tags.end() && tag->second == category;
    }));
  }
  const Score video =
      metrics::MeanPercent("video accuracy", scores, [](const auto& score) { return TypeOf(score) > kLastImageType; });
  if (video.scored + video.unscored > 0) {
    columns.push_back(video);
    columns.push_back(metrics::MeanPercent("total accuracy", scores));
  }
  std::vector<SampleScore> whole(scores.begin(), scores.end());
  for (SampleScore& score : whole) {
    if (score.value) score.value = score.tags.at("whole_answer") == "right" ? 1 : 0;
    score.undecided = false;
  }
  columns.push_back(metrics::MeanPercent("Acc@1", whole));
  return columns;
}

std::vector<Scoring> Scorings() {
  std::vector<Scoring> scorings = ChoiceScorings();
  scorings.insert(scorings.begin(), {.name = "internvl-2024-04",
                                     .source = "InternVL eval/seed/calculation.py",
                                     .score = ScoreFirstCharacter,
                                     .aggregate = AggregateFirstCharacter});
  return scorings;
}

DataSource Official(std::string_view questions, std::string_view annotations) {
  return {
      .format = "official", .split = "image", .files = {questions, annotations}, .rows = 14233, .load = LoadOfficial};
}

}  // namespace

const Benchmark& SeedImage() {
  static const Benchmark kSeedImage{
      .name = "seed-image",
      .title = "SEED-Image",
      .about = "four-choice questions on pictures, nine types",
      .data = {Official("SEED/seed.jsonl", "SEED/SEED-Bench.json"),
               Official("seed.jsonl", "SEED-Bench.json"),
               {.format = "vlmevalkit",
                .split = "image",
                .files = {"SEEDBench_IMG.tsv"},
                .md5 = "68017231464752261a2526d6ca3a10c0",
                .rows = 14232,
                .load = LoadChoiceTsv}},
      .recipes = {{.name = "paper",
                   .source = "InternVL eval/seed/evaluate_seed.py, April 2024; the image questions only",
                   .make_prompt = CompletePrompt,
                   .system_message = kAprilSystemMessage,
                   .max_tiles = 6,
                   .max_new_tokens = 100,
                   .min_new_tokens = 1},
                  VlmEvalKit2024Recipe(ChoicePromptUnlessComplete, 6),
                  VlmEvalKit2026Recipe(ChoicePromptUnlessComplete, 6)},
      .scorings = Scorings(),
      .paper = {{.split = "image", .value = 76.0, .unit = "percent", .source = "arXiv 2404.16821, Table 2"},
                {.split = "image",
                 .value = 75.99,
                 .unit = "percent",
                 .source = "InternVL documentation, April 2024: evaluate InternVL-Chat-V1-5 with the InternVL scripts"},
                {.split = "image",
                 .value = 75.7167,
                 .unit = "percent",
                 .source = "InternVL documentation, April 2024: evaluate InternVL-Chat-V1-5 using VLMEvalKit"}}};
  return kSeedImage;
}

}  // namespace tessera

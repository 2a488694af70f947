// MME: 14 tasks of yes/no questions, two per picture; accuracy plus the share of pictures with both right.
// Prompts, limits, scoring: InternVL eval/mme (April 2024) and VLMEvalKit; protocol/mme.md.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>

#include "benchmarks/benchmark.h"
#include "benchmarks/prompts.h"
#include "benchmarks/recipes.h"
#include "benchmarks/sample_fields.h"
#include "benchmarks/tsv_samples.h"
#include "harness/base/error.h"
#include "harness/base/files.h"
#include "metrics/yes_no.h"

namespace tessera {
namespace {

using metrics::YesNo;

constexpr std::array<std::string_view, 10> kPerception = {"existence", "count", "position", "color",   "posters",
                                                          "celebrity", "scene", "landmark", "artwork", "OCR"};
constexpr std::array<std::string_view, 4> kCognition = {"commonsense_reasoning", "numerical_calculation",
                                                        "text_translation", "code_reasoning"};

std::vector<std::string> SplitAt(std::string_view text, char mark) {
  std::vector<std::string> parts;
  for (std::size_t start = 0; start <= text.size();) {
    const std::size_t end = std::min(text.find(mark, start), text.size());
    parts.emplace_back(text.substr(start, end - start));
    start = end + 1;
  }
  return parts;
}

/// Pictures lie in the task's folder, or in its folder `images` as the release packs some of them.
ImageSource FindPicture(const std::filesystem::path& folder, const std::string& task, const std::string& name) {
  const std::filesystem::path task_folder = folder / "MME_Benchmark_release_version" / task;
  std::error_code unreadable;
  const std::filesystem::path nested = task_folder / "images" / name;
  const bool is_nested = std::filesystem::is_regular_file(nested, unreadable);
  return {.file = is_nested ? nested : task_folder / name};
}

/// Your_Results/<task>.txt: lines of picture, question, Yes or No; two consecutive lines are about one picture.
std::vector<Sample> LoadOfficial(const std::filesystem::path& folder, const DataSource& source) {
  std::vector<Sample> samples;
  for (const std::string_view name : source.files) {
    const std::filesystem::path file = folder / name;
    const std::string task = file.stem().string();
    int number = 0;
    for (std::string& line : SplitAt(ReadFile(file), '\n')) {
      ++number;
      if (line.ends_with('\r')) line.pop_back();
      if (line.empty()) continue;
      const std::vector<std::string> fields = SplitAt(line, '\t');
      const bool climbs = fields[0].find("..") != std::string::npos || fields[0].starts_with("/");
      if (fields.size() != 3 || climbs || (fields[2] != "Yes" && fields[2] != "No")) {
        throw InputError(fmt::format("{}:{}: expected picture, question, Yes or No", file.string(), number));
      }
      samples.push_back({.id = fmt::format("{}/{}", task, number),
                         .split = std::string(source.split),
                         .images = {FindPicture(folder, task, fields[0])},
                         .questions = {fields[1]},
                         .references = {fields[2]},
                         .tags = {{"category", task}, {"image_path", task + "/" + fields[0]}}});
    }
  }
  return samples;
}

std::vector<Sample> LoadTsv(const std::filesystem::path& folder, const DataSource& source) {
  return ReadTsvSamples(folder / source.files.front(), source.split);
}

SampleScore Unscored(const Sample& sample) {
  const std::string category = TagOf(sample.tags, "category");
  return {.sample_id = sample.id,
          .group = category + "\t" + TagOf(sample.tags, "image_path"),
          .tags = {{"split", sample.split}, {"category", category}}};
}

std::string LabelName(YesNo label) {
  if (label == YesNo::kOther) return "other";
  return label == YesNo::kYes ? "Yes" : "No";
}

void SetLabel(const Sample& sample, YesNo label, SampleScore& score) {
  score.extracted = LabelName(label);
  if (sample.references.empty()) return;
  score.undecided = label == YesNo::kOther;
  score.value = score.extracted == sample.references.front() ? 1 : 0;
}

/// A tab or a carriage return in the answer breaks its line of the result file: the script leaves the line out of the
/// accuracy, and the pair cannot be right.
SampleScore ScoreOfficial(const Sample& sample, const Reply& reply) {
  SampleScore score = Unscored(sample);
  if (reply.answers.empty()) return score;
  std::string field = metrics::MmePostProcess(reply.answers.back());
  if (field.ends_with('\r')) field.pop_back();  // read back as a part of the line end
  SetLabel(sample, metrics::ParseMmeField(field), score);
  const bool has_tab = field.find('\t') != std::string::npos;
  const bool has_return = field.find('\r') != std::string::npos;
  if (!has_tab && !has_return) return score;
  score.tags["malformed"] = has_return ? "line_split" : "field_count";
  score.extracted = "";
  score.undecided = true;
  if (score.value) score.value = 0;
  return score;
}

SampleScore ScoreExtracted(const Sample& sample, const Reply& reply, metrics::PeriodRule rule) {
  SampleScore score = Unscored(sample);
  if (reply.answers.empty()) return score;
  SetLabel(sample, metrics::ExtractYesNo(reply.answers.back(), rule), score);
  return score;
}

SampleScore Score2024(const Sample& sample, const Reply& reply) {
  return ScoreExtracted(sample, reply, metrics::PeriodRule::kBeforeNoDigit);
}

SampleScore Score2026(const Sample& sample, const Reply& reply) {
  return ScoreExtracted(sample, reply, metrics::PeriodRule::kBesideNoDigit);
}

/// 100 x accuracy + 100 x share of pictures whose questions are all right. Pictures with an unscored question are left
/// out of the second. No value when either part has nothing to count.
Score TaskScore(std::string_view task, std::span<const SampleScore> scores) {
  Score column{.name = std::string(task), .unit = "points"};
  double hits = 0;
  int lines = 0;
  std::map<std::string, std::optional<double>> pictures;
  for (const SampleScore& score : scores) {
    if (score.tags.at("category") != task) continue;
    auto& picture = pictures.try_emplace(score.group, 1).first->second;
    if (!score.value) {
      ++column.unscored;
      picture.reset();
      continue;
    }
    ++column.scored;
    column.undecided += score.undecided ? 1 : 0;
    if (picture) *picture *= *score.value;
    if (score.tags.contains("malformed")) {
      if (picture) picture = 0;
      continue;
    }
    ++lines;
    hits += *score.value;
  }
  double right_pictures = 0;
  int counted_pictures = 0;
  for (const auto& [name, picture] : pictures) {
    if (!picture) continue;
    ++counted_pictures;
    right_pictures += *picture;
  }
  if (lines > 0 && counted_pictures > 0) column.value = hits / lines * 100 + right_pictures / counted_pictures * 100;
  return column;
}

/// The sum of `parts`; it says so when some have no value.
Score Sum(const std::string& name, std::span<const Score> parts) {
  Score sum{.name = name, .unit = "points"};
  std::size_t present = 0;
  for (const Score& part : parts) {
    sum.scored += part.scored;
    sum.unscored += part.unscored;
    sum.undecided += part.undecided;
    if (!part.value) continue;
    sum.value = sum.value.value_or(0) + *part.value;
    ++present;
  }
  if (present > 0 && present < parts.size()) sum.name += fmt::format(" ({} of {} tasks)", present, parts.size());
  return sum;
}

std::vector<Score> Aggregate(std::span<const SampleScore> scores) {
  std::vector<Score> tasks;
  for (const std::string_view task : kPerception) tasks.push_back(TaskScore(task, scores));
  for (const std::string_view task : kCognition) tasks.push_back(TaskScore(task, scores));
  const std::span<const Score> all(tasks);
  const Score perception = Sum("perception", all.first(kPerception.size()));
  const Score cognition = Sum("cognition", all.last(kCognition.size()));
  Score total = Sum("perception + cognition", all);
  if (perception.value && cognition.value) total.value = *perception.value + *cognition.value;
  std::vector<Score> columns = {total, perception, cognition};
  columns.insert(columns.end(), tasks.begin(), tasks.end());
  return columns;
}

std::vector<std::string_view> OfficialFiles() {
  return {"Your_Results/existence.txt",
          "Your_Results/count.txt",
          "Your_Results/position.txt",
          "Your_Results/color.txt",
          "Your_Results/posters.txt",
          "Your_Results/celebrity.txt",
          "Your_Results/scene.txt",
          "Your_Results/landmark.txt",
          "Your_Results/artwork.txt",
          "Your_Results/OCR.txt",
          "Your_Results/commonsense_reasoning.txt",
          "Your_Results/numerical_calculation.txt",
          "Your_Results/text_translation.txt",
          "Your_Results/code_reasoning.txt"};
}

}  // namespace

const Benchmark& Mme() {
  static const Benchmark kMme{
      .name = "mme",
      .title = "MME",
      .about = "yes/no questions in 14 tasks, accuracy and accuracy+",
      .data = {{.format = "official",
                .split = "release",
                .files = OfficialFiles(),
                .rows = 2374,
                .pictures = 1187,
                .load = LoadOfficial},
               {.format = "vlmevalkit",
                .split = "release",
                .files = {"MME.tsv"},
                .md5 = "b36b43c3f09801f5d368627fb92187c3",
                .rows = 2374,
                .pictures = 1187,
                .load = LoadTsv}},
      .recipes = {{.name = "paper",
                   .source = "InternVL eval/mme/eval.py, April 2024",
                   .make_prompt = ShortAnswerPrompt,
                   .system_message = kAprilSystemMessage,
                   .max_tiles = 12,
                   .max_new_tokens = 20},
                  {.name = "vlmevalkit",
                   .source = "VLMEvalKit vlmeval/vlm/internvl_chat.py, 2024-04",
                   .make_prompt = ShortAnswerPrompt,
                   .system_message = kAprilSystemMessage,
                   .max_tiles = 6,
                   .max_new_tokens = 5,
                   .num_beams = 5,
                   .published_sampling = Sampling{.top_k = 50, .top_p = 0.9},
                   .choose_pictures = PicturesAsJpeg,
                   .differences = {"beam search without the published run's sampling (top_k 50, top_p 0.9), so answers "
                                   "may differ"}},
                  VlmEvalKit2026Recipe(ShortAnswerPrompt, 6)},
      .scorings = {{.name = "internvl-2024-04",
                    .source = "InternVL eval/mme/eval.py, post_processing; calculation.py",
                    .score = ScoreOfficial,
                    .aggregate = Aggregate},
                   {.name = "vlmevalkit-2024-04",
                    .source = "VLMEvalKit vlmeval/evaluate/yes_or_no.py, 2024-04, without a judge",
                    .score = Score2024,
                    .aggregate = Aggregate},
                   {.name = "vlmevalkit-2026-08",
                    .source = "VLMEvalKit vlmeval/dataset/utils/yorn.py, 2026-08, without a judge",
                    .score = Score2026,
                    .aggregate = Aggregate}},
      .paper = {{.split = "release", .value = 2187.8, .unit = "points", .source = "arXiv 2404.16821, Table 2"},
                {.split = "release",
                 .value = 2191.939775910364,
                 .unit = "points",
                 .source = "InternVL documentation, April 2024: evaluate InternVL-Chat-V1-5 with the InternVL scripts, "
                           "released weights"},
                {.split = "release",
                 .value = 2161.558623,
                 .unit = "points",
                 .source = "InternVL documentation, April 2024: evaluate InternVL-Chat-V1-5 using VLMEvalKit (6 tiles, "
                           "sampled)"}}};
  return kMme;
}

}  // namespace tessera

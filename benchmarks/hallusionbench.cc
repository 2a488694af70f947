// HallusionBench: yes/no questions on figures and changed figures; right answers, figures and question groups.
// Prompt, limits, scoring: VLMEvalKit (April 2024), which made the paper's number; protocol/hallusionbench.md.
#include <fmt/format.h>

#include <array>
#include <set>

#include "benchmarks/benchmark.h"
#include "benchmarks/hallusion_scoring.h"
#include "benchmarks/json_records.h"
#include "benchmarks/prompts.h"
#include "benchmarks/recipes.h"
#include "benchmarks/tsv_samples.h"
#include "harness/base/error.h"
#include "harness/base/strings.h"

namespace tessera {
namespace {

/// A field whose text is one of `allowed`.
std::string OneOf(const JsonFields& record, std::string_view key, std::initializer_list<std::string_view> allowed) {
  const std::string text = record.String(key);
  for (const std::string_view value : allowed) {
    if (text == value) return text;
  }
  record.Fail(key, fmt::format("expected one of {}, found \"{}\"", fmt::join(allowed, ", "), text));
}

/// The questions that have a picture, with VLMEvalKit's indices as ids.
std::vector<Sample> LoadOfficial(const std::filesystem::path& folder, const DataSource& source) {
  const std::array picture_folders = {folder / "hallusion_bench", folder};
  std::vector<Sample> samples;
  std::set<std::string> ids;
  ForEachJsonRecord(folder / source.files.front(), [&](const JsonFields& record) {
    const std::string category = OneOf(record, "category", {"VD", "VS"});
    const std::string visual_input = OneOf(record, "visual_input", {"0", "1", "2"});
    const std::string answer = OneOf(record, "gt_answer", {"0", "1"});
    const std::string l2_category = category + "_" + record.String("subcategory");
    Sample sample{.id = fmt::format("{}_{}_{}_{}_{}", l2_category, visual_input, record.String("set_id"),
                                    record.String("figure_id"), record.String("question_id")),
                  .split = std::string(source.split),
                  .questions = {record.String("question")},
                  .references = {answer == "1" ? "Yes" : "No"},
                  .tags = {{"category", category},
                           {"l2-category", l2_category},
                           {"gt_answer_details", record.String("gt_answer_details")}}};
    if (!ids.insert(sample.id).second) record.Fail("question_id", "expected a new question, found " + sample.id);
    if (visual_input == "0") return;  // text only
    sample.images = {{.file = PictureOf(record, "filename", picture_folders)}};
    samples.push_back(std::move(sample));
  });
  return samples;
}

std::vector<Sample> LoadTsv(const std::filesystem::path& folder, const DataSource& source) {
  const std::filesystem::path file = folder / source.files.front();
  // The published file also has the 178 questions that are asked without a picture.
  std::vector<Sample> samples = ReadTsvSamples(file, source.split, RowsWithoutPicture::kDropped);
  for (const Sample& sample : samples) {
    const std::string where = fmt::format("{}: sample {}", file.string(), sample.id);
    for (const char* column : {"category", "l2-category"}) {
      if (!sample.tags.contains(column)) throw InputError(fmt::format("{}: no \"{}\"", where, column));
    }
    if (Split(sample.id, '_').size() != 6) {
      throw InputError(fmt::format("{}: expected an index of six parts with _ between them", where));
    }
    if (sample.references.empty()) continue;
    const std::string& answer = sample.references.front();
    if (answer == "Yes" || answer == "No") continue;
    throw InputError(fmt::format("{}: field \"answer\": expected Yes or No, found \"{}\"", where, answer));
  }
  return samples;
}

std::string MakePrompt(const Sample&, std::string_view question) {
  return fmt::format("{} Please answer yes or no. {}", question, kShortAnswer);
}

/// VLMEvalKit wrote <index>.jpg, whatever the name in a column `image_path`.
std::vector<PictureUse> AlwaysAsJpeg(const Sample& sample, int max_tiles) {
  std::vector<PictureUse> uses;
  for (std::size_t i = 0; i < sample.images.size(); ++i) uses.push_back({i, max_tiles, true});
  return uses;
}

}  // namespace

const Benchmark& HallusionBench() {
  static const Benchmark kHallusionBench{
      .name = "hallusionbench",
      .title = "HallusionBench",
      .about = "yes/no questions on figures, also changed ones; mean of aAcc, fAcc and qAcc",
      .data = {{.format = "official",
                .split = "image",
                .files = {"HallusionBench.json"},
                .rows = 951,
                .pictures = 346,
                .load = LoadOfficial},
               {.format = "vlmevalkit",
                .split = "image",
                .files = {"HallusionBench.tsv"},
                .md5 = "0c23ac0dc9ef46832d7a24504f2a0c7c",
                .rows = 951,
                .pictures = 346,
                .load = LoadTsv}},
      .recipes = {{.name = "paper",
                   .source = "VLMEvalKit vlmeval/vlm/internvl_chat.py, 2024-04",
                   .make_prompt = MakePrompt,
                   .system_message = kAprilSystemMessage,
                   .max_tiles = 6,
                   .max_new_tokens = 1024,
                   .choose_pictures = AlwaysAsJpeg},
                  VlmEvalKit2026Recipe(MakePrompt, 6)},
      .scorings = HallusionScorings(),
      .paper = {{.split = "image", .value = 49.3, .unit = "percent", .source = "arXiv 2404.16821, Table 2"},
                {.split = "image",
                 .value = (66.771819 + 40.173410 + 40.879121) / 3,
                 .unit = "percent",
                 .source = "InternVL documentation, April 2024: evaluate InternVL-Chat-V1-5 using VLMEvalKit (aAcc "
                           "66.771819, fAcc 40.173410, qAcc 40.879121)"}}};
  return kHallusionBench;
}

}  // namespace tessera

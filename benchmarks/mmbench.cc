// MMBench-EN and MMBench-CN: multiple choice with circular evaluation.
// Prompts, limits, scoring: InternVL eval/mmbench/evaluate_mmbench.py (April 2024) and VLMEvalKit; protocol/mmbench.md.
#include "benchmarks/benchmark.h"
#include "benchmarks/choice_scoring.h"
#include "benchmarks/choice_submission.h"
#include "benchmarks/prompts.h"
#include "benchmarks/recipes.h"

namespace tessera {
namespace {

/// The official script offers A to E. It takes the instruction's language from the data set, not from the row.
std::string PaperPromptEnglish(const Sample& sample, std::string_view question) {
  return QuestionWithChoices(sample, question, "E") + "\n" + std::string(kLetterOnly);
}

std::string PaperPromptChinese(const Sample& sample, std::string_view question) {
  return QuestionWithChoices(sample, question, "E") + "\n" + std::string(kLetterOnlyChinese);
}

/// `submission_file` is the data file's name, as the official script names its sheet but for the time.
DataSource Tsv(std::string_view format, std::string_view split, std::string_view file, std::string_view submission_file,
               std::string_view md5 = "") {
  return {.format = format,
          .split = split,
          .files = {file},
          .md5 = md5,
          .answers_public = split != "test",
          .load = LoadCircularTsv,
          .submission_file = submission_file,
          .submission = MmBenchSubmission};
}

DataSource TenRows(std::string_view file) {
  return {.format = "opencompass-sample", .split = "sample", .files = {file}, .rows = 10, .load = LoadCircularTsv};
}

std::vector<Recipe> Recipes(std::string (*paper_prompt)(const Sample&, std::string_view)) {
  return {{.name = "paper",
           .source = "InternVL eval/mmbench/evaluate_mmbench.py, April 2024",
           .make_prompt = paper_prompt,
           .system_message = kAprilSystemMessage,
           .max_tiles = 6,
           .max_new_tokens = 100,
           .min_new_tokens = 1},
          VlmEvalKit2024Recipe(VlmEvalKitChoicePrompt, 6),
          VlmEvalKit2026Recipe(VlmEvalKitChoicePrompt, 6)};
}

constexpr std::string_view kPaper = "arXiv 2404.16821, Table 2; equals the MMBench server's result for the authors";
constexpr std::string_view kTutorial =
    "InternVL documentation, April 2024: evaluate InternVL-Chat-V1-5 using VLMEvalKit";

}  // namespace

const Benchmark& MmBenchEn() {
  static const Benchmark kMmBenchEn{
      .name = "mmbench-en",
      .title = "MMBench-EN",
      .about = "multiple choice over 20 abilities in English, circular evaluation",
      .data = {Tsv("official", "dev", "mmbench_dev_20230712.tsv", "mmbench_dev_20230712.xlsx"),
               Tsv("official", "dev", "mmbench_dev_en_20231003.tsv", "mmbench_dev_en_20231003.xlsx"),
               Tsv("vlmevalkit", "dev", "MMBench_DEV_EN.tsv", "MMBench_DEV_EN.xlsx",
                   "b6caf1133a01c6bb705cf753bb527ed8"),
               Tsv("official", "test", "mmbench_test_en_20231003.tsv", "mmbench_test_en_20231003.xlsx"),
               Tsv("vlmevalkit", "test", "MMBench_TEST_EN.tsv", "MMBench_TEST_EN.xlsx",
                   "6939fadb0ce626fefc0bdc9c64efc528"),
               TenRows("MMBench_EN_sample.tsv")},
      .recipes = Recipes(PaperPromptEnglish),
      .scorings = CircularScorings(),
      .paper = {{.split = "test", .value = 82.2, .unit = "percent", .source = kPaper, .scored = 1784},
                {.split = "dev", .value = 80.8419, .unit = "percent", .source = kTutorial, .scored = 1164}}};
  return kMmBenchEn;
}

const Benchmark& MmBenchCn() {
  static const Benchmark kMmBenchCn{
      .name = "mmbench-cn",
      .title = "MMBench-CN",
      .about = "multiple choice over 20 abilities in Chinese, circular evaluation",
      .data = {Tsv("official", "dev", "mmbench_dev_cn_20231003.tsv", "mmbench_dev_cn_20231003.xlsx"),
               Tsv("vlmevalkit", "dev", "MMBench_DEV_CN.tsv", "MMBench_DEV_CN.xlsx",
                   "08b8fc3324a5ed74155350f57be69fbd"),
               Tsv("official", "test", "mmbench_test_cn_20231003.tsv", "mmbench_test_cn_20231003.xlsx"),
               Tsv("vlmevalkit", "test", "MMBench_TEST_CN.tsv", "MMBench_TEST_CN.xlsx",
                   "7e1239baf0ee4c8b513e19705a0f317e"),
               TenRows("MMBench_CN_sample.tsv")},
      .recipes = Recipes(PaperPromptChinese),
      .scorings = CircularScorings(),
      .paper = {{.split = "test", .value = 82.0, .unit = "percent", .source = kPaper, .scored = 1784},
                {.split = "dev", .value = 80.3265, .unit = "percent", .source = kTutorial, .scored = 1164}}};
  return kMmBenchCn;
}

}  // namespace tessera

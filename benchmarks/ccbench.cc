// CCBench: multiple choice on Chinese culture with circular evaluation.
// Prompts, limits, scoring: InternVL eval/mmbench/evaluate_mmbench.py (April 2024) and VLMEvalKit; protocol/ccbench.md.
#include "benchmarks/benchmark.h"
#include "benchmarks/choice_scoring.h"
#include "benchmarks/choice_submission.h"
#include "benchmarks/prompts.h"
#include "benchmarks/recipes.h"

namespace tessera {
namespace {

/// The official script offers A to E and asks in Chinese, whatever the row holds.
std::string PaperPrompt(const Sample& sample, std::string_view question) {
  return QuestionWithChoices(sample, question, "E") + "\n" + std::string(kLetterOnlyChinese);
}

}  // namespace

const Benchmark& CcBench() {
  static const Benchmark kCcBench{
      .name = "ccbench",
      .title = "CCBench",
      .about = "multiple choice on Chinese culture, circular evaluation",
      .data = {{.format = "official",
                .split = "dev",
                .files = {"CCBench_legacy.tsv"},
                .rows = 2040,
                .load = LoadCircularTsv,
                .submission_file = "CCBench_legacy.xlsx",
                .submission = CcBenchSubmission},
               {.format = "vlmevalkit",
                .split = "dev",
                .files = {"CCBench.tsv"},
                .md5 = "1de88b4257e7eee3f60b18d45eda6f07",
                .rows = 2040,
                .load = LoadCircularTsv,
                .submission_file = "CCBench.xlsx",
                .submission = CcBenchSubmission}},
      .recipes = {{.name = "paper",
                   .source =
                       "InternVL eval/mmbench/evaluate_mmbench.py, April 2024 (made 70.0; the paper's 69.8 is the "
                       "OpenCompass leaderboard's run, recipe vlmevalkit)",
                   .make_prompt = PaperPrompt,
                   .system_message = kAprilSystemMessage,
                   .max_tiles = 6,
                   .max_new_tokens = 100,
                   .min_new_tokens = 1},
                  VlmEvalKit2024Recipe(VlmEvalKitChoicePrompt, 6),
                  VlmEvalKit2026Recipe(VlmEvalKitChoicePrompt, 6)},
      .scorings = CircularScorings(),
      .paper = {{.split = "dev",
                 .value = 69.8,
                 .unit = "percent",
                 .source = "arXiv 2404.16821, Table 2; collected from the OpenCompass leaderboard"},
                {.split = "dev",
                 .value = 70.0,
                 .unit = "percent",
                 .source = "InternVL documentation, April 2024: evaluate InternVL-Chat-V1-5 with the InternVL scripts "
                           "and the MMBench server"}}};
  return kCcBench;
}

}  // namespace tessera

// RealWorldQA: multiple choice on photographs of streets and rooms, each question asked once.
// Prompts, limits, scoring: VLMEvalKit (April 2024), which made the paper's number; protocol/realworldqa.md.
#include "benchmarks/benchmark.h"
#include "benchmarks/choice_scoring.h"
#include "benchmarks/prompts.h"
#include "benchmarks/recipes.h"

namespace tessera {

const Benchmark& RealWorldQa() {
  static const Benchmark kRealWorldQa{
      .name = "realworldqa",
      .title = "RealWorldQA",
      .about = "multiple choice on photographs of streets and rooms",
      .data = {{.format = "vlmevalkit",
                .split = "test",
                .files = {"RealWorldQA.tsv"},
                .md5 = "92321028d2bc29040284b6674721e48f",
                .rows = 765,
                .pictures = 765,
                .load = LoadChoiceTsv}},
      .recipes = {{.name = "paper",
                   .source = "VLMEvalKit vlmeval/vlm/internvl_chat.py, 2024-04",
                   .make_prompt = VlmEvalKitChoicePrompt,
                   .system_message = kAprilSystemMessage,
                   .max_tiles = 6,
                   .max_new_tokens = 1024,
                   .choose_pictures = PicturesAsJpeg},
                  VlmEvalKit2026Recipe(VlmEvalKitChoicePrompt, 6)},
      .scorings = ChoiceScorings(),
      .paper = {{.split = "test", .value = 66.0, .unit = "percent", .source = "arXiv 2404.16821, Table 2"},
                {.split = "test",
                 .value = 66.0131,
                 .unit = "percent",
                 .source = "InternVL documentation, April 2024: evaluate InternVL-Chat-V1-5 using VLMEvalKit"}}};
  return kRealWorldQa;
}

}  // namespace tessera

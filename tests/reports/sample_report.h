// The report that every printer is tested with: it shows each thing a report can say.
#pragma once

#include "reports/report.h"

namespace tessera {

inline Report SampleReport() {
  const BenchmarkReport chartqa = {
      .name = "chartqa",
      .title = "ChartQA",
      .split = "test",
      .format = "official",
      .recipe = "paper",
      .scoring = "internvl-2024-04",
      .scores = {{.name = "relaxed accuracy", .unit = "percent", .value = 83.925, .scored = 2498, .unscored = 2},
                 {.name = "human", .unit = "percent", .value = 73.5, .scored = 1248, .unscored = 2},
                 {.name = "augmented", .unit = "percent", .value = 94.35, .scored = 1250}},
      .samples = 2500,
      .scored = 2498,
      .unscored = 2,
      .empty = 1,
      .hit_limit = 25,
      .answered = 2499,
      .most_frequent = FrequentAnswer{"Yes |\nno", 120},
      .paper = PaperComparison{.value = 83.8,
                               .unit = "percent",
                               .split = "test",
                               .source = "arXiv 2404.16821, Table 2",
                               .difference = 0.125},
      .deviations = {"max_tiles 6 instead of 12"},
      .alarms = {"25 of 99 answers are cut_off"}};
  const BenchmarkReport mmbench = {
      .name = "mmbench-cn",
      .title = "MMBench-CN",
      .split = "dev",
      .format = "vlmevalkit",
      .recipe = "paper",
      .scoring = "vlmevalkit-2024-04",
      .scores = {{.name = "accuracy", .unit = "percent", .value = 80.0, .scored = 10, .undecided = 2}},
      .samples = 10,
      .scored = 10,
      .undecided = 2,
      .answered = 10,
      .undecided_range = ScoreRange{.low = 70.0, .high = 90.0},
      .paper =
          PaperComparison{.value = 82.0, .unit = "percent", .split = "test", .source = "arXiv 2404.16821 | Table_2"}};
  const BenchmarkReport nothing = {.name = "mme",
                                   .title = "MME",
                                   .split = "release",
                                   .format = "official",
                                   .recipe = "paper",
                                   .scoring = "internvl-2024-04",
                                   .scores = {{.name = "sum", .unit = "points", .unscored = 3}},
                                   .samples = 3,
                                   .unscored = 3,
                                   .judge = JudgeReport{.names = {"gpt-4-0613", "gpt-4_x"},
                                                        .published = "gpt-4-0613",
                                                        .prompt = "own judge prompt",
                                                        .prompt_sha256 = "ab12",
                                                        .calls = 4,
                                                        .prompt_tokens = 500,
                                                        .new_tokens = 12,
                                                        .unasked = 1,
                                                        .failures = 2,
                                                        .reasons = {"2 x no connection"}}};
  const ScoringComparison agree = {
      .title = "ChartQA", .scorings = {"internvl-2024-04", "vlmevalkit-2026-08"}, .samples = 2500};
  const ScoringComparison differ = {
      .title = "MMBench-CN",
      .scorings = {"vlmevalkit-2024-04", "vlmevalkit-2026-08"},
      .samples = 10,
      .disagree = {
          {.split = "dev",
           .sample_id = "17",
           .answer = "A dog,\nI think | \x1b[31m",
           .readings = {{.extracted = "A", .value = 1.0}, {.extracted = "Z", .undecided = true, .value = 0.0}}},
          {.split = "dev",
           .sample_id = "18",
           .answer = std::string(200, 'x'),
           .readings = {{.value = std::nullopt}, {.extracted = "B", .value = 0.0}}}}};
  return {.tool_version = "0.1.0",
          .model = {.backend = "native",
                    .name = "nano",
                    .precision = "bfloat16",
                    .device = "cpu",
                    .note = "random weights <made up>"},
          .benchmarks = {chartqa, mmbench, nothing},
          .comparisons = {agree, differ},
          .samples = 2513,
          .failed = 4,
          .tiles = 21000,
          .prompt_tokens = 5400000,
          .new_tokens = 12000,
          .stages = {{"load_image", 12.5}, {"tile", 30.25}, {"vision", 1000}, {"prefill", 500.125}, {"decode", 0}}};
}

}  // namespace tessera

// What a scoring will ask of its LLM judge, before there are answers.
#pragma once

#include <cstdint>

#include "benchmarks/benchmark.h"

namespace tessera {

/// Tokens are bytes / 4: the judge's tokenizer is not known here. `calls` are the first ones, when the model answers as
/// its references do; the limits hold when neither the model's answers nor the judge's replies can be read by rules.
struct JudgeWork {
  std::int64_t calls = 0;
  std::int64_t prompt_tokens = 0;
  std::int64_t calls_limit = 0;
  std::int64_t prompt_tokens_limit = 0;
  JudgeWork& operator+=(const JudgeWork& other);
};

/// The calls of `scoring` for one sample; none when it asks no judge. texts: the authors', as ReadJudgeTexts gives
/// them.
JudgeWork EstimateJudge(const Scoring& scoring, const Sample& sample, const JudgeTexts& texts);

}  // namespace tessera

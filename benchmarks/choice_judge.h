// The optional judge of VLMEvalKit's multiple-choice benchmarks: where the matcher cannot read an answer, an LLM is
// asked which option it means. Source: VLMEvalKit vlmeval/evaluate/multiple_choice.py, extract_answer_from_item;
// protocol/common_text_and_judge.md section 4.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "benchmarks/benchmark.h"
#include "metrics/option_match.h"

namespace tessera {

/// The option that the answer, or else the first readable reply of the judge, chooses; nullopt: none does.
std::optional<std::string> JudgedChoice(const Sample& sample, const Reply& reply, metrics::MatcherVersion version);

/// For Scoring::ask_judge: up to 3 calls with one prompt, Chinese for a question with a Chinese character. A sample
/// without a reference is not asked about.
std::optional<JudgeRequest> AskChoiceJudge2024(const Sample& sample, const Reply& reply, const JudgeTexts& texts);
std::optional<JudgeRequest> AskChoiceJudge2026(const Sample& sample, const Reply& reply, const JudgeTexts& texts);

/// For Scoring::judge_texts, and the check of the English one. The Chinese one has no published hash for a question
/// that would use it.
std::vector<std::string_view> ChoiceJudgeTexts();
std::vector<JudgeCheck> ChoiceJudgeChecks();

}  // namespace tessera

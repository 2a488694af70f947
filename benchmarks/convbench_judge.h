// The judge's part of ConvBench: what it is asked about a dialogue, and how far it has come.
// Source: ConvBench ConvBenchEval/convbencheval.py and prompts.py; protocol/convbench.md sections 3, 4 and 8.
#pragma once

#include <array>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "benchmarks/judge.h"

namespace tessera {

/// The judge compares the model's answers with a human's, or grades them with the human's as reference.
enum class ConvBenchGrading { kPairwise, kDirect };

/// The evaluations of a dialogue so far: first, second, third turn, whole conversation.
struct ConvBenchProgress {
  struct Turn {
    std::string judge_text;
    std::optional<int> reading;  // 'A' or 'B', or a grade from 1 to 10
  };
  std::vector<Turn> turns;
  bool needs_extraction = false;  // the next call asks for the verdict in the last turn's text
};

/// Each text of the judge, followed by its reply to an extraction where the text had no verdict.
ConvBenchProgress ReadConvBenchReplies(std::span<const std::string> judgements, ConvBenchGrading grading);

/// For Scoring::ask_judge. Throw kInput when the sheet lacked a column that the judge must see, or there is no
/// position.
std::optional<JudgeRequest> AskConvBenchPairwise(const Sample& sample, const Reply& reply, const JudgeTexts& texts);
std::optional<JudgeRequest> AskConvBenchDirect(const Sample& sample, const Reply& reply, const JudgeTexts& texts);

/// For Scoring::judge_texts: "convbench/pairwise/first_turn/system" and so on.
std::vector<std::string_view> ConvBenchTextNames(ConvBenchGrading grading);

/// For Scoring::judge_checks of pairwise grading. The requests of the third turn and the extraction have no published
/// hash here.
std::vector<JudgeCheck> ConvBenchPairwiseChecks();

}  // namespace tessera

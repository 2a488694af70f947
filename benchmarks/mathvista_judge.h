// What MathVista's scorers ask of an LLM: to extract the answer from the model's words.
// Source: InternVL eval/mathvista/extract_answer.py, VLMEvalKit vlmeval/evaluate/mathvista_eval.py;
// protocol/mathvista.md sections 4 and 5.
#pragma once

#include <optional>
#include <string>

#include "benchmarks/judge.h"
#include "metrics/mathvista.h"

namespace tessera {

/// The InternVL script's call where the rules extract nothing; up to five while the replies are empty. Text
/// "mathvista/extract": what stands before the question.
std::optional<JudgeRequest> AskMathVistaExtraction(const Sample& sample, const Reply& reply, const JudgeTexts& texts);

/// The extraction by rule, or else from the judge's replies; nullopt while a call is missing.
std::optional<std::string> MathVistaExtraction(const metrics::MathVistaProblem& problem, const Reply& reply);

/// VLMEvalKit's call where nothing is prefetched, up to five with rising temperature; 2024-04 takes the first reply
/// whatever it is. Text "mathvista/vlmevalkit": what stands before the question.
std::optional<JudgeRequest> AskMathVistaResult2024(const Sample& sample, const Reply& reply, const JudgeTexts& texts);
std::optional<JudgeRequest> AskMathVistaResult2026(const Sample& sample, const Reply& reply, const JudgeTexts& texts);

/// VLMEvalKit's column `res`, and whether it was prefetched.
struct MathVistaResult {
  std::string text;
  bool prefetched = false;
};

/// The result for `row`; nullopt while a call is missing.
std::optional<MathVistaResult> ResultOf(const metrics::MathVistaRow& row, const Reply& reply,
                                        metrics::MatcherVersion version);

/// The sample as a row of VLMEvalKit's file.
metrics::MathVistaRow RowOf(const Sample& sample);

}  // namespace tessera

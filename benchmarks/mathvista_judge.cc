#include "benchmarks/mathvista_judge.h"

#include "benchmarks/mathvista_data.h"
#include "metrics/python_text.h"

namespace tessera {
namespace {

using metrics::MatcherVersion;

constexpr std::size_t kMaxCalls = 5;
constexpr std::string_view kApiFailure = "Failed to obtain answer via API.";

// Our own wording of the published structure: the task, then five examples.
constexpr std::string_view kExtractText = R"(
Each example below holds a question with a hint and what a model said. Give the answer that the model arrived at, in the
form that the hint asks for, after the words "Extracted answer:".

Hint: Please answer the question requiring an integer answer and provide the final value, e.g., 1, 2, 3, at the end.
Question: How many pencils are in the box?

Model response: Counting both rows, the box holds 14 pencils.

Extracted answer: 14

Hint: Please answer the question requiring a floating-point number with one decimal place and provide the final value, e.g., 1.2, 1.3, 1.4, at the end.
Question: Which share of the visitors came by train?

Model response: Six of ten visitors took the train, so the share is 0.6.

Extracted answer: 0.6

Hint: Please answer the question requiring a floating-point number with two decimal places and provide the final value, e.g., 1.23, 1.34, 1.45, at the end.
Question: How much does the notebook cost? (Unit: $)

Model response: According to the price list the notebook costs $1.45.

Extracted answer: 1.45

Hint: Please answer the question requiring a Python list as an answer and provide the final list, e.g., [1, 2, 3], [1.2, 1.3, 1.4], at the end.
Question: In which two years was the harvest best?

Model response: The two highest bars are those of 2007 and 2008.

Extracted answer: [2007, 2008]

Hint: Please answer the question and provide the correct option letter, e.g., A, B, C, D, at the end.
Question: Which part of the circle is shaded?
Choices:
(A) 1/2
(B) 3/8
(C) 5/8

Model response: Three of eight sectors are shaded, which is 3/8, so option B.

Extracted answer: B
)";

std::string TextOr(const JudgeTexts& texts, std::string_view name, std::string_view fallback) {
  const auto it = texts.find(name);
  return it == texts.end() ? std::string(fallback) : it->second;
}

const std::string& AnswerOf(const Reply& reply) { return reply.answers.back(); }

/// The first reply that says something.
std::optional<std::string> FirstReply(const Reply& reply) {
  for (const std::string& judgement : reply.judgements) {
    const std::string_view text = metrics::Strip(judgement);
    if (!text.empty()) return std::string(text);
  }
  return std::nullopt;
}

/// The first reply that the version accepts; empty when all calls failed; nullopt while one is missing.
std::optional<std::string> AcceptedReply(const Reply& reply, MatcherVersion version) {
  for (const std::string& judgement : reply.judgements) {
    const bool failed = judgement.find(kApiFailure) != std::string::npos;
    if (version == MatcherVersion::kApril2024 || !failed) return judgement;
  }
  if (reply.judgements.size() >= kMaxCalls) return "";
  return std::nullopt;
}

std::optional<JudgeRequest> AskResult(const Sample& sample, const Reply& reply, const JudgeTexts& texts,
                                      MatcherVersion version) {
  if (reply.answers.empty() || ResultOf(RowOf(sample), reply, version)) return std::nullopt;
  const std::string text = TextOr(texts, "mathvista/vlmevalkit", kExtractText) + sample.questions.front() +
                           "\nModel respone: " + AnswerOf(reply) + "Extracted answer:";  // respone: as published
  return JudgeRequest{.messages = {{"user", text}},
                      .max_tokens = 128,
                      .temperature = 0.5 * static_cast<double>(reply.judgements.size())};
}

}  // namespace

std::optional<std::string> MathVistaExtraction(const metrics::MathVistaProblem& problem, const Reply& reply) {
  if (auto extraction = metrics::ExtractByRule(AnswerOf(reply), problem)) return extraction;
  if (auto judged = FirstReply(reply)) return judged;
  if (reply.judgements.size() >= kMaxCalls) return "";
  return std::nullopt;
}

std::optional<JudgeRequest> AskMathVistaExtraction(const Sample& sample, const Reply& reply, const JudgeTexts& texts) {
  if (reply.answers.empty() || MathVistaExtraction(ProblemOf(sample), reply)) return std::nullopt;
  const std::string demo = TextOr(texts, "mathvista/extract", kExtractText);
  const std::string text = std::string(metrics::Strip(demo)) + "\n\n" + sample.questions.front() + "\n\n" +
                           AnswerOf(reply) + "\n\nExtracted answer: ";
  return JudgeRequest{.messages = {{"user", text}}, .max_tokens = 256, .temperature = 0};
}

std::optional<JudgeRequest> AskMathVistaResult2024(const Sample& sample, const Reply& reply, const JudgeTexts& texts) {
  return AskResult(sample, reply, texts, MatcherVersion::kApril2024);
}

std::optional<JudgeRequest> AskMathVistaResult2026(const Sample& sample, const Reply& reply, const JudgeTexts& texts) {
  return AskResult(sample, reply, texts, MatcherVersion::kAugust2026);
}

std::optional<MathVistaResult> ResultOf(const metrics::MathVistaRow& row, const Reply& reply, MatcherVersion version) {
  const auto prefetched = metrics::Prefetch(AnswerOf(reply), row, version);
  if (metrics::IsPrefetchUsed(prefetched, row.problem)) return MathVistaResult{*prefetched, true};
  if (auto accepted = AcceptedReply(reply, version)) return MathVistaResult{*accepted, false};
  return std::nullopt;
}

metrics::MathVistaRow RowOf(const Sample& sample) {
  metrics::MathVistaRow row{.problem = ProblemOf(sample)};
  if (!sample.references.empty()) row.answer = sample.references.front();
  if (const auto tag = sample.tags.find("answer_option"); tag != sample.tags.end()) row.answer_option = tag->second;
  return row;
}

}  // namespace tessera

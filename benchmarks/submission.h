// Files for the servers that alone know the answers to a test split.
#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <string>

#include "datasets/sample.h"

namespace tessera {

struct SubmissionAnswer {
  const Sample* sample = nullptr;  // never null
  std::string answer;
};

/// `answers` in the order of their ids. Throws kInput for a sample id that is not a whole number, or is there twice.
std::map<std::int64_t, const SubmissionAnswer*> AnswersById(std::span<const SubmissionAnswer> answers);

/// The file of the Robust Reading Competition's server for DocVQA and InfographicVQA: a JSON array of {"questionId": n,
/// "answer": "..."}, in the order of the ids whatever the order of `answers`. Ill-formed UTF-8 becomes U+FFFD. Throws
/// kInput as AnswersById does. Source: protocol/docvqa.md.
std::string DocVqaSubmission(std::span<const SubmissionAnswer> answers);

}  // namespace tessera

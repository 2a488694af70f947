#include "benchmarks/submission.h"

#include <fmt/format.h>

#include <charconv>
#include <nlohmann/json.hpp>

#include "harness/base/error.h"

namespace tessera {
namespace {

std::int64_t QuestionId(const Sample& sample) {
  std::int64_t id = 0;
  const char* end = sample.id.data() + sample.id.size();
  const auto [stop, error] = std::from_chars(sample.id.data(), end, id);
  if (error != std::errc() || stop != end) {
    throw InputError(
        fmt::format("submission: sample \"{}\": the server expects an id that is a whole number", sample.id));
  }
  return id;
}

}  // namespace

std::map<std::int64_t, const SubmissionAnswer*> AnswersById(std::span<const SubmissionAnswer> answers) {
  std::map<std::int64_t, const SubmissionAnswer*> by_id;
  for (const SubmissionAnswer& answer : answers) {
    if (by_id.emplace(QuestionId(*answer.sample), &answer).second) continue;
    throw InputError(fmt::format("submission: sample \"{}\" is there twice", answer.sample->id));
  }
  return by_id;
}

std::string DocVqaSubmission(std::span<const SubmissionAnswer> answers) {
  auto entries = nlohmann::ordered_json::array();
  for (const auto& [id, answer] : AnswersById(answers)) {
    entries.push_back({{"questionId", id}, {"answer", answer->answer}});
  }
  return entries.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + "\n";
}

}  // namespace tessera

#include "harness/estimate/judge_work.h"

#include <stdexcept>
#include <utility>

#include "harness/base/error.h"
#include "harness/estimate/sample_estimate.h"

namespace tessera {
namespace {

constexpr std::int64_t kBytesPerToken = 4;
constexpr std::int64_t kMostCalls = 100;  // of one sample; far above what any scoring asks
constexpr const char* kUnreadable = "It cannot be said.";

/// Calls and prompt tokens of one sample, until the scoring is content or `most_calls` were made.
std::pair<std::int64_t, std::int64_t> CountCalls(const Scoring& scoring, const Sample& sample, const JudgeTexts& texts,
                                                 Reply reply, std::int64_t most_calls) {
  std::int64_t calls = 0, bytes = 0;
  try {
    while (calls < most_calls) {
      const std::optional<JudgeRequest> request = scoring.ask_judge(sample, reply, texts);
      if (!request) break;
      ++calls;
      for (const JudgeMessage& message : request->messages) bytes += static_cast<std::int64_t>(message.text.size());
      reply.judgements.emplace_back(kUnreadable);
    }
  } catch (const Error&) {  // there is nothing to judge by: the run would count the sample as not judged
  } catch (const std::invalid_argument&) {
  }
  return {calls, bytes / kBytesPerToken};
}

}  // namespace

JudgeWork& JudgeWork::operator+=(const JudgeWork& other) {
  calls += other.calls;
  prompt_tokens += other.prompt_tokens;
  calls_limit += other.calls_limit;
  prompt_tokens_limit += other.prompt_tokens_limit;
  return *this;
}

JudgeWork EstimateJudge(const Scoring& scoring, const Sample& sample, const JudgeTexts& texts) {
  JudgeWork work;
  if (scoring.ask_judge == nullptr) return work;
  Reply likely, unreadable;
  for (std::size_t turn = 0; turn < sample.questions.size(); ++turn) {
    likely.answers.push_back(LikelyAnswer(sample, turn).value_or(kUnreadable));
    unreadable.answers.emplace_back(kUnreadable);
  }
  std::tie(work.calls, work.prompt_tokens) = CountCalls(scoring, sample, texts, likely, /*most_calls=*/1);
  std::tie(work.calls_limit, work.prompt_tokens_limit) = CountCalls(scoring, sample, texts, unreadable, kMostCalls);
  return work;
}

}  // namespace tessera

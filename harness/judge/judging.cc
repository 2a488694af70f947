#include "harness/judge/judging.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>
#include <thread>

#include "harness/base/error.h"
#include "harness/base/strings.h"

namespace tessera {
namespace {

constexpr int kMostCalls = 100;  // of one sample; far above what any scoring asks
constexpr std::size_t kMostReasons = 5;

/// The model whose stored replies count without a judge to ask.
std::string StoredModel(const JudgeSettings& settings, const JudgeLog& log) {
  if (!settings.judge.empty() || !settings.model.empty()) return settings.model;
  const std::set<std::string> models = log.Models();
  if (models.empty()) return "";
  if (models.size() == 1) return *models.begin();
  throw UsageError(fmt::format("the run's log holds replies of several judges; name one with --judge-model: {}",
                               Join(std::vector<std::string>(models.begin(), models.end()), ", ")));
}

/// The most frequent reasons of failure, with their numbers.
std::vector<std::string> Reasons(const std::vector<Judgement>& judgements) {
  std::map<std::string, int> counts;
  for (const Judgement& judgement : judgements) {
    if (!judgement.failure.empty()) ++counts[judgement.failure];
  }
  std::vector<std::pair<int, std::string>> sorted;
  for (const auto& [reason, count] : counts) sorted.emplace_back(-count, reason);
  std::sort(sorted.begin(), sorted.end());
  if (sorted.size() > kMostReasons) sorted.resize(kMostReasons);
  std::vector<std::string> lines;
  for (const auto& [count, reason] : sorted) lines.push_back(fmt::format("{} x {}", -count, Shorten(reason, 300)));
  return lines;
}

}  // namespace

Judging::Judging(JudgeSettings settings, const std::filesystem::path& run_folder)
    : settings_(std::move(settings)), judge_(MakeJudge(settings_)), log_(run_folder) {
  stored_model_ = StoredModel(settings_, log_);
  if (!settings_.prompts.empty()) texts_ = ReadJudgeTexts(settings_.prompts);
}

JudgeOutcome Judging::Ask(const JudgeCall& call) {
  if (const auto stored = stored_model_.empty() ? std::nullopt : log_.Find(call, stored_model_)) return *stored;
  if (!judge_) return JudgeFailure{"the run's log has no reply of " + stored_model_ + ", and no judge is asked"};
  JudgeOutcome outcome = judge_->Ask(call);
  if (const auto* reply = std::get_if<JudgeReply>(&outcome)) log_.Append(call, *reply);
  return outcome;
}

void Judging::CheckPrompts(const Benchmark& benchmark, const Scoring& scoring) const {
  PromptsOf(benchmark, scoring, texts_);
}

Judgement Judging::JudgeOne(const JudgePrompts& prompts, const Scoring& scoring, const SampleRecord& record,
                            std::vector<JudgeReply>* used) {
  Judgement judgement;
  if (record.answers.empty()) return judgement;
  Reply so_far{.answers = record.answers};
  try {
    for (int number = 0; number < kMostCalls; ++number) {
      std::optional<JudgeRequest> request = scoring.ask_judge(record.sample, so_far, prompts.texts);
      if (!request) {
        judgement.replies = so_far.judgements;
        return judgement;
      }
      JudgeCall call{.benchmark = record.benchmark,
                     .split = record.sample.split,
                     .sample_id = record.sample.id,
                     .scoring = std::string(scoring.name),
                     .number = number,
                     .request = std::move(*request)};
      call.request_sha256 = RequestSha256(call.request);
      if (!HasReplies()) {
        judgement.unasked = true;
        return judgement;
      }
      const JudgeOutcome outcome = Ask(call);
      if (const auto* failure = std::get_if<JudgeFailure>(&outcome)) {
        if (failure->stopped) stopped_ = true;
        judgement.failure = failure->message;
        return judgement;
      }
      used->push_back(std::get<JudgeReply>(outcome));
      so_far.judgements.push_back(used->back().text);
    }
    judgement.failure = fmt::format("no verdict after {} calls", kMostCalls);
  } catch (const Error& error) {
    if (error.kind() == ErrorKind::kEnvironment) throw;  // the log cannot be written
    judgement.failure = error.what();
  } catch (const std::invalid_argument& error) {
    judgement.failure = error.what();
  }
  return judgement;
}

JudgedSamples Judging::JudgeAll(const Benchmark& benchmark, const Scoring& scoring,
                                std::span<const SampleRecord* const> samples) {
  const JudgePrompts prompts = PromptsOf(benchmark, scoring, texts_);
  JudgedSamples judged;
  judged.samples.resize(samples.size());
  std::vector<std::vector<JudgeReply>> used(samples.size());
  std::atomic<std::size_t> next{0};
  std::exception_ptr error;
  std::mutex error_mutex;
  const auto work = [&] {
    try {
      for (std::size_t i = next++; i < samples.size(); i = next++) {
        judged.samples[i] = JudgeOne(prompts, scoring, *samples[i], &used[i]);
      }
    } catch (...) {
      const std::lock_guard lock(error_mutex);
      error = std::current_exception();
      next = samples.size();
    }
  };
  const std::size_t workers = judge_ ? static_cast<std::size_t>(std::max(1, settings_.concurrency)) : 1;
  {
    std::vector<std::jthread> threads;
    for (std::size_t i = 0; i < std::min(workers, samples.size()); ++i) threads.emplace_back(work);
  }
  if (error) std::rethrow_exception(error);

  std::set<std::string> names;
  for (const std::vector<JudgeReply>& replies : used) {
    judged.report.calls += static_cast<int>(replies.size());
    for (const JudgeReply& reply : replies) {
      names.insert(reply.judge);
      judged.report.prompt_tokens += reply.prompt_tokens;
      judged.report.new_tokens += reply.new_tokens;
    }
  }
  judged.report.names.assign(names.begin(), names.end());
  judged.report.published = scoring.published_judge;
  judged.report.prompt = prompts.label;
  judged.report.prompt_sha256 = prompts.sha256;
  judged.report.is_published_prompt = prompts.is_published;
  judged.report.failures = static_cast<int>(std::count_if(judged.samples.begin(), judged.samples.end(),
                                                          [](const Judgement& j) { return !j.failure.empty(); }));
  judged.report.unasked = static_cast<int>(
      std::count_if(judged.samples.begin(), judged.samples.end(), [](const Judgement& j) { return j.unasked; }));
  judged.report.reasons = Reasons(judged.samples);
  return judged;
}

}  // namespace tessera

// Puts a run's answers to the judge.
#pragma once

#include <atomic>
#include <filesystem>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "benchmarks/benchmark.h"
#include "harness/journal/sample_record.h"
#include "harness/judge/judge_log.h"
#include "harness/judge/judge_prompts.h"
#include "harness/judge/make_judge.h"
#include "reports/report.h"

namespace tessera {

/// What the judge said about one sample, call by call.
struct Judgement {
  std::vector<std::string> replies;
  std::string failure;   // why it is not complete; empty when it is
  bool unasked = false;  // it is not complete, for there is no judge
};

/// The judgements of one benchmark under one scoring.
struct JudgedSamples {
  std::vector<Judgement> samples;  // in the order of the samples
  JudgeReport report;
};

class Judging {
 public:
  /// Throws as MakeJudge and ReadJudgeTexts do, and kUsage when the log holds replies of several models and `settings`
  /// names none of them.
  Judging(JudgeSettings settings, const std::filesystem::path& run_folder);

  /// Judges `samples`, the replies of the run's log first. Several samples are asked at a time, the calls of one in
  /// order; the result does not depend on how many. A sample without answers is not asked about. Without a judge and
  /// stored replies the rules of the scoring are left alone with the answer. Throws as PromptsOf.
  JudgedSamples JudgeAll(const Benchmark& benchmark, const Scoring& scoring,
                         std::span<const SampleRecord* const> samples);

  /// Throws as PromptsOf, before anything is asked.
  void CheckPrompts(const Benchmark& benchmark, const Scoring& scoring) const;

  /// True when a judge stands ready, so that a run without anything to judge is a mistake.
  bool CallsJudge() const { return judge_ != nullptr; }

  /// True when it has a judge, or stored replies of one.
  bool HasReplies() const { return judge_ != nullptr || !stored_model_.empty(); }

  /// True when HttpSettings::stop cut something short.
  bool stopped() const { return stopped_; }

 private:
  Judgement JudgeOne(const JudgePrompts& prompts, const Scoring& scoring, const SampleRecord& record,
                     std::vector<JudgeReply>* used);
  JudgeOutcome Ask(const JudgeCall& call);

  JudgeSettings settings_;
  JudgeTexts texts_;
  std::unique_ptr<Judge> judge_;
  JudgeLog log_;
  std::string stored_model_;  // whose stored replies count
  std::atomic<bool> stopped_{false};
};

}  // namespace tessera

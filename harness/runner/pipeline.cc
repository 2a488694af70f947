#include "harness/runner/pipeline.h"

#include <tbb/global_control.h>
#include <tbb/parallel_for.h>
#include <tbb/parallel_pipeline.h>
#include <tbb/task_arena.h>

#include <algorithm>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "harness/runner/ask_groups.h"
#include "harness/runner/call_size.h"
#include "harness/runner/load_pictures.h"

namespace tessera {
namespace {

/// Groups that are asked about in one call, and what became of them so far.
struct Call {
  struct Progress {
    std::size_t index = 0;       // in the queue
    std::size_t open = 0;        // samples without a record
    int failed = 0;              // of those written
    bool is_left = false;        // a sample is left out because the run stops
    bool is_taken_over = false;  // by another worker
  };
  std::vector<LoadedGroup> groups;
  std::vector<Progress> progress;  // of each group
};
using Work = std::shared_ptr<Call>;

void ScoreRecord(const Plan& plan, SampleRecord* record) {
  if (record->failure) return;
  const Benchmark& benchmark = *plan.benchmarks[plan.samples[record->position].benchmark].benchmark;
  try {
    record->score = benchmark.scorings.front().score(record->sample, Reply{.answers = record->answers});
  } catch (const std::exception& error) {
    record->failure = Failure{.sample_id = record->sample.id, .stage = Stage::kScore, .message = error.what()};
  }
}

/// How the stages run.
struct Stages {
  int threads = 1;
  std::size_t live_calls = 1;
  bool asks_side_by_side = false;
};

Stages StagesFor(const BackendInfo& info, int wanted_threads) {
  const int cores = static_cast<int>(std::max(1u, std::thread::hardware_concurrency()));
  // A thread carries its call through all stages and waits for the backend in the last.
  if (info.calls_at_once > 1) return {info.calls_at_once, static_cast<std::size_t>(info.calls_at_once), true};
  const int threads = wanted_threads > 0 ? wanted_threads : cores;
  const int live_calls = info.questions_at_once > 1 ? kLiveCalls : std::min(threads + 1, kMostLiveGroups);
  return {threads, static_cast<std::size_t>(live_calls), false};
}

class Pipeline {
 public:
  Pipeline(const Plan& plan, const std::vector<PictureGroup>& groups, Backend* backend, WorkQueue* queue,
           const PipelineSettings& settings)
      : plan_(plan),
        groups_(groups),
        backend_(backend),
        queue_(queue),
        settings_(settings),
        info_(backend->Info()),
        stages_(StagesFor(info_, settings.threads)) {}

  PipelineResult Run() {
    using tbb::filter_mode;
    const tbb::global_control parallelism(tbb::global_control::max_allowed_parallelism,
                                          static_cast<std::size_t>(stages_.threads));
    const filter_mode ask_mode = stages_.asks_side_by_side ? filter_mode::parallel : filter_mode::serial_in_order;
    const auto take = [this](tbb::flow_control& control) {
      Work call = TakeCall();
      if (call == nullptr) control.stop();
      return call;
    };
    tbb::task_arena arena(stages_.threads);  // of its own: the common one has no more threads than cores
    arena.execute([&] {
      tbb::parallel_pipeline(
          stages_.live_calls,
          tbb::make_filter<void, Work>(filter_mode::serial_in_order, take) &
              tbb::make_filter<Work, Work>(filter_mode::parallel, [this](Work call) { return Load(std::move(call)); }) &
              tbb::make_filter<Work, void>(ask_mode, [this](const Work& call) { Ask(call.get()); }));
    });
    result_.stopped = left_samples_ || (is_stopping_ && !queue_->IsDone());
    result_.too_many_failures = !is_stopping_ && HasTooManyFailures() && !queue_->IsDone();
    return result_;
  }

 private:
  bool HasTooManyFailures() const { return settings_.max_failures && queue_->failures() > *settings_.max_failures; }

  bool IsStopped() const { return settings_.stop != nullptr && settings_.stop->load(); }

  /// Groups that a call may take, so that the workers, and the calls of this one, run out of work together.
  std::size_t FairShare() const {
    const auto takers = static_cast<std::size_t>(settings_.workers) * stages_.live_calls;
    if (settings_.workers == 1 && !stages_.asks_side_by_side) return groups_.size();
    return std::max<std::size_t>(1, queue_->Unclaimed() / (2 * takers));
  }

  /// Null when the queue gives nothing more.
  Work TakeCall() {
    auto call = std::make_shared<Call>();
    CallSize size(info_.questions_at_once);
    const std::size_t share = FairShare();
    while (!has_ended_ && !size.IsFull() && call->groups.size() < share) {
      is_stopping_ = IsStopped();
      const std::optional<std::size_t> index = is_stopping_ || HasTooManyFailures() ? std::nullopt : queue_->Take();
      if (!index) {
        has_ended_ = true;
        break;
      }
      const PictureGroup& group = groups_.at(*index);
      size.Add(plan_, group);
      call->groups.push_back({.group = &group});
      call->progress.push_back({.index = *index, .open = group.samples.size()});
    }
    return call->groups.empty() ? nullptr : call;
  }

  Work Load(Work call) const {
    // Isolated: a thread that waits here for the others must not begin with a call of the backend.
    tbb::this_task_arena::isolate([&] {
      tbb::parallel_for(std::size_t{0}, call->groups.size(), [&](std::size_t i) {
        LoadedGroup& loaded = call->groups[i];
        if (IsStopped()) {
          loaded.pictures.failure = Failure{.stage = Stage::kLoadImage, .message = "interrupted", .stopped = true};
          return;
        }
        loaded.pictures = LoadPictures(loaded.group->images, UsesOf(plan_, *loaded.group), info_, /*threads=*/1);
      });
    });
    return call;
  }

  void Ask(Call* call) {
    AskGroups(plan_, call->groups, backend_, [&](std::size_t group, SampleRecord& record) {
      ScoreRecord(plan_, &record);
      TakeRecord(record, &call->progress[group]);
    });
  }

  void TakeRecord(SampleRecord& record, Call::Progress* group) {
    --group->open;
    const bool is_left = record.failure && record.failure->stopped;
    group->is_left |= is_left;
    if (!is_left && !group->is_taken_over) group->is_taken_over = !queue_->Holds(group->index);
    if (is_left || group->is_taken_over) {
      if (is_left) left_samples_ = true;
    } else {
      group->failed += record.failure ? 1 : 0;
      Write(record);
    }
    if (group->open == 0 && !group->is_left && !group->is_taken_over) queue_->Finish(group->index, group->failed);
  }

  void Write(SampleRecord& record) {
    const std::scoped_lock lock(write_mutex_);
    settings_.write(record);
    ++result_.written;
    result_.failed += record.failure ? 1 : 0;
  }

  const Plan& plan_;
  const std::vector<PictureGroup>& groups_;
  Backend* backend_;
  WorkQueue* queue_;
  const PipelineSettings& settings_;
  BackendInfo info_;
  Stages stages_;
  bool is_stopping_ = false;  // as TakeCall saw it last
  bool has_ended_ = false;    // the queue gave nothing, and is not asked again
  std::atomic<bool> left_samples_{false};
  std::mutex write_mutex_;  // over `settings_.write` and `result_`
  PipelineResult result_;
};

}  // namespace

PipelineResult RunPipeline(const Plan& plan, const std::vector<PictureGroup>& groups, Backend* backend,
                           WorkQueue* queue, const PipelineSettings& settings) {
  return Pipeline(plan, groups, backend, queue, settings).Run();
}

}  // namespace tessera

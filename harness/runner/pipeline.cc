#include "harness/runner/pipeline.h"

#include <tbb/global_control.h>
#include <tbb/parallel_pipeline.h>
#include <tbb/task_arena.h>

#include <algorithm>
#include <memory>
#include <thread>

#include "harness/runner/ask_group.h"
#include "harness/runner/load_pictures.h"

namespace tessera {
namespace {

// Groups that may wait for a slower one before them, for each that the backend takes at once. They hold no pictures.
constexpr int kFinishedGroups = 4;

/// A group on its way through the stages.
struct GroupWork {
  std::size_t index = 0;
  const PictureGroup* group = nullptr;
  LoadedPictures pictures;
  std::vector<SampleRecord> records;
};
using Work = std::shared_ptr<GroupWork>;

std::set<PictureUse> UsesOf(const Plan& plan, const PictureGroup& group) {
  std::set<PictureUse> uses;
  for (const std::size_t i : group.samples) {
    const PlannedSample& planned = plan.samples[i];
    uses.merge(std::set<PictureUse>(planned.pictures.begin(), planned.pictures.end()));
  }
  return uses;
}

const BenchmarkPlan& PlanOf(const Plan& plan, const PictureGroup& group, std::size_t i) {
  return plan.benchmarks[plan.samples[group.samples[i]].benchmark];
}

void ScoreRecord(const Benchmark& benchmark, SampleRecord* record) {
  if (record->failure) return;
  try {
    record->score = benchmark.scorings.front().score(record->sample, Reply{.answers = record->answers});
  } catch (const std::exception& error) {
    record->failure = Failure{.sample_id = record->sample.id, .stage = Stage::kScore, .message = error.what()};
  }
}

}  // namespace

PipelineResult RunPipeline(const Plan& plan, const std::vector<PictureGroup>& groups, Backend* backend,
                           WorkQueue* queue, const PipelineSettings& settings) {
  const int cores = static_cast<int>(std::max(1u, std::thread::hardware_concurrency()));
  const BackendInfo info = backend->Info();
  const bool is_concurrent = info.groups_at_once > 1;
  const int wanted_threads = settings.threads > 0 ? settings.threads : cores;
  // A thread carries its group through load and generate, where it waits for the backend.
  const int threads = is_concurrent ? info.groups_at_once : wanted_threads;
  const int live_groups = is_concurrent ? (1 + kFinishedGroups) * threads : std::min(threads + 1, kMostLiveGroups);
  const tbb::global_control parallelism(tbb::global_control::max_allowed_parallelism,
                                        static_cast<std::size_t>(threads));
  PipelineResult result;
  bool stop = false;
  bool left_samples = false;  // of `write` alone

  const auto take = [&](tbb::flow_control& control) -> Work {
    stop = settings.stop != nullptr && settings.stop->load();
    const bool fails = settings.max_failures && queue->failures() > *settings.max_failures;
    const std::optional<std::size_t> index = stop || fails ? std::nullopt : queue->Take();
    if (!index) {
      control.stop();
      return nullptr;
    }
    return std::make_shared<GroupWork>(GroupWork{.index = *index, .group = &groups.at(*index)});
  };
  const auto load = [&](Work work) {
    work->pictures = LoadPictures(work->group->images, UsesOf(plan, *work->group), info, /*threads=*/1);
    return work;
  };
  const auto generate = [&](Work work) {
    work->records = AskGroup(plan, *work->group, work->pictures, backend);
    work->pictures = {};  // the largest part of a group; not needed any more
    return work;
  };
  const auto score = [&](Work work) {
    for (std::size_t i = 0; i < work->records.size(); ++i) {
      ScoreRecord(*PlanOf(plan, *work->group, i).benchmark, &work->records[i]);
    }
    return work;
  };
  const auto write = [&](const Work& work) {
    if (!queue->Holds(work->index)) return;
    int failed = 0;
    bool is_whole = true;
    for (SampleRecord& record : work->records) {
      if (record.failure && record.failure->stopped) {
        is_whole = false;
        continue;
      }
      settings.write(record);
      ++result.written;
      if (record.failure) ++failed;
    }
    result.failed += failed;
    left_samples |= !is_whole;
    if (is_whole) queue->Finish(work->index, failed);
  };

  using tbb::filter_mode;
  const filter_mode generate_mode = is_concurrent ? filter_mode::parallel : filter_mode::serial_in_order;
  tbb::task_arena arena(threads);  // of its own: the common one has no more threads than cores
  arena.execute([&] {
    tbb::parallel_pipeline(static_cast<std::size_t>(live_groups),
                           tbb::make_filter<void, Work>(filter_mode::serial_in_order, take) &
                               tbb::make_filter<Work, Work>(filter_mode::parallel, load) &
                               tbb::make_filter<Work, Work>(generate_mode, generate) &
                               tbb::make_filter<Work, Work>(filter_mode::parallel, score) &
                               tbb::make_filter<Work, void>(filter_mode::serial_in_order, write));
  });
  const bool fails = settings.max_failures && queue->failures() > *settings.max_failures;
  result.stopped = left_samples || (stop && !queue->IsDone());
  result.too_many_failures = !stop && fails && !queue->IsDone();
  return result;
}

}  // namespace tessera

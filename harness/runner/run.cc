#include "harness/runner/run.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <random>
#include <thread>
#include <utility>

#include "harness/base/error.h"
#include "harness/base/files.h"
#include "harness/base/strings.h"
#include "harness/journal/reader.h"
#include "harness/journal/writer.h"
#include "harness/runner/describe_run.h"
#include "harness/runner/done_samples.h"
#include "harness/runner/equal_pictures.h"
#include "harness/runner/pipeline.h"
#include "harness/runner/preflight.h"
#include "harness/runner/run_files.h"
#include "harness/workers/heartbeat.h"
#include "harness/workers/shared_run.h"

namespace tessera {
namespace {

constexpr int kBeatsPerLease = 5;
constexpr std::chrono::milliseconds kShortestPoll{10}, kLongestPoll{1000};

void CheckSameSettings(const std::filesystem::path& out, const RunRecord& old_record, const RunRecord& new_record) {
  const std::vector<std::string> differences = DifferingSettings(old_record, new_record);
  if (differences.empty()) return;
  throw UsageError(fmt::format("{}: holds a run with other settings; give another --out, or the same settings:\n  {}",
                               out.string(), Join(differences, "\n  ")));
}

std::vector<BenchmarkProgress> ProgressBefore(const Plan& plan, const std::set<std::string>& done) {
  std::vector<BenchmarkProgress> progress;
  for (const BenchmarkPlan& benchmark : plan.benchmarks) {
    progress.push_back({.benchmark = std::string(benchmark.benchmark->name), .total = benchmark.samples});
  }
  for (const PlannedSample& planned : plan.samples) {
    BenchmarkProgress& own = progress[planned.benchmark];
    if (done.contains(SampleKey(own.benchmark, planned.sample))) ++own.done;
  }
  return progress;
}

/// What would stop or spoil the run, before the model is loaded. Stored answers come without pictures.
void CheckBeforeAsking(const RunSettings& settings, const Plan& plan, const std::vector<PictureGroup>& groups,
                       const RunHooks& hooks) {
  CheckRunFolder(settings.out, RunFolderBytes(plan, groups));
  if (!settings.backend.answers.empty()) return;
  const std::optional<std::string> missing = MissingPicturesText(MissingPictureFiles(groups));
  if (missing) hooks.notice(*missing);
}

int LastStart(const std::vector<SampleRecord>& records) {
  int last = 0;
  for (const SampleRecord& record : records) last = std::max(last, record.start);
  return last;
}

/// What a start of the run writes into each of its records.
struct Stamp {
  int start = 0;
  std::string settings_sha256;
};

/// Asks `backend` about the groups that `queue` gives, until all are finished or something stops the run.
PipelineResult AskAll(const Plan& plan, const std::vector<PictureGroup>& groups, const RunSettings& settings,
                      const RunHooks& hooks, const Stamp& stamp, Backend* backend, JournalWriter* writer,
                      WorkQueue* queue) {
  const auto write = [&](SampleRecord& sample) {
    sample.start = stamp.start;
    sample.settings_sha256 = stamp.settings_sha256;
    writer->Append(sample);
    hooks.on_sample(sample);
  };
  for (;;) {
    const PipelineResult result = RunPipeline(plan, groups, backend, queue,
                                              {.threads = settings.threads,
                                               .stop = hooks.stop,
                                               .max_failures = settings.max_failures,
                                               .workers = settings.place.size,
                                               .write = write});
    if (result.stopped || result.too_many_failures || queue->IsDone()) return result;
    std::this_thread::sleep_for(std::clamp(settings.lease / 10, kShortestPoll, kLongestPoll));  // others hold the rest
  }
}

void TellDroppedLine(const JournalWriter& writer, const std::filesystem::path& path, const RunHooks& hooks) {
  if (writer.dropped_bytes() == 0) return;
  hooks.notice(fmt::format("{}: the last line was not complete ({} bytes) and was dropped", path.string(),
                           writer.dropped_bytes()));
}

/// As AskAll, with the workers that share `store`.
PipelineResult AskShared(const Plan& plan, const std::vector<PictureGroup>& groups, const RunSettings& settings,
                         const RunHooks& hooks, const Stamp& stamp, Backend* backend, JournalWriter* writer,
                         KeyStore* store) {
  const std::string holder = fmt::format("{}.{:08x}{:08x}", settings.place.rank, ::getpid(), std::random_device()());
  LeaseQueue queue(store, holder, groups.size(), {.lease = settings.lease});
  const HeartbeatThread heartbeat(&queue, settings.lease / kBeatsPerLease);
  return AskAll(plan, groups, settings, hooks, stamp, backend, writer, &queue);
}

/// The positions of the samples of `groups`.
std::vector<std::size_t> PositionsOf(const std::vector<PictureGroup>& groups) {
  std::vector<std::size_t> positions;
  for (const PictureGroup& group : groups)
    positions.insert(positions.end(), group.samples.begin(), group.samples.end());
  std::sort(positions.begin(), positions.end());
  return positions;
}

/// The groups of the samples at `positions`, as rank 0 has them.
std::vector<PictureGroup> GroupsOf(const Plan& plan, const std::vector<std::size_t>& positions) {
  std::set<std::string> done;
  for (std::size_t i = 0; i < plan.samples.size(); ++i) {
    if (std::binary_search(positions.begin(), positions.end(), i)) continue;
    const PlannedSample& planned = plan.samples[i];
    done.insert(SampleKey(std::string(plan.benchmarks[planned.benchmark].benchmark->name), planned.sample));
  }
  return RemainingGroups(plan, done);
}

/// Work under the lead of rank 0, which alone makes run.json, judges, scores and reports.
RunResult Help(const Plan& plan, const RunSettings& settings, const RunHooks& hooks) {
  const std::unique_ptr<KeyStore> store = hooks.make_store(settings.place, hooks.stop);
  const RunRecord record = DescribeRun(settings, plan, hooks.notice);
  const std::unique_ptr<Backend> backend = hooks.make_backend(settings.backend);
  RunResult result{.is_helper = true};
  const std::optional<SharedRun> shared = WaitForRun(store.get(), hooks.stop);
  if (!shared) {
    result.stopped = true;
    return result;
  }
  const std::vector<std::string> differences =
      DifferingSettings(ParseRunRecord(shared->run_json, "the run of rank 0"), record);
  if (!differences.empty()) {
    throw UsageError(
        fmt::format("rank {} has other settings than rank 0:\n  {}", settings.place.rank, Join(differences, "\n  ")));
  }
  const std::vector<PictureGroup> groups = GroupsOf(plan, shared->samples);
  {
    JournalWriter writer(settings.out, settings.place.rank);
    TellDroppedLine(writer, JournalPath(settings.out, settings.place.rank), hooks);
    const PipelineResult pipeline =
        AskShared(plan, groups, settings, hooks, {.start = shared->start, .settings_sha256 = SettingsSha256(record)},
                  backend.get(), &writer, store.get());
    result.stopped = pipeline.stopped;
    result.too_many_failures = pipeline.too_many_failures;
  }
  Leave(store.get());
  return result;
}

/// A run in one process, or the part of rank 0 in one of several.
RunResult Lead(const Plan& plan, const PictureHashes& hashes, const RunSettings& settings, const RunHooks& hooks) {
  JournalWriter writer(settings.out);
  CheckNoOtherWriter(settings.out);
  const std::unique_ptr<KeyStore> store =
      settings.place.size > 1 ? hooks.make_store(settings.place, hooks.stop) : nullptr;
  TellDroppedLine(writer, JournalPath(settings.out), hooks);
  JudgeSettings judge = settings.judge;
  judge.http.stop = hooks.stop;
  Judging judging(judge, settings.out);  // before the long part, so that a missing key or file is found now
  RunRecord record = DescribeRun(settings, plan, hooks.notice);
  CheckJudge(record, "", hooks.find_benchmark, judging);
  const bool resumes = std::filesystem::exists(settings.out / "run.json");
  if (resumes) CheckSameSettings(settings.out, ReadRunRecord(settings.out), record);
  const std::vector<SampleRecord> before = ReadJournal(settings.out).samples;
  if (!resumes && !before.empty()) {
    throw InputError(settings.out.string() + ": there are samples but no run.json that says how they were made");
  }
  const Stamp stamp{.start = 1 + LastStart(before), .settings_sha256 = SettingsSha256(record)};
  const DoneSamples done = FindDoneSamples(plan, before, stamp.settings_sha256, hashes);
  if (const std::optional<std::string> text = OutdatedText(done.outdated)) hooks.notice(*text);
  const std::vector<PictureGroup> groups = RemainingGroups(plan, done.keys);

  RunResult result;
  std::unique_ptr<Backend> backend;
  if (!groups.empty()) {
    CheckBeforeAsking(settings, plan, groups, hooks);
    hooks.on_plan(plan, groups);
    BackendSettings backend_settings = settings.backend;
    backend_settings.stop = hooks.stop;
    backend = hooks.make_backend(backend_settings);
    const BackendInfo info = backend->Info();
    if (!info.instructions.empty()) {
      hooks.notice(fmt::format("the model computes in {} on {} ({})", info.precision, info.device, info.instructions));
    }
    if (!resumes) {
      record.model.precision = info.precision;
      record.model.device = info.device;
      record.model.instructions = info.instructions;
      WriteFileAtomically(settings.out / "run.json", ToJsonText(record));
    }
    hooks.on_start(ProgressBefore(plan, done.keys));
  }
  if (store) {
    PublishRun(store.get(), {.run_json = ToJsonText(record), .start = stamp.start, .samples = PositionsOf(groups)});
  }
  if (!groups.empty()) {
    LocalQueue alone(groups.size());
    const PipelineResult pipeline =
        store ? AskShared(plan, groups, settings, hooks, stamp, backend.get(), &writer, store.get())
              : AskAll(plan, groups, settings, hooks, stamp, backend.get(), &writer, &alone);
    result.stopped = pipeline.stopped;
    result.too_many_failures = pipeline.too_many_failures;
  }
  // Only a closed journal is sure to be seen on another machine.
  if (store) WaitForOthers(store.get(), settings.place.size - 1, settings.lease);
  Judging nobody({.judge = "none"}, settings.out);  // answers are not worth a judge's time in a run that fails
  Judging* chosen = result.too_many_failures ? &nobody : &judging;
  result.scored = ScoreRunFolder(settings.out, "", hooks.find_benchmark, chosen, hooks.notice);
  result.stopped |= judging.stopped();
  WriteRunFiles(settings.out, result.scored);
  return result;
}

}  // namespace

RunResult RunBenchmarks(const std::vector<const Benchmark*>& benchmarks, const RunSettings& settings,
                        const RunHooks& hooks) {
  Plan plan = MakePlan(benchmarks, settings.plan);
  if (plan.samples.empty()) throw InputError(settings.plan.data_folder.string() + ": no samples to run");
  PictureHashes hashes;
  if (settings.backend.answers.empty()) hashes = HashPictures(plan);  // stored answers come without pictures
  JoinEqualPictures(hashes, &plan);
  return settings.place.rank == 0 ? Lead(plan, hashes, settings, hooks) : Help(plan, settings, hooks);
}

}  // namespace tessera

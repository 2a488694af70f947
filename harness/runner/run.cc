#include "harness/runner/run.h"

#include <fmt/format.h>

#include "harness/base/error.h"
#include "harness/base/files.h"
#include "harness/base/json_fields.h"
#include "harness/base/strings.h"
#include "harness/journal/provenance.h"
#include "harness/journal/reader.h"
#include "harness/journal/writer.h"
#include "harness/runner/pipeline.h"
#include "harness/runner/preflight.h"
#include "harness/runner/run_files.h"

namespace tessera {
namespace {

/// What config.json says about the checkpoint in its key `tessera_note`, without control characters.
std::string CheckpointNote(const std::filesystem::path& checkpoint) {
  const Json config = ReadJsonFile(checkpoint / "config.json");
  std::string note = JsonFields(config, (checkpoint / "config.json").string()).StringOr("tessera_note", "");
  std::erase_if(note, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; });
  return note;
}

std::string FolderName(const std::filesystem::path& folder) {
  const std::filesystem::path path = std::filesystem::absolute(folder).lexically_normal();
  return (path.has_filename() ? path : path.parent_path()).filename().string();
}

ModelRecord DescribeAnswers(const std::filesystem::path& path, const Notice& notice) {
  ModelRecord model{.backend = "replay", .name = FolderName(path)};
  if (std::filesystem::is_directory(path)) {
    model.files = HashFiles(path, {"run.json", "journal/samples.log"}, notice);
  } else {
    model.files = HashFiles(path.parent_path(), {path.filename().string()}, notice);
  }
  return model;
}

ModelRecord DescribeModel(const BackendSettings& backend, const Notice& notice) {
  ModelRecord model{.backend = backend.name};
  if (!backend.answers.empty()) return DescribeAnswers(backend.answers, notice);
  if (backend.name == "endpoint") {
    model.name = backend.endpoint.model;
    model.requested_device = backend.endpoint.url;
  }
  if (backend.checkpoint.empty()) return model;
  model.name = FolderName(backend.checkpoint);
  model.requested_precision = backend.precision;
  model.requested_device = backend.device;
  model.threads = backend.threads;
  model.files = HashFiles(backend.checkpoint, CheckpointFiles(backend.checkpoint), notice);
  model.note = CheckpointNote(backend.checkpoint);
  return model;
}

BenchmarkRecord DescribeBenchmark(const BenchmarkPlan& plan, const Notice& notice) {
  const DataSource& source = *plan.data.source;
  const std::vector<std::string> files(source.files.begin(), source.files.end());
  const Recipe& published = plan.recipe.published;
  return {.name = std::string(plan.benchmark->name),
          .split = std::string(source.split),
          .format = std::string(source.format),
          .data = HashFiles(plan.data.folder, files, notice),
          .recipe = {.name = std::string(published.name),
                     .source = std::string(published.source),
                     .system_message = plan.recipe.system_message,
                     .max_tiles = plan.recipe.max_tiles,
                     .max_new_tokens = plan.recipe.max_new_tokens,
                     .min_new_tokens = published.min_new_tokens,
                     .num_beams = plan.recipe.num_beams},
          .scoring = std::string(plan.benchmark->scorings.front().name),
          .samples = plan.samples,
          .deviations = plan.deviations};
}

RunRecord DescribeRun(const RunSettings& settings, const Plan& plan, const Notice& notice) {
  RunRecord record{.tool = ThisTool(),
                   .model = DescribeModel(settings.backend, notice),
                   .limit = settings.plan.limit,
                   .ids = settings.plan.ids,
                   .machine = ThisMachine(),
                   .checkpoint_folder = settings.backend.checkpoint.string(),
                   .data_folder = settings.plan.data_folder.string(),
                   .started_at = UtcNow()};
  for (const BenchmarkPlan& benchmark : plan.benchmarks) {
    record.benchmarks.push_back(DescribeBenchmark(benchmark, notice));
  }
  return record;
}

void CheckSameSettings(const std::filesystem::path& out, const RunRecord& old_record, const RunRecord& new_record) {
  const std::vector<std::string> differences = DifferingSettings(old_record, new_record);
  if (differences.empty()) return;
  throw UsageError(fmt::format("{}: holds a run with other settings; give another --out, or the same settings:\n  {}",
                               out.string(), Join(differences, "\n  ")));
}

std::set<std::string> DoneSamples(const Journal& journal) {
  std::set<std::string> done;
  for (const SampleRecord& record : journal.samples) {
    if (!record.failure) done.insert(SampleKey(record.benchmark, record.sample));
  }
  return done;
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

}  // namespace

RunResult RunBenchmarks(const std::vector<const Benchmark*>& benchmarks, const RunSettings& settings,
                        const RunHooks& hooks) {
  const Plan plan = MakePlan(benchmarks, settings.plan);
  if (plan.samples.empty()) throw InputError(settings.plan.data_folder.string() + ": no samples to run");
  JournalWriter writer(settings.out);
  if (writer.dropped_bytes() > 0) {
    hooks.notice(fmt::format("{}: the last line was not complete ({} bytes) and was dropped",
                             JournalPath(settings.out).string(), writer.dropped_bytes()));
  }
  JudgeSettings judge = settings.judge;
  judge.http.stop = hooks.stop;
  Judging judging(judge, settings.out);  // before the long part, so that a missing key or file is found now
  RunRecord record = DescribeRun(settings, plan, hooks.notice);
  CheckJudge(record, "", hooks.find_benchmark, judging);
  const bool resumes = std::filesystem::exists(settings.out / "run.json");
  if (resumes) CheckSameSettings(settings.out, ReadRunRecord(settings.out), record);
  const std::set<std::string> done = DoneSamples(ReadJournal(settings.out));
  if (!resumes && !done.empty()) {
    throw InputError(settings.out.string() + ": there are samples but no run.json that says how they were made");
  }
  const std::vector<PictureGroup> groups = RemainingGroups(plan, done);

  RunResult result;
  if (!groups.empty()) {
    CheckBeforeAsking(settings, plan, groups, hooks);
    hooks.on_plan(plan, groups);
    BackendSettings backend_settings = settings.backend;
    backend_settings.stop = hooks.stop;
    const std::unique_ptr<Backend> backend = hooks.make_backend(backend_settings);
    if (!resumes) {
      record.model.precision = backend->Info().precision;
      record.model.device = backend->Info().device;
      WriteFileAtomically(settings.out / "run.json", ToJsonText(record));
    }
    hooks.on_start(ProgressBefore(plan, done));
    const auto write = [&](const SampleRecord& sample) {
      writer.Append(sample);
      hooks.on_sample(sample);
    };
    const PipelineResult pipeline = RunPipeline(
        plan, groups, backend.get(),
        {.threads = settings.threads, .stop = hooks.stop, .max_failures = settings.max_failures, .write = write});
    result.stopped = pipeline.stopped;
    result.too_many_failures = pipeline.too_many_failures;
  }
  Judging nobody({.judge = "none"}, settings.out);  // answers are not worth a judge's time in a run that fails
  Judging* chosen = result.too_many_failures ? &nobody : &judging;
  result.scored = ScoreRunFolder(settings.out, "", hooks.find_benchmark, chosen, hooks.notice);
  result.stopped |= judging.stopped();
  WriteRunFiles(settings.out, result.scored);
  return result;
}

}  // namespace tessera

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
    model.files = HashFiles(path, {"run.json", "journal/samples.jsonl"}, notice);
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
    const std::unique_ptr<Backend> backend = hooks.make_backend(settings.backend);
    if (!resumes) {
      record.model.precision = backend->Info().precision;
      record.model.device = backend->Info().device;
      WriteFileAtomically(settings.out / "run.json", ToJsonText(record));
    }
    hooks.on_start(static_cast<int>(done.size()), static_cast<int>(plan.samples.size()));
    const PipelineResult pipeline =
        RunPipeline(plan, groups, backend.get(),
                    {.threads = settings.threads, .stop = hooks.stop, .write = [&](const SampleRecord& sample) {
                       writer.Append(sample);
                       hooks.on_sample(sample);
                     }});
    result.stopped = pipeline.stopped;
  }
  result.scored = ScoreRunFolder(settings.out, "", hooks.find_benchmark, &judging, hooks.notice);
  result.stopped |= judging.stopped();
  WriteRunFiles(settings.out, result.scored);
  return result;
}

}  // namespace tessera

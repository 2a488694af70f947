#include "harness/runner/describe_run.h"

#include "harness/base/json_fields.h"
#include "harness/journal/writer.h"

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
    std::vector<std::string> files = {"run.json"};
    for (const std::filesystem::path& journal : JournalPaths(path)) files.push_back(journal.lexically_relative(path));
    model.files = HashFiles(path, files, notice);
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
  model.weights = backend.weights;
  model.requested_device = backend.device;
  model.threads = backend.threads;
  model.reuses_prefixes = backend.reuses_prefixes;
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

}  // namespace

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
    if (record.model.weights == "int8") {
      record.benchmarks.back().deviations.push_back("the language model's weights in int8 instead of as stored");
    }
  }
  return record;
}

}  // namespace tessera

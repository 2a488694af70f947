#include "harness/journal/run_record.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "harness/base/files.h"
#include "harness/base/hash.h"
#include "harness/base/json_fields.h"
#include "harness/journal/fields.h"

namespace tessera {
namespace {

using OrderedJson = nlohmann::ordered_json;

OrderedJson ToJson(const std::vector<FileRecord>& files) {
  OrderedJson json = OrderedJson::array();
  for (const FileRecord& file : files) {
    json.push_back(OrderedJson{{"path", file.path}, {"bytes", file.bytes}, {"sha256", file.sha256}});
  }
  return json;
}

OrderedJson ToJson(const ModelRecord& model) {
  OrderedJson json = {{"backend", model.backend},
                      {"name", model.name},
                      {"requested_precision", model.requested_precision},
                      {"requested_device", model.requested_device},
                      {"threads", model.threads},
                      {"reuses_prefixes", model.reuses_prefixes},
                      {"files", ToJson(model.files)},
                      {"precision", model.precision},
                      {"device", model.device},
                      {"instructions", model.instructions},
                      {"note", model.note}};
  // Runs that were made before there was a choice have no such key, and stay the same runs.
  if (model.weights != "stored") json["weights"] = model.weights;
  return json;
}

OrderedJson ToJson(const RecipeRecord& recipe) {
  return {{"name", recipe.name},
          {"source", recipe.source},
          {"system_message", recipe.system_message},
          {"max_tiles", recipe.max_tiles},
          {"max_new_tokens", recipe.max_new_tokens},
          {"min_new_tokens", recipe.min_new_tokens},
          {"num_beams", recipe.num_beams}};
}

OrderedJson ToJson(const BenchmarkRecord& benchmark) {
  return {{"name", benchmark.name},         {"split", benchmark.split},           {"format", benchmark.format},
          {"data", ToJson(benchmark.data)}, {"recipe", ToJson(benchmark.recipe)}, {"scoring", benchmark.scoring},
          {"samples", benchmark.samples},   {"deviations", benchmark.deviations}};
}

OrderedJson ToJson(const RunRecord& record) {
  OrderedJson json = {{"schema_version", kRunSchemaVersion}};
  json["tool"] = {{"version", record.tool.version}, {"git_revision", record.tool.git_revision}};
  json["model"] = ToJson(record.model);
  json["limit"] = record.limit;
  json["ids"] = record.ids;
  json["benchmarks"] = OrderedJson::array();
  for (const BenchmarkRecord& benchmark : record.benchmarks) json["benchmarks"].push_back(ToJson(benchmark));
  json["machine"] = {
      {"cpu", record.machine.cpu}, {"cores", record.machine.cores}, {"memory_bytes", record.machine.memory_bytes}};
  json["checkpoint_folder"] = record.checkpoint_folder;
  json["data_folder"] = record.data_folder;
  json["started_at"] = record.started_at;
  return json;
}

std::uint64_t BytesOf(const JsonFields& fields, std::string_view key) {
  const std::int64_t value = fields.Int(key);
  if (value < 0) fields.Fail(key, fmt::format("out of range: {}", value));
  return static_cast<std::uint64_t>(value);
}

std::vector<FileRecord> FilesOf(const JsonFields& fields, std::string_view key, const std::string& where) {
  std::vector<FileRecord> files;
  for (const Json& item : fields.Array(key)) {
    const JsonFields file(item, where, std::string(key));
    files.push_back({file.String("path"), BytesOf(file, "bytes"), file.String("sha256")});
  }
  return files;
}

ModelRecord ParseModel(const JsonFields& fields, const std::string& where) {
  return {.backend = fields.String("backend"),
          .name = fields.String("name"),
          .requested_precision = fields.String("requested_precision"),
          .weights = fields.StringOr("weights", "stored"),
          .requested_device = fields.String("requested_device"),
          .threads = CountOf(fields, "threads"),
          .reuses_prefixes = fields.BoolOr("reuses_prefixes", true),
          .files = FilesOf(fields, "files", where),
          .precision = fields.String("precision"),
          .device = fields.String("device"),
          .instructions = fields.StringOr("instructions", ""),
          .note = fields.String("note")};
}

BenchmarkRecord ParseBenchmark(const JsonFields& fields, const std::string& where) {
  const JsonFields recipe = fields.Object("recipe");
  return {.name = fields.String("name"),
          .split = fields.String("split"),
          .format = fields.String("format"),
          .data = FilesOf(fields, "data", where),
          .recipe = {.name = recipe.String("name"),
                     .source = recipe.String("source"),
                     .system_message = recipe.String("system_message"),
                     .max_tiles = CountOf(recipe, "max_tiles"),
                     .max_new_tokens = CountOf(recipe, "max_new_tokens"),
                     .min_new_tokens = CountOf(recipe, "min_new_tokens"),
                     .num_beams = CountOf(recipe, "num_beams")},
          .scoring = fields.String("scoring"),
          .samples = CountOf(fields, "samples"),
          .deviations = StringsOf(fields, "deviations")};
}

/// The settings as "a.b.0.c" -> value, without what does not count as a setting.
std::map<std::string, std::string> FlatSettings(const RunRecord& record) {
  OrderedJson json = ToJson(record);
  for (const char* key : {"machine", "checkpoint_folder", "data_folder", "started_at"}) json.erase(key);
  for (const char* key : {"precision", "device", "instructions", "note"}) json["model"].erase(key);
  for (OrderedJson& benchmark : json["benchmarks"]) benchmark.erase("deviations");
  const OrderedJson by_pointer = json.flatten();
  std::map<std::string, std::string> flat;
  for (const auto& [pointer, value] : by_pointer.items()) {
    std::string name = pointer.substr(1);
    std::replace(name.begin(), name.end(), '/', '.');
    flat[name] = value.dump(-1, ' ', false, OrderedJson::error_handler_t::replace);
  }
  return flat;
}

}  // namespace

std::string ToJsonText(const RunRecord& record) {
  return ToJson(record).dump(2, ' ', false, OrderedJson::error_handler_t::replace) + "\n";
}

RunRecord ReadRunRecord(const std::filesystem::path& run_folder) {
  const std::filesystem::path path = run_folder / "run.json";
  return ParseRunRecord(ReadFile(path), path.string());
}

RunRecord ParseRunRecord(std::string_view text, const std::string& where) {
  const Json json = ParseJson(text, where);
  const JsonFields fields(json, where);
  const std::int64_t version = fields.Int("schema_version");
  if (version != kRunSchemaVersion) {
    fields.Fail("schema_version", fmt::format("expected {}, found {}", kRunSchemaVersion, version));
  }
  const JsonFields tool = fields.Object("tool");
  const JsonFields machine = fields.Object("machine");
  RunRecord record = {.tool = {.version = tool.String("version"), .git_revision = tool.String("git_revision")},
                      .model = ParseModel(fields.Object("model"), where),
                      .limit = CountOf(fields, "limit"),
                      .ids = StringsOf(fields, "ids"),
                      .machine = {.cpu = machine.String("cpu"),
                                  .cores = CountOf(machine, "cores"),
                                  .memory_bytes = BytesOf(machine, "memory_bytes")},
                      .checkpoint_folder = fields.String("checkpoint_folder"),
                      .data_folder = fields.String("data_folder"),
                      .started_at = fields.String("started_at")};
  std::set<std::string> names;
  for (const Json& item : fields.Array("benchmarks")) {
    record.benchmarks.push_back(ParseBenchmark(JsonFields(item, where, "benchmarks"), where));
    const std::string& name = record.benchmarks.back().name;
    if (!names.insert(name).second) fields.Fail("benchmarks", fmt::format("\"{}\" is there twice", name));
  }
  return record;
}

std::string SettingsSha256(const RunRecord& record) {
  std::string settings;
  for (const auto& [name, value] : FlatSettings(record)) settings += fmt::format("{}: {}\n", name, value);
  return Sha256(settings);
}

std::vector<std::string> DifferingSettings(const RunRecord& old_record, const RunRecord& new_record) {
  const std::map<std::string, std::string> old_settings = FlatSettings(old_record);
  const std::map<std::string, std::string> new_settings = FlatSettings(new_record);
  std::set<std::string> names;
  for (const auto& [name, value] : old_settings) names.insert(name);
  for (const auto& [name, value] : new_settings) names.insert(name);
  const auto find = [](const std::map<std::string, std::string>& settings, const std::string& name) {
    const auto it = settings.find(name);
    return it == settings.end() ? std::string("nothing") : it->second;
  };
  std::vector<std::string> lines;
  for (const std::string& name : names) {
    const std::string before = find(old_settings, name);
    const std::string after = find(new_settings, name);
    if (before != after) lines.push_back(fmt::format("{}: {} -> {}", name, before, after));
  }
  return lines;
}

}  // namespace tessera

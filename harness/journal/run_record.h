// run.json: everything that may change a number of a run.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace tessera {

inline constexpr int kRunSchemaVersion = 1;

struct FileRecord {
  std::string path;  // relative to its folder, so that a moved folder is still the same data
  std::uint64_t bytes = 0;
  std::string sha256;
};

struct ToolRecord {
  std::string version;
  std::string git_revision;  // empty when not built from git
};

struct MachineRecord {
  std::string cpu;
  int cores = 0;
  std::uint64_t memory_bytes = 0;
};

/// What was asked for, and what the backend made of it.
struct ModelRecord {
  std::string backend;              // "native", "endpoint", "null" ...
  std::string name;                 // of the checkpoint folder, or as the server names it
  std::string requested_precision;  // "auto", "bfloat16" ...; empty where it is not ours to ask
  std::string weights = "stored";   // or "int8": the language model's matrices
  std::string requested_device;     // "cpu", "cuda:1"; a server's URL
  int threads = 0;                  // of the model; 0: all cores
  bool reuses_prefixes = true;      // questions on one picture share its prefill
  std::vector<FileRecord> files;
  std::string precision;  // as used
  std::string device;
  std::string instructions;  // of the processor, as BackendInfo has them
  std::string note;  // of the checkpoint about itself
};

/// How a benchmark is asked, with all overrides applied.
struct RecipeRecord {
  std::string name;
  std::string source;
  std::string system_message;
  int max_tiles = 0;
  int max_new_tokens = 0;
  int min_new_tokens = 0;
  int num_beams = 1;
};

struct BenchmarkRecord {
  std::string name;
  std::string split;
  std::string format;
  std::vector<FileRecord> data;
  RecipeRecord recipe;
  std::string scoring;                  // the default of `report` and `score`
  int samples = 0;                      // in the plan
  std::vector<std::string> deviations;  // from how the paper's number was made, in words
};

struct RunRecord {
  ToolRecord tool;
  ModelRecord model;
  int limit = 0;                 // samples per benchmark; 0: all
  std::vector<std::string> ids;  // only these samples; empty: all
  std::vector<BenchmarkRecord> benchmarks;
  MachineRecord machine;
  std::string checkpoint_folder;
  std::string data_folder;
  std::string started_at;  // UTC, ISO 8601
};

/// run.json as text, keys in a fixed order, ending in a newline. Ill-formed UTF-8 becomes U+FFFD.
std::string ToJsonText(const RunRecord& record);

/// Reads run.json back; `where` opens the message of the kInput error, also for another schema version.
RunRecord ParseRunRecord(std::string_view text, const std::string& where);

/// Reads `run_folder/run.json`. Throws kInput when it is missing, broken, or of another schema version.
RunRecord ReadRunRecord(const std::filesystem::path& run_folder);

/// SHA-256 over every setting that may change a number: equal for two runs that DifferingSettings finds nothing in.
std::string SettingsSha256(const RunRecord& record);

/// Every setting that may change a number and differs, as "benchmarks.0.recipe.max_tiles: 12 -> 6". Folders, the
/// machine, the starting time and what is derived from other settings are left out.
std::vector<std::string> DifferingSettings(const RunRecord& old_record, const RunRecord& new_record);

}  // namespace tessera

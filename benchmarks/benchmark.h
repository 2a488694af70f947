// A benchmark: data, and a few small functions. Each has one file of its own; catalog.cc lists them.
#pragma once

#include <compare>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "benchmarks/judge.h"
#include "datasets/sample.h"
#include "metrics/score.h"

namespace tessera {

struct SubmissionAnswer;

/// One file layout in which a benchmark's data is published, and the function that reads it.
struct DataSource {
  std::string_view format;              // "official", "vlmevalkit"
  std::string_view split;               // "test", "dev" ...
  std::vector<std::string_view> files;  // relative to the data folder; all must be there
  std::string_view md5;                 // of the (single) file when published, else empty
  int rows = 0;                         // published number of samples, 0: not known
  int pictures = 0;                     // published number of pictures, 0: not known
  bool answers_public = true;           // false: only the benchmark's server knows them
  std::vector<Sample> (*load)(const std::filesystem::path& data_folder, const DataSource& source) = nullptr;

  // Only where the benchmark has a server: the file that goes there, and what it holds.
  std::string_view submission_file;
  std::string (*submission)(std::span<const SubmissionAnswer> answers) = nullptr;
};

/// One picture of a question, and how it goes to the model.
struct PictureUse {
  std::size_t picture = 0;  // index into Sample::images
  int max_tiles = 0;        // 0: no tiling
  bool as_jpeg = false;     // written as JPEG and read back before tiling, as some harnesses do
  int enlarge = 1;          // both sides are multiplied by it (bilinear) before tiling
  friend auto operator<=>(const PictureUse&, const PictureUse&) = default;
};

/// What a published run drew its tokens from. Ours never draws.
struct Sampling {
  int top_k = 0;
  double top_p = 0;
};

/// How the published evaluation asked: prompt, pictures, tile limit, generation. Greedy unless num_beams > 1.
struct Recipe {
  std::string_view name;    // "paper", "vlmevalkit"
  std::string_view source;  // script or document that states it
  std::string (*make_prompt)(const Sample& sample, std::string_view question) = nullptr;
  std::string_view system_message;
  int max_tiles = 0;
  int max_new_tokens = 0;
  int min_new_tokens = 0;
  int num_beams = 1;
  std::optional<Sampling> published_sampling;  // for the record; `differences` says that it is not done
  /// April-2024 code puts all pictures in front of the first question and leaves a literal `<image>` as text; later
  /// code puts them in its place.
  bool pictures_lead = true;
  /// Which pictures are shown, in order, and how, given the tile limit in force; all of them without it.
  std::vector<PictureUse> (*choose_pictures)(const Sample& sample, int max_tiles) = nullptr;
  /// What our replay of the published run cannot do as it did. Every result says so.
  std::vector<std::string_view> differences;
};

/// One published way of scoring: a pure reading of each reply, and the aggregation. The first Score is the headline.
struct Scoring {
  std::string_view name;    // "internvl-2024-04", "vlmevalkit-2026-08" ...
  std::string_view source;  // script and function
  SampleScore (*score)(const Sample& sample, const Reply& reply) = nullptr;
  std::vector<Score> (*aggregate)(std::span<const SampleScore> scores) = nullptr;
  AskJudge ask_judge = nullptr;               // absent: rules alone
  std::string_view published_judge;           // the model that judged for the published number
  std::vector<std::string_view> judge_texts;  // the names that ask_judge looks up
  std::vector<JudgeCheck> judge_checks;       // what the authors' texts make of fixed questions
};

/// A published number and where it stands.
struct PaperValue {
  std::string_view split;  // the split that the number is for
  double value = 0;
  std::string_view unit;
  std::string_view source;
  int scored = 0;  // samples or groups that the value is over, where the data source does not know its rows
};

struct Benchmark {
  std::string_view name;   // "chartqa", "mmbench-en"
  std::string_view title;  // "ChartQA"
  std::string_view about;  // one line
  std::vector<DataSource> data;
  std::vector<Recipe> recipes;    // the first is the default
  std::vector<Scoring> scorings;  // the first is the default: what made the paper's number
  std::vector<PaperValue> paper;
};

/// All benchmarks, in the paper's order.
std::span<const Benchmark* const> Catalog();

/// "vqa", "mcq", "yesno": the benchmarks for the user's own data. Not part of "all".
std::span<const Benchmark* const> OwnDataBenchmarks();

/// The benchmark called `name`. Throws kUsage for another name, with the nearest one.
const Benchmark& FindBenchmark(std::string_view name);

/// The data source of `benchmark` whose files are in `data_folder` (its own files take precedence in catalogue order).
/// Files are looked for in `data_folder` and in its sub-folders named after the benchmark ("mmbench-en") and its family
/// ("mmbench"). Only sources of `split` when it is given. nullopt when none is complete.
struct FoundData {
  const DataSource* source = nullptr;
  std::filesystem::path folder;
  std::shared_ptr<const void> owner;  // keeps `source` alive when it is not the catalogue's
};
std::optional<FoundData> FindData(const Benchmark& benchmark, const std::filesystem::path& data_folder,
                                  std::string_view split = "");

/// `file`, a table of VLMEvalKit with questions and predictions, as data of `benchmark`: read like that TSV file of the
/// benchmark whose name the file's name holds ("model_MMBench_DEV_EN.tsv"), or like the only one there is. Throws
/// kInput when that is none.
FoundData PredictionTableAsData(const Benchmark& benchmark, const std::filesystem::path& file);

}  // namespace tessera

// What a run will ask: samples of the benchmarks, put together by their pictures.
#pragma once

#include <filesystem>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "benchmarks/benchmark.h"

namespace tessera {

/// Which samples to ask, and how. Absent overrides leave the recipe as published.
struct PlanSettings {
  std::filesystem::path data_folder;   // empty: `answers_file` holds the questions too
  std::filesystem::path answers_file;  // answers that were made elsewhere; empty: a model answers
  bool asks_server = false;            // which then decides about tiles and templates
  std::string split;  // of the data; empty: each benchmark's first that is there
  std::string recipe;                  // empty: each benchmark's first
  int limit = 0;                       // samples per benchmark; 0: all
  std::vector<std::string> ids;        // only these samples; empty: all
  std::optional<int> max_tiles;
  std::optional<int> max_new_tokens;
  std::optional<int> num_beams;
  std::optional<std::string> system_message;
};

/// A recipe with the overrides applied, and texts that outlive the settings.
struct EffectiveRecipe {
  Recipe published;
  std::string system_message;
  int max_tiles = 0;
  int max_new_tokens = 0;
  int num_beams = 1;
};

/// One benchmark of the run.
struct BenchmarkPlan {
  const Benchmark* benchmark = nullptr;
  FoundData data;
  EffectiveRecipe recipe;
  int samples = 0;                      // in this plan
  int samples_in_data = 0;              // in the data files
  std::vector<std::string> deviations;  // from how the paper's number was made, in words
};

struct PlannedSample {
  std::size_t benchmark = 0;  // index into Plan::benchmarks
  Sample sample;
  std::vector<PictureUse> pictures;  // what the recipe shows of the sample's pictures
};

/// All samples that ask about the same pictures, over all benchmarks: the same places in the data as MakePlan has it,
/// the same bytes after JoinEqualPictures. A sample without pictures is a group of its own.
struct PictureGroup {
  std::vector<ImageSource> images;
  std::vector<std::size_t> samples;  // indices into Plan::samples
};

struct Plan {
  std::vector<BenchmarkPlan> benchmarks;
  std::vector<PlannedSample> samples;
  std::vector<PictureGroup> groups;  // in the order in which their pictures are first seen
};

/// Loads the data of `benchmarks` and plans the run. Throws kUsage for a recipe or an id that is nowhere, kInput when a
/// benchmark's data is not in the folder or is broken.
Plan MakePlan(const std::vector<const Benchmark*>& benchmarks, const PlanSettings& settings);

/// The groups of `plan` without the samples whose SampleKey is in `done`, and without groups that are then empty.
std::vector<PictureGroup> RemainingGroups(const Plan& plan, const std::set<std::string>& done);

}  // namespace tessera

#include "harness/estimate/work.h"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <map>
#include <numeric>
#include <optional>
#include <set>
#include <thread>

#include "harness/base/error.h"
#include "harness/estimate/call_load.h"
#include "harness/estimate/picture_sizes.h"
#include "harness/estimate/sample_estimate.h"
#include "harness/runner/call_size.h"
#include "harness/runner/load_pictures.h"
#include "harness/runner/pipeline.h"
#include "model/image/parallel_for.h"
#include "model/image/tiling.h"

namespace tessera {
namespace {

/// The largest question of a benchmark, each number on its own.
struct Largest {
  int tiles = 0;
  int prompt_tokens = 0;
  std::int64_t kv_tokens = 0;  // of all questions of a call
};

/// What the questions of a group share. The steps of a beam search are its own.
struct SharedWork {
  std::set<PictureUse> encoded;
  /// System message and pictures, and a number that no other prefix of the call has.
  std::map<std::pair<std::string, std::vector<PictureUse>>, std::size_t> prefixes;
};

/// A group whose questions are planned.
struct OpenGroup {
  std::map<PictureUse, int> tiles;
  std::vector<std::size_t> askable;  // samples
  SharedWork shared;
};

/// What the questions of one turn of a call share, with answers as long as expected and as long as allowed.
struct TurnLoad {
  explicit TurnLoad(std::int64_t most_tokens) : expected(most_tokens), limit(most_tokens) {}
  CallLoad expected, limit;
  std::set<std::size_t> benchmarks;
};

MemoryEstimate Larger(const MemoryEstimate& a, const MemoryEstimate& b) {
  return {.weights = std::max(a.weights, b.weights),
          .kv_cache = std::max(a.kv_cache, b.kv_cache),
          .activations = std::max(a.activations, b.activations)};
}

/// All but the distinct pictures, which benchmarks may share.
void AddWork(const Work& work, Work* total) {
  total->samples += work.samples;
  total->failed += work.failed;
  total->tiles += work.tiles;
  total->encoded_tiles += work.encoded_tiles;
  total->new_tokens_limit += work.new_tokens_limit;
  total->run_folder_bytes += work.run_folder_bytes;
  total->judge += work.judge;
  total->prompts_known &= work.prompts_known;
  total->image_tokens += work.image_tokens;
  total->prompt_tokens += work.prompt_tokens;
  total->new_tokens += work.new_tokens;
  total->vision += work.vision;
  total->projector += work.projector;
  total->prefill += work.prefill;
  total->decode += work.decode;
  total->decode_limit += work.decode_limit;
  total->memory = Larger(total->memory, work.memory);
}

class Estimator {
 public:
  Estimator(const Plan& plan, const PlannedModel* model, const JudgeTexts& judge_texts)
      : plan_(plan), model_(model), judge_texts_(judge_texts), largest_(plan.benchmarks.size()) {
    work_.benchmarks.resize(plan.benchmarks.size());
    pictures_.resize(plan.benchmarks.size());
    if (model_ == nullptr) return;
    costs_.emplace(model_->config, model_->bytes_per_element, model_->weights);
    tiling_.tile_size = TileSize(model_->config);
    tiling_.use_thumbnail = model_->config.use_thumbnail;
  }

  /// Groups that one call asks about.
  void AddCall(std::span<const PictureGroup> groups, const PictureSizes& sizes,
               std::span<const SampleEstimate> samples) {
    std::vector<OpenGroup> open;
    call_bytes_.push_back(0);
    for (const PictureGroup& group : groups) open.push_back(OpenOf(group, sizes, samples));
    prefixes_ = 0;
    for (std::size_t turn = 0;; ++turn) {
      TurnLoad load(MostTokens());
      bool asked = false;
      for (OpenGroup& group : open) asked |= AddTurn(turn, samples, &group, &load);
      if (!asked) break;
      if (!costs_) continue;
      for (const std::size_t i : load.benchmarks) {
        largest_[i].kv_tokens = std::max(largest_[i].kv_tokens, load.limit.TokensInMemory());
      }
    }
  }

  RunWork Finish() {
    std::set<ImageSource> all_pictures;
    for (std::size_t i = 0; i < work_.benchmarks.size(); ++i) {
      Work& work = work_.benchmarks[i];
      work.pictures = static_cast<std::int64_t>(pictures_[i].size());
      work.model_known = model_ != nullptr;
      const EffectiveRecipe& recipe = plan_.benchmarks[i].recipe;
      if (model_ != nullptr) {
        work.memory = EstimateMemory(model_->config,
                                     {.tiles = largest_[i].tiles,
                                      .prompt_tokens = largest_[i].prompt_tokens,
                                      .new_tokens = recipe.max_new_tokens,
                                      .beams = recipe.num_beams},
                                     model_->bytes_per_element, model_->weights);
        work.memory.kv_cache = std::max(work.memory.kv_cache, largest_[i].kv_tokens * BytesPerToken());
      }
      AddWork(work, &work_.total);
      all_pictures.merge(pictures_[i]);
    }
    work_.total.pictures = static_cast<std::int64_t>(all_pictures.size());
    work_.total.model_known = model_ != nullptr;
    const std::size_t live_calls = model_ != nullptr ? kLiveCalls : kMostLiveGroups;
    std::sort(call_bytes_.begin(), call_bytes_.end(), std::greater<>());
    if (call_bytes_.size() > live_calls) call_bytes_.resize(live_calls);
    work_.picture_bytes = std::accumulate(call_bytes_.begin(), call_bytes_.end(), std::int64_t{0});
    return std::move(work_);
  }

 private:
  std::int64_t BytesPerToken() const { return KvBytesPerToken(model_->config.language, model_->bytes_per_element); }
  std::int64_t MostTokens() const { return model_ != nullptr ? kKeyValueBytes / BytesPerToken() : 1; }

  OpenGroup OpenOf(const PictureGroup& group, const PictureSizes& sizes, std::span<const SampleEstimate> samples) {
    OpenGroup open;
    bool readable = true;
    for (const ImageSource& source : group.images) {
      const auto* failure = std::get_if<std::string>(&sizes.at(source));
      if (failure == nullptr) continue;
      readable = false;
      AddFailure(*failure);
    }
    if (readable) readable = CountTiles(group, sizes, &open.tiles);
    for (const std::size_t i : group.samples) {
      if (StartSample(plan_.samples[i], samples[i], readable)) open.askable.push_back(i);
    }
    if (readable) call_bytes_.back() += BytesOf(group, sizes, open.tiles);
    return open;
  }

  /// False when no sample of the group has such a turn.
  bool AddTurn(std::size_t turn, std::span<const SampleEstimate> samples, OpenGroup* group, TurnLoad* load) {
    bool asked = false;
    SharedWork beams;
    for (const std::size_t i : group->askable) {
      const PlannedSample& planned = plan_.samples[i];
      if (turn >= planned.sample.questions.size()) continue;
      asked = true;
      const bool is_greedy = plan_.benchmarks[planned.benchmark].recipe.num_beams == 1;
      AddQuestion(planned, samples[i], turn, group->tiles, is_greedy ? &group->shared : &beams, load);
    }
    return asked;
  }

  void AddFailure(const std::string& failure) {
    if (failures_seen_.insert(failure).second) work_.failures.push_back(failure);
  }

  /// Tiles of every picture as the recipes of the group show it. False when one cannot be shown.
  bool CountTiles(const PictureGroup& group, const PictureSizes& sizes, std::map<PictureUse, int>* tiles) {
    for (const std::size_t i : group.samples) {
      const PlannedSample& planned = plan_.samples[i];
      for (const PictureUse& use : planned.pictures) {
        const ImageSize size = std::get<ImageSize>(sizes.at(group.images[use.picture]));
        TilingSettings settings = tiling_;
        settings.max_tiles = use.max_tiles;
        try {
          const ImageSize shown = ShownSize(size, use);
          (*tiles)[use] = TileCount(ChooseTileGrid(shown.width, shown.height, settings));
        } catch (const Error& error) {
          AddFailure(fmt::format("sample {}: {}", planned.sample.id, error.what()));
          return false;
        }
      }
    }
    return true;
  }

  /// True when the sample can be asked.
  bool StartSample(const PlannedSample& planned, const SampleEstimate& estimate, bool readable) {
    Work& work = work_.benchmarks[planned.benchmark];
    ++work.samples;
    pictures_[planned.benchmark].insert(planned.sample.images.begin(), planned.sample.images.end());
    work.run_folder_bytes += estimate.run_folder_bytes;
    if (!estimate.failure.empty()) {
      const std::string_view name = plan_.benchmarks[planned.benchmark].benchmark->name;
      AddFailure(fmt::format("{}, sample {}: {}", name, planned.sample.id, estimate.failure));
    }
    if (!readable || !estimate.failure.empty()) {
      ++work.failed;
      return false;
    }
    work.judge +=
        EstimateJudge(plan_.benchmarks[planned.benchmark].benchmark->scorings.front(), planned.sample, judge_texts_);
    return true;
  }

  void AddQuestion(const PlannedSample& planned, const SampleEstimate& estimate, std::size_t turn,
                   const std::map<PictureUse, int>& tiles, SharedWork* shared, TurnLoad* load) {
    Work& work = work_.benchmarks[planned.benchmark];
    const EffectiveRecipe& recipe = plan_.benchmarks[planned.benchmark].recipe;
    int shown = 0;
    for (const PictureUse& use : planned.pictures) {
      const int count = tiles.at(use);
      shown += count;
      if (!shared->encoded.insert(use).second) continue;
      work.encoded_tiles += count;
      if (!costs_) continue;
      work.vision += costs_->Vision(count);
      work.projector += costs_->Projector(count);
    }
    work.tiles += shown;
    work.new_tokens_limit += recipe.max_new_tokens;
    if (!costs_) return;
    const TurnEstimate& tokens = estimate.turns.at(turn);
    const int image_tokens = shown * TokensPerTile(model_->config);
    const int prompt_tokens = tokens.text_tokens + image_tokens;
    work.prompts_known &= turn == 0;
    work.image_tokens += image_tokens;
    work.prompt_tokens += prompt_tokens;
    work.new_tokens += tokens.expected_new_tokens;
    PlannedAnswer answer{.prefix_tokens = image_tokens, .tail_tokens = tokens.text_tokens + recipe.max_new_tokens};
    bool has_prefix = false;
    if (!planned.pictures.empty()) {
      const auto [prefix, is_new] = shared->prefixes.try_emplace({recipe.system_message, planned.pictures}, prefixes_);
      has_prefix = !is_new;
      answer.prefix = prefix->second;
      if (is_new) ++prefixes_;
    }
    work.prefill += costs_->Prefill(prompt_tokens, recipe.num_beams, has_prefix ? image_tokens : 0);
    const auto decode = [&](int new_tokens, CallLoad* shared_load) {
      answer.steps = new_tokens - 1;
      const int passes = recipe.num_beams > 1 ? answer.steps : shared_load->Add(answer);
      return costs_->Decode(prompt_tokens, new_tokens, recipe.num_beams, answer.steps - passes);
    };
    work.decode += decode(tokens.expected_new_tokens, &load->expected);
    work.decode_limit += decode(recipe.max_new_tokens, &load->limit);
    load->benchmarks.insert(planned.benchmark);
    Largest& largest = largest_[planned.benchmark];
    largest.tiles = std::max(largest.tiles, shown);
    largest.prompt_tokens = std::max(largest.prompt_tokens, prompt_tokens);
  }

  /// Bytes of a group's pictures, decoded and as float32 tiles.
  std::int64_t BytesOf(const PictureGroup& group, const PictureSizes& sizes,
                       const std::map<PictureUse, int>& tiles) const {
    std::int64_t bytes = 0;
    for (const ImageSource& source : group.images) {
      const ImageSize size = std::get<ImageSize>(sizes.at(source));
      bytes += std::int64_t{3} * size.width * size.height;
    }
    const std::int64_t tile_bytes = std::int64_t{3} * tiling_.tile_size * tiling_.tile_size * 4;
    for (const auto& [use, count] : tiles) bytes += count * tile_bytes;
    return bytes;
  }

  const Plan& plan_;
  const PlannedModel* model_;
  const JudgeTexts& judge_texts_;
  std::optional<PhaseCosts> costs_;
  TilingSettings tiling_;
  RunWork work_;
  std::set<std::string> failures_seen_;
  std::vector<std::set<ImageSource>> pictures_;  // of each benchmark
  std::vector<Largest> largest_;                 // of each benchmark
  std::vector<std::int64_t> call_bytes_;
  std::size_t prefixes_ = 0;  // of the call at hand
};

}  // namespace

RunWork EstimateWork(const Plan& plan, std::span<const PictureGroup> groups, const PlannedModel* model,
                     const JudgeTexts& judge_texts, int threads) {
  if (threads == 0) threads = static_cast<int>(std::max(1u, std::thread::hardware_concurrency()));
  const PictureSizes sizes = ReadPictureSizes(groups, threads);
  std::vector<SampleEstimate> samples(plan.samples.size());
  ParallelFor(static_cast<int>(groups.size()), threads, /*min_range=*/1, [&](int begin, int end) {
    for (int i = begin; i < end; ++i) {
      for (const std::size_t s : groups[static_cast<std::size_t>(i)].samples) {
        const PlannedSample& planned = plan.samples[s];
        samples[s] = EstimateSample(plan.benchmarks[planned.benchmark], planned, model);
      }
    }
  });
  Estimator estimator(plan, model, judge_texts);
  for (std::size_t begin = 0, end = 0; begin < groups.size(); begin = end) {
    CallSize size(model != nullptr ? kQuestionsAtOnce : 1);
    while (end < groups.size() && !size.IsFull()) size.Add(plan, groups[end++]);
    estimator.AddCall(groups.subspan(begin, end - begin), sizes, samples);
  }
  return estimator.Finish();
}

}  // namespace tessera

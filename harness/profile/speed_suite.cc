#include "harness/profile/speed_suite.h"

#include <fmt/format.h>
#include <stdlib.h>
#include <sys/resource.h>

#include <algorithm>
#include <chrono>
#include <thread>

#include "harness/backends/make_backend.h"
#include "harness/journal/provenance.h"
#include "harness/profile/machine_limits.h"
#include "harness/profile/speed_work.h"
#include "model/config/model_cost.h"

namespace tessera {
namespace {

using Clock = std::chrono::steady_clock;

constexpr const char* kProduct = "the matrix product";
constexpr const char* kRead = "the memory read";
constexpr int kAnswerTokens = 33;      // the first comes with the prefill
constexpr int kTogether = 8;           // questions on one picture
constexpr int kQuestionsPerPage = 4;   // DocVQA's validation split has about four a page
constexpr int kShortAnswerTokens = 6;  // of a word or a number

/// One value of one row, and how much of a limit it reached.
struct Reading {
  std::string name, unit;
  double value = 0;
  std::string against;  // kProduct, kRead, or another reading; empty: nothing
  double reached = 0;   // FLOP/s, B/s, or the share itself
};

double SecondsOf(const std::function<void()>& work) {
  const auto start = Clock::now();
  work();
  return std::chrono::duration<double>(Clock::now() - start).count();
}

double LoadAverage() {
  double load = 0;
  return ::getloadavg(&load, 1) == 1 ? load : 0;
}

std::uint64_t PeakBytes() {
  struct rusage usage {};
  ::getrusage(RUSAGE_SELF, &usage);
  return static_cast<std::uint64_t>(usage.ru_maxrss) * 1024;
}

class SpeedSuite {
 public:
  explicit SpeedSuite(const SpeedSettings& settings)
      : settings_(settings), config_(LoadModelConfig(settings.checkpoint)) {
    report_.load_before = LoadAverage();
    report_.checkpoint = settings.checkpoint.string();
    report_.machine = ThisMachine();
    report_.threads = settings.threads > 0 ? settings.threads : std::max(1, report_.machine.cores);
    backend_settings_.checkpoint = settings.checkpoint;
    backend_settings_.precision = settings.precision;
    backend_settings_.weights = settings.weights;
    backend_settings_.threads = report_.threads;
    backend_ = MakeBackend(backend_settings_);
    info_ = backend_->Info();
    report_.precision = info_.precision;
    report_.weights = settings.weights;
    page7_ = DrawPageJpeg(1600, 2400);
    page13_ = DrawPageJpeg(1650, 2200);
  }

  SpeedReport Run() {
    Measure("one question on 13 tiles, then eight", [this] { return OneAndEight(); });
    Measure("the projector", [this] { return std::vector<Reading>{Projector()}; });
    Measure("preprocessing", [this] {
      return std::vector<Reading>{Preprocess("preprocessing, 7 tiles, one thread", page7_),
                                  Preprocess("preprocessing, 13 tiles, one thread", page13_)};
    });
    if (settings_.measures_run) Measure("a run like DocVQA", [this] { return PagesOfQuestions(); });
    Measure("loading", [this] { return std::vector<Reading>{Loading()}; });
    report_.peak_bytes = PeakBytes();
    report_.load_after = LoadAverage();
    return std::move(report_);
  }

 private:
  void Measure(const std::string& what, const std::function<std::vector<Reading>()>& stage) {
    for (int i = 0; i < settings_.samples; ++i) {
      if (settings_.notice) settings_.notice(fmt::format("{} ({} of {})", what, i + 1, settings_.samples));
      const MachineLimits before = Limits();
      const std::vector<Reading> readings = stage();
      const MachineLimits after = Limits();
      for (const Reading& reading : readings) {
        double limit = 1;
        if (reading.against == kProduct) limit = (before.flops_per_s + after.flops_per_s) / 2;
        if (reading.against == kRead) limit = (before.bytes_per_s + after.bytes_per_s) / 2;
        Add(reading, limit);
      }
    }
  }

  MachineLimits Limits() {
    const MachineLimits limits = MeasureMachineLimits(info_.precision, report_.threads);
    Add({.name = "matrix product", .unit = "GFLOP/s", .value = limits.flops_per_s / 1e9}, 1);
    Add({.name = "memory read", .unit = "GB/s", .value = limits.bytes_per_s / 1e9}, 1);
    return limits;
  }

  void Add(const Reading& reading, double limit) {
    const auto is_same = [&](const SpeedRow& row) { return row.name == reading.name; };
    auto row = std::find_if(report_.rows.begin(), report_.rows.end(), is_same);
    if (row == report_.rows.end()) {
      row = report_.rows.insert(row, {.name = reading.name, .unit = reading.unit, .against = reading.against});
    }
    row->values.push_back(reading.value);
    if (!reading.against.empty()) row->shares.push_back(reading.reached / limit);
  }

  std::vector<Reading> OneAndEight() {
    const std::shared_ptr<const TileBatch> page = TilePage(page13_, info_, report_.threads);
    const Prediction one = Answer(*backend_, MakeQuestions(page, 1, kAnswerTokens)).front();
    double together_s = 0;
    for (const Prediction& prediction : Answer(*backend_, MakeQuestions(page, kTogether, kAnswerTokens))) {
      together_s += prediction.timing.decode_s;
    }
    const FlopCount flops = CountFlops(config_);
    const double n = one.prompt_tokens;
    const double prefill_flops = flops.language_linear_per_token * n + flops.output_head_per_position +
                                 flops.language_attention_per_token_pair * n * (n + 1) / 2;
    const double decoded = one.new_tokens - 1;
    const double alone = decoded / one.timing.decode_s;
    const double together = kTogether * decoded / together_s;
    return {{.name = fmt::format("vision tower and projector, {} tiles", one.tiles),
             .unit = "tiles/s",
             .value = one.tiles / one.timing.vision_s,
             .against = kProduct,
             .reached = one.tiles * VisionFlopsPerTile(flops) / one.timing.vision_s},
            {.name = fmt::format("prefill, {} tokens", one.prompt_tokens),
             .unit = "tokens/s",
             .value = n / one.timing.prefill_s,
             .against = kProduct,
             .reached = prefill_flops / one.timing.prefill_s},
            {.name = "decode, one question",
             .unit = "tokens/s",
             .value = alone,
             .against = kRead,
             .reached = alone * DecodeBytes()},
            {.name = fmt::format("decode, {} questions on one picture", kTogether),
             .unit = "tokens/s",
             .value = together,
             .against = "one question's",
             .reached = together / alone}};
  }

  /// Weights that a decoding step reads: all of the language model but the embedding, of which it needs a row.
  double DecodeBytes() const {
    const int element_bytes = info_.precision == "float32" ? 4 : 2;
    const WeightFormat format = ParseWeightFormat(settings_.weights);
    return static_cast<double>(CountWeightBytes(config_, element_bytes, format).language);
  }

  Reading Projector() const {
    constexpr int kTiles = 13;
    const double seconds = ProjectorSeconds(settings_.checkpoint.string(), info_.precision, report_.threads, kTiles);
    return {.name = fmt::format("projector alone, {} tiles", kTiles),
            .unit = "tiles/s",
            .value = kTiles / seconds,
            .against = kProduct,
            .reached = kTiles * CountFlops(config_).projector_per_tile / seconds};
  }

  Reading Preprocess(const std::string& name, const std::vector<std::uint8_t>& jpeg) const {
    int tiles = 0;
    const double seconds = SecondsOf([&] { tiles = TileCount(TilePage(jpeg, info_, /*threads=*/1)->grid); });
    return {.name = name, .unit = "tiles/s", .value = tiles / seconds};
  }

  /// Questions per second from JPEG to answer, over a page of 7 and one of 13 tiles: all questions of a page at once,
  /// and each alone from its picture on, as the reference's scripts ask.
  std::vector<Reading> PagesOfQuestions() {
    constexpr double kQuestionsInAll = 2 * kQuestionsPerPage;
    const double together_s = SecondsOf([&] {
      for (const auto* jpeg : {&page7_, &page13_}) {
        Answer(*backend_,
               MakeQuestions(TilePage(*jpeg, info_, report_.threads), kQuestionsPerPage, kShortAnswerTokens));
      }
    });
    const double alone_s = SecondsOf([&] {
      for (const auto* jpeg : {&page7_, &page13_}) {
        for (int i = 0; i < kQuestionsPerPage; ++i) {
          const auto queries =
              MakeQuestions(TilePage(*jpeg, info_, report_.threads), kQuestionsPerPage, kShortAnswerTokens);
          Answer(*backend_, std::span(queries).subspan(static_cast<std::size_t>(i), 1));
        }
      }
    });
    return {{.name = "like DocVQA, one question at a time", .unit = "questions/s", .value = kQuestionsInAll / alone_s},
            {.name = "like DocVQA, a page's questions together",
             .unit = "questions/s",
             .value = kQuestionsInAll / together_s,
             .against = "one at a time",
             .reached = alone_s / together_s}};
  }

  Reading Loading() const {
    const double seconds =
        SecondsOf([&] { Answer(*MakeBackend(backend_settings_), MakeQuestions(nullptr, 1, /*new_tokens=*/1)); });
    return {.name = "loading and a first token, files in memory", .unit = "s", .value = seconds};
  }

  SpeedSettings settings_;
  ModelConfig config_;
  BackendSettings backend_settings_;
  std::unique_ptr<Backend> backend_;
  BackendInfo info_;
  std::vector<std::uint8_t> page7_, page13_;
  SpeedReport report_;
};

}  // namespace

SpeedReport MeasureSpeed(const SpeedSettings& settings) { return SpeedSuite(settings).Run(); }

}  // namespace tessera

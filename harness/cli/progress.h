// How far a run is, on standard error.
#pragma once

#include <chrono>
#include <cstdio>
#include <string>
#include <vector>

#include "harness/journal/sample_record.h"
#include "harness/runner/run.h"

namespace tessera {

inline constexpr int kProgressSchemaVersion = 1;

/// kTerminal: one line that is drawn again, and one that stays for each finished benchmark. kPlain: a line whenever ten
/// seconds or ten per cent have passed. kJson: an object per line, as docs/run.md describes them.
enum class ProgressStyle { kTerminal, kPlain, kJson };

/// The destructor shows the last state. Not thread-safe: called where samples are written.
class Progress {
 public:
  Progress(std::FILE* out, ProgressStyle style) : out_(out), style_(style) {}
  ~Progress();
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  void Start(const std::vector<BenchmarkProgress>& benchmarks);
  void Add(const SampleRecord& record);

  /// Writes `text` as a line of its own, not into the one that is drawn again.
  void Notice(const std::string& text);

 private:
  using Clock = std::chrono::steady_clock;

  /// Samples of one benchmark, or of all.
  struct Counts {
    std::string benchmark;
    int done_before = 0;
    int done = 0;
    int total = 0;
    int failed = 0;
    int unscored = 0;  // answered, but without a score
    long tiles = 0;
    void Add(const SampleRecord& record);
  };
  /// Of this start of the run, resumed samples apart.
  struct Rates {
    double samples_per_s = 0;
    double tiles_per_s = 0;
    double remaining_s = 0;
  };

  Rates RatesAt(Clock::time_point now) const;
  bool IsDue(Clock::time_point now) const;
  void Draw(Clock::time_point now);
  void WriteDone(const Counts& benchmark);
  void WriteEvent(const char* event, const Counts* benchmark, Clock::time_point now);

  std::FILE* out_;
  ProgressStyle style_;
  std::vector<Counts> benchmarks_;
  Counts all_;
  std::size_t current_ = 0;  // the benchmark of the last sample
  int drawn_done_ = 0;
  bool is_line_open_ = false;  // the terminal's line has text
  Clock::time_point start_{};
  Clock::time_point drawn_{};
};

}  // namespace tessera

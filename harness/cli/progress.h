// How far a run is, on standard error.
#pragma once

#include <chrono>
#include <cstdio>

#include "harness/journal/sample_record.h"

namespace tessera {

/// On a terminal one line that is drawn again; otherwise a line whenever ten seconds or ten per cent have passed. The
/// destructor shows the last state. Not thread-safe: called where samples are written.
class Progress {
 public:
  Progress(std::FILE* out, bool is_terminal) : out_(out), is_terminal_(is_terminal) {}
  ~Progress();
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  void Start(int done, int total);
  void Add(const SampleRecord& record);

 private:
  using Clock = std::chrono::steady_clock;
  bool IsDue(Clock::time_point now) const;
  void Draw(Clock::time_point now);

  std::FILE* out_;
  bool is_terminal_;
  int done_before_ = 0;
  int done_ = 0;
  int total_ = 0;
  int failed_ = 0;
  long tiles_ = 0;
  int drawn_done_ = 0;
  Clock::time_point start_{};
  Clock::time_point drawn_{};
};

}  // namespace tessera

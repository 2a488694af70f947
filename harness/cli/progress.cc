#include "harness/cli/progress.h"

#include <fmt/format.h>

#include <algorithm>

#include "harness/cli/quantity_text.h"

namespace tessera {
void Progress::Start(int done, int total) {
  done_before_ = done_ = drawn_done_ = done;
  total_ = total;
  start_ = drawn_ = Clock::now();
  if (done > 0) fmt::print(out_, "tessera: resuming: {} of {} samples are done\n", done, total);
}

void Progress::Add(const SampleRecord& record) {
  ++done_;
  tiles_ += record.tiles;
  if (record.failure) ++failed_;
  const Clock::time_point now = Clock::now();
  if (IsDue(now)) Draw(now);
}

Progress::~Progress() {
  if (done_ == done_before_) return;
  if (done_ != drawn_done_) Draw(Clock::now());
  if (is_terminal_) fmt::print(out_, "\n");
}

bool Progress::IsDue(Clock::time_point now) const {
  if (is_terminal_) return now - drawn_ > std::chrono::milliseconds(100);
  return now - drawn_ > std::chrono::seconds(10) || 10 * (done_ - drawn_done_) >= total_;
}

void Progress::Draw(Clock::time_point now) {
  const double elapsed_s = std::max(1e-6, std::chrono::duration<double>(now - start_).count());
  const double samples_per_s = (done_ - done_before_) / elapsed_s;
  const double remaining_s = samples_per_s > 0 ? (total_ - done_) / samples_per_s : 0;
  const std::string line =
      fmt::format("{}/{} samples, {:.2f} samples/s, {:.2f} tiles/s, {} left, {} failed", done_, total_, samples_per_s,
                  static_cast<double>(tiles_) / elapsed_s, DurationText(remaining_s), failed_);
  if (is_terminal_) {
    fmt::print(out_, "\r\x1b[K{}", line);
  } else {
    fmt::print(out_, "tessera: {}\n", line);
  }
  std::fflush(out_);
  drawn_ = now;
  drawn_done_ = done_;
}

}  // namespace tessera

#include "harness/cli/progress.h"

#include <fmt/format.h>
#include <sys/ioctl.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "harness/base/strings.h"

#include "harness/cli/quantity_text.h"

namespace tessera {
namespace {

using OrderedJson = nlohmann::ordered_json;

/// `line` cut to the terminal's width: a line that wraps cannot be drawn again.
std::string FitTerminal(std::FILE* out, const std::string& line) {
  winsize size{};
  if (::ioctl(::fileno(out), TIOCGWINSZ, &size) != 0 || size.ws_col < 20) return line;
  return Shorten(line, std::size_t{size.ws_col} - 1);
}

}  // namespace

void Progress::Counts::Add(const SampleRecord& record) {
  ++done;
  tiles += record.tiles;
  if (record.failure) {
    ++failed;
  } else if (!record.score || !record.score->value) {
    ++unscored;
  }
}

void Progress::Start(const std::vector<BenchmarkProgress>& benchmarks) {
  for (const BenchmarkProgress& one : benchmarks) {
    benchmarks_.push_back({.benchmark = one.benchmark, .done_before = one.done, .done = one.done, .total = one.total});
    all_.done_before += one.done;
    all_.total += one.total;
  }
  all_.done = drawn_done_ = all_.done_before;
  start_ = drawn_ = Clock::now();
  if (style_ == ProgressStyle::kJson) {
    WriteEvent("start", nullptr, start_);
  } else if (all_.done > 0) {
    fmt::print(out_, "tessera: resuming: {} of {} samples are done\n", all_.done, all_.total);
  }
}

void Progress::Add(const SampleRecord& record) {
  all_.Add(record);
  const auto of = std::find_if(benchmarks_.begin(), benchmarks_.end(),
                               [&record](const Counts& counts) { return counts.benchmark == record.benchmark; });
  current_ = static_cast<std::size_t>(of - benchmarks_.begin());
  of->Add(record);
  const Clock::time_point now = Clock::now();
  if (IsDue(now)) Draw(now);
  if (of->done == of->total) WriteDone(*of);
}

Progress::~Progress() {
  if (benchmarks_.empty()) return;
  const Clock::time_point now = Clock::now();
  if (style_ == ProgressStyle::kJson) {
    WriteEvent("end", nullptr, now);
    return;
  }
  if (all_.done != drawn_done_) Draw(now);
  if (is_line_open_) fmt::print(out_, "\n");
}

void Progress::Notice(const std::string& text) {
  if (is_line_open_) fmt::print(out_, "\r\x1b[K");
  is_line_open_ = false;
  fmt::print(out_, "tessera: {}\n", text);
  std::fflush(out_);
}

Progress::Rates Progress::RatesAt(Clock::time_point now) const {
  const double elapsed_s = std::max(1e-6, std::chrono::duration<double>(now - start_).count());
  Rates rates{.samples_per_s = (all_.done - all_.done_before) / elapsed_s,
              .tiles_per_s = static_cast<double>(all_.tiles) / elapsed_s};
  if (rates.samples_per_s > 0) rates.remaining_s = (all_.total - all_.done) / rates.samples_per_s;
  return rates;
}

bool Progress::IsDue(Clock::time_point now) const {
  const bool is_tenth = 10 * (all_.done - drawn_done_) >= all_.total;
  switch (style_) {
    case ProgressStyle::kTerminal:
      return now - drawn_ > std::chrono::milliseconds(100);
    case ProgressStyle::kPlain:
      return is_tenth || now - drawn_ > std::chrono::seconds(10);
    case ProgressStyle::kJson:
      return is_tenth || now - drawn_ > std::chrono::seconds(1);
  }
  return false;
}

void Progress::Draw(Clock::time_point now) {
  const Counts& current = benchmarks_[current_];
  drawn_ = now;
  drawn_done_ = all_.done;
  if (style_ == ProgressStyle::kJson) {
    WriteEvent("progress", &current, now);
    return;
  }
  const Rates rates = RatesAt(now);
  const std::string of_benchmark =
      benchmarks_.size() > 1 ? fmt::format(" ({} {}/{})", current.benchmark, current.done, current.total) : "";
  const std::string line =
      fmt::format("{}/{} samples{}, {} left, {:.2f} samples/s, {:.2f} tiles/s, {} failed, {} unscored", all_.done,
                  all_.total, of_benchmark, DurationText(rates.remaining_s), rates.samples_per_s, rates.tiles_per_s,
                  all_.failed, all_.unscored);
  if (style_ == ProgressStyle::kTerminal) {
    fmt::print(out_, "\r\x1b[K{}", FitTerminal(out_, line));
    is_line_open_ = true;
  } else {
    fmt::print(out_, "tessera: {}\n", line);
  }
  std::fflush(out_);
}

void Progress::WriteDone(const Counts& benchmark) {
  if (style_ == ProgressStyle::kJson) {
    WriteEvent("benchmark_done", &benchmark, Clock::now());
  } else if (benchmarks_.size() > 1) {
    Notice(fmt::format("{} is done: {} samples, {} failed, {} unscored", benchmark.benchmark, benchmark.total,
                       benchmark.failed, benchmark.unscored));
  }
}

void Progress::WriteEvent(const char* event, const Counts* benchmark, Clock::time_point now) {
  const auto counts_json = [](const Counts& counts) {
    return OrderedJson{{"done", counts.done},     {"total", counts.total},       {"resumed", counts.done_before},
                       {"failed", counts.failed}, {"unscored", counts.unscored}, {"tiles", counts.tiles}};
  };
  const auto benchmark_json = [&counts_json](const Counts& counts) {
    OrderedJson json{{"name", counts.benchmark}};
    json.update(counts_json(counts));
    return json;
  };
  const Rates rates = RatesAt(now);
  OrderedJson json{{"event", event}, {"schema_version", kProgressSchemaVersion}};
  json.update(counts_json(all_));
  json["elapsed_s"] = std::chrono::duration<double>(now - start_).count();
  json["samples_per_s"] = rates.samples_per_s;
  json["tiles_per_s"] = rates.tiles_per_s;
  json["remaining_s"] = rates.samples_per_s > 0 ? OrderedJson(rates.remaining_s) : OrderedJson(nullptr);
  if (benchmark != nullptr) {
    json["benchmark"] = benchmark_json(*benchmark);
  } else {
    json["benchmarks"] = OrderedJson::array();
    for (const Counts& counts : benchmarks_) json["benchmarks"].push_back(benchmark_json(counts));
  }
  fmt::print(out_, "{}\n", json.dump(-1, ' ', false, OrderedJson::error_handler_t::replace));
  std::fflush(out_);
}

}  // namespace tessera

// What the speed suite found, as plain values and as text.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "harness/journal/run_record.h"

namespace tessera {

inline constexpr int kSpeedSchemaVersion = 1;

/// Above this spread a row says that its noise did not settle.
inline constexpr double kSettledSpread = 0.1;

/// A row with fewer samples says so instead.
inline constexpr std::size_t kFewestSamples = 5;

/// One measured quantity.
struct SpeedRow {
  std::string name;
  std::string unit;            // "tiles/s", "s"
  std::vector<double> values;  // one a sample
  std::string against;         // what `shares` are of; empty: they are not of anything
  std::vector<double> shares;  // one a sample, 1 = 100 %
};

struct SpeedReport {
  std::string checkpoint;
  std::string precision;
  std::string weights = "stored";
  int threads = 0;
  MachineRecord machine;
  double load_before = 0, load_after = 0;  // processes that ran or waited, over the last minute
  std::uint64_t peak_bytes = 0;            // of this process's memory
  std::vector<SpeedRow> rows;
};

/// The middle value; of an even number the mean of the two middle ones. `values` must not be empty.
double Median(std::vector<double> values);

/// The distance between the quartiles, over the median.
double Spread(const std::vector<double>& values);

std::string SpeedText(const SpeedReport& report);

/// The table in Markdown, for documents.
std::string SpeedMarkdown(const SpeedReport& report);

/// Every sample too; every key carries its unit.
std::string SpeedJson(const SpeedReport& report);

}  // namespace tessera

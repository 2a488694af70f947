// The speed suite: every stage of the model between two measurements of what the machine can do.
#pragma once

#include <filesystem>
#include <functional>
#include <string>

#include "harness/profile/speed_report.h"

namespace tessera {

struct SpeedSettings {
  std::filesystem::path checkpoint;
  std::string precision = "auto", weights = "stored";  // as for BackendSettings
  int threads = 0;                                     // 0: all cores
  int samples = 5;                                     // of every row, at least 1
  bool measures_run = true;                            // false: without the run like DocVQA, which takes longest
  std::function<void(const std::string&)> notice;      // told what is measured next; may be empty
};

/// Measures the matrix products and memory reads of this machine, then the stages of `checkpoint` and a run shaped like
/// DocVQA. Each sample of a stage lies between two measurements of the limits, and its share is of their mean. Throws
/// kInput for a broken checkpoint or a question that fails, kUsage in a build without the native model.
SpeedReport MeasureSpeed(const SpeedSettings& settings);

}  // namespace tessera

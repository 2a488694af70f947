// How fast a device is, and how long it needs for a piece of work.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "harness/estimate/work.h"

namespace tessera {

/// Published figures of one device.
struct Device {
  std::string_view name;   // as --on takes it
  std::string_view title;  // as its maker calls it
  double flops_per_s = 0;  // bfloat16 with float32 accumulation, dense: peak
  double bytes_per_s = 0;  // of its memory: peak
  double memory_bytes = 0;
  std::string_view source;
};
std::span<const Device> Devices();

/// What work is timed with: one device or several, each with a share of the pictures.
struct DeviceSpeed {
  std::string title;
  double flops_per_s = 0;                                        // of one device
  double bytes_per_s = 0;                                        // of one device
  std::optional<double> vision_flops_per_s, decode_flops_per_s;  // where they are known to be others
  int devices = 1;
  double memory_bytes = 0;  // of one device; 0: not known
  double efficiency = 1;    // what is reached of both rates, in (0, 1]
  std::string source;       // where the rates come from
};

/// The speed of `text`: a name of Devices(), or NAMExN for N of them ("h100x8"). Throws kUsage for another text, with
/// the nearest name.
DeviceSpeed ParseDevice(const std::string& text, double efficiency);

/// Seconds of each phase: the roofline max(flops / flops_per_s, bytes / bytes_per_s) / (efficiency x devices). Reading
/// and tiling pictures is not in it: the harness does that at the same time.
struct TimeEstimate {
  double vision_s = 0;  // projector included
  double prefill_s = 0;
  double decode_s = 0;
  double decode_limit_s = 0;  // when every answer reaches its limit
  double Total() const { return vision_s + prefill_s + decode_s; }
  double Limit() const { return vision_s + prefill_s + decode_limit_s; }
};
TimeEstimate EstimateTime(const Work& work, const DeviceSpeed& speed);

}  // namespace tessera

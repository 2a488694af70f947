#include "harness/estimate/device.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <vector>

#include "harness/base/error.h"
#include "harness/base/strings.h"

namespace tessera {
namespace {

constexpr int kMostDevices = 1024;

constexpr std::array<Device, 4> kDevices{{
    {"h100", "NVIDIA H100 SXM5 80 GB", 989.4e12, 3.35e12, 80e9, "NVIDIA H100 architecture white paper and data sheet"},
    {"h200", "NVIDIA H200 SXM 141 GB", 989.4e12, 4.8e12, 141e9, "NVIDIA H200 data sheet"},
    {"a100", "NVIDIA A100 SXM4 80 GB", 312e12, 2.039e12, 80e9, "NVIDIA A100 data sheet"},
    {"rtx4090", "NVIDIA GeForce RTX 4090 24 GB", 165.2e12, 1.008e12, 24e9,
     "NVIDIA Ada GPU architecture white paper, appendix A"},
}};

const Device* FindDevice(std::string_view name) {
  const auto found =
      std::find_if(kDevices.begin(), kDevices.end(), [name](const Device& device) { return device.name == name; });
  return found == kDevices.end() ? nullptr : &*found;
}

/// The number behind the last 'x', when there is one in range.
std::optional<int> DeviceCount(std::string_view digits) {
  int count = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), count);
  const bool whole = error == std::errc() && end == digits.data() + digits.size();
  return whole && count >= 1 && count <= kMostDevices ? std::optional(count) : std::nullopt;
}

std::string UnknownDevice(const std::string& text, const std::string& name) {
  std::vector<std::string> names;
  for (const Device& device : kDevices) names.emplace_back(device.name);
  std::optional<std::string> nearest = NearestName(text, names);
  if (!nearest) nearest = NearestName(name, names);
  const std::string hint = nearest ? fmt::format("; did you mean \"{}\"?", *nearest) : "";
  return fmt::format("--on: unknown device \"{}\"{} There are {}, and NAMExN for up to {} of them", text,
                     hint.empty() ? "." : hint, Join(names, ", "), kMostDevices);
}

double RooflineSeconds(const PhaseCost& cost, double flops_per_s, const DeviceSpeed& speed) {
  const double seconds = std::max(cost.flops / flops_per_s, cost.bytes / speed.bytes_per_s);
  return seconds / (speed.efficiency * speed.devices);
}

}  // namespace

std::span<const Device> Devices() { return kDevices; }

DeviceSpeed ParseDevice(const std::string& text, double efficiency) {
  const Device* device = FindDevice(text);  // first, for a name may end in x and digits
  std::optional<int> count = 1;
  std::string name = text;
  if (const std::size_t x = text.rfind('x'); device == nullptr && x != std::string::npos) {
    name = text.substr(0, x);
    device = FindDevice(name);
    count = DeviceCount(std::string_view(text).substr(x + 1));
  }
  if (device == nullptr || !count) throw UsageError(UnknownDevice(text, name));
  return {.title = *count == 1 ? std::string(device->title) : fmt::format("{} x {}", *count, device->title),
          .flops_per_s = device->flops_per_s,
          .bytes_per_s = device->bytes_per_s,
          .devices = *count,
          .memory_bytes = device->memory_bytes,
          .efficiency = efficiency,
          .source = std::string(device->source)};
}

TimeEstimate EstimateTime(const Work& work, const DeviceSpeed& speed) {
  const double vision = speed.vision_flops_per_s.value_or(speed.flops_per_s);
  const double decode = speed.decode_flops_per_s.value_or(speed.flops_per_s);
  return {.vision_s = RooflineSeconds(work.vision, vision, speed) + RooflineSeconds(work.projector, vision, speed),
          .prefill_s = RooflineSeconds(work.prefill, speed.flops_per_s, speed),
          .decode_s = RooflineSeconds(work.decode, decode, speed),
          .decode_limit_s = RooflineSeconds(work.decode_limit, decode, speed)};
}

}  // namespace tessera

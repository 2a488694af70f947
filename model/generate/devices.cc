#include "model/generate/devices.h"

#include <ATen/Context.h>
#include <ATen/DeviceAccelerator.h>
#include <ATen/detail/CUDAHooksInterface.h>
#include <fmt/format.h>

#include <algorithm>

#include "harness/base/error.h"
#include "harness/base/strings.h"
#include "model/config/layer_split.h"

namespace tessera {
namespace {

/// One of `names`, whether it is there or not.
at::Device ParseDevice(std::string_view name, std::string_view names) {
  if (name == "cpu") return at::kCPU;
  const bool is_numbered = name.starts_with("cuda:");
  const std::string_view digits = is_numbered ? name.substr(5) : "0";
  const bool is_number = !digits.empty() && digits.size() <= 2 &&
                         std::all_of(digits.begin(), digits.end(), [](char c) { return c >= '0' && c <= '9'; });
  if (!is_number || (!is_numbered && name != "cuda")) {
    throw UsageError(fmt::format(
        "device \"{}\": expected cpu, cuda or cuda:N, or several GPUs for one model as cuda:0+cuda:1", names));
  }
  return at::Device(at::kCUDA, static_cast<at::DeviceIndex>(std::stoi(std::string(digits))));
}

void RequireGpu(const at::Device& device, std::string_view names) {
  if (!at::hasCUDA()) {
    throw EnvironmentError(fmt::format("device \"{}\": this build or machine has no CUDA device", names));
  }
  const int count = at::detail::getCUDAHooks().getNumGPUs();
  if (device.index() >= count) {
    throw EnvironmentError(fmt::format("device \"{}\": this machine has {} CUDA devices", names, count));
  }
}

std::int64_t FreeBytes(const at::Device& device) {
  at::globalContext().lazyInitDevice(device.type());
  return static_cast<std::int64_t>(at::accelerator::getMemoryInfo(device.index()).first);
}

}  // namespace

std::vector<at::Device> ChooseDevices(std::string_view names) {
  std::vector<at::Device> devices;
  for (const std::string& name : Split(names, '+')) {
    const at::Device device = ParseDevice(name, names);
    if (std::find(devices.begin(), devices.end(), device) != devices.end()) {
      throw UsageError(fmt::format("device \"{}\": {} stands there twice", names, device.str()));
    }
    devices.push_back(device);
  }
  const auto is_cpu = [](const at::Device& device) { return device.is_cpu(); };
  if (devices.size() > 1 && std::any_of(devices.begin(), devices.end(), is_cpu)) {
    throw UsageError(fmt::format("device \"{}\": the layers of a model are split over GPUs, not the CPU", names));
  }
  for (const at::Device& device : devices) {
    if (!device.is_cpu()) RequireGpu(device, names);
  }
  return devices;
}

std::vector<at::Device> PlaceLayers(const ModelConfig& config, at::ScalarType type,
                                    const std::vector<at::Device>& devices) {
  std::vector<int> shares = {config.language.num_hidden_layers};
  if (devices.size() > 1) {
    std::vector<DeviceMemory> memory;
    for (const at::Device& device : devices) memory.push_back({device.str(), FreeBytes(device)});
    shares = ShareLayers(CountSplitCost(config, static_cast<int>(at::elementSize(type))), memory);
  }
  std::vector<at::Device> layer_devices;
  for (std::size_t i = 0; i < devices.size(); ++i) {
    layer_devices.insert(layer_devices.end(), static_cast<std::size_t>(shares[i]), devices[i]);
  }
  return layer_devices;
}

std::string DeviceNames(const std::vector<at::Device>& layer_devices) {
  std::vector<std::string> names;
  for (const at::Device& device : layer_devices) {
    if (names.empty() || names.back() != device.str()) names.push_back(device.str());
  }
  return Join(names, "+");
}

}  // namespace tessera

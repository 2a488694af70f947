// The devices that a model runs on.
#pragma once

#include <ATen/core/Tensor.h>

#include <string>
#include <string_view>
#include <vector>

#include "model/config/model_config.h"

namespace tessera {

/// names: "cpu", "cuda", "cuda:1" ..., or GPUs that share the layers of one model, as "cuda:0+cuda:1". Throws kUsage
/// for another, also for the CPU or a GPU twice among several; kEnvironment for a device that is not there.
std::vector<at::Device> ChooseDevices(std::string_view names);

/// The device of each decoder layer, in order: one device holds all, several GPUs share them by the memory that is free
/// on each now. Throws as ShareLayers does.
std::vector<at::Device> PlaceLayers(const ModelConfig& config, at::ScalarType type,
                                    const std::vector<at::Device>& devices);

/// As ChooseDevices takes it: "cuda:0+cuda:1", of layers on these devices.
std::string DeviceNames(const std::vector<at::Device>& layer_devices);

}  // namespace tessera

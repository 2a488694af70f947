// Decoder layers shared out over several devices, for a model that is too big for one.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "model/config/model_config.h"

namespace tessera {

/// Bytes that a model takes on the devices it is split over.
struct SplitCost {
  int layers = 0;                // decoder layers
  std::int64_t layer_bytes = 0;  // of one: its weights, keys and values
  std::int64_t first_bytes = 0;  // on the first device besides: vision tower, projector, embedding table
  std::int64_t last_bytes = 0;   // on the last: final norm, output head
  std::int64_t each_bytes = 0;   // on every device: activations
};

/// The cost on GPUs in arithmetic of `bytes_per_element`: with as many keys and values as are ever held at a time, and
/// the activations of a question on 40 tiles and a thumbnail, the most that a recipe asks for.
SplitCost CountSplitCost(const ModelConfig& config, int bytes_per_element);

struct DeviceMemory {
  std::string name;  // "cuda:1"
  std::int64_t free_bytes = 0;
};

/// How many consecutive decoder layers each device holds, in order: at least one, and so many that the device which has
/// the least memory left has as much as possible. Throws kUsage for fewer layers than devices, kEnvironment where no
/// sharing-out fits; its message names what is needed and what is free.
std::vector<int> ShareLayers(const SplitCost& cost, std::span<const DeviceMemory> devices);

}  // namespace tessera

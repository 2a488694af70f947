// How fast this machine computes the layers of a model.
#pragma once

#include <string>

#include "model/config/model_config.h"
#include "model/config/weight_format.h"

namespace tessera {

/// Rates in the model's own shapes; a multiply-add is 2 FLOP.
struct MachineSpeed {
  double vision_flops_per_s = 0;   // of a block of the vision tower over one tile
  double prefill_flops_per_s = 0;  // of a language layer over a prompt
  double decode_flops_per_s = 0;   // of a language layer over one token of each of many sequences
  double decode_bytes_per_s = 0;   // of weights as they lie in memory, read for one token
};

/// The median of what repeated passes over layers of `config` with arbitrary weights reach on `device` in arithmetic of
/// `precision`, with `threads` threads (0: UsefulThreads) and prompts of `prompt_tokens` tokens; takes about two
/// seconds, and at least three passes of each kind. `weights` are those of the language layers, kInt8 only on the CPU.
/// Throws kUsage for an unknown precision or device name, kEnvironment for a device that is not there or too small for
/// a layer.
MachineSpeed MeasureMachineSpeed(const ModelConfig& config, const std::string& precision, WeightFormat weights,
                                 const std::string& device, int threads, int prompt_tokens);

}  // namespace tessera

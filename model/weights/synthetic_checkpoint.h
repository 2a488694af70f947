// A checkpoint folder with random weights, for measuring speed and for tests.
#pragma once

#include <cstdint>
#include <filesystem>

#include "model/config/model_config.h"

namespace tessera {

struct SyntheticCheckpoint {
  ModelConfig config;                      // InternLM2; its torch_dtype is how the weights are stored
  std::filesystem::path tokenizer_folder;  // whose tokenizer files are copied
  std::uint64_t seed = 0;
};

/// Bytes of the weights alone.
std::uint64_t SyntheticBytes(const ModelConfig& config);

/// Writes config.json, the tokenizer's files and one model.safetensors to the new folder `out`, which appears only when
/// it is complete. The bytes depend on nothing but `checkpoint`. Tensors are written as they are made: memory stays
/// small. Throws kUsage when `out` exists or torch_dtype is neither bfloat16 nor float32, kInput for a tokenizer that
/// is broken or has more ids than the configuration's vocabulary, kEnvironment when the disk has too little room
/// (checked before anything is written) or cannot be written.
void MakeSyntheticCheckpoint(const SyntheticCheckpoint& checkpoint, const std::filesystem::path& out);

}  // namespace tessera

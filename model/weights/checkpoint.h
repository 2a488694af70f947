// A checkpoint folder: its configuration and its mapped weights, checked against each other.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "model/config/model_config.h"
#include "model/weights/safetensors.h"

namespace tessera {

/// The mapped weights of a checkpoint. Constructed only when every tensor that the configuration asks for is there
/// once, in the right shape and a floating type, and nothing else is.
class Checkpoint {
 public:
  /// Opens `model.safetensors`, or the shards of `model.safetensors.index.json`. Throws kInput naming every unknown,
  /// missing, duplicate and mis-shaped tensor (up to 8 of each) before anything is allocated.
  static Checkpoint Open(const std::filesystem::path& folder, const ModelConfig& config);

  /// The tensor called `name`; throws std::out_of_range for a name that is not in ExpectedTensors.
  const TensorView& Tensor(const std::string& name) const;

  /// Lets the kernel drop the mapped pages of `name`, after its values were converted elsewhere.
  void Release(const std::string& name) const;

  std::vector<std::filesystem::path> files() const;
  std::uint64_t bytes() const;   ///< of all tensors
  DataType stored_type() const;  ///< of the largest tensor

 private:
  struct Location {
    std::size_t file = 0;
    const TensorView* view = nullptr;
  };
  std::vector<std::filesystem::path> paths_;
  std::vector<SafetensorsFile> files_;
  std::map<std::string, Location> tensors_;
};

}  // namespace tessera

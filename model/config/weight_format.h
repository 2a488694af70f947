// How weights are held in memory.
#pragma once

#include <string_view>

namespace tessera {

/// Of the language model's matrices, all but the embedding table.
enum class WeightFormat {
  kStored,  // as the checkpoint has them
  kInt8,    // with a float32 scale per row
};

/// "stored" or "int8". Throws kUsage for another.
WeightFormat ParseWeightFormat(std::string_view name);

}  // namespace tessera

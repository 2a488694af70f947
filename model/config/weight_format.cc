#include "model/config/weight_format.h"

#include <fmt/format.h>

#include "harness/base/error.h"

namespace tessera {

WeightFormat ParseWeightFormat(std::string_view name) {
  if (name == "stored") return WeightFormat::kStored;
  if (name == "int8") return WeightFormat::kInt8;
  throw UsageError(fmt::format("weights \"{}\": expected stored or int8", name));
}

}  // namespace tessera

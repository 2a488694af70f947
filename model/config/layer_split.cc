#include "model/config/layer_split.h"

#include <fmt/format.h>

#include <algorithm>

#include "harness/base/error.h"
#include "harness/base/strings.h"
#include "model/config/model_cost.h"

namespace tessera {
namespace {

constexpr int kMostTiles = 41;

std::string Gibibytes(std::int64_t bytes) {
  return fmt::format("{:.2f} GiB", static_cast<double>(bytes) / static_cast<double>(std::int64_t{1} << 30));
}

[[noreturn]] void FailToFit(const SplitCost& cost, std::span<const DeviceMemory> devices) {
  std::vector<std::string> free;
  for (const DeviceMemory& device : devices) {
    free.push_back(fmt::format("{} on {}", Gibibytes(device.free_bytes), device.name));
  }
  throw EnvironmentError(fmt::format(
      "the model does not fit: it needs {} for each of {} decoder layers with keys and values, {} for the vision tower "
      "and the embeddings on the first device, {} for the output head on the last, {} for activations on each; free: "
      "{}",
      Gibibytes(cost.layer_bytes), cost.layers, Gibibytes(cost.first_bytes), Gibibytes(cost.last_bytes),
      Gibibytes(cost.each_bytes), Join(free, ", ")));
}

}  // namespace

SplitCost CountSplitCost(const ModelConfig& config, int bytes_per_element) {
  const LanguageConfig& language = config.language;
  const ParameterCount parameters = CountParameters(config);
  const std::int64_t table = std::int64_t{language.vocab_size} * language.hidden_size;  // embedding, and output head
  const std::int64_t head = table + language.hidden_size;                               // with the norm before it
  // Prefixes and tails have a limit each; no question has more tokens than the context.
  const std::int64_t most_tokens = std::int64_t{kQuestionsAtOnce} * language.max_position_embeddings;
  const std::int64_t kv_bytes =
      2 * std::min(kKeyValueBytes, most_tokens * KvBytesPerToken(language, bytes_per_element));
  const WorkSize largest{.tiles = kMostTiles, .prompt_tokens = kMostTiles * TokensPerTile(config)};
  return {
      .layers = language.num_hidden_layers,
      .layer_bytes = ((parameters.language - table - head) * bytes_per_element + kv_bytes) / language.num_hidden_layers,
      .first_bytes = (parameters.vision + parameters.projector + table) * bytes_per_element,
      .last_bytes = head * bytes_per_element,
      .each_bytes = EstimateMemory(config, largest, bytes_per_element).activations};
}

std::vector<int> ShareLayers(const SplitCost& cost, std::span<const DeviceMemory> devices) {
  if (cost.layers < static_cast<int>(devices.size())) {
    throw UsageError(
        fmt::format("the model has {} decoder layers, too few to split over {} devices", cost.layers, devices.size()));
  }
  std::vector<std::int64_t> left;  // with one layer on each device
  for (const DeviceMemory& device : devices) left.push_back(device.free_bytes - cost.each_bytes - cost.layer_bytes);
  left.front() -= cost.first_bytes;
  left.back() -= cost.last_bytes;
  std::vector<int> layers(devices.size(), 1);
  for (int placed = static_cast<int>(devices.size()); placed < cost.layers; ++placed) {
    const auto roomiest = std::max_element(left.begin(), left.end());
    *roomiest -= cost.layer_bytes;
    ++layers[static_cast<std::size_t>(roomiest - left.begin())];
  }
  if (*std::min_element(left.begin(), left.end()) < 0) FailToFit(cost, devices);
  return layers;
}

}  // namespace tessera

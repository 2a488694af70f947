#include "harness/backends/replay_backend.h"

#include <fmt/format.h>

#include <algorithm>

namespace tessera {

ReplayBackend::ReplayBackend(const std::filesystem::path& path) : stored_(ReadStoredAnswers(path)) {}

BackendInfo ReplayBackend::Info() const { return {.name = "replay", .wants_tiles = false, .wants_pictures = false}; }

void ReplayBackend::Generate(std::span<const Query> batch, const Deliver& deliver) {
  for (std::size_t i = 0; i < batch.size(); ++i) deliver(i, Answer(batch[i]));
}

Outcome ReplayBackend::Answer(const Query& query) const {
  const auto stored = stored_.answers.find(stored_.format == "journal" ? query.sample_key : query.sample_id);
  if (stored == stored_.answers.end()) return Failure{.sample_id = query.sample_id, .message = "no stored answer"};
  const auto turn = static_cast<std::size_t>(
      std::ranges::count_if(query.prompt.turns, [](const Turn& each) { return each.role == Role::kAssistant; }));
  if (turn >= stored->second.size()) {
    return Failure{.sample_id = query.sample_id, .message = fmt::format("no stored answer to turn {}", turn + 1)};
  }
  return Prediction{.sample_id = query.sample_id, .answer = stored->second[turn]};
}

}  // namespace tessera

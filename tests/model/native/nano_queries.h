// Questions to the embedded checkpoint on seeded pictures.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <utility>
#include <variant>

#include "model/api/prediction.h"
#include "model/api/query.h"
#include "model/text/conversation.h"

namespace tessera {

inline const std::filesystem::path kNano = std::filesystem::path(TESSERA_SOURCE_DIR) / "model" / "nano";

/// Tiles of smooth, seeded pixels.
inline std::shared_ptr<const TileBatch> MakeTestTiles(int tile_size, const TileGrid& grid, int seed) {
  auto tiles = std::make_shared<TileBatch>(TileBatch{.grid = grid, .tile_size = tile_size});
  tiles->pixels.resize(static_cast<std::size_t>(TileCount(grid)) * 3 * static_cast<std::size_t>(tile_size * tile_size));
  for (std::size_t i = 0; i < tiles->pixels.size(); ++i) {
    tiles->pixels[i] = static_cast<float>((i * 31 + static_cast<std::size_t>(seed) * 977) % 401) / 100.0f - 2.0f;
  }
  return tiles;
}

inline Query MakeQuery(const std::string& question, std::shared_ptr<const TileBatch> tiles) {
  Query query{.sample_id = question};
  query.prompt.turns = {{Role::kSystem, std::string(kDefaultSystemMessage)}, {Role::kUser, question}};
  query.prompt.generation.max_new_tokens = 12;
  if (tiles != nullptr) query.tiles.push_back(std::move(tiles));
  return query;
}

/// The answer, or what failed.
inline std::string AnswerOf(const Outcome& outcome) {
  if (const auto* failure = std::get_if<Failure>(&outcome)) return "failure: " + failure->message;
  return std::get<Prediction>(outcome).answer;
}

}  // namespace tessera

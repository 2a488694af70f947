#include "harness/profile/speed_work.h"

#include <fmt/format.h>

#include <array>

#include "datasets/image_codec.h"
#include "datasets/jpeg_encoder.h"
#include "harness/base/error.h"
#include "model/api/generate_all.h"
#include "model/image/tiling.h"
#include "model/text/conversation.h"

namespace tessera {
namespace {

constexpr std::array<const char*, 8> kQuestions = {
    "What is the title of the page?",       "Which year is named first?",     "How many columns has the table?",
    "What is the total at the end?",        "Who signed the letter?",         "What is the highest value?",
    "Which city is in the second address?", "What is the number of the page?"};

}  // namespace

std::vector<std::uint8_t> DrawPageJpeg(int width, int height) {
  Image page{.width = width, .height = height};
  page.rgb.reserve(3 * static_cast<std::size_t>(width) * static_cast<std::size_t>(height));
  for (int y = 0; y < height; ++y) {
    for (int x = 0; x < width; ++x) {
      constexpr int kLine = 40;
      const bool in_word = y % kLine < 22 && (x * 7 + y / kLine * 131) % 97 < 70;
      const bool ink = in_word && (x * x / 3 + y * 5 + x * y / 11) % 7 < 3;
      const int paper = 235 + 20 * x / width;
      for (int channel = 0; channel < 3; ++channel) {
        page.rgb.push_back(static_cast<std::uint8_t>(ink ? 30 + 10 * channel : paper - 4 * channel));
      }
    }
  }
  return EncodeJpeg(page);
}

std::shared_ptr<const TileBatch> TilePage(const std::vector<std::uint8_t>& jpeg, const BackendInfo& backend,
                                          int threads) {
  TilingSettings settings;
  settings.tile_size = backend.tile_size;
  return std::make_shared<TileBatch>(MakeTiles(DecodeImage(jpeg), settings, threads));
}

std::vector<Query> MakeQuestions(const std::shared_ptr<const TileBatch>& page, int count, int new_tokens) {
  std::vector<Query> queries;
  for (int i = 0; i < count; ++i) {
    const char* question = kQuestions[static_cast<std::size_t>(i) % kQuestions.size()];
    Query query{.sample_id = std::to_string(i)};
    query.prompt.turns = {
        {Role::kSystem, std::string(kDefaultSystemMessage)},
        {Role::kUser, fmt::format("{} Answer the question using a single word or phrase.", question)}};
    query.prompt.generation.max_new_tokens = query.prompt.generation.min_new_tokens = new_tokens;
    if (page) query.tiles = {page};
    queries.push_back(std::move(query));
  }
  return queries;
}

std::vector<Prediction> Answer(Backend& backend, std::span<const Query> queries) {
  std::vector<Prediction> predictions;
  for (Outcome& outcome : GenerateAll(backend, queries)) {
    if (const auto* failure = std::get_if<Failure>(&outcome)) throw InputError(failure->message);
    predictions.push_back(std::get<Prediction>(std::move(outcome)));
  }
  return predictions;
}

}  // namespace tessera

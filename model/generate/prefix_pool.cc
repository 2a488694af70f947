#include "model/generate/prefix_pool.h"

#include <ATen/ops/arange.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/zeros.h>

#include <algorithm>
#include <chrono>
#include <numeric>
#include <set>
#include <utility>

#include "harness/base/seconds_since.h"
#include "model/generate/row_quantum.h"

namespace tessera {
namespace {

using Clock = std::chrono::steady_clock;

}  // namespace

TokenPrompt TokenisePrompt(const NativeModel& model, const Query& query) {
  TokenPrompt prompt{.pictures = query.tiles};
  std::vector<int> image_tokens;
  for (const auto& tiles : query.tiles) image_tokens.push_back(TileCount(tiles->grid) * TokensPerTile(model.config));
  if (query.prompt.image_layout == ImageLayout::kOneMark && image_tokens.size() > 1) {
    image_tokens = {std::accumulate(image_tokens.begin(), image_tokens.end(), 0)};
  }
  prompt.ids = model.tokenizer.Encode(RenderChat(*model.chat_template, query.prompt, image_tokens));
  const auto last = std::find(prompt.ids.rbegin(), prompt.ids.rend(), model.context_token);
  prompt.prefix_tokens = static_cast<std::size_t>(prompt.ids.rend() - last);
  return prompt;
}

PrefixPool::Key PrefixPool::KeyOf(const TokenPrompt& prompt) const {
  const auto end = prompt.ids.begin() + static_cast<std::ptrdiff_t>(prompt.prefix_tokens);
  Key key{.ids = {prompt.ids.begin(), end},
          .rope_regime = RopeRegime(model_.config.language, static_cast<std::int64_t>(prompt.ids.size()))};
  for (const auto& picture : prompt.pictures) key.pictures.push_back(picture.get());
  return key;
}

bool PrefixPool::IsHere(const Key& key) const {
  const auto found = entries_.find(key);
  if (found == entries_.end()) return false;
  const auto& pictures = found->second.pictures;
  return std::none_of(pictures.begin(), pictures.end(), [](const auto& picture) { return picture.expired(); });
}

void PrefixPool::Begin(std::span<const TokenPrompt* const> prompts) {
  std::set<Key> wanted;
  for (const TokenPrompt* prompt : prompts) wanted.insert(KeyOf(*prompt));
  std::erase_if(entries_, [&](const auto& entry) { return !wanted.contains(entry.first) || !IsHere(entry.first); });
}

void PrefixPool::End() {
  embeddings_.clear();
  ids_.clear();
}

std::size_t PrefixPool::IdOf(const TokenPrompt& prompt) {
  return ids_.emplace(KeyOf(prompt), ids_.size()).first->second;
}

void PrefixPool::EncodePictures(std::span<const TokenPrompt* const> prompts) {
  const auto start = Clock::now();
  std::vector<const TileBatch*> missing;
  for (const TokenPrompt* prompt : prompts) {
    if (IsHere(KeyOf(*prompt))) continue;
    for (const auto& picture : prompt->pictures) {
      const bool is_known = embeddings_.contains(picture.get()) ||
                            std::find(missing.begin(), missing.end(), picture.get()) != missing.end();
      if (!is_known) missing.push_back(picture.get());
    }
  }
  if (missing.empty()) return;
  const std::vector<at::Tensor> encoded = tessera::EncodePictures(model_, missing);
  int tiles = 0;
  for (const TileBatch* picture : missing) tiles += TileCount(picture->grid);
  const double tile_s = SecondsSince(start) / tiles;
  for (std::size_t i = 0; i < missing.size(); ++i) {
    embeddings_[missing[i]] = {.rows = encoded[i], .vision_s = tile_s * TileCount(missing[i]->grid)};
  }
}

void PrefixPool::MakeRoom(std::int64_t tokens) {
  const auto held = [&] {
    std::int64_t sum = tokens;
    for (const auto& [key, entry] : entries_) sum += entry.prefix->tokens;
    return sum;
  };
  while (held() > most_tokens_) {
    auto oldest = entries_.end();
    for (auto it = entries_.begin(); it != entries_.end(); ++it) {
      if (it->second.prefix.use_count() > 1) continue;
      if (oldest == entries_.end() || it->second.last_use < oldest->second.last_use) oldest = it;
    }
    if (oldest == entries_.end()) return;
    entries_.erase(oldest);
  }
}

at::Tensor PrefixPool::PictureRows(const TokenPrompt& prompt) {
  if (prompt.pictures.empty()) return {};
  const TokenPrompt* const wanted[] = {&prompt};
  EncodePictures(wanted);
  std::vector<at::Tensor> rows;
  for (const auto& picture : prompt.pictures) {
    Encoded& encoded = embeddings_.at(picture.get());
    rows.push_back(encoded.rows);
    if (std::exchange(encoded.is_reported, true)) continue;
    unreported_.vision_s += encoded.vision_s;
    unreported_.work.pictures += 1;
    unreported_.work.tiles += TileCount(picture->grid);
  }
  return at::cat(rows);
}

PromptParts PrefixPool::EmbedWhole(const TokenPrompt& prompt) {
  const at::Tensor pictures = PictureRows(prompt);
  const at::Tensor embedded = EmbedPrompt(model_, prompt.ids, pictures)[0];
  PromptParts parts = std::exchange(unreported_, {});
  parts.tail = embedded;
  parts.work.prefilled_tokens += embedded.size(0);
  return parts;
}

std::shared_ptr<const Prefix> PrefixPool::Make(const TokenPrompt& prompt) {
  const LanguageConfig& config = model_.config.language;
  const at::Tensor pictures = PictureRows(prompt);
  const auto start = Clock::now();
  const auto end = prompt.ids.begin() + static_cast<std::ptrdiff_t>(prompt.prefix_tokens);
  const at::Tensor embedded = EmbedPrompt(model_, {prompt.ids.begin(), end}, pictures);
  const auto tokens = static_cast<std::int64_t>(prompt.prefix_tokens);
  const std::int64_t rows = PaddedRows(tokens, model_.type, model_.device);
  const at::Tensor padded = at::cat({embedded, at::zeros({1, rows - tokens, embedded.size(2)}, embedded.options())}, 1);
  Rope rope(config, model_.type, model_.device);
  const at::Tensor& frequencies = rope.Frequencies(static_cast<std::int64_t>(prompt.ids.size()));
  const RopeTables tables =
      MakeRopeTables(config, at::arange(rows, at::kFloat), frequencies, model_.type, model_.device);
  KvCache cache = MakeKvCache(config, 1, rows, model_.type, LayerDevices(model_.decoder));
  FillPrefix(padded, model_.decoder, config, tables, cache);
  auto prefix = std::make_shared<const Prefix>(MakePrefix(std::move(cache), tokens));
  unreported_.work.prefixes += 1;
  unreported_.work.prefilled_tokens += tokens;
  unreported_.prefill_s += SecondsSince(start);
  return prefix;
}

PromptParts PrefixPool::Get(const TokenPrompt& prompt) {
  if (prompt.prefix_tokens == 0) return EmbedWhole(prompt);
  std::shared_ptr<const Prefix> prefix;
  Key key = KeyOf(prompt);
  if (shares_ && IsHere(key)) {
    Entry& entry = entries_.at(key);
    entry.last_use = ++uses_;
    prefix = entry.prefix;
  } else {
    MakeRoom(static_cast<std::int64_t>(prompt.prefix_tokens));
    prefix = Make(prompt);
    if (shares_) entries_[std::move(key)] = {prefix, {prompt.pictures.begin(), prompt.pictures.end()}, ++uses_};
  }
  const auto begin = prompt.ids.begin() + static_cast<std::ptrdiff_t>(prompt.prefix_tokens);
  const at::Tensor tail = EmbedPrompt(model_, {begin, prompt.ids.end()}, {})[0];
  PromptParts parts = std::exchange(unreported_, {});
  parts.prefix = std::move(prefix);
  parts.tail = tail;
  parts.work.prefilled_tokens += tail.size(0);
  return parts;
}

}  // namespace tessera

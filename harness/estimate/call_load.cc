#include "harness/estimate/call_load.h"

#include <algorithm>
#include <functional>
#include <map>
#include <numeric>

#include "model/config/model_cost.h"

namespace tessera {

bool CallLoad::Fits(const PlannedAnswer& answer) const {
  if (live_.empty()) return true;
  if (live_.size() >= kQuestionsAtOnce) return false;
  std::map<std::size_t, std::int64_t> prefixes = {{answer.prefix, answer.prefix_tokens}};
  std::int64_t tail_tokens = answer.tail_tokens, prefix_tokens = 0;
  for (const Live& live : live_) {
    prefixes[live.answer.prefix] = live.answer.prefix_tokens;
    tail_tokens += live.answer.tail_tokens;
  }
  for (const auto& [prefix, tokens] : prefixes) prefix_tokens += tokens;
  return prefix_tokens <= most_tokens_ && tail_tokens <= most_tokens_;
}

int CallLoad::Add(const PlannedAnswer& answer) {
  const auto leave = [this] { std::erase_if(live_, [this](const Live& live) { return live.end <= now_; }); };
  for (leave(); !Fits(answer); leave()) {
    now_ =
        std::min_element(live_.begin(), live_.end(), [](const Live& a, const Live& b) { return a.end < b.end; })->end;
  }
  live_.push_back({answer, now_ + answer.steps});
  const int before = passes_;
  passes_ = std::max(passes_, now_ + answer.steps);

  const auto known = std::lower_bound(prefixes_.begin(), prefixes_.end(), answer.prefix);
  if (answer.prefix_tokens > 0 && (known == prefixes_.end() || *known != answer.prefix)) {
    prefixes_.insert(known, answer.prefix);
    prefix_tokens_ += answer.prefix_tokens;
    largest_prefix_ = std::max(largest_prefix_, answer.prefix_tokens);
  }
  tails_.insert(std::upper_bound(tails_.begin(), tails_.end(), answer.tail_tokens, std::greater<>()),
                answer.tail_tokens);
  if (tails_.size() > kQuestionsAtOnce) tails_.pop_back();
  return passes_ - before;
}

std::int64_t CallLoad::TokensInMemory() const {
  if (tails_.empty()) return 0;
  const std::int64_t tails = std::accumulate(tails_.begin(), tails_.end(), std::int64_t{0});
  return std::max(largest_prefix_, std::min(prefix_tokens_, most_tokens_)) +
         std::max(tails_.front(), std::min(tails, most_tokens_));
}

}  // namespace tessera

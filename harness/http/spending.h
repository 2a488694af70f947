// A limit to what a server may cost.
#pragma once

#include <cstdint>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

namespace tessera {

struct SpendingSettings {
  std::optional<std::int64_t> tokens;  // most tokens, prompt and new together
  std::optional<double> cost;          // most money, in the unit of `prices`
  std::vector<double> prices;          // per million prompt tokens, per million new tokens
  std::string option;                  // "--" or "--judge-", for messages
};

/// What one server has counted since this was made. Callable from several threads.
class Spending {
 public:
  /// Throws kUsage for a cost limit without two prices that are not negative, and for prices without a cost limit.
  explicit Spending(SpendingSettings settings);

  /// Why nothing further may be asked; nullopt while it may. Requests under way are not counted yet, so a limit can be
  /// passed by what they use.
  std::optional<std::string> Refusal() const;

  /// Counts a reply. With a limit, a reply without token counts refuses all further requests: it cannot be kept.
  void Add(int prompt_tokens, int new_tokens);

 private:
  double CostSoFar() const;

  SpendingSettings settings_;
  mutable std::mutex mutex_;
  std::int64_t prompt_tokens_ = 0;
  std::int64_t new_tokens_ = 0;
  bool is_uncounted_ = false;
};

}  // namespace tessera

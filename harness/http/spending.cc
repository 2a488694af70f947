#include "harness/http/spending.h"

#include <fmt/format.h>

#include <utility>

#include "harness/base/error.h"

namespace tessera {

Spending::Spending(SpendingSettings settings) : settings_(std::move(settings)) {
  const std::string& option = settings_.option;
  const bool has_prices = settings_.prices.size() == 2 && settings_.prices[0] >= 0 && settings_.prices[1] >= 0;
  if (settings_.cost && !has_prices) {
    throw UsageError(fmt::format("{0}cost-limit needs {0}prices IN,OUT: per million prompt and new tokens", option));
  }
  if (!settings_.cost && !settings_.prices.empty()) {
    throw UsageError(fmt::format("{0}prices has no effect without {0}cost-limit", option));
  }
}

std::optional<std::string> Spending::Refusal() const {
  const std::lock_guard lock(mutex_);
  if (!settings_.tokens && !settings_.cost) return std::nullopt;
  if (is_uncounted_) return "the server does not count tokens, so no limit can be kept";
  if (settings_.tokens && prompt_tokens_ + new_tokens_ >= *settings_.tokens) {
    return fmt::format("the limit of {} tokens is reached", *settings_.tokens);
  }
  if (settings_.cost && CostSoFar() >= *settings_.cost) {
    return fmt::format("the cost limit of {} is reached", *settings_.cost);
  }
  return std::nullopt;
}

void Spending::Add(int prompt_tokens, int new_tokens) {
  const std::lock_guard lock(mutex_);
  prompt_tokens_ += prompt_tokens;
  new_tokens_ += new_tokens;
  is_uncounted_ |= prompt_tokens + new_tokens == 0;
}

double Spending::CostSoFar() const {
  constexpr double kMillion = 1e6;
  return (static_cast<double>(prompt_tokens_) * settings_.prices[0] +
          static_cast<double>(new_tokens_) * settings_.prices[1]) /
         kMillion;
}

}  // namespace tessera

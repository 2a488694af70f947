#include "harness/workers/shared_run.h"

#include <thread>

#include "harness/base/json_fields.h"
#include "harness/journal/fields.h"

namespace tessera {
namespace {

constexpr const char* kRunKey = "run";
constexpr const char* kLeftKey = "left";
constexpr std::chrono::milliseconds kPoll{50};

/// [[0, 41], [50, 50]]: first and last of each unbroken range.
Json RangesJson(const std::vector<std::size_t>& numbers) {
  Json ranges = Json::array();
  for (const std::size_t number : numbers) {
    if (!ranges.empty() && ranges.back()[1] == number - 1) {
      ranges.back()[1] = number;
    } else {
      ranges.push_back({number, number});
    }
  }
  return ranges;
}

SharedRun Parse(const std::string& text) {
  const Json json = ParseJson(text, "the store of the run");
  const JsonFields fields(json, "the store of the run");
  SharedRun run{.run_json = fields.String("run"), .start = CountOf(fields, "start")};
  for (const Json& range : fields.Array("samples")) {
    for (std::size_t i = range.at(0); i <= range.at(1); ++i) run.samples.push_back(i);
  }
  return run;
}

}  // namespace

void PublishRun(KeyStore* store, const SharedRun& run) {
  const Json json = {{"run", run.run_json}, {"start", run.start}, {"samples", RangesJson(run.samples)}};
  store->Set(kRunKey, json.dump());
}

std::optional<SharedRun> WaitForRun(KeyStore* store, const std::atomic<bool>* stop) {
  for (;;) {
    if (const std::optional<std::string> text = store->Get(kRunKey)) return Parse(*text);
    if (stop != nullptr && stop->load()) return std::nullopt;
    std::this_thread::sleep_for(kPoll);
  }
}

void Leave(KeyStore* store) { store->Add(kLeftKey, 1); }

void WaitForOthers(KeyStore* store, int others, std::chrono::milliseconds patience) {
  const auto deadline = std::chrono::steady_clock::now() + patience;
  while (store->Add(kLeftKey, 0) < others && std::chrono::steady_clock::now() < deadline) {
    std::this_thread::sleep_for(kPoll);
  }
}

}  // namespace tessera

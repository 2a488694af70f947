// How many samples a second go through the harness itself: plan, prompts, pipeline, scoring, journal and reports, with a
// backend that answers nothing at once.
#include <benchmark/benchmark.h>
#include <fmt/format.h>

#include <string>
#include <vector>

#include "harness/base/strings.h"
#include "harness/runner/run.h"
#include "tests/harness/fake_run.h"

namespace tessera {
namespace {

constexpr int kSamples = 100'000;

/// A run of kSamples questions, `per_picture` of them on each copy of a picture of 96 x 64 pixels; 0: without pictures.
void RunNull(benchmark::State& state, int per_picture) {
  const TempFolder data;
  std::vector<std::string> lines;
  for (int i = 0; i < kSamples; ++i) {
    const std::string picture = per_picture > 0 ? fmt::format("{}.png", i / per_picture) : "";
    lines.push_back(fmt::format("{}|{}|What is the value of the bar called {}?|yes", i, picture, i));
  }
  WriteData(data, "fake.txt", lines);
  for (int i = 0; per_picture > 0 && i < kSamples / per_picture; ++i) {
    std::filesystem::create_hard_link(data.path() / "b.png", data.path() / fmt::format("{}.png", i));
  }
  for (auto iteration : state) {
    const TempFolder out;
    RunSettings settings = FakeSettings(data, out.path());
    settings.backend.name = "null";
    RunHooks hooks = FakeHooks();
    hooks.make_backend = MakeBackend;
    const RunResult result = RunBenchmarks({&FakeBenchmark()}, settings, hooks);
    if (result.scored.report.samples != kSamples) state.SkipWithError("samples are missing");
  }
  state.SetItemsProcessed(state.iterations() * kSamples);
}

BENCHMARK_CAPTURE(RunNull, without_pictures, 0)->Unit(benchmark::kSecond)->MeasureProcessCPUTime()->UseRealTime();
BENCHMARK_CAPTURE(RunNull, four_questions_per_picture, 4)
    ->Unit(benchmark::kSecond)
    ->MeasureProcessCPUTime()
    ->UseRealTime();

}  // namespace
}  // namespace tessera

BENCHMARK_MAIN();

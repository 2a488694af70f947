// How long each benchmark's default scoring takes over 100,000 answers, aggregation included.
#include <benchmark/benchmark.h>

#include <string>

#include "benchmarks/benchmark.h"
#include "tests/performance/stored_samples.h"

namespace tessera {
namespace {

constexpr int kAnswers = 100'000;

std::vector<Score> ScoreAll(const Scoring& scoring, const std::vector<StoredSample>& samples) {
  std::vector<SampleScore> scores;
  scores.reserve(samples.size());
  for (const StoredSample& stored : samples) scores.push_back(scoring.score(stored.sample, stored.reply));
  return scoring.aggregate(scores);
}

void ScoreBenchmark(benchmark::State& state, const Benchmark& subject) {
  const std::vector<StoredSample> samples = MakeStoredSamples(subject.name, kAnswers);
  const Scoring& scoring = subject.scorings.front();
  for (auto iteration : state) {
    const std::vector<Score> scores = ScoreAll(scoring, samples);
    if (scores.empty() || scores.front().scored == 0) state.SkipWithError("no answer was scored");
    benchmark::DoNotOptimize(scores.data());
  }
  state.SetLabel(std::string(scoring.name));
}

}  // namespace
}  // namespace tessera

int main(int argument_count, char** arguments) {
  for (const tessera::Benchmark* subject : tessera::Catalog()) {
    benchmark::RegisterBenchmark(std::string(subject->name).c_str(), tessera::ScoreBenchmark, *subject)
        ->Unit(benchmark::kSecond);
  }
  benchmark::Initialize(&argument_count, arguments);
  if (benchmark::ReportUnrecognizedArguments(argument_count, arguments)) return 2;
  benchmark::RunSpecifiedBenchmarks();
}

// What the harness tests share: a temporary folder, two small benchmarks with their data, and a backend that answers at
// once.
#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "benchmarks/benchmark.h"
#include "harness/base/error.h"
#include "harness/judge/judging.h"
#include "harness/runner/run.h"
#include "model/api/backend.h"
#include "tests/temp_folder.h"

namespace tessera {

/// Benchmarks "fake" (fake.txt, up to 12 tiles) and "other" (other.txt, up to 2). A line of data is
/// `id|picture|question|reference`; several questions are turns, with ';' between. An answer that is the reference
/// scores 1, "unclear" is undecided, and a reference "throw" makes the scoring throw.
const Benchmark& FakeBenchmark();
const Benchmark& OtherBenchmark();
/// Benchmark "graded" (graded.txt): its scoring "graded" asks a judge whether the answer is right, again while the
/// reply is "more"; "yes" is 1, "no" 0, another reply undecided. Its scoring "exact" asks nobody. The judge's prompt
/// starts with the text "graded/header".
const Benchmark& GradedBenchmark();
const Benchmark& FindFake(std::string_view name);

/// Writes `name` with one line per element of `lines`, and the pictures a.png, b.png, c.png and d.png of the golden
/// data; broken.png is no picture.
void WriteData(const TempFolder& data, const std::string& name, const std::vector<std::string>& lines);

/// Answers a question with its last word, and with a Failure when the question holds "fail".
class FakeBackend : public Backend {
 public:
  /// `on_batch` is called before each batch is answered; `questions_at_once` as in BackendInfo.
  explicit FakeBackend(std::function<void(std::span<const Query>)> on_batch = {}, int questions_at_once = 1)
      : on_batch_(std::move(on_batch)), questions_at_once_(questions_at_once) {}
  BackendInfo Info() const override;
  void Generate(std::span<const Query> batch, const Deliver& deliver) override;

 private:
  std::function<void(std::span<const Query>)> on_batch_;
  int questions_at_once_;
};

/// For ScoreRun: no judge, and no stored replies.
Judging* NoJudge();

RunSettings FakeSettings(const TempFolder& data, const std::filesystem::path& out);

/// Hooks with the fake backend and benchmarks. `notices`, when given, takes what the user would be told.
RunHooks FakeHooks(std::vector<std::string>* notices = nullptr);

/// The lines of the journal without their times and the start of the run that made them.
std::string JournalWithoutTimes(const std::filesystem::path& run_folder);

/// The message of the Error of `kind` that `call` throws; another text when it does not.
std::string ErrorOf(ErrorKind kind, const std::function<void()>& call);

}  // namespace tessera

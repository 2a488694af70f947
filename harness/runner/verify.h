// Whether a run folder still is what its model, its data and its log give.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "harness/journal/provenance.h"
#include "harness/judge/make_judge.h"
#include "harness/runner/build_report.h"

namespace tessera {

struct VerifySettings {
  std::filesystem::path run_folder;
  std::filesystem::path data_folder;   // empty: the recorded one
  std::filesystem::path model_folder;  // of the checkpoint or the stored answers; empty: the recorded one
  JudgeSettings judge;                 // whose stored replies count; nobody is asked
};

/// A fact that two places state differently.
struct Mismatch {
  std::string what;  // file or sample, and which of its facts
  std::string expected;
  std::string found;
};

struct Verification {
  std::vector<Mismatch> mismatches;
  std::vector<std::string> unchecked;  // what could not be looked at, and why
  int files = 0;                       // of model and data that were hashed
  int pictures = 0;                    // that were hashed, each once
  int samples = 0;                     // of the journal
};

/// Recomputes the hashes of run.json and of the journal's pictures, compares the journal with the planned samples of
/// the data (each once, with the same questions and references), and scores it again to compare with its own scores,
/// scores.json, report.json and report.md. A recorded folder that is not there is `unchecked`; a given one is kInput.
/// Throws kInput for a folder that is no run or a journal that cannot be read, kUsage for a folder without effect, and
/// as Judging does. `notice` as in HashFiles.
Verification VerifyRun(const VerifySettings& settings, const BenchmarkFinder& find, const Notice& notice);

}  // namespace tessera

// The texts that the judge is asked with: the authors', from the user's files, or our own.
#pragma once

#include <filesystem>
#include <string>

#include "benchmarks/benchmark.h"

namespace tessera {

/// The texts of the *.txt files under `folder`, by path without the ending ("mmvet/header"). One newline at the end of
/// a file is not part of its text. Throws kInput when the folder cannot be read or a file is not UTF-8.
JudgeTexts ReadJudgeTexts(const std::filesystem::path& folder);

/// What a scoring asks its judge with.
struct JudgePrompts {
  JudgeTexts texts;    // empty: our own
  std::string label;   // "own judge prompt", "authors' judge prompt" ...
  std::string sha256;  // over what the texts make of the scoring's fixed requests; empty when it has none
  bool is_published = false;
};

/// The texts of `files` that `scoring` looks up. Throws kInput when only some of them are there, when they do not make
/// the published requests, and when a file stands in the folder of this benchmark's texts under a name that it does not
/// know.
JudgePrompts PromptsOf(const Benchmark& benchmark, const Scoring& scoring, const JudgeTexts& files);

}  // namespace tessera

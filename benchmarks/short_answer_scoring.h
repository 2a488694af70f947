// Free-form questions with short answers: what DocVQA, InfographicVQA and TextVQA share in scoring.
// Source: VLMEvalKit vlmeval/evaluate/vqa_eval.py; protocol/docvqa.md.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "benchmarks/benchmark.h"

namespace tessera {

/// The score of a sample before its answer is looked at, with the tags of `sample` that breakdowns read.
SampleScore UnscoredShortAnswer(const Sample& sample);

/// ANLS as InternVL's script and VLMEvalKit's two versions report it: one formula, but VLMEvalKit lists parts too. A
/// sample without references or answer is unscored.
std::vector<Scoring> AnlsScorings();

/// VLMEvalKit's table: the mean over all samples, called `name`, then one per split; per category when the file has no
/// `split` column. In percent.
std::vector<Score> VlmEvalKitMeans(const std::string& name, std::span<const SampleScore> scores);

}  // namespace tessera

// How answers to MathVista's problems are scored.
// Source: InternVL eval/mathvista/calculate_score.py, VLMEvalKit vlmeval/evaluate/mathvista_eval.py;
// protocol/mathvista.md sections 4 and 5.
#pragma once

#include <vector>

#include "benchmarks/benchmark.h"

namespace tessera {

/// InternVL's (the paper's, with its error on floats), the same corrected, its rules without a judge, VLMEvalKit's two.
std::vector<Scoring> MathVistaScorings();

}  // namespace tessera

// HallusionBench's scorings: VLMEvalKit's yes/no reading, and its authors' comparison with a reference by a judge.
#pragma once

#include <vector>

#include "benchmarks/benchmark.h"

namespace tessera {

/// For samples whose id is VLMEvalKit's index: category, subcategory, visual input, set, figure and question with `_`
/// between them. They throw kInput for an id of fewer parts. The judges' instructions are our own words unless the user
/// gives texts called "hallusionbench/yorn" and "hallusionbench/verdict"; question and answer follow them.
std::vector<Scoring> HallusionScorings();

}  // namespace tessera

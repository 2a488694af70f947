// ANLS: average normalised Levenshtein similarity, the metric of DocVQA and InfographicVQA.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace tessera::metrics {

/// The edit distance of `answer` and `reference` (insert, delete, substitute: 1 each, over code points) divided by a
/// length; 0 when that is 0. At least 0; over 1 only by what lower case adds. Both sides are lower-cased and their
/// white space collapsed before; nothing is normalised in Unicode's sense. Kept quirk: the length is the longer of the
/// raw, upper-cased texts, so extra white space makes the distance smaller, and U+00DF counts as 2. Source: InternVL
/// eval/vqa/infographicsvqa_eval.py, evaluate_method; VLMEvalKit vlmeval/evaluate/vqa_eval.py, anls_compute.
double AnlsDistance(std::string_view answer, std::string_view reference);

/// 1 - the smallest AnlsDistance to any of `references`, or 0 when that is below `threshold`. In [0, 1].
/// Throws std::invalid_argument when `references` is empty.
double Anls(std::string_view answer, std::span<const std::string> references, double threshold = 0.5);

}  // namespace tessera::metrics

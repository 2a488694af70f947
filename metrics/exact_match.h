// Exact match of whole answers.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace tessera::metrics {

/// 1 when `answer`, stripped and lower-cased, equals any of `references`, treated alike; else 0. Nothing is extracted:
/// "B." and "(B)" are not "B". Throws std::invalid_argument when `references` is empty.
/// Source: InternVL eval/vqa/evaluate_vqa.py, evaluate_exact_match_accuracy.
double ExactMatch(std::string_view answer, std::span<const std::string> references);

}  // namespace tessera::metrics

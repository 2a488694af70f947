// Which option of a multiple-choice question did an answer choose? VLMEvalKit's matcher and InternVL's post-processing.
// Source: VLMEvalKit vlmeval/evaluate/multiple_choice.py (2024-04) and vlmeval/dataset/utils/multiple_choice.py
// (2026-08); protocol/common_text_and_judge.md section 4.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace tessera::metrics {

/// An option that the question offers.
struct Option {
  std::string letter;  // "A" to "Z"
  std::string text;
};

enum class MatcherVersion { kApril2024, kAugust2026 };

/// The letter that stands as a word of its own in `answer`; "Z" for a refusal; nullopt when there is none or several.
/// 2026-08: the word must be among the last four, and "answer is X" is a second chance. Quirk: that also fires on
/// "answer is Apple". Source: can_infer_option.
std::optional<std::string> InferOptionFromLetter(std::string_view answer, std::span<const Option> options,
                                                 MatcherVersion version);

/// The only option whose lower-cased text is in the lower-cased `answer`, else nullopt. 2026-08: nullopt too when the
/// answer is longer than twice all option texts. Quirk: an empty option text is in every answer. Source:
/// can_infer_text.
std::optional<std::string> InferOptionFromText(std::string_view answer, std::span<const Option> options,
                                               MatcherVersion version);

/// By letter, else by text; nullopt: undecided. Source: can_infer.
std::optional<std::string> InferOption(std::string_view answer, std::span<const Option> options,
                                       MatcherVersion version);

/// InferOption for a single question without a judge: undecided stays nullopt in 2024-04 and is "Z" (wrong) in 2026-08.
std::optional<std::string> InferOptionWithoutJudge(std::string_view answer, std::span<const Option> options,
                                                   MatcherVersion version);

/// What a judge made of an answer.
struct JudgedOption {
  std::optional<std::string> option;     // nullopt: the reference draws one of `random_pool`
  int calls = 0;                         // judge calls, at most 3; 0 when the rules decided
  std::vector<std::string> random_pool;  // filled when three replies decided nothing
};

/// InferOption, and where that is undecided the first of up to three judge replies that it can read. `replies` holds
/// one reply per call; the last one repeats. Source: extract_answer_from_item.
JudgedOption InferOptionWithJudge(std::string_view answer, std::span<const Option> options,
                                  std::span<const std::string> replies, MatcherVersion version);

/// The options as the judge prompt lists them: a heading line, then "A. text" lines, each with a newline.
/// Source: build_option_str.
std::string JudgeOptionsBlock(std::span<const Option> options);

/// InternVL's post-processing of an answer before it is compared or uploaded: a single character as it is, else the
/// first character when it is an option letter, else the letter of the first option whose text occurs in the answer
/// (case matters), else the whole answer. Quirks kept: "Apple" is A, "Dog" is D. nullopt for an empty answer, where the
/// reference raises IndexError. Source: InternVL eval/mmbench/evaluate_mmbench.py, post_process.
std::optional<std::string> PostProcess(std::string_view answer, std::span<const Option> options);

}  // namespace tessera::metrics

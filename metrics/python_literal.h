// The answer cell of a VLMEvalKit file: a Python list literal, or one bare text.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace tessera::metrics {

/// One element of a list literal, as the text that str() gives it: 0x10 is "16", 1e3 is "1000.0", ['a'] is "['a']".
struct LiteralValue {
  enum class Kind { kText, kInteger, kFloat, kBool, kNone, kList };
  Kind kind = Kind::kText;
  std::string text;
};

struct AnswerCell {
  bool is_list = false;               // false: `answers` is the whole cell
  std::vector<LiteralValue> answers;  // empty for the cell `[]`
};

/// The answers in `cell`. Accepted: blanks, tabs, then line ends before the list, white space after it, all Python
/// string quotes, prefixes r and u, escapes, adjacent strings, trailing comma, nested lists (100 deep), numbers, None,
/// True, False. All else, expressions included, is one bare text; nothing is ever run. Integers in base 16, 8 and 2 are
/// read up to 64 bits, and \N{...} and lone surrogates are not read: such a cell is a bare text too. Source: VLMEvalKit
/// vlmeval/evaluate/vqa_eval.py (eval of the cell); protocol/common_ocr_and_general.md section 5.
AnswerCell ParseAnswerCell(std::string_view cell);

}  // namespace tessera::metrics

// A checkpoint's tokenizer files, read and checked; tokenizer.cc holds the rules that use them.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace tessera {

enum class TokenizerClass { kInternLm2, kLlama };

/// A token on top of the SentencePiece vocabulary; its string is cut out of a text before SentencePiece sees the rest.
struct AddedToken {
  std::string content;
  bool strip_left = false;   ///< takes the white space in front of it
  bool strip_right = false;  ///< takes the white space behind it
};

struct TokenizerFiles {
  std::string model;  ///< bytes of tokenizer.model, a SentencePiece ModelProto without character map
  TokenizerClass tokenizer_class = TokenizerClass::kInternLm2;
  bool legacy = true;                      ///< LlamaTokenizer's old white-space behaviour
  bool clean_up = false;                   ///< clean_up_tokenization_spaces
  std::map<int, AddedToken> added_tokens;  ///< by id; contents are unique
  std::vector<AddedToken> special_tokens;  ///< skipped when decoding: bos, eos ... and additional_special_tokens
  std::string bos_token, unk_token, pad_token;
};

/// Reads tokenizer.model, tokenizer_config.json, and, when they are there, added_tokens.json and
/// special_tokens_map.json. Where tokenizer_config.json has added_tokens_decoder, it decides, added_tokens.json has to
/// agree, and special_tokens_map.json is not read (as in transformers 4.37, PreTrainedTokenizerBase._from_pretrained).
/// Throws kInput for what is broken, contradictory or asks for behaviour that is not implemented.
TokenizerFiles ReadTokenizerFiles(const std::filesystem::path& checkpoint_folder);

}  // namespace tessera

// Text to token ids and back, by the checkpoint's own tokenizer files.
#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tessera {

/// SentencePiece plus the added-token and white-space rules of the checkpoint's slow tokenizer class
/// (InternLM2Tokenizer or LlamaTokenizer). Immutable after loading; safe to share between threads. Source: SPEC
/// section 9.
class Tokenizer {
 public:
  /// Reads tokenizer.model, tokenizer_config.json, added_tokens.json and special_tokens_map.json as published.
  /// Throws kInput when one is broken, or tokenizer_class is not known.
  static Tokenizer Load(const std::filesystem::path& checkpoint_folder);

  ~Tokenizer();
  Tokenizer(Tokenizer&&) noexcept;
  Tokenizer& operator=(Tokenizer&&) noexcept;

  /// Ids of `text` with the leading <s>. Special-token strings in the text become their ids. Not valid UTF-8: kInput.
  std::vector<int> Encode(std::string_view text) const;

  /// Text of `ids` without special tokens and with the reference's clean-up, as chat() decodes. An id outside the
  /// vocabulary throws std::out_of_range.
  std::string Decode(const std::vector<int>& ids) const;

  /// The id of an added or SentencePiece token by its exact string.
  std::optional<int> TokenId(std::string_view token) const;

  int VocabularySize() const;  ///< one more than the largest id
  int BosId() const;
  int PadId() const;

 private:
  struct State;
  explicit Tokenizer(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace tessera

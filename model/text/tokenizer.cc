// Behaviour of the reference's slow tokenizers: PreTrainedTokenizer and LlamaTokenizer of transformers 4.37.2, and
// InternLM2Tokenizer of the published checkpoints. Function names below are theirs.
#include "model/text/tokenizer.h"

#include <fmt/format.h>
#include <sentencepiece_processor.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <map>
#include <stdexcept>
#include <unordered_map>
#include <unordered_set>
#include <utility>

#include "harness/base/error.h"
#include "harness/base/strings.h"
#include "model/text/tokenizer_files.h"

namespace tessera {
namespace {

constexpr std::string_view kUnderline = "\xE2\x96\x81";  // U+2581, SentencePiece's space

std::string ReplaceAll(std::string_view text, std::string_view from, std::string_view to) {
  std::string out;
  for (std::size_t found = text.find(from); found != std::string_view::npos; found = text.find(from)) {
    out += text.substr(0, found);
    out += to;
    text.remove_prefix(found + from.size());
  }
  return out += text;
}

/// clean_up_tokenization: these replacements, in this order.
std::string CleanUp(std::string text) {
  constexpr std::array<std::pair<std::string_view, std::string_view>, 10> kReplacements{{{" .", "."},
                                                                                         {" ?", "?"},
                                                                                         {" !", "!"},
                                                                                         {" ,", ","},
                                                                                         {" ' ", "'"},
                                                                                         {" n't", "n't"},
                                                                                         {" 'm", "'m"},
                                                                                         {" 's", "'s"},
                                                                                         {" 've", "'ve"},
                                                                                         {" 're", "'re"}}};
  for (const auto& [from, to] : kReplacements) text = ReplaceAll(text, from, to);
  return text;
}

/// Python's lstrip and rstrip.
std::string_view StripWhiteSpaceLeft(std::string_view text) {
  const std::string_view core = StripWhiteSpace(text);
  return core.empty() ? core : text.substr(static_cast<std::size_t>(core.data() - text.data()));
}
std::string_view StripWhiteSpaceRight(std::string_view text) {
  const std::string_view core = StripWhiteSpace(text);
  return core.empty() ? core : text.substr(0, static_cast<std::size_t>(core.data() - text.data()) + core.size());
}

/// A stretch of text between added tokens, or one added token.
struct Segment {
  std::string_view text;
  int added_id = -1;  // -1: plain text
};

}  // namespace

struct Tokenizer::State {
  TokenizerFiles files;
  sentencepiece::SentencePieceProcessor processor;
  std::unordered_map<std::string, int> added_ids;
  std::array<std::vector<int>, 256> added_by_first_byte;  // longest content first
  std::unordered_set<int> special_ids;
  std::size_t unk_length = 0;  // pieces of the unknown token's text
  int bos_id = 0;
  int pad_id = 0;

  bool StripsSpaces() const { return files.tokenizer_class == TokenizerClass::kLlama && !files.legacy; }

  void LoadProcessor(const std::string& where);
  void AddMissingSpecialTokens();
  void IndexAddedTokens();

  std::optional<int> PieceId(std::string_view piece) const;
  std::optional<int> TokenId(std::string_view token) const;

  int AddedTokenAt(std::string_view text) const;
  std::vector<Segment> SplitAtAddedTokens(std::string_view text) const;
  std::vector<int> EncodeChunk(std::string_view text) const;
  std::vector<int> Tokenize(std::string_view text) const;
  std::string PiecesToText(std::vector<std::string> pieces) const;
};

void Tokenizer::State::LoadProcessor(const std::string& where) {
  // get_spm_processor: LlamaTokenizer writes its own leading space unless it is in legacy mode. Protobuf merges what
  // follows a message into it: field 3 normalizer_spec { field 3 add_dummy_prefix: false }.
  if (StripsSpaces()) files.model.append("\x1A\x02\x18\x00", 4);
  try {
    const auto status = processor.LoadFromSerializedProto(files.model);
    if (!status.ok()) throw InputError(fmt::format("{}: not a SentencePiece model: {}", where, status.message()));
  } catch (const Error&) {
    throw;
  } catch (const std::exception& e) {  // its search trie throws on pieces that it cannot hold
    throw InputError(fmt::format("{}: not a SentencePiece model: {}", where, e.what()));
  }
  files.model.clear();
  for (int id = 0; id < processor.GetPieceSize(); ++id) {
    if (!IsUtf8(processor.IdToPiece(id))) throw InputError(fmt::format("{}: piece {} is not UTF-8", where, id));
  }
}

/// _add_tokens: a special token that has no id yet is the piece of that name, or is numbered after all others.
void Tokenizer::State::AddMissingSpecialTokens() {
  for (const auto& [id, token] : files.added_tokens) added_ids.emplace(token.content, id);
  const auto beyond = std::count_if(files.added_tokens.begin(), files.added_tokens.end(),
                                    [&](const auto& added) { return added.first >= processor.GetPieceSize(); });
  int next_id = processor.GetPieceSize() + static_cast<int>(beyond);
  for (const AddedToken& token : files.special_tokens) {
    if (!added_ids.contains(token.content)) {
      const std::optional<int> piece = PieceId(token.content);
      const bool free_piece = piece && !files.added_tokens.contains(*piece);
      while (files.added_tokens.contains(next_id)) ++next_id;
      const int id = free_piece ? *piece : next_id;
      files.added_tokens.emplace(id, token);
      added_ids.emplace(token.content, id);
    }
    special_ids.insert(added_ids.at(token.content));
  }
}

void Tokenizer::State::IndexAddedTokens() {
  for (const auto& [id, token] : files.added_tokens) {
    added_by_first_byte[static_cast<std::uint8_t>(token.content[0])].push_back(id);
  }
  for (std::vector<int>& ids : added_by_first_byte) {
    std::stable_sort(ids.begin(), ids.end(), [&](int a, int b) {
      return files.added_tokens.at(a).content.size() > files.added_tokens.at(b).content.size();
    });
  }
}

std::optional<int> Tokenizer::State::PieceId(std::string_view piece) const {
  const int id = processor.PieceToId(piece);
  if (processor.IsUnknown(id) && processor.IdToPiece(id) != piece) return std::nullopt;
  return id;
}

std::optional<int> Tokenizer::State::TokenId(std::string_view token) const {
  const auto it = added_ids.find(std::string(token));
  return it != added_ids.end() ? std::optional(it->second) : PieceId(token);
}

/// The id of the longest added token that `text` starts with, or -1.
int Tokenizer::State::AddedTokenAt(std::string_view text) const {
  for (const int id : added_by_first_byte[static_cast<std::uint8_t>(text[0])]) {
    if (text.starts_with(files.added_tokens.at(id).content)) return id;
  }
  return -1;
}

/// Cuts `text` at added tokens, and strips the white space that a token takes from its neighbours.
std::vector<Segment> Tokenizer::State::SplitAtAddedTokens(std::string_view text) const {
  std::vector<Segment> segments;
  std::size_t begin = 0;
  for (std::size_t at = 0; at < text.size();) {
    const int id = AddedTokenAt(text.substr(at));
    if (id < 0) {
      ++at;
      continue;
    }
    if (at > begin) segments.push_back({text.substr(begin, at - begin)});
    const std::size_t length = files.added_tokens.at(id).content.size();
    segments.push_back({text.substr(at, length), id});
    at += length;
    begin = at;
  }
  if (begin < text.size()) segments.push_back({text.substr(begin)});

  for (std::size_t i = 0; i < segments.size(); ++i) {
    if (segments[i].added_id < 0) continue;
    const AddedToken& token = files.added_tokens.at(segments[i].added_id);
    const bool text_before = i > 0 && segments[i - 1].added_id < 0;
    const bool text_behind = i + 1 < segments.size() && segments[i + 1].added_id < 0;
    if (token.strip_right && text_behind) segments[i + 1].text = StripWhiteSpaceLeft(segments[i + 1].text);
    if (token.strip_left && text_before) segments[i - 1].text = StripWhiteSpaceRight(segments[i - 1].text);
  }
  return segments;
}

/// _tokenize: SentencePiece over text without added tokens.
std::vector<int> Tokenizer::State::EncodeChunk(std::string_view text) const {
  const bool protect_space = StripsSpaces() && (text.starts_with(kUnderline) || text.starts_with(' '));
  // With the unknown token's text in front, no normalizer rule for the start of a text touches the space.
  const std::string input = protect_space ? files.unk_token + std::string(text) : std::string(text);
  std::vector<int> ids;
  const auto status = processor.Encode(input, &ids);
  if (!status.ok()) throw InputError(fmt::format("SentencePiece cannot encode a text: {}", status.message()));
  if (protect_space && ids.size() >= unk_length) ids.erase(ids.begin(), ids.begin() + static_cast<long>(unk_length));
  return ids;
}

std::vector<int> Tokenizer::State::Tokenize(std::string_view text) const {
  std::vector<int> ids;
  for (const Segment& segment : SplitAtAddedTokens(text)) {
    if (segment.added_id >= 0) {
      ids.push_back(segment.added_id);
    } else if (!segment.text.empty()) {
      const std::vector<int> chunk = EncodeChunk(segment.text);
      ids.insert(ids.end(), chunk.begin(), chunk.end());
    }
  }
  return ids;
}

/// convert_tokens_to_string, for tokens that are not special. SentencePiece itself turns runs of byte pieces into
/// characters, with one U+FFFD for each byte that starts none.
std::string Tokenizer::State::PiecesToText(std::vector<std::string> pieces) const {
  const bool llama = files.tokenizer_class == TokenizerClass::kLlama;
  if (llama && !pieces.empty() && pieces[0].starts_with(kUnderline)) pieces[0].erase(0, kUnderline.size());
  std::string text;
  const auto status = processor.Decode(pieces, &text);
  if (!status.ok()) throw InputError(fmt::format("SentencePiece cannot decode: {}", status.message()));
  return llama ? text : CleanUp(std::move(text));  // InternLM2Tokenizer cleans up whatever the configuration says
}

Tokenizer::Tokenizer(std::unique_ptr<State> state) : state_(std::move(state)) {}
Tokenizer::~Tokenizer() = default;
Tokenizer::Tokenizer(Tokenizer&&) noexcept = default;
Tokenizer& Tokenizer::operator=(Tokenizer&&) noexcept = default;

Tokenizer Tokenizer::Load(const std::filesystem::path& checkpoint_folder) {
  auto state = std::make_unique<State>();
  state->files = ReadTokenizerFiles(checkpoint_folder);
  state->LoadProcessor((checkpoint_folder / "tokenizer.model").string());
  state->AddMissingSpecialTokens();
  state->IndexAddedTokens();
  state->bos_id = state->added_ids.at(state->files.bos_token);
  state->pad_id = state->added_ids.at(state->files.pad_token);
  state->unk_length = state->processor.EncodeAsIds(state->files.unk_token).size();
  return Tokenizer(std::move(state));
}

std::vector<int> Tokenizer::Encode(std::string_view text) const {
  if (!IsUtf8(text)) throw InputError("a text to encode is not UTF-8: " + ReplaceInvalidUtf8(Shorten(text, 60)));
  std::vector<int> ids{state_->bos_id};
  std::vector<int> tokens;
  if (state_->StripsSpaces() && !text.empty()) {
    // LlamaTokenizer.tokenize: one space in front, dropped again when a special token follows.
    tokens = state_->Tokenize(std::string(kUnderline) + ReplaceAll(text, kUnderline, " "));
    const std::optional<int> space = state_->PieceId(kUnderline);
    if (tokens.size() > 1 && tokens[0] == space && state_->special_ids.contains(tokens[1]))
      tokens.erase(tokens.begin());
  } else {
    tokens = state_->Tokenize(text);
  }
  ids.insert(ids.end(), tokens.begin(), tokens.end());
  return ids;
}

std::string Tokenizer::Decode(const std::vector<int>& ids) const {
  // _decode with skip_special_tokens: added tokens that are not special stay in the text, with spaces around them.
  std::vector<std::string> parts;
  std::vector<std::string> pieces;
  for (const int id : ids) {
    if (state_->special_ids.contains(id)) continue;
    const auto added = state_->files.added_tokens.find(id);
    if (added == state_->files.added_tokens.end()) {
      if (id < 0 || id >= state_->processor.GetPieceSize()) {
        throw std::out_of_range(fmt::format("token id {} is outside the vocabulary", id));
      }
      pieces.push_back(state_->processor.IdToPiece(id));
      continue;
    }
    const std::string text = state_->PiecesToText(std::exchange(pieces, {}));
    if (!text.empty()) parts.push_back(text);
    parts.push_back(added->second.content);
  }
  if (!pieces.empty()) parts.push_back(state_->PiecesToText(std::move(pieces)));
  std::string text = Join(parts, " ");
  return state_->files.clean_up ? CleanUp(std::move(text)) : text;
}

std::optional<int> Tokenizer::TokenId(std::string_view token) const { return state_->TokenId(token); }

int Tokenizer::VocabularySize() const {
  const auto& added = state_->files.added_tokens;
  const int pieces = state_->processor.GetPieceSize();
  return added.empty() ? pieces : std::max(pieces, added.rbegin()->first + 1);
}

int Tokenizer::BosId() const { return state_->bos_id; }
int Tokenizer::PadId() const { return state_->pad_id; }

}  // namespace tessera

#include "model/text/tokenizer_files.h"

#include <fmt/format.h>

#include <charconv>
#include <cstdint>
#include <optional>
#include <set>
#include <span>
#include <string_view>
#include <utility>

#include "harness/base/error.h"
#include "harness/base/files.h"
#include "harness/base/json_fields.h"

namespace tessera {
namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t kMaxModelBytes = 64u << 20;
constexpr int kMaxTokenId = 1 << 22;

/// A field of a protobuf message; `bytes` is the payload of a length-delimited field.
struct WireField {
  std::uint64_t number = 0;
  std::string_view bytes;
};

std::optional<std::uint64_t> TakeVarint(std::string_view& rest) {
  std::uint64_t value = 0;
  for (unsigned shift = 0; shift < 64 && !rest.empty(); shift += 7) {
    const auto byte = static_cast<std::uint8_t>(rest.front());
    rest.remove_prefix(1);
    value |= std::uint64_t{byte & 0x7Fu} << shift;
    if (byte < 0x80) return value;
  }
  return std::nullopt;
}

/// The next field of a message, or nothing when it is ill-formed or of a kind that ModelProto does not use (groups).
std::optional<WireField> TakeField(std::string_view& rest) {
  const std::optional<std::uint64_t> tag = TakeVarint(rest);
  if (!tag) return std::nullopt;
  WireField field{.number = *tag >> 3};
  std::optional<std::uint64_t> length;
  switch (*tag & 7) {
    case 0:
      return TakeVarint(rest) ? std::optional(field) : std::nullopt;
    case 1:
      length = 8;
      break;
    case 2:
      length = TakeVarint(rest);
      break;
    case 5:
      length = 4;
      break;
    default:
      return std::nullopt;
  }
  if (!length || *length > rest.size()) return std::nullopt;
  field.bytes = rest.substr(0, *length);
  rest.remove_prefix(*length);
  return field;
}

/// SentencePiece walks a precompiled character map without checking it, so a broken one reads outside its memory. The
/// tokenizers of these models normalise nothing and have none. Fields of sentencepiece_model.proto: ModelProto 3
/// normalizer_spec and 5 denormalizer_spec, NormalizerSpec 2 precompiled_charsmap.
void CheckNoCharacterMap(std::string_view model, const std::string& where) {
  while (!model.empty()) {
    const std::optional<WireField> field = TakeField(model);
    if (!field) throw InputError(where + ": not a SentencePiece model");
    if (field->number != 3 && field->number != 5) continue;
    std::string_view spec = field->bytes;
    while (!spec.empty()) {
      const std::optional<WireField> part = TakeField(spec);
      if (!part) throw InputError(where + ": not a SentencePiece model");
      if (part->number == 2 && !part->bytes.empty()) {
        throw InputError(where + ": a normalizer with a character map is not supported");
      }
    }
  }
}

/// A token that is written as a string or as an object with flags; `where` opens the message.
AddedToken ReadToken(const Json& value, const std::string& where) {
  AddedToken token;
  if (value.is_string()) {
    token.content = value.get<std::string>();
  } else {
    const JsonFields fields(value, where);
    if (fields.BoolOr("single_word", false)) fields.Fail("single_word", "true is not supported");
    token = {.content = fields.String("content"),
             .strip_left = fields.BoolOr("lstrip", false),
             .strip_right = fields.BoolOr("rstrip", false)};
  }
  if (token.content.empty()) throw InputError(where + ": expected a token, found an empty string");
  return token;
}

/// Collects tokens by id; two ids for one string, or two strings for one id, would make encoding depend on the reader.
class AddedTokenTable {
 public:
  explicit AddedTokenTable(std::map<int, AddedToken>* tokens) : tokens_(tokens) {}

  void Add(const JsonFields& fields, std::string_view key, std::int64_t id, AddedToken token) {
    if (id < 0 || id > kMaxTokenId)
      fields.Fail(key, fmt::format("expected an id of 0 to {}, found {}", kMaxTokenId, id));
    if (!contents_.insert(token.content).second) fields.Fail(key, "the token has two ids");
    const auto [it, added] = tokens_->emplace(static_cast<int>(id), std::move(token));
    if (!added) fields.Fail(key, fmt::format("id {} belongs to {} as well", id, it->second.content));
  }

 private:
  std::map<int, AddedToken>* tokens_;
  std::set<std::string> contents_;
};

void ReadAddedTokensDecoder(const JsonFields& config, const std::string& where, std::map<int, AddedToken>* tokens) {
  const JsonFields decoder = config.Object("added_tokens_decoder");
  AddedTokenTable table(tokens);
  for (const auto& [key, value] : decoder.json().items()) {
    int id = 0;
    const auto [end, error] = std::from_chars(key.data(), key.data() + key.size(), id);
    if (error != std::errc() || end != key.data() + key.size()) decoder.Fail(key, "expected a token id as the key");
    table.Add(decoder, key, id, ReadToken(value, fmt::format("{}: added_tokens_decoder.{}", where, key)));
  }
}

/// Reads added_tokens.json, or checks it against the tokens that tokenizer_config.json has given already.
void ReadAddedTokens(const fs::path& path, bool have_decoder, std::map<int, AddedToken>* tokens) {
  if (!fs::exists(path)) return;
  const Json json = ReadJsonFile(path);
  const JsonFields fields(json, path.string());
  std::map<int, AddedToken> found;
  AddedTokenTable table(&found);
  for (const auto& [content, id] : json.items()) {
    table.Add(fields, content, fields.Int(content), ReadToken(Json(content), path.string()));
  }
  if (!have_decoder) {
    *tokens = std::move(found);
    return;
  }
  for (const auto& [id, token] : found) {
    const auto it = tokens->find(id);
    if (it == tokens->end() || it->second.content != token.content) {
      fields.Fail(token.content, fmt::format("{} is not its id in added_tokens_decoder of tokenizer_config.json", id));
    }
  }
}

/// A JSON file that may name special tokens.
struct SpecialTokenSource {
  Json json;
  std::string where;

  bool Has(const char* key) const { return json.contains(key) && !json[key].is_null(); }
  AddedToken Token(const char* key) const { return ReadToken(json[key], where + ": " + key); }
};

/// The special tokens of `sources`: the last one that names a token decides, additional_special_tokens add up.
void ReadSpecialTokens(std::span<const SpecialTokenSource> sources, TokenizerFiles* files) {
  const auto read = [&](const char* key, std::string fallback) -> std::string {
    AddedToken token{.content = std::move(fallback)};
    for (const SpecialTokenSource& source : sources) {
      if (source.Has(key)) token = source.Token(key);
    }
    if (!token.content.empty()) files->special_tokens.push_back(token);
    return token.content;
  };
  // The order in which transformers numbers new tokens; the defaults are those of both tokenizer classes.
  files->bos_token = read("bos_token", "<s>");
  const std::string eos_token = read("eos_token", "</s>");
  files->unk_token = read("unk_token", "<unk>");
  read("sep_token", "");
  files->pad_token = read("pad_token", "");
  read("cls_token", "");
  read("mask_token", "");
  if (files->pad_token.empty()) files->pad_token = eos_token;

  constexpr const char* kAdditional = "additional_special_tokens";
  for (const SpecialTokenSource& source : sources) {
    if (!source.Has(kAdditional)) continue;
    for (const Json& value : JsonFields(source.json, source.where).Array(kAdditional)) {
      files->special_tokens.push_back(ReadToken(value, source.where + ": " + kAdditional));
    }
  }
}

}  // namespace

TokenizerFiles ReadTokenizerFiles(const fs::path& checkpoint_folder) {
  TokenizerFiles files;
  const fs::path model_path = checkpoint_folder / "tokenizer.model";
  files.model = ReadFile(model_path, kMaxModelBytes);
  CheckNoCharacterMap(files.model, model_path.string());

  const fs::path config_path = checkpoint_folder / "tokenizer_config.json";
  const Json config_json = ReadJsonFile(config_path);
  const JsonFields config(config_json, config_path.string());
  const std::string name = config.String("tokenizer_class");
  if (name != "InternLM2Tokenizer" && name != "LlamaTokenizer") {
    config.Fail("tokenizer_class", "expected InternLM2Tokenizer or LlamaTokenizer, found " + Describe(Json(name)));
  }
  files.tokenizer_class = name == "LlamaTokenizer" ? TokenizerClass::kLlama : TokenizerClass::kInternLm2;
  files.legacy = config.BoolOr("legacy", true);
  files.clean_up = config.BoolOr("clean_up_tokenization_spaces", false);
  if (!config.BoolOr("add_bos_token", true)) config.Fail("add_bos_token", "false is not supported");
  if (config.BoolOr("add_eos_token", false)) config.Fail("add_eos_token", "true is not supported");

  const bool have_decoder = config.Has("added_tokens_decoder");
  if (have_decoder) ReadAddedTokensDecoder(config, config_path.string(), &files.added_tokens);
  ReadAddedTokens(checkpoint_folder / "added_tokens.json", have_decoder, &files.added_tokens);

  std::vector<SpecialTokenSource> sources{{config_json, config_path.string()}};
  const fs::path map_path = checkpoint_folder / "special_tokens_map.json";
  if (!have_decoder && fs::exists(map_path)) {
    sources.push_back({ReadJsonFile(map_path), map_path.string()});
    const JsonFields must_be_an_object(sources.back().json, sources.back().where);
  }
  ReadSpecialTokens(sources, &files);
  return files;
}

}  // namespace tessera

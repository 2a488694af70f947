#include "model/text/tokenizer_files.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/base/files.h"
#include "model/text/tokenizer.h"
#include "tests/model/text/golden_cases.h"
#include "tests/temp_folder.h"

namespace tessera {
namespace {

using ::testing::HasSubstr;

constexpr const char* kFileNames[] = {"tokenizer.model", "tokenizer_config.json", "added_tokens.json"};
constexpr std::string_view kSpecialTokens = R"({"bos_token": {"content": "<s>"}, "eos_token": {"content": "</s>"},
  "pad_token": {"content": "</s>"}, "unk_token": {"content": "<unk>"}, "additional_special_tokens": ["<|im_start|>", "<img>"]})";

/// A copy of a tiny model's tokenizer files, for a test to change.
class TokenizerFolder : public TempFolder {
 public:
  explicit TokenizerFolder(const std::string& model = "tiny-internvl-26b-style") {
    for (const char* name : kFileNames) CopyFrom(GoldenModelFolder() / model, name);
    Write("special_tokens_map.json", kSpecialTokens);
  }
  template <typename Change>
  void ChangeJson(const std::string& name, Change&& change) const {
    Json json = ReadJsonFile(path() / name);
    change(json);
    Write(name, json.dump());
  }
  std::string Refusal() const {
    return InputErrorOf([&] { Tokenizer::Load(path()); });
  }
};

TEST(TokenizerFiles, FlagsAndSpecialTokensAreRead) {
  const TokenizerFiles files = ReadTokenizerFiles(GoldenModelFolder() / "tiny-internvl-4b-style");
  EXPECT_EQ(files.tokenizer_class, TokenizerClass::kLlama);
  EXPECT_FALSE(files.legacy);
  EXPECT_FALSE(files.clean_up);
  EXPECT_EQ(files.added_tokens.size(), 23u);
  EXPECT_TRUE(files.added_tokens.at(647).strip_right);
  EXPECT_FALSE(files.added_tokens.at(640).strip_right);
  EXPECT_EQ(files.bos_token, "<s>");
  EXPECT_EQ(files.unk_token, "<unk>");
  EXPECT_EQ(files.pad_token, "<|endoftext|>");
  EXPECT_EQ(files.special_tokens.size(), 4u + 9u);
}

TEST(TokenizerFiles, WithoutAddedTokensDecoderTheOlderFilesDecide) {
  const TokenizerFolder folder;
  folder.ChangeJson("tokenizer_config.json", [](Json& config) {
    config.erase("added_tokens_decoder");
    config.erase("additional_special_tokens");
    config["pad_token"] = "<unk>";  // special_tokens_map.json says </s>
  });
  const Tokenizer tokenizer = Tokenizer::Load(folder.path());
  EXPECT_EQ(tokenizer.PadId(), 2);
  EXPECT_EQ(tokenizer.TokenId("<IMG_CONTEXT>"), 663);
  EXPECT_EQ(tokenizer.TokenId("<|im_start|>"), 670);  // in no file with an id: numbered after all others
  EXPECT_EQ(tokenizer.Encode("a<|im_start|><img>"), (std::vector<int>{1, 529, 670, 661}));
  EXPECT_EQ(tokenizer.Decode({529, 670, 661}), "a");
}

TEST(TokenizerFiles, TheOlderFilesMayBeMissing) {
  const TokenizerFolder folder;
  std::filesystem::remove(folder.path() / "added_tokens.json");
  std::filesystem::remove(folder.path() / "special_tokens_map.json");
  EXPECT_EQ(Tokenizer::Load(folder.path()).TokenId("<IMG_CONTEXT>"), 663);
}

TEST(TokenizerFiles, ABrokenModelIsRefused) {
  const TokenizerFolder folder;
  const std::string model = ReadFile(folder.path() / "tokenizer.model");
  for (const std::size_t length : {std::size_t{0}, std::size_t{1}, model.size() / 2, model.size() - 1}) {
    folder.Write("tokenizer.model", model.substr(0, length));
    EXPECT_THAT(folder.Refusal(), HasSubstr("tokenizer.model: not a SentencePiece model")) << length;
  }
  for (const std::string& garbage : {std::string(100, '\xFF'), std::string(100, '\0'), std::string("{\"a\": 1}")}) {
    folder.Write("tokenizer.model", garbage);
    EXPECT_THAT(folder.Refusal(), HasSubstr("tokenizer.model: not a SentencePiece model"));
  }
  std::filesystem::remove(folder.path() / "tokenizer.model");
  EXPECT_THAT(folder.Refusal(), HasSubstr("tokenizer.model"));
}

TEST(TokenizerFiles, AFlippedByteNeverCrashes) {
  const TokenizerFolder folder;
  const std::string model = ReadFile(folder.path() / "tokenizer.model");
  for (std::size_t at = 0; at < model.size(); at += 53) {
    std::string spoiled = model;
    spoiled[at] = static_cast<char>(spoiled[at] ^ 0x41);
    folder.Write("tokenizer.model", spoiled);
    try {
      const Tokenizer tokenizer = Tokenizer::Load(folder.path());
      tokenizer.Encode("What is 12 + 30? \xE4\xBD\xA0");
    } catch (const Error& e) {
      EXPECT_EQ(e.kind(), ErrorKind::kInput);
    }
  }
}

TEST(TokenizerFiles, APieceThatIsNotUtf8IsRefused) {
  const TokenizerFolder folder;
  // ModelProto.pieces { piece: "\xFF" }
  folder.Write("tokenizer.model", ReadFile(folder.path() / "tokenizer.model") + "\x0A\x03\x0A\x01\xFF");
  EXPECT_THAT(folder.Refusal(), HasSubstr("is not UTF-8"));
}

TEST(TokenizerFiles, ACharacterMapIsRefused) {
  const TokenizerFolder folder;
  // ModelProto.normalizer_spec { precompiled_charsmap: "abc" }, merged behind the model's own.
  folder.Write("tokenizer.model", ReadFile(folder.path() / "tokenizer.model") + "\x1A\x05\x12\x03" + "abc");
  EXPECT_THAT(folder.Refusal(), HasSubstr("a normalizer with a character map is not supported"));
}

struct WrongJson {
  const char* file;
  const char* pointer;
  const char* value;
  const char* message;
};

class TokenizerFilesWrongJson : public ::testing::TestWithParam<WrongJson> {};

TEST_P(TokenizerFilesWrongJson, IsRefusedWithItsPlace) {
  const TokenizerFolder folder;
  folder.ChangeJson(GetParam().file,
                    [](Json& json) { json[Json::json_pointer(GetParam().pointer)] = Json::parse(GetParam().value); });
  const std::string message = folder.Refusal();
  EXPECT_THAT(message, HasSubstr(GetParam().file));
  EXPECT_THAT(message, HasSubstr(GetParam().message));
}

INSTANTIATE_TEST_SUITE_P(
    All, TokenizerFilesWrongJson,
    ::testing::Values(
        WrongJson{"tokenizer_config.json", "", "[]", "expected an object"},
        WrongJson{"tokenizer_config.json", "/tokenizer_class", "\"GPT2Tokenizer\"", "expected InternLM2Tokenizer or"},
        WrongJson{"tokenizer_config.json", "/tokenizer_class", "null", "tokenizer_class: expected a string"},
        WrongJson{"tokenizer_config.json", "/legacy", "\"no\"", "legacy: expected true or false"},
        WrongJson{"tokenizer_config.json", "/add_bos_token", "false", "add_bos_token: false is not supported"},
        WrongJson{"tokenizer_config.json", "/add_eos_token", "true", "add_eos_token: true is not supported"},
        WrongJson{"tokenizer_config.json", "/bos_token", "5", "bos_token: expected an object, found the number 5"},
        WrongJson{"tokenizer_config.json", "/bos_token", "\"\"", "bos_token: expected a token, found an empty string"},
        WrongJson{"tokenizer_config.json", "/pad_token", "{}", "pad_token: content: expected a string"},
        WrongJson{"tokenizer_config.json", "/additional_special_tokens", "{}", "expected an array"},
        WrongJson{"tokenizer_config.json", "/additional_special_tokens/0", "1", "additional_special_tokens: expected"},
        WrongJson{"tokenizer_config.json", "/additional_special_tokens/0", "\"\"", "found an empty string"},
        WrongJson{"tokenizer_config.json", "/added_tokens_decoder", "[]", "added_tokens_decoder: expected an object"},
        WrongJson{"tokenizer_config.json", "/added_tokens_decoder/x", "{\"content\": \"y\"}", "a token id as the key"},
        WrongJson{"tokenizer_config.json", "/added_tokens_decoder/7x", "{\"content\": \"y\"}", "a token id as the key"},
        WrongJson{"tokenizer_config.json", "/added_tokens_decoder/-1", "{\"content\": \"y\"}",
                  "expected an id of 0 to"},
        WrongJson{"tokenizer_config.json", "/added_tokens_decoder/4194305", "{\"content\": \"y\"}",
                  "an id of 0 to 4194304"},
        WrongJson{"tokenizer_config.json", "/added_tokens_decoder/99999999999", "{\"content\": \"y\"}",
                  "a token id as"},
        WrongJson{"tokenizer_config.json", "/added_tokens_decoder/700", "{}", "added_tokens_decoder.700: content"},
        WrongJson{"tokenizer_config.json", "/added_tokens_decoder/700", "{\"content\": \"\"}", "found an empty string"},
        WrongJson{"tokenizer_config.json", "/added_tokens_decoder/700", "{\"content\": \"<s>\"}", "has two ids"},
        WrongJson{"tokenizer_config.json", "/added_tokens_decoder/0659", "{\"content\": \"y\"}", "id 659 belongs to"},
        WrongJson{"tokenizer_config.json", "/added_tokens_decoder/1/single_word", "true", "single_word: true is not"},
        WrongJson{"added_tokens.json", "", "5", "expected an object"},
        WrongJson{"added_tokens.json", "/", "700", "expected a token, found an empty string"},
        WrongJson{"added_tokens.json", "/<img>", "\"661\"", "<img>: expected an integer"},
        WrongJson{"added_tokens.json", "/<img>", "662", "belongs to"},
        WrongJson{"added_tokens.json", "/<img>", "12345678901", "expected an id of 0 to 4194304"},
        WrongJson{"added_tokens.json", "/<img>", "700", "700 is not its id in added_tokens_decoder"}));

TEST(TokenizerFiles, ABrokenSpecialTokensMapIsRefusedWhenItIsNeeded) {
  const TokenizerFolder folder;
  folder.Write("special_tokens_map.json", "[]");
  EXPECT_EQ(folder.Refusal(), "no error");
  folder.ChangeJson("tokenizer_config.json", [](Json& config) { config.erase("added_tokens_decoder"); });
  EXPECT_THAT(folder.Refusal(), HasSubstr("special_tokens_map.json: expected an object"));
}

}  // namespace
}  // namespace tessera

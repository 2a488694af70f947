#include "model/text/tokenizer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "tests/model/text/golden_cases.h"
#include "tests/temp_folder.h"

namespace tessera {
namespace {

using ::testing::HasSubstr;

std::vector<Json> JsonLines(const std::filesystem::path& path) {
  std::vector<Json> lines;
  std::ifstream file(path);
  for (std::string line; std::getline(file, line);) lines.push_back(Json::parse(line));
  return lines;
}

Tokenizer LoadTiny(const std::string& model) { return Tokenizer::Load(GoldenModelFolder() / model); }

/// The tokenizer of a tiny model whose tokenizer_config.json is changed by `change`, without added_tokens.json.
template <typename Change>
Tokenizer LoadChanged(const std::string& model, Change&& change) {
  const TempFolder folder;
  folder.CopyFrom(GoldenModelFolder() / model, "tokenizer.model");
  Json config = ReadJsonFile(GoldenModelFolder() / model / "tokenizer_config.json");
  change(config);
  folder.Write("tokenizer_config.json", config.dump());
  return Tokenizer::Load(folder.path());
}

TEST(Tokenizer, TinyGoldensEncodeAndDecodeAsTheReference) {
  for (const char* model : kTinyModels) {
    const Tokenizer tokenizer = LoadTiny(model);
    const std::vector<Json> goldens = JsonLines(GoldenModelFolder() / "expected" / model / "tokenizer.jsonl");
    EXPECT_EQ(goldens.size(), 11u);
    for (const Json& golden : goldens) {
      const auto text = golden["text"].get<std::string>();
      const auto ids = golden["ids"].get<std::vector<int>>();
      EXPECT_EQ(tokenizer.Encode(text), ids) << model << ": " << text;
      EXPECT_EQ(tokenizer.Decode(ids), golden["decoded_skip"].get<std::string>()) << model << ": " << text;
    }
  }
}

TEST(Tokenizer, PromptsAndAnswersOfTheGoldenChatsEncodeAndDecodeAsTheReference) {
  int compared = 0;
  for (const char* model : kTinyModels) {
    const Tokenizer tokenizer = LoadTiny(model);
    for (const char* file : {"cases_f32.json", "cases_bf16.json", "ntk.json"}) {
      for (const Json& golden : GoldenCases(model, file)) {
        SCOPED_TRACE(std::string(model) + " " + golden["id"].get<std::string>());
        if (golden.contains("prompt")) {
          const std::vector<int> ids = golden.contains("input_ids") ? golden["input_ids"].get<std::vector<int>>()
                                                                    : ExpandRuns(golden["input_ids_rle"]);
          EXPECT_EQ(tokenizer.Encode(ExpandContext(golden["prompt"].get<std::string>())), ids);
          ++compared;
        }
        if (golden.contains("decoded_skip_special")) {
          EXPECT_EQ(tokenizer.Decode(golden["output_ids"].get<std::vector<int>>()),
                    golden["decoded_skip_special"].get<std::string>());
          ++compared;
        }
      }
    }
  }
  EXPECT_GE(compared, 120);
}

TEST(Tokenizer, TheGenuineInternLm2TokenizerAgreesWithItsGoldens) {
  const auto folder = std::filesystem::path(TESSERA_SOURCE_DIR) / "../shared/tokenizer/internlm2";
  if (!std::filesystem::exists(folder)) GTEST_SKIP() << "no " << folder << ": the published tokenizer is not tested";
  const Tokenizer tokenizer = Tokenizer::Load(folder);
  EXPECT_EQ(tokenizer.VocabularySize(), 92553);
  EXPECT_EQ(tokenizer.TokenId("<|im_end|>"), 92542);
  EXPECT_EQ(tokenizer.TokenId("<IMG_CONTEXT>"), 92546);
  EXPECT_EQ(tokenizer.BosId(), 1);
  EXPECT_EQ(tokenizer.PadId(), 2);
  int compared = 0;
  for (const Json& golden : JsonLines(folder / "goldens.jsonl")) {
    SCOPED_TRACE(golden["name"].get<std::string>());
    if (golden["kind"] == "decode") {
      EXPECT_EQ(tokenizer.Decode(golden["ids"].get<std::vector<int>>()), golden["text_skip"].get<std::string>());
    } else if (golden["kind"] == "encode") {
      const auto ids = golden["ids"].get<std::vector<int>>();
      EXPECT_EQ(tokenizer.Encode(golden["text"].get<std::string>()), ids);
      EXPECT_EQ(tokenizer.Decode(ids), golden["text_decoded_skip"].get<std::string>());
    } else {
      auto text = golden["text"].get<std::string>();
      for (std::size_t at = text.find("{IMG256}"); at != std::string::npos; at = text.find("{IMG256}")) {
        text.replace(at, 8, "{IMG_CONTEXT*256}");
      }
      EXPECT_EQ(tokenizer.Encode(ExpandContext(text)), ExpandRuns(golden["ids_rle"]));
    }
    ++compared;
  }
  EXPECT_GE(compared, 70);
}

TEST(Tokenizer, KnowsItsSpecialIds) {
  const Tokenizer internlm2 = LoadTiny("tiny-internvl-26b-style");
  EXPECT_EQ(internlm2.VocabularySize(), 670);
  EXPECT_EQ(internlm2.TokenId("<|im_end|>"), 659);
  EXPECT_EQ(internlm2.TokenId("<unk>"), 0);
  EXPECT_EQ(internlm2.TokenId("no such token"), std::nullopt);
  EXPECT_EQ(internlm2.PadId(), 2);
  const Tokenizer phi3 = LoadTiny("tiny-internvl-4b-style");
  EXPECT_EQ(phi3.TokenId("<|end|>"), 647);
  EXPECT_EQ(phi3.BosId(), 1);
  EXPECT_EQ(phi3.PadId(), 640);
}

TEST(Tokenizer, TheLongestAddedTokenAtAPlaceWins) {
  const Tokenizer tokenizer = LoadChanged("tiny-internvl-26b-style", [](Json& config) {
    config["added_tokens_decoder"]["700"] = {{"content", "<img><IMG"}, {"special", false}};
  });
  EXPECT_EQ(tokenizer.Encode("<img><IMG_CONTEXT>")[1], 700);
  EXPECT_EQ(tokenizer.Encode("<img><im")[1], 661);
  EXPECT_EQ(tokenizer.VocabularySize(), 701);
}

TEST(Tokenizer, AddedTokensTakeUnicodeWhiteSpaceByTheirFlags) {
  const Tokenizer tokenizer = LoadChanged("tiny-internvl-26b-style", [](Json& config) {
    config["added_tokens_decoder"]["661"]["rstrip"] = true;
    config["added_tokens_decoder"]["662"]["lstrip"] = true;
  });
  const std::vector<int> tight = tokenizer.Encode("<img>a</img>");
  EXPECT_EQ(tokenizer.Encode("<img> \xC2\xA0\xE3\x80\x80\x1F\na\t \xE2\x80\xA8</img>"), tight);
  EXPECT_EQ(tokenizer.Encode("<img>  \n</img>"), (std::vector<int>{1, 661, 662}));
  EXPECT_NE(tokenizer.Encode("<img>a</img> "), tight);
}

TEST(Tokenizer, AddedTokensThatAreNotSpecialStayInTheTextBetweenSpaces) {
  const Tokenizer tokenizer = LoadTiny("tiny-internvl-4b-style");
  const int end = *tokenizer.TokenId("<|end|>");
  const int a = *tokenizer.TokenId("a");
  EXPECT_EQ(tokenizer.Decode({a, end, end, a, a}), "a <|end|> <|end|> aa");
  EXPECT_EQ(tokenizer.Decode({*tokenizer.TokenId("<img>"), a}), "a");
}

TEST(Tokenizer, ASpaceInFrontOfEachLlamaPartIsDroppedOnce) {
  const Tokenizer tokenizer = LoadTiny("tiny-internvl-4b-style");
  const int space = *tokenizer.TokenId("\xE2\x96\x81");
  const int end = *tokenizer.TokenId("<|end|>");
  EXPECT_EQ(tokenizer.Decode({space, space, end, space}), "  <|end|> ");
}

TEST(Tokenizer, EachByteThatStartsNoCharacterBecomesOneReplacementCharacter) {
  const Tokenizer tokenizer = LoadTiny("tiny-internvl-26b-style");
  const auto byte = [](int value) { return 3 + value; };  // byte pieces follow <unk>, <s>, </s>
  EXPECT_EQ(tokenizer.Decode({byte(0xE4), byte(0xBD), byte(0xA0)}), "你");
  EXPECT_EQ(tokenizer.Decode({byte(0xE4), byte(0xBD), byte(0x41)}), "\uFFFD\uFFFDA");
  EXPECT_EQ(tokenizer.Decode({byte(0xC0), byte(0x80), byte(0xED), byte(0xA0), byte(0x80)}),
            "\uFFFD\uFFFD\uFFFD\uFFFD\uFFFD");
}

TEST(Tokenizer, InternLm2CleansUpSpacesBeforePunctuationInTheReferencesOrder) {
  const Tokenizer tokenizer = LoadTiny("tiny-internvl-26b-style");
  const auto round_trip = [&](std::string_view text) { return tokenizer.Decode(tokenizer.Encode(text)); };
  EXPECT_EQ(round_trip("a . b ? c ! d , e"), "a. b? c! d, e");
  EXPECT_EQ(round_trip("it 's I 'm we 've you 're do n't a ' b"), "it's I'm we've you're don't a'b");
  EXPECT_EQ(round_trip("a  . .b"), "a ..b");
}

TEST(Tokenizer, LlamaCleansUpOnlyWhenItsConfigurationSaysSo) {
  const Tokenizer plain = LoadTiny("tiny-internvl-4b-style");
  EXPECT_EQ(plain.Decode(plain.Encode("a . b")), "a . b");
  const Tokenizer cleaning =
      LoadChanged("tiny-internvl-4b-style", [](Json& config) { config["clean_up_tokenization_spaces"] = true; });
  EXPECT_EQ(cleaning.Decode(cleaning.Encode("a . b")), "a. b");
}

TEST(Tokenizer, LegacyLlamaLetsSentencePieceAddASpaceToEverySegment) {
  const Tokenizer legacy = LoadChanged("tiny-internvl-4b-style", [](Json& config) { config.erase("legacy"); });
  const Tokenizer tokenizer = LoadTiny("tiny-internvl-4b-style");
  const int space = *tokenizer.TokenId("\xE2\x96\x81");
  EXPECT_EQ(tokenizer.Encode("<img>\n"), (std::vector<int>{1, 651, 13}));
  EXPECT_EQ(legacy.Encode("<img>\n"), (std::vector<int>{1, 651, space, 13}));
}

TEST(Tokenizer, SpecialTokensWithoutAnIdAreThePieceOfThatNameOrFollowTheVocabulary) {
  const Tokenizer tokenizer = LoadChanged("tiny-internvl-26b-style", [](Json& config) {
    config["additional_special_tokens"].push_back("<new>");
    config["additional_special_tokens"].push_back("<0x41>");
    config["additional_special_tokens"].push_back("[UNUSED_TOKEN_145]");  // the piece that <|im_end|> has replaced
  });
  EXPECT_EQ(tokenizer.TokenId("<new>"), 670);
  EXPECT_EQ(tokenizer.TokenId("<0x41>"), 3 + 0x41);
  EXPECT_EQ(tokenizer.Encode("<new><0x41>"), (std::vector<int>{1, 670, 3 + 0x41}));
  EXPECT_EQ(tokenizer.TokenId("[UNUSED_TOKEN_145]"), 671);
  EXPECT_EQ(tokenizer.TokenId("<|im_end|>"), 659);
  EXPECT_EQ(tokenizer.Decode({670}), "");
}

TEST(Tokenizer, TextThatIsNotUtf8IsRefused) {
  const Tokenizer tokenizer = LoadTiny("tiny-internvl-26b-style");
  EXPECT_THAT(InputErrorOf([&] { tokenizer.Encode("ok \xFF"); }), HasSubstr("not UTF-8: ok \uFFFD"));
}

TEST(Tokenizer, AnIdOutsideTheVocabularyIsRefused) {
  const Tokenizer tokenizer = LoadTiny("tiny-internvl-26b-style");
  EXPECT_THROW(tokenizer.Decode({670}), std::out_of_range);
  EXPECT_THROW(tokenizer.Decode({-1}), std::out_of_range);
}

TEST(Tokenizer, NulAndLongTextsEncode) {
  const Tokenizer tokenizer = LoadTiny("tiny-internvl-26b-style");
  EXPECT_EQ(tokenizer.Decode(tokenizer.Encode(std::string_view("a\0b", 3))), std::string("a\0b", 3));
  const std::string text(199'999, '<');
  EXPECT_TRUE(tokenizer.Decode(tokenizer.Encode(text + "<img>")) == text);
}

}  // namespace
}  // namespace tessera

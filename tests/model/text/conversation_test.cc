#include "model/text/conversation.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "model/config/model_config.h"
#include "model/text/tokenizer.h"
#include "tests/model/text/golden_cases.h"

namespace tessera {
namespace {

using ::testing::HasSubstr;

std::string Render(const Prompt& prompt, std::vector<int> image_tokens = {}) {
  return RenderChat(FindChatTemplate("internlm2-chat"), prompt, image_tokens);
}

Prompt Ask(std::vector<Turn> turns, ImageMarks marks = ImageMarks::kReplaced) {
  return {.turns = std::move(turns), .image_marks = marks};
}

/// The turns of a golden case, with the reference's default system message.
std::vector<Turn> GoldenTurns(const Json& history, const std::string& question) {
  std::vector<Turn> turns{{Role::kSystem, std::string(kDefaultSystemMessage)}};
  if (history.is_array()) {
    for (const Json& pair : history) {
      turns.push_back({Role::kUser, pair[0].get<std::string>()});
      turns.push_back({Role::kAssistant, pair[1].get<std::string>()});
    }
  }
  turns.push_back({Role::kUser, question});
  return turns;
}

/// Context tokens per mark: one count for all tiles, unless the case states a list.
std::vector<int> GoldenCounts(const Json& golden, int tokens_per_tile) {
  std::vector<int> counts;
  int tiles = 0;
  for (const Json& image : golden["images"]) tiles += image["num_tiles"].get<int>();
  if (tiles == 0) return counts;
  if (!golden["num_patches_list"].is_array()) return {tiles * tokens_per_tile};
  for (const Json& count : golden["num_patches_list"]) counts.push_back(count.get<int>() * tokens_per_tile);
  return counts;
}

TEST(RenderChat, PromptsOfAllGoldenChatsAreEqual) {
  int compared = 0;
  for (const char* model : kTinyModels) {
    const ModelConfig config = LoadModelConfig(GoldenModelFolder() / model);
    const ChatTemplate& chat_template = FindChatTemplate(config.chat_template);
    for (const char* file : {"cases_f32.json", "cases_bf16.json"}) {
      for (const Json& golden : GoldenCases(model, file)) {
        if (golden["kind"] != "chat") continue;
        SCOPED_TRACE(std::string(model) + " " + golden["id"].get<std::string>());
        const Prompt prompt = Ask(GoldenTurns(golden["history_in"], golden["question"].get<std::string>()));
        EXPECT_EQ(RenderChat(chat_template, prompt, GoldenCounts(golden, TokensPerTile(config))),
                  ExpandContext(golden["prompt"].get<std::string>()));
        ++compared;
      }
    }
  }
  EXPECT_EQ(compared, 58);
}

TEST(RenderChat, RowsOfGoldenBatchesTokeniseToTheReferencesIds) {
  for (const char* model : kTinyModels) {
    const ModelConfig config = LoadModelConfig(GoldenModelFolder() / model);
    const Tokenizer tokenizer = Tokenizer::Load(GoldenModelFolder() / model);
    for (const Json& golden : GoldenCases(model, "cases_f32.json")) {
      if (golden["kind"] != "batch_chat") continue;
      const std::vector<int> counts = GoldenCounts(golden, TokensPerTile(config));
      for (std::size_t row = 0; row < counts.size(); ++row) {
        const Prompt prompt = Ask(GoldenTurns(nullptr, golden["questions"][row].get<std::string>()));
        std::vector<int> ids =
            tokenizer.Encode(RenderChat(FindChatTemplate(config.chat_template), prompt, {&counts[row], 1}));
        const auto padded = golden["padded_length"].get<std::size_t>();
        ASSERT_LE(ids.size(), padded);
        ids.insert(ids.begin(), padded - ids.size(), tokenizer.PadId());
        EXPECT_EQ(ids, ExpandRuns(golden["input_ids_rle"][row])) << model << " row " << row;
      }
    }
  }
}

TEST(RenderChat, AFirstQuestionWithoutAMarkGetsOneOnlyWhenPicturesCome) {
  const Prompt prompt = Ask({{Role::kUser, "Q"}});
  EXPECT_EQ(Render(prompt), "<|im_start|>user\nQ<|im_end|><|im_start|>assistant\n");
  EXPECT_EQ(Render(prompt, {2}),
            "<|im_start|>user\n<img><IMG_CONTEXT><IMG_CONTEXT></img>\nQ<|im_end|><|im_start|>assistant\n");
}

TEST(RenderChat, AnEmptyQuestionOrAnswerWritesOnlyItsHeader) {
  EXPECT_EQ(Render(Ask({{Role::kUser, "Q"}, {Role::kAssistant, ""}, {Role::kUser, ""}})),
            "<|im_start|>user\nQ<|im_end|><|im_start|>assistant\n<|im_start|>user\n<|im_start|>assistant\n");
}

TEST(RenderChat, PhiHasItsOwnHeaders) {
  EXPECT_EQ(RenderChat(FindChatTemplate("phi3-chat"), Ask({{Role::kSystem, "S"}, {Role::kUser, "Q"}}), {}),
            "<|system|>\nS<|end|><|user|>\nQ<|end|><|assistant|>\n");
}

TEST(RenderChat, MarksAreReplacedFromSystemToQuestionAndFurtherOnesStay) {
  const Prompt prompt =
      Ask({{Role::kSystem, "S<image>"}, {Role::kUser, "U<image>"}, {Role::kAssistant, "A"}, {Role::kUser, "Q<image>"}});
  EXPECT_EQ(Render(prompt, {0, 1}),
            "<|im_start|>system\nS<img></img><|im_end|><|im_start|>user\nU<img><IMG_CONTEXT></img><|im_end|>"
            "<|im_start|>assistant\nA<|im_end|><|im_start|>user\nQ<image><|im_end|><|im_start|>assistant\n");
  EXPECT_THAT(Render(prompt), HasSubstr("S<image>"));
}

TEST(RenderChat, AQuestionWithHistoryGetsNoMark) {
  const Prompt prompt = Ask({{Role::kUser, "U"}, {Role::kAssistant, "A"}, {Role::kUser, "Q"}});
  EXPECT_THAT(InputErrorOf([&] { Render(prompt, {1}); }), HasSubstr("0 <image> marks for 1 pictures"));
}

TEST(RenderChat, MorePicturesThanMarksAreRefusedWithBothCounts) {
  EXPECT_THAT(InputErrorOf([] {
                Render(Ask({{Role::kUser, "<image> and?"}}), {1, 1, 1});
              }),
              HasSubstr("1 <image> marks for 3 pictures"));
}

TEST(RenderChat, LeadingPicturesShareOneSpanBeforeTheFirstQuestionAndMarksStayText) {
  const Prompt prompt =
      Ask({{Role::kSystem, "S"}, {Role::kUser, "U<image>"}, {Role::kAssistant, "A"}, {Role::kUser, "Q"}},
          ImageMarks::kLeading);
  EXPECT_EQ(Render(prompt, {1, 1}),
            "<|im_start|>system\nS<|im_end|><|im_start|>user\n<img><IMG_CONTEXT><IMG_CONTEXT></img>\nU<image><|im_end|>"
            "<|im_start|>assistant\nA<|im_end|><|im_start|>user\nQ<|im_end|><|im_start|>assistant\n");
  EXPECT_THAT(Render(prompt), HasSubstr("user\nU<image>"));
}

TEST(RenderChat, TurnsHaveToEndWithTheUserAndMayStartWithTheSystem) {
  EXPECT_THAT(InputErrorOf([] { Render(Ask({})); }), HasSubstr("end with a turn of the user"));
  EXPECT_THAT(InputErrorOf([] {
                Render(Ask({{Role::kUser, "Q"}, {Role::kAssistant, "A"}}));
              }),
              HasSubstr("end with a turn of the user"));
  EXPECT_THAT(InputErrorOf([] {
                Render(Ask({{Role::kUser, "Q"}, {Role::kSystem, "S"}, {Role::kUser, "Q"}}));
              }),
              HasSubstr("the system message has to be the first"));
}

TEST(FindChatTemplate, AnUnknownNameIsRefused) {
  EXPECT_THAT(InputErrorOf([] { FindChatTemplate("Hermes-2"); }),
              HasSubstr("expected internlm2-chat or phi3-chat, found the string \"Hermes-2\""));
}

}  // namespace
}  // namespace tessera

#include "harness/journal/sample_record.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/base/json_fields.h"
#include "tests/harness/fake_run.h"

namespace tessera {
namespace {

using testing::HasSubstr;

SampleRecord FullRecord() {
  return {.benchmark = "fake",
          .sample = {.id = "7",
                     .split = "dev",
                     .questions = {"Is it\n\"red\"?"},
                     .choices = {{"A", "红"}, {"C", "blue"}},
                     .references = {"A"},
                     .tags = {{"category", "colour"}}},
          .pictures = {{"a.png", "00ff"}},
          .position = 12,
          .start = 3,
          .settings_sha256 = "0123",
          .prompt = {.turns = {{Role::kSystem, "s"}, {Role::kUser, "q <image>"}}},
          .prompt_ids = {1, 9, 9, 9, 9, 2},
          .answers = {"A"},
          .answer_ids = {{5, 2}},
          .prompt_tokens = 3000,
          .new_tokens = 2,
          .tiles = 13,
          .hit_token_limit = true,
          .timing = {.load_image_s = 0.25, .tile_s = 0.5, .vision_s = 1.5, .prefill_s = 2.5, .decode_s = 0.125},
          .score = SampleScore{.sample_id = "7", .extracted = "A", .undecided = true, .value = 1}};
}

TEST(JournalLine, ReadsBackWhatWasWritten) {
  const std::string line = ToJournalLine(FullRecord());
  EXPECT_EQ(line.find('\n'), std::string::npos);
  EXPECT_EQ(ToJournalLine(ParseJournalLine(line, "here")), line);
}

TEST(JournalLine, ReadsBackEveryField) {
  const SampleRecord record = ParseJournalLine(ToJournalLine(FullRecord()), "here");
  EXPECT_EQ(record.sample.id, "7");
  EXPECT_EQ(record.sample.split, "dev");
  EXPECT_EQ(record.sample.choices[0].text, "红");
  EXPECT_EQ(record.sample.tags.at("category"), "colour");
  EXPECT_EQ(record.prompt.turns[1].text, "q <image>");
  EXPECT_EQ(record.position, 12u);
  EXPECT_EQ(record.start, 3);
  EXPECT_EQ(record.settings_sha256, "0123");
  EXPECT_EQ(record.prompt_ids, FullRecord().prompt_ids);
  EXPECT_EQ(record.answer_ids, FullRecord().answer_ids);
  EXPECT_EQ(record.tiles, 13);
  EXPECT_TRUE(record.hit_token_limit);
  EXPECT_EQ(record.timing.decode_s, 0.125);
  EXPECT_TRUE(record.score->undecided);
  EXPECT_FALSE(record.failure);
}

TEST(JournalLine, KeepsAFailure) {
  SampleRecord record = FullRecord();
  record.answers.clear();
  record.score.reset();
  record.failure = Failure{.sample_id = "7", .stage = Stage::kTile, .message = "too wide"};
  const SampleRecord read = ParseJournalLine(ToJournalLine(record), "here");
  ASSERT_TRUE(read.failure);
  EXPECT_EQ(read.failure->stage, Stage::kTile);
  EXPECT_EQ(read.failure->message, "too wide");
  EXPECT_FALSE(read.score);
}

TEST(JournalLine, UnscoredValueIsNull) {
  SampleRecord record = FullRecord();
  record.score->value.reset();
  EXPECT_FALSE(ParseJournalLine(ToJournalLine(record), "here").score->value);
}

TEST(JournalLine, IllFormedUtf8BecomesAReplacementCharacter) {
  SampleRecord record = FullRecord();
  record.sample.references = {"a\xc3(b\xed\xa0\x80"};
  const std::string reference = ParseJournalLine(ToJournalLine(record), "here").sample.references[0];
  EXPECT_THAT(reference, HasSubstr("a\uFFFD(b"));
}

TEST(JournalLine, BrokenLinesAreInputErrorsThatSayWhere) {
  const std::string good = ToJournalLine(FullRecord());
  const auto error_with = [&good](const std::string& key, const Json& value) {
    Json json = Json::parse(good);
    json[key] = value;
    return ErrorOf(ErrorKind::kInput, [&] { ParseJournalLine(json.dump(), "samples.log:3"); });
  };
  EXPECT_THAT(error_with("answers", "A"), HasSubstr("samples.log:3: answers: expected an array"));
  EXPECT_THAT(error_with("answers", Json::array()), HasSubstr("expected one per question (1), found 0"));
  EXPECT_THAT(error_with("answers", {1}), HasSubstr("expected strings"));
  EXPECT_THAT(error_with("tiles", -1), HasSubstr("out of range"));
  EXPECT_THAT(error_with("tiles", 1e30), HasSubstr("expected an integer"));
  EXPECT_THAT(error_with("failure", {{"stage", "nap"}, {"message", ""}}), HasSubstr("unknown name \"nap\""));
  EXPECT_THAT(error_with("tags", {{"a", 1}}), HasSubstr("tags.a"));
  EXPECT_THAT(error_with("prompt", {1}), HasSubstr("expected an object"));
  EXPECT_THAT(ErrorOf(ErrorKind::kInput, [] { ParseJournalLine("{\"benchmark\":", "x:1"); }), HasSubstr("x:1"));
  EXPECT_THAT(ErrorOf(ErrorKind::kInput, [] { ParseJournalLine("[]", "x:1"); }), HasSubstr("expected an object"));
}

TEST(SampleKey, TellsBenchmarksAndSplitsApart) {
  EXPECT_NE(SampleKey("a", {.id = "1", .split = "x"}), SampleKey("b", {.id = "1", .split = "x"}));
  EXPECT_NE(SampleKey("a", {.id = "1", .split = "x"}), SampleKey("a", {.id = "1", .split = "y"}));
}

}  // namespace
}  // namespace tessera

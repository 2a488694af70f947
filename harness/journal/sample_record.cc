#include "harness/journal/sample_record.h"

#include <array>

#include "harness/base/error.h"
#include "harness/base/json_fields.h"
#include "harness/journal/fields.h"
#include "harness/journal/token_ids.h"

namespace tessera {
namespace {

using OrderedJson = nlohmann::ordered_json;

constexpr std::array<const char*, 4> kStageNames = {"load_image", "tile", "generate", "score"};
constexpr std::array<const char*, 3> kRoleNames = {"system", "user", "assistant"};

template <std::size_t N>
int IndexOf(const std::array<const char*, N>& names, const JsonFields& fields, std::string_view key) {
  const std::string name = fields.String(key);
  for (std::size_t i = 0; i < N; ++i) {
    if (name == names[i]) return static_cast<int>(i);
  }
  fields.Fail(key, "unknown name \"" + name + "\"");
}

OrderedJson WorkJson(const WorkCounts& work) {
  return {{"pictures", work.pictures},
          {"tiles", work.tiles},
          {"prefixes", work.prefixes},
          {"prefilled_tokens", work.prefilled_tokens},
          {"decode_passes", work.decode_passes}};
}

WorkCounts ParseWork(const JsonFields& fields) {
  return {.pictures = CountOf(fields, "pictures"),
          .tiles = CountOf(fields, "tiles"),
          .prefixes = CountOf(fields, "prefixes"),
          .prefilled_tokens = fields.Int("prefilled_tokens"),
          .decode_passes = CountOf(fields, "decode_passes")};
}

OrderedJson TimesJson(const Timing& timing) {
  return {{"load_image_s", timing.load_image_s},
          {"tile_s", timing.tile_s},
          {"vision_s", timing.vision_s},
          {"prefill_s", timing.prefill_s},
          {"decode_s", timing.decode_s}};
}

OrderedJson ScoreJson(const SampleScore& score) {
  return {{"extracted", score.extracted},
          {"undecided", score.undecided},
          {"value", score.value ? OrderedJson(*score.value) : OrderedJson(nullptr)}};
}

Timing ParseTimes(const JsonFields& fields) {
  return {.load_image_s = fields.Number("load_image_s"),
          .tile_s = fields.Number("tile_s"),
          .vision_s = fields.Number("vision_s"),
          .prefill_s = fields.Number("prefill_s"),
          .decode_s = fields.Number("decode_s")};
}

}  // namespace

std::string SampleKey(const std::string& benchmark, const Sample& sample) {
  return benchmark + "\t" + sample.split + "\t" + sample.id;
}

std::string StageName(Stage stage) { return kStageNames.at(static_cast<std::size_t>(stage)); }

std::string ToJournalLine(const SampleRecord& record) {
  const Sample& sample = record.sample;
  OrderedJson line = {{"benchmark", record.benchmark}, {"split", sample.split}, {"sample_id", sample.id}};
  line["position"] = record.position;
  line["start"] = record.start;
  line["settings_sha256"] = record.settings_sha256;
  line["prompt"] = OrderedJson::array();
  for (const Turn& turn : record.prompt.turns) {
    const char* role = kRoleNames.at(static_cast<std::size_t>(turn.role));
    line["prompt"].push_back(OrderedJson{{"role", role}, {"text", turn.text}});
  }
  if (!record.prompt_ids.empty()) line["prompt_ids"] = TokenIdsJson(record.prompt_ids);
  line["pictures"] = OrderedJson::array();
  for (const PictureRecord& picture : record.pictures) {
    line["pictures"].push_back(OrderedJson{{"name", picture.name}, {"sha256", picture.sha256}});
  }
  line["questions"] = sample.questions;
  line["choices"] = OrderedJson::array();
  for (const Choice& choice : sample.choices) {
    line["choices"].push_back(OrderedJson{{"letter", choice.letter}, {"text", choice.text}});
  }
  line["references"] = sample.references;
  line["tags"] = sample.tags;
  line["answers"] = record.answers;
  if (!record.answer_ids.empty()) {
    line["answer_ids"] = OrderedJson::array();
    for (const std::vector<int>& ids : record.answer_ids) line["answer_ids"].push_back(TokenIdsJson(ids));
  }
  line["prompt_tokens"] = record.prompt_tokens;
  line["new_tokens"] = record.new_tokens;
  line["tiles"] = record.tiles;
  line["hit_token_limit"] = record.hit_token_limit;
  if (record.score) line["score"] = ScoreJson(*record.score);
  if (record.failure) {
    line["failure"] = {{"stage", StageName(record.failure->stage)}, {"message", record.failure->message}};
  }
  line["times"] = TimesJson(record.timing);
  line["times"]["work"] = WorkJson(record.work);
  return line.dump(-1, ' ', false, OrderedJson::error_handler_t::replace);
}

SampleRecord ParseJournalLine(std::string_view line, const std::string& where) {
  const Json json = ParseJson(line, where);
  const JsonFields fields(json, where);
  SampleRecord record;
  record.benchmark = fields.String("benchmark");
  Sample& sample = record.sample;
  sample.split = fields.String("split");
  sample.id = fields.String("sample_id");
  record.position = static_cast<std::size_t>(CountOf(fields, "position"));
  record.start = CountOf(fields, "start");
  record.settings_sha256 = fields.String("settings_sha256");
  for (const Json& item : fields.Array("prompt")) {
    const JsonFields turn(item, where, "prompt");
    record.prompt.turns.push_back({static_cast<Role>(IndexOf(kRoleNames, turn, "role")), turn.String("text")});
  }
  if (fields.Has("prompt_ids")) record.prompt_ids = ParseTokenIds(fields.Array("prompt_ids"), where + ": prompt_ids");
  for (const Json& item : fields.Array("pictures")) {
    const JsonFields picture(item, where, "pictures");
    record.pictures.push_back({picture.String("name"), picture.String("sha256")});
  }
  sample.questions = StringsOf(fields, "questions");
  for (const Json& item : fields.Array("choices")) {
    const JsonFields choice(item, where, "choices");
    sample.choices.push_back({choice.String("letter"), choice.String("text")});
  }
  sample.references = StringsOf(fields, "references");
  const JsonFields tags = fields.Object("tags");
  for (const auto& [name, value] : tags.json().items()) sample.tags[name] = tags.String(name);
  record.answers = StringsOf(fields, "answers");
  if (fields.Has("answer_ids")) {
    for (const Json& ids : fields.Array("answer_ids")) {
      record.answer_ids.push_back(ParseTokenIds(ids, where + ": answer_ids"));
    }
  }
  record.prompt_tokens = CountOf(fields, "prompt_tokens");
  record.new_tokens = CountOf(fields, "new_tokens");
  record.tiles = CountOf(fields, "tiles");
  record.hit_token_limit = fields.Bool("hit_token_limit");
  if (fields.Has("score")) {
    const JsonFields score = fields.Object("score");
    record.score = SampleScore{
        .sample_id = sample.id, .extracted = score.String("extracted"), .undecided = score.Bool("undecided")};
    if (score.Has("value")) record.score->value = score.Number("value");
  }
  if (fields.Has("failure")) {
    const JsonFields failure = fields.Object("failure");
    record.failure = Failure{.sample_id = sample.id,
                             .stage = static_cast<Stage>(IndexOf(kStageNames, failure, "stage")),
                             .message = failure.String("message")};
  } else if (record.answers.empty() || record.answers.size() != sample.questions.size()) {
    fields.Fail("answers", "expected one per question (" + std::to_string(sample.questions.size()) + "), found " +
                               std::to_string(record.answers.size()));
  }
  const JsonFields times = fields.Object("times");
  record.timing = ParseTimes(times);
  if (times.Has("work")) record.work = ParseWork(times.Object("work"));
  return record;
}

}  // namespace tessera

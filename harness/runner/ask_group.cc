#include "harness/runner/ask_group.h"

#include <fmt/format.h>

#include "datasets/image_source.h"
#include "harness/base/error.h"
#include "harness/base/strings.h"
#include "harness/runner/build_prompt.h"

namespace tessera {
namespace {

SampleRecord StartRecord(const Plan& plan, std::size_t position, const LoadedPictures& pictures) {
  const PlannedSample& planned = plan.samples[position];
  SampleRecord record;
  record.position = position;
  record.benchmark = plan.benchmarks[planned.benchmark].benchmark->name;
  record.sample = planned.sample;
  record.pictures = pictures.records;
  for (std::size_t i = 0; i < record.pictures.size(); ++i) {
    record.pictures[i].name = ImageSourceName(planned.sample.images.at(i));  // the group may have it under another name
  }
  record.prompt = BuildPrompt(plan.benchmarks[planned.benchmark].recipe, planned.sample, {});
  record.failure = pictures.failure;
  if (record.failure) record.failure->sample_id = planned.sample.id;
  return record;
}

Query MakeQuery(const SampleRecord& record, const PlannedSample& planned, const LoadedPictures& pictures) {
  Query query{
      .sample_id = record.sample.id, .sample_key = SampleKey(record.benchmark, record.sample), .prompt = record.prompt};
  for (const PictureUse& use : planned.pictures) {
    if (!pictures.encoded.empty()) query.encoded.push_back(pictures.encoded.at(use.picture));
    if (pictures.images.empty()) continue;  // the backend wants none
    query.images.push_back(pictures.images.at(use.picture));
    const auto tiles = pictures.tiles.find(use);
    if (tiles != pictures.tiles.end()) query.tiles.push_back(tiles->second);
  }
  return query;
}

void AddPrediction(const Prediction& prediction, SampleRecord* record) {
  // What cannot be written to the journal must not be scored either: both must see the same text.
  record->answers.push_back(ReplaceInvalidUtf8(prediction.answer));
  record->prompt_ids = prediction.prompt_ids;
  if (!prediction.answer_ids.empty()) record->answer_ids.push_back(prediction.answer_ids);
  record->prompt_tokens += prediction.prompt_tokens;
  record->new_tokens += prediction.new_tokens;
  record->tiles += prediction.tiles;
  record->hit_token_limit |= prediction.hit_token_limit;
  record->timing.vision_s += prediction.timing.vision_s;
  record->timing.prefill_s += prediction.timing.prefill_s;
  record->timing.decode_s += prediction.timing.decode_s;
  record->work.pictures += prediction.work.pictures;
  record->work.tiles += prediction.work.tiles;
  record->work.prefixes += prediction.work.prefixes;
  record->work.prefilled_tokens += prediction.work.prefilled_tokens;
}

void AddFailure(const Failure& failure, SampleRecord* record) {
  record->failure = failure;
  record->failure->sample_id = record->sample.id;
  record->answers.clear();
  record->answer_ids.clear();
}

}  // namespace

std::vector<SampleRecord> AskGroup(const Plan& plan, const PictureGroup& group, const LoadedPictures& pictures,
                                   Backend* backend) {
  std::vector<SampleRecord> records;
  for (const std::size_t i : group.samples) records.push_back(StartRecord(plan, i, pictures));
  records.front().timing.load_image_s = pictures.load_image_s;
  records.front().timing.tile_s = pictures.tile_s;

  for (std::size_t turn = 0;; ++turn) {
    std::vector<Query> batch;
    std::vector<SampleRecord*> asked;
    for (std::size_t i = 0; i < records.size(); ++i) {
      SampleRecord& record = records[i];
      if (record.failure || turn >= record.sample.questions.size()) continue;
      const PlannedSample& planned = plan.samples[group.samples[i]];
      record.prompt = BuildPrompt(plan.benchmarks[planned.benchmark].recipe, record.sample, record.answers);
      batch.push_back(MakeQuery(record, planned, pictures));
      asked.push_back(&record);
    }
    if (batch.empty()) return records;
    const std::vector<Outcome> outcomes = backend->Generate(batch);
    if (outcomes.size() != batch.size()) {
      throw EnvironmentError(fmt::format("backend {}: expected {} outcomes, found {}", backend->Info().name,
                                         batch.size(), outcomes.size()));
    }
    for (std::size_t i = 0; i < outcomes.size(); ++i) {
      if (const auto* prediction = std::get_if<Prediction>(&outcomes[i])) {
        AddPrediction(*prediction, asked[i]);
      } else {
        AddFailure(std::get<Failure>(outcomes[i]), asked[i]);
      }
    }
  }
}

}  // namespace tessera

#include "harness/runner/ask_groups.h"

#include <fmt/format.h>

#include <set>

#include "datasets/image_source.h"
#include "harness/base/error.h"
#include "harness/base/strings.h"
#include "harness/runner/build_prompt.h"

namespace tessera {
namespace {

/// A sample with turns left to ask.
struct Asked {
  std::size_t group = 0;
  const PlannedSample* planned = nullptr;
  SampleRecord record;
};

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

void AddOutcome(const Outcome& outcome, SampleRecord* record) {
  if (const auto* failure = std::get_if<Failure>(&outcome)) {
    record->failure = *failure;
    record->failure->sample_id = record->sample.id;
    record->answers.clear();
    record->answer_ids.clear();
    return;
  }
  const Prediction& prediction = std::get<Prediction>(outcome);
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
  record->work.decode_passes += prediction.work.decode_passes;
}

/// After `turns` turns.
bool IsDone(const SampleRecord& record, std::size_t turns) {
  return record.failure || turns >= record.sample.questions.size();
}

}  // namespace

void AskGroups(const Plan& plan, std::span<const LoadedGroup> groups, Backend* backend, const TakeRecord& take) {
  std::vector<Asked> open;
  for (std::size_t g = 0; g < groups.size(); ++g) {
    const LoadedPictures& pictures = groups[g].pictures;
    for (const std::size_t i : groups[g].group->samples) {
      Asked asked{.group = g, .planned = &plan.samples[i], .record = StartRecord(plan, i, pictures)};
      if (i == groups[g].group->samples.front()) {
        asked.record.timing.load_image_s = pictures.load_image_s;
        asked.record.timing.tile_s = pictures.tile_s;
      }
      IsDone(asked.record, 0) ? take(g, asked.record) : open.push_back(std::move(asked));
    }
  }
  for (std::size_t turn = 0; !open.empty(); ++turn) {
    std::vector<Query> batch;
    for (Asked& asked : open) {
      if (turn > 0) {
        const EffectiveRecipe& recipe = plan.benchmarks[asked.planned->benchmark].recipe;
        asked.record.prompt = BuildPrompt(recipe, asked.record.sample, asked.record.answers);
      }
      batch.push_back(MakeQuery(asked.record, *asked.planned, groups[asked.group].pictures));
    }
    std::set<std::size_t> answered;
    backend->Generate(batch, [&](std::size_t index, const Outcome& outcome) {
      Asked& asked = open.at(index);
      answered.insert(index);
      AddOutcome(outcome, &asked.record);
      if (IsDone(asked.record, turn + 1)) take(asked.group, asked.record);
    });
    if (answered.size() != batch.size()) {
      throw EnvironmentError(fmt::format("backend {}: expected {} outcomes, found {}", backend->Info().name,
                                         batch.size(), answered.size()));
    }
    std::erase_if(open, [&](const Asked& asked) { return IsDone(asked.record, turn + 1); });
  }
}

}  // namespace tessera

#include "harness/estimate/sample_estimate.h"

#include <algorithm>
#include <exception>

#include "datasets/image_source.h"
#include "harness/journal/sample_record.h"
#include "harness/runner/build_prompt.h"

namespace tessera {
namespace {

constexpr int kBytesPerToken = 4;  // of English text, roughly
// Around a sample's texts in scores.json, and the score and longer numbers of its journal line: as runs of the embedded
// data have them.
constexpr std::int64_t kScoreBytes = 300;

/// Tokens of the prompt text without image tokens. `answers` are the model's, empty ones for a history not known yet.
int TextTokens(const EffectiveRecipe& recipe, const PlannedSample& planned, const std::vector<std::string>& answers,
               const PlannedModel& model) {
  const Prompt prompt = BuildPrompt(recipe, planned.sample, answers);
  std::vector<int> image_tokens;  // each picture's are as many ids: one stands for all
  if (!planned.pictures.empty()) image_tokens.push_back(1);
  const std::vector<int> ids = model.tokenizer.Encode(RenderChat(*model.chat_template, prompt, image_tokens));
  return static_cast<int>(ids.size() - image_tokens.size());
}

int ExpectedNewTokens(const EffectiveRecipe& recipe, const std::optional<std::string>& answer,
                      const PlannedModel& model) {
  if (!answer) return recipe.max_new_tokens;
  // Encode writes <s> in front; the answer has an end token instead.
  const int tokens = static_cast<int>(model.tokenizer.Encode(*answer).size());
  return std::min(std::max({tokens, recipe.published.min_new_tokens, 1}), recipe.max_new_tokens);
}

std::vector<TurnEstimate> EstimateTurns(const EffectiveRecipe& recipe, const PlannedSample& planned,
                                        const PlannedModel& model) {
  std::vector<TurnEstimate> turns;
  int history = 0;
  for (std::size_t turn = 0; turn < planned.sample.questions.size(); ++turn) {
    const int text_tokens = TextTokens(recipe, planned, std::vector<std::string>(turn), model);
    const int expected = ExpectedNewTokens(recipe, LikelyAnswer(planned.sample, turn), model);
    turns.push_back({.text_tokens = text_tokens + history, .expected_new_tokens = expected});
    history += expected;  // with the separator, which is the end token
  }
  return turns;
}

std::int64_t RunFolderBytes(const BenchmarkPlan& benchmark, const PlannedSample& planned) {
  SampleRecord record{.benchmark = std::string(benchmark.benchmark->name), .sample = planned.sample};
  for (const ImageSource& source : planned.sample.images) {
    record.pictures.push_back({ImageSourceName(source), std::string(64, '0')});
  }
  std::size_t score_bytes = planned.sample.id.size();
  for (std::size_t turn = 0; turn < planned.sample.questions.size(); ++turn) {
    record.prompt = BuildPrompt(benchmark.recipe, planned.sample, record.answers);
    const auto longest = static_cast<std::size_t>(benchmark.recipe.max_new_tokens) * kBytesPerToken;
    record.answers.push_back(LikelyAnswer(planned.sample, turn).value_or(std::string(longest, 'x')));
    score_bytes += record.answers.back().size();
  }
  return static_cast<std::int64_t>(ToJournalLine(record).size() + 1 + score_bytes) + kScoreBytes;
}

}  // namespace

std::optional<std::string> LikelyAnswer(const Sample& sample, std::size_t turn) {
  const bool one_per_turn = sample.questions.size() > 1 && sample.references.size() == sample.questions.size();
  if (!sample.references.empty()) return sample.references[one_per_turn ? turn : 0];
  if (!sample.choices.empty()) return sample.choices.front().letter;
  return std::nullopt;
}

SampleEstimate EstimateSample(const BenchmarkPlan& benchmark, const PlannedSample& planned, const PlannedModel* model) {
  SampleEstimate estimate;
  try {
    estimate.run_folder_bytes = RunFolderBytes(benchmark, planned);
    if (model != nullptr) estimate.turns = EstimateTurns(benchmark.recipe, planned, *model);
  } catch (const std::exception& error) {  // the run would count the sample as failed, too
    estimate.failure = error.what();
  }
  return estimate;
}

}  // namespace tessera

#include "harness/estimate/sample_estimate.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/runner/build_prompt.h"
#include "tests/harness/estimate/tiny_model.h"
#include "tests/harness/fake_run.h"

namespace tessera {
namespace {

using testing::HasSubstr;

class SampleEstimateTest : public testing::Test {
 protected:
  SampleEstimateTest() {
    benchmark_.recipe.system_message = "Be good.";
    benchmark_.recipe.max_new_tokens = 10;
  }
  SampleEstimate Estimate(const Sample& sample) const {
    return EstimateSample(benchmark_, {.sample = sample, .pictures = PicturesOf(benchmark_.recipe, sample)}, &model_);
  }
  int Tokens(const std::string& text) const { return static_cast<int>(model_.tokenizer.Encode(text).size()); }

  PlannedModel model_ = TinyModel();
  BenchmarkPlan benchmark_{.benchmark = &FakeBenchmark(), .recipe = {.published = FakeBenchmark().recipes.front()}};
};

TEST_F(SampleEstimateTest, ALikelyAnswerIsTheReferenceThenALetter) {
  EXPECT_EQ(LikelyAnswer({.questions = {"?"}, .references = {"red", "crimson"}}, 0), "red");
  EXPECT_EQ(LikelyAnswer({.questions = {"?", "!"}, .references = {"red", "blue"}}, 1), "blue");
  EXPECT_EQ(LikelyAnswer({.questions = {"?"}, .choices = {{"B", "red"}, {"D", "blue"}}}, 0), "B");
  EXPECT_EQ(LikelyAnswer({.questions = {"?"}}, 0), std::nullopt);
}

TEST_F(SampleEstimateTest, PromptTokensAreThoseOfTheRenderedPromptWithoutImageTokens) {
  const SampleEstimate estimate = Estimate({.images = {{.file = "a.png"}}, .questions = {"How many?"}});
  ASSERT_EQ(estimate.turns.size(), 1u);
  EXPECT_EQ(estimate.turns[0].text_tokens,
            Tokens("<|im_start|>system\nBe good.<|im_end|><|im_start|>user\n<img></img>\nHow many? Be brief.<|im_end|>"
                   "<|im_start|>assistant\n"));
}

TEST_F(SampleEstimateTest, NewTokensAreTheReferencesWithinTheRecipesLimits) {
  const std::string reference = "twenty two";
  EXPECT_EQ(Estimate({.questions = {"?"}, .references = {reference}}).turns[0].expected_new_tokens, Tokens(reference));
  EXPECT_EQ(Estimate({.questions = {"?"}, .references = {std::string(500, 'q')}}).turns[0].expected_new_tokens, 10);
  EXPECT_EQ(Estimate({.questions = {"?"}}).turns[0].expected_new_tokens, 10);
  benchmark_.recipe.published.min_new_tokens = 8;
  EXPECT_EQ(Estimate({.questions = {"?"}, .references = {"7"}}).turns[0].expected_new_tokens, 8);
}

TEST_F(SampleEstimateTest, ALaterPromptHoldsTheExpectedAnswersOfTheEarlierTurns) {
  const SampleEstimate estimate = Estimate({.questions = {"One?", "One?"}, .references = {"a", "b"}});
  ASSERT_EQ(estimate.turns.size(), 2u);
  const std::string exchange = "<|im_start|>user\nOne? Be brief.<|im_end|><|im_start|>assistant\n";
  EXPECT_EQ(estimate.turns[1].text_tokens - estimate.turns[0].text_tokens,
            Tokens(exchange) - 1 + estimate.turns[0].expected_new_tokens);
}

TEST_F(SampleEstimateTest, APromptThatCannotBeRenderedIsAFailure) {
  benchmark_.recipe.published.pictures_lead = false;
  const SampleEstimate estimate =
      Estimate({.images = {{.file = "a.png"}}, .questions = {"One?", "Two?"}, .references = {"a", "b"}});
  EXPECT_THAT(estimate.failure, HasSubstr("<image> marks"));
}

}  // namespace
}  // namespace tessera

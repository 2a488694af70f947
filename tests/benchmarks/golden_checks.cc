#include "golden_checks.h"

#include "golden_choice.h"
#include "golden_circular.h"
#include "golden_judge.h"
#include "golden_mathvista.h"
#include "golden_mmmu.h"
#include "golden_relaxed_accuracy.h"
#include "golden_short_answer.h"
#include "golden_tsv.h"
#include "golden_vlmevalkit.h"
#include "model/image/tiling.h"

namespace tessera {
namespace {

GoldenFound Request(const GoldenVector& vector) {
  const OrderedJson& input = vector.input;
  const Recipe& recipe = RecipeOf(KnownBenchmark(vector.benchmark), vector.variant);
  const TileGrid grid = ChooseTileGrid(input.at("image_width").get<int>(), input.at("image_height").get<int>(),
                                       {.max_tiles = input.at("max_num").get<int>()});
  const OrderedJson generation = {{"num_beams", recipe.num_beams},
                                  {"max_new_tokens", recipe.max_new_tokens},
                                  {"min_new_tokens", recipe.min_new_tokens},
                                  {"do_sample", false},
                                  {"temperature", 0.0}};
  return {{{"question_sent", recipe.make_prompt({}, input.at("question").get<std::string>())},
           {"generation", generation},
           {"num_tiles", TileCount(grid)}}};
}

GoldenFound VlmEvalKitPrompt(const GoldenVector& vector) {
  const Recipe& recipe = RecipeOf(KnownBenchmark(vector.benchmark), vector.variant);
  const Sample sample = SampleOf(vector.input.at("row"));
  GoldenFound found{{{"prompt", recipe.make_prompt(sample, sample.questions.at(0))}, {"max_num", recipe.max_tiles}}};
  if (vector.variant == "vlmevalkit-2024-04") found.values["generation"] = VlmEvalKitGeneration(recipe, true);
  return found;
}

}  // namespace

const std::map<std::string, GoldenCheck>& GoldenChecks() {
  static const std::map<std::string, GoldenCheck> kChecks = [] {
    std::map<std::string, GoldenCheck> checks = {{"prompt", VlmEvalKitPrompt}, {"request", Request}};
    AddChoiceChecks(checks);
    AddCircularChecks(checks);
    AddJudgeChecks(checks);
    AddMathVistaChecks(checks);
    AddMmmuChecks(checks);
    AddRelaxedAccuracyChecks(checks);
    AddShortAnswerChecks(checks);
    AddTsvChecks(checks);
    AddVlmEvalKitChecks(checks);
    return checks;
  }();
  return kChecks;
}

}  // namespace tessera

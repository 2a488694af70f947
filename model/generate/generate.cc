#include "model/generate/generate.h"

#include "harness/base/error.h"
#include "model/generate/greedy_batch.h"

namespace tessera {

void CheckSettings(const GenerationSettings& settings) {
  if (settings.max_new_tokens < 1) throw InputError("max_new_tokens: expected at least 1");
  if (settings.min_new_tokens < 0) throw InputError("min_new_tokens: expected at least 0");
  if (settings.num_beams < 1) throw InputError("num_beams: expected at least 1");
  if (!(settings.repetition_penalty > 0)) throw InputError("repetition_penalty: expected a number above 0");
}

Generated Generate(const NativeModel& model, const at::Tensor& prompt, const GenerationSettings& settings,
                   const GenerationHooks& hooks) {
  CheckSettings(settings);
  if (settings.num_beams > 1) return BeamSearch(model, {.tail = prompt[0]}, settings);
  const GreedyRequest request{.prompt_tokens = prompt.size(1), .settings = settings, .hooks = hooks};
  const PromptSource source{.parts = [&](std::size_t) { return PromptParts{.tail = prompt[0]}; }};
  GreedyResult result;
  GenerateGreedy(model, {&request, 1}, source, {},
                 [&result](std::size_t, GreedyResult only) { result = std::move(only); });
  if (const auto* failure = std::get_if<std::exception_ptr>(&result)) std::rethrow_exception(*failure);
  return std::get<Generated>(std::move(result));
}

}  // namespace tessera

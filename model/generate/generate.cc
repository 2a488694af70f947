#include "model/generate/generate.h"

#include <ATen/ops/embedding.h>
#include <ATen/ops/tensor.h>
#include <fmt/format.h>

#include <chrono>
#include <cmath>

#include "harness/base/error.h"
#include "model/generate/logits.h"

namespace tessera {
namespace {

using Clock = std::chrono::steady_clock;

double SecondsSince(Clock::time_point start) { return std::chrono::duration<double>(Clock::now() - start).count(); }

void CheckSettings(const GenerationSettings& settings) {
  if (settings.max_new_tokens < 1) throw InputError("max_new_tokens: expected at least 1");
  if (settings.min_new_tokens < 0) throw InputError("min_new_tokens: expected at least 0");
  if (settings.num_beams < 1) throw InputError("num_beams: expected at least 1");
  if (!(settings.repetition_penalty > 0)) throw InputError("repetition_penalty: expected a number above 0");
}

Generated GreedySearch(const NativeModel& model, const at::Tensor& prompt, const GenerationSettings& settings,
                       const GenerationHooks& hooks) {
  const LanguageConfig& config = model.config.language;
  const auto start = Clock::now();
  Clock::time_point first_token = start;
  KvCache cache = MakeKvCache(config, 1, prompt.size(1) + settings.max_new_tokens, model.type, model.device);
  Rope rope(config, model.type, model.device);
  Generated generated;
  const LogitsContext context{
      .bos_token = model.tokenizer.BosId(), .end_token = model.end_token, .generated = &generated.ids};

  at::Tensor input = prompt;
  while (true) {
    const at::Tensor hidden = Decode(input, model.decoder, config, rope, cache);
    at::Tensor logits = Logits(hidden.select(1, hidden.size(1) - 1).squeeze(0), model.decoder).cpu().contiguous();
    const std::span<float> scores(logits.mutable_data_ptr<float>(), static_cast<std::size_t>(logits.numel()));
    ProcessScores(scores, settings, context);
    if (hooks.on_scores) hooks.on_scores(scores);
    const int id = ArgMax(scores);
    if (std::isnan(scores[static_cast<std::size_t>(id)])) {
      throw InputError(fmt::format("logits are not numbers after {} tokens ({} arithmetic)", generated.ids.size(),
                                   PrecisionName(model.type)));
    }
    generated.ids.push_back(id);
    if (generated.ids.size() == 1) first_token = Clock::now();
    if (hooks.on_token) hooks.on_token(generated.ids);
    generated.ended = id == model.end_token;
    if (generated.ended || static_cast<int>(generated.ids.size()) == settings.max_new_tokens) break;
    const at::Tensor next = at::tensor({id}, at::TensorOptions().dtype(at::kInt)).to(model.device);
    input = at::embedding(model.decoder.embedding, next).unsqueeze(0);
  }
  generated.prefill_s = std::chrono::duration<double>(first_token - start).count();
  generated.decode_s = SecondsSince(first_token);
  return generated;
}

}  // namespace

Generated Generate(const NativeModel& model, const at::Tensor& prompt, const GenerationSettings& settings,
                   const GenerationHooks& hooks) {
  CheckSettings(settings);
  if (settings.num_beams > 1) return BeamSearch(model, prompt, settings);
  return GreedySearch(model, prompt, settings, hooks);
}

}  // namespace tessera

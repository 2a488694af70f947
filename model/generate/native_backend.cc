#include "model/generate/native_backend.h"

#include <ATen/Parallel.h>
#include <c10/core/InferenceMode.h>
#include <c10/util/Exception.h>

#include <exception>
#include <optional>

#include "harness/base/error.h"
#include "model/config/model_cost.h"
#include "model/generate/devices.h"
#include "model/generate/greedy_batch.h"
#include "model/generate/native_model.h"
#include "model/generate/prefix_pool.h"
#include "model/generate/text_stream.h"
#include "model/generate/useful_threads.h"
#include "model/kernels/instruction_set.h"

namespace tessera {
namespace {

/// A query that is asked, and what became of it.
struct Asked {
  std::size_t query = 0;
  TokenPrompt prompt;
  int tiles = 0;
};

/// A round of questions to a PrefixPool.
struct PrefixRound {
  PrefixRound(PrefixPool& pool, std::span<const TokenPrompt* const> prompts) : pool(pool) { pool.Begin(prompts); }
  ~PrefixRound() { pool.End(); }
  PrefixPool& pool;
};

/// Thrown between two passes of the model once the caller wants to stop.
struct Stopped {};

/// Why a query failed.
Failure FailureOf(const Query& query, const std::exception_ptr& error) {
  Failure failure{.sample_id = query.sample_id, .stage = Stage::kGenerate};
  try {
    std::rethrow_exception(error);
  } catch (const Stopped&) {
    failure.message = "interrupted";
    failure.stopped = true;
  } catch (const c10::Error& torch) {
    failure.message = torch.what_without_backtrace();
  } catch (const std::bad_alloc&) {
    failure.message = "not enough memory";
  } catch (const Error& own) {
    failure.message = own.what();
  }
  return failure;
}

class NativeBackend : public Backend {
 public:
  explicit NativeBackend(const NativeSettings& settings)
      : model_(LoadNativeModel(settings.checkpoint, settings.precision, settings.device, settings.weights)),
        threads_(settings.threads > 0 ? settings.threads : UsefulThreads(model_.config)),
        on_text_(settings.on_text),
        limits_(LimitsOf(settings, model_)),
        prefixes_(model_, settings.reuses_prefixes, limits_.prefix_tokens),
        stop_(settings.stop) {}

  BackendInfo Info() const override {
    return {.name = "native",
            .device = DeviceNames(LayerDevices(model_.decoder)),
            .precision = PrecisionName(model_.type),
            .instructions = model_.device.is_cpu() ? std::string(InstructionSetName(ActiveInstructionSet())) : "",
            .tile_size = TileSize(model_.config),
            .use_thumbnail = model_.config.use_thumbnail,
            .questions_at_once = static_cast<int>(limits_.sequences)};
  }

  void Generate(std::span<const Query> batch, const Deliver& deliver) override {
    const c10::InferenceMode inference;
    at::set_num_threads(threads_);  // a setting of the calling thread
    std::vector<Asked> greedy, beams;
    for (std::size_t i = 0; i < batch.size(); ++i) {
      try {
        CheckSettings(batch[i].prompt.generation);
        (batch[i].prompt.generation.num_beams > 1 ? beams : greedy).push_back(Tokenise(batch[i], i));
      } catch (...) {
        deliver(i, FailureOf(batch[i], std::current_exception()));
      }
    }
    std::vector<const TokenPrompt*> prompts;
    for (const auto* list : {&greedy, &beams}) {
      for (const Asked& asked : *list) prompts.push_back(&asked.prompt);
    }
    const PrefixRound round(prefixes_, prompts);
    AnswerGreedy(batch, greedy, deliver);
    AnswerWithBeams(batch, beams, deliver);
  }

 private:
  static BatchLimits LimitsOf(const NativeSettings& settings, const NativeModel& model) {
    const std::int64_t tokens =
        kKeyValueBytes / KvBytesPerToken(model.config.language, static_cast<int>(at::elementSize(model.type)));
    BatchLimits limits{.prefix_tokens = tokens, .tail_tokens = tokens};
    if (!settings.reuses_prefixes) limits.sequences = 1;
    return limits;
  }

  void ThrowIfStopped() const {
    if (stop_ != nullptr && stop_->load()) throw Stopped{};
  }

  Asked Tokenise(const Query& query, std::size_t index) const {
    Asked asked{.query = index, .prompt = TokenisePrompt(model_, query)};
    for (const auto& tiles : query.tiles) asked.tiles += TileCount(tiles->grid);
    return asked;
  }

  void AnswerGreedy(std::span<const Query> batch, const std::vector<Asked>& list, const Deliver& deliver) {
    std::vector<GreedyRequest> requests;
    std::vector<std::optional<TextStream>> streams(list.size());
    for (std::size_t i = 0; i < list.size(); ++i) {
      const TokenPrompt& prompt = list[i].prompt;
      GreedyRequest& request =
          requests.emplace_back(GreedyRequest{.prompt_tokens = static_cast<std::int64_t>(prompt.ids.size()),
                                              .prefix_tokens = static_cast<std::int64_t>(prompt.prefix_tokens),
                                              .prefix_id = prefixes_.IdOf(prompt),
                                              .settings = batch[list[i].query].prompt.generation});
      if (on_text_) streams[i].emplace(on_text_);
      request.hooks.on_token = [this, &stream = streams[i]](const std::vector<int>& generated) {
        ThrowIfStopped();
        if (stream) stream->Update(AnswerText(model_, generated));
      };
    }
    const PromptSource source{.expect =
                                  [&](std::span<const std::size_t> next) {
                                    ThrowIfStopped();
                                    std::vector<const TokenPrompt*> prompts;
                                    for (const std::size_t i : next) prompts.push_back(&list[i].prompt);
                                    prefixes_.EncodePictures(prompts);
                                  },
                              .parts =
                                  [&](std::size_t i) {
                                    ThrowIfStopped();
                                    return prefixes_.Get(list[i].prompt);
                                  }};
    GenerateGreedy(model_, requests, source, limits_, [&](std::size_t i, const GreedyResult& result) {
      const Query& query = batch[list[i].query];
      if (const auto* failure = std::get_if<std::exception_ptr>(&result)) {
        return deliver(list[i].query, FailureOf(query, *failure));
      }
      Prediction prediction = PredictionOf(query, list[i], std::get<Generated>(result));
      if (streams[i]) streams[i]->Finish(prediction.answer);
      deliver(list[i].query, std::move(prediction));
    });
  }

  /// A question at a time: its beams share the prefix with each other and with the other questions.
  void AnswerWithBeams(std::span<const Query> batch, const std::vector<Asked>& list, const Deliver& deliver) {
    for (const Asked& asked : list) {
      const Query& query = batch[asked.query];
      Outcome outcome;
      try {
        ThrowIfStopped();
        const PromptParts parts = prefixes_.Get(asked.prompt);
        Generated generated = BeamSearch(model_, parts, query.prompt.generation);
        generated.vision_s = parts.vision_s;
        generated.prefill_s += parts.prefill_s;
        generated.work = parts.work;
        outcome = PredictionOf(query, asked, generated);
      } catch (...) {
        outcome = FailureOf(query, std::current_exception());
      }
      deliver(asked.query, std::move(outcome));
    }
  }

  Prediction PredictionOf(const Query& query, const Asked& asked, const Generated& generated) const {
    return {
        .sample_id = query.sample_id,
        .answer = AnswerText(model_, generated.ids),
        .prompt_ids = asked.prompt.ids,
        .answer_ids = generated.ids,
        .prompt_tokens = static_cast<int>(asked.prompt.ids.size()),
        .new_tokens = static_cast<int>(generated.ids.size()),
        .tiles = asked.tiles,
        .hit_token_limit = !generated.ended,
        .timing = {.vision_s = generated.vision_s, .prefill_s = generated.prefill_s, .decode_s = generated.decode_s},
        .work = generated.work};
  }

  NativeModel model_;
  int threads_;
  std::function<void(std::string_view)> on_text_;
  BatchLimits limits_;
  PrefixPool prefixes_;
  const std::atomic<bool>* stop_;
};

}  // namespace

std::unique_ptr<Backend> MakeNativeBackend(const NativeSettings& settings) {
  try {
    return std::make_unique<NativeBackend>(settings);
  } catch (const c10::Error& error) {
    throw EnvironmentError(error.what_without_backtrace());
  }
}

}  // namespace tessera

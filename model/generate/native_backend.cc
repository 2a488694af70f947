#include "model/generate/native_backend.h"

#include <ATen/Parallel.h>
#include <ATen/ops/cat.h>
#include <c10/core/InferenceMode.h>
#include <c10/util/Exception.h>

#include <chrono>
#include <map>
#include <numeric>
#include <optional>
#include <thread>

#include "harness/base/error.h"
#include "model/config/model_cost.h"
#include "model/generate/generate.h"
#include "model/generate/native_model.h"
#include "model/generate/text_stream.h"

namespace tessera {
namespace {

using Clock = std::chrono::steady_clock;

/// Embeddings of the pictures of one batch: each picture goes through the vision tower once, however many questions ask
/// it.
struct EncodedPictures {
  std::map<const TileBatch*, at::Tensor> embeddings;
  double seconds = 0;  // not yet reported in a Prediction
};

/// All cores, but one for a model so small that its threads would spend their time waiting for each other, most of all
/// beside other work on the machine.
int UsefulThreads(const ModelConfig& config) {
  constexpr std::int64_t kSmall = 20'000'000;
  const ParameterCount count = CountParameters(config);
  if (count.vision + count.projector + count.language < kSmall) return 1;
  return static_cast<int>(std::thread::hardware_concurrency());
}

class NativeBackend : public Backend {
 public:
  explicit NativeBackend(const NativeSettings& settings)
      : model_(LoadNativeModel(settings.checkpoint, settings.precision, settings.device)),
        threads_(settings.threads > 0 ? settings.threads : UsefulThreads(model_.config)),
        on_text_(settings.on_text),
        stop_(settings.stop) {}

  BackendInfo Info() const override {
    return {.name = "native",
            .device = model_.device.str(),
            .precision = PrecisionName(model_.type),
            .tile_size = TileSize(model_.config),
            .use_thumbnail = model_.config.use_thumbnail};
  }

  std::vector<Outcome> Generate(std::span<const Query> batch) override {
    const c10::InferenceMode inference;
    at::set_num_threads(threads_);  // a setting of the calling thread
    EncodedPictures pictures;
    std::vector<Outcome> outcomes;
    for (const Query& query : batch) {
      try {
        outcomes.emplace_back(Answer(query, pictures));
      } catch (const Stopped&) {
        outcomes.emplace_back(Failure{query.sample_id, Stage::kGenerate, "interrupted", /*stopped=*/true});
      } catch (const c10::Error& error) {
        outcomes.emplace_back(Failure{query.sample_id, Stage::kGenerate, error.what_without_backtrace()});
      } catch (const std::bad_alloc&) {
        outcomes.emplace_back(Failure{query.sample_id, Stage::kGenerate, "not enough memory"});
      } catch (const Error& error) {
        outcomes.emplace_back(Failure{query.sample_id, Stage::kGenerate, error.what()});
      }
    }
    return outcomes;
  }

 private:
  struct Stopped {};

  void ThrowIfStopped() const {
    if (stop_ != nullptr && stop_->load()) throw Stopped{};
  }

  at::Tensor Encode(const Query& query, EncodedPictures& pictures) const {
    std::vector<at::Tensor> parts;
    for (const auto& tiles : query.tiles) {
      at::Tensor& embeddings = pictures.embeddings[tiles.get()];
      if (!embeddings.defined()) {
        ThrowIfStopped();
        const auto start = Clock::now();
        embeddings = EncodePicture(model_, *tiles);
        pictures.seconds += std::chrono::duration<double>(Clock::now() - start).count();
      }
      parts.push_back(embeddings);
    }
    return parts.empty() ? at::Tensor() : at::cat(parts);
  }

  Prediction Answer(const Query& query, EncodedPictures& pictures) const {
    Prediction prediction{.sample_id = query.sample_id};
    std::vector<int> image_tokens;
    for (const auto& tiles : query.tiles) {
      const int count = TileCount(tiles->grid);
      prediction.tiles += count;
      image_tokens.push_back(count * TokensPerTile(model_.config));
    }
    if (query.prompt.image_layout == ImageLayout::kOneMark && image_tokens.size() > 1) {
      image_tokens = {std::accumulate(image_tokens.begin(), image_tokens.end(), 0)};
    }
    const std::vector<int> ids = model_.tokenizer.Encode(RenderChat(*model_.chat_template, query.prompt, image_tokens));
    prediction.prompt_tokens = static_cast<int>(ids.size());
    const at::Tensor prompt = EmbedPrompt(model_, ids, Encode(query, pictures));

    ThrowIfStopped();
    std::optional<TextStream> stream;
    if (on_text_) stream.emplace(on_text_);
    GenerationHooks hooks;
    hooks.on_token = [&](const std::vector<int>& generated) {
      ThrowIfStopped();
      if (stream) stream->Update(AnswerText(model_, generated));
    };
    const Generated generated = tessera::Generate(model_, prompt, query.prompt.generation, hooks);
    prediction.answer = AnswerText(model_, generated.ids);
    if (stream) stream->Finish(prediction.answer);
    prediction.new_tokens = static_cast<int>(generated.ids.size());
    prediction.hit_token_limit = !generated.ended;
    prediction.timing.vision_s = std::exchange(pictures.seconds, 0);
    prediction.timing.prefill_s = generated.prefill_s;
    prediction.timing.decode_s = generated.decode_s;
    return prediction;
  }

  NativeModel model_;
  int threads_;
  std::function<void(std::string_view)> on_text_;
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

#include "model/generate/native_model.h"

#include <ATen/Context.h>
#include <ATen/TensorOperators.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/embedding.h>
#include <ATen/ops/from_blob.h>
#include <ATen/ops/stack.h>
#include <ATen/ops/tensor.h>
#include <c10/core/InferenceMode.h>
#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <utility>

#include "harness/base/error.h"
#include "harness/base/strings.h"
#include "model/config/model_cost.h"
#include "model/generate/devices.h"
#include "model/kernels/instruction_set.h"
#include "model/kernels/tensor_memory.h"
#include "model/weights/checkpoint.h"

namespace tessera {
namespace {

int RequireToken(const Tokenizer& tokenizer, std::string_view token, const std::filesystem::path& folder,
                 const LanguageConfig& config) {
  const std::optional<int> id = tokenizer.TokenId(token);
  if (!id) throw InputError(fmt::format("{}: the tokenizer has no token \"{}\"", folder.string(), token));
  if (*id >= config.vocab_size) {
    throw InputError(fmt::format("{}: token \"{}\" has id {}, but llm_config.vocab_size is {}", folder.string(), token,
                                 *id, config.vocab_size));
  }
  return *id;
}

}  // namespace

at::ScalarType ChooseType(std::string_view precision, DataType stored) {
  if (precision == "auto") return ToScalarType(stored);
  if (precision == "float32") return at::kFloat;
  if (precision == "bfloat16") return at::kBFloat16;
  if (precision == "float16") return at::kHalf;
  throw UsageError(fmt::format("precision \"{}\": expected auto, float32, bfloat16 or float16", precision));
}

NativeModel LoadNativeModel(const std::filesystem::path& folder, std::string_view precision, std::string_view device,
                            std::string_view weights) {
  const c10::InferenceMode inference;
  ReuseTensorMemory();
  ActiveInstructionSet();  // a wrong name in the environment fails now, not in the first answer
  NativeModel model{.config = LoadModelConfig(folder), .tokenizer = Tokenizer::Load(folder)};
  const LanguageConfig& language = model.config.language;
  model.chat_template = &FindChatTemplate(model.config.chat_template);
  model.end_token = RequireToken(model.tokenizer, model.chat_template->separator, folder, language);
  model.context_token = RequireToken(model.tokenizer, "<IMG_CONTEXT>", folder, language);
  if (model.tokenizer.VocabularySize() > language.vocab_size) {
    throw InputError(fmt::format("{}: the tokenizer has {} tokens, but llm_config.vocab_size is {}", folder.string(),
                                 model.tokenizer.VocabularySize(), language.vocab_size));
  }
  auto checkpoint = std::make_shared<const Checkpoint>(Checkpoint::Open(folder, model.config));
  model.type = ChooseType(precision, checkpoint->stored_type());
  const std::vector<at::Device> devices = ChooseDevices(device);
  model.device = devices.front();
  const WeightFormat matrices = ParseWeightFormat(weights);
  if (matrices == WeightFormat::kInt8 && !model.device.is_cpu()) {
    throw UsageError(fmt::format("device \"{}\": weights in int8 are for the CPU", device));
  }
  // float32 means float32: cuDNN would take the patch convolution's inputs in TF32 otherwise.
  if (model.device.is_cuda()) at::globalContext().setAllowTF32CuDNN(false);
  const std::vector<at::Device> layer_devices = PlaceLayers(model.config, model.type, devices);
  const TensorLoader loader(checkpoint, model.type, model.device);
  model.vision = LoadVisionWeights(loader, model.config.vision);
  model.projector = LoadProjectorWeights(loader);
  model.decoder = LoadDecoderWeights(TensorLoader(std::move(checkpoint), model.type, model.device, matrices), language,
                                     layer_devices);
  return model;
}

std::string PrecisionName(at::ScalarType type) {
  if (type == at::kBFloat16) return "bfloat16";
  return type == at::kHalf ? "float16" : "float32";
}

std::vector<at::Tensor> EncodePictures(const NativeModel& model, std::span<const TileBatch* const> pictures) {
  std::vector<at::Tensor> tiles;  // [3, side, side] each
  for (const TileBatch* picture : pictures) {
    const std::int64_t side = picture->tile_size;
    // from_blob wants a mutable pointer; nothing writes to the pixels.
    const at::Tensor pixels =
        at::from_blob(const_cast<float*>(picture->pixels.data()), {TileCount(picture->grid), 3, side, side},
                      at::TensorOptions().dtype(at::kFloat));
    for (std::int64_t i = 0; i < pixels.size(0); ++i) tiles.push_back(pixels[i]);
  }
  std::vector<at::Tensor> encoded;  // [tokens per tile, L] each
  for (std::size_t first = 0; first < tiles.size(); first += kVisionBatchTiles) {
    const std::size_t count = std::min<std::size_t>(kVisionBatchTiles, tiles.size() - first);
    const std::vector<at::Tensor> batch(tiles.begin() + static_cast<std::ptrdiff_t>(first),
                                        tiles.begin() + static_cast<std::ptrdiff_t>(first + count));
    const at::Tensor pixels = at::stack(batch).to(model.device, model.type);
    const at::Tensor tokens = EncodeTiles(pixels, model.vision, model.projector, model.config);
    for (std::size_t i = 0; i < count; ++i) encoded.push_back(tokens[static_cast<std::int64_t>(i)]);
  }
  std::vector<at::Tensor> embeddings;
  auto from = encoded.begin();
  for (const TileBatch* picture : pictures) {
    const auto to = from + TileCount(picture->grid);
    embeddings.push_back(at::cat(std::vector<at::Tensor>(from, to)));
    from = to;
  }
  return embeddings;
}

at::Tensor EncodePicture(const NativeModel& model, const TileBatch& tiles) {
  const TileBatch* const pictures[] = {&tiles};
  return EncodePictures(model, pictures).front();
}

at::Tensor EmbedTokens(const NativeModel& model, const std::vector<int>& ids) {
  const at::Tensor rows = at::tensor(ids, at::TensorOptions().dtype(at::kInt)).to(model.device);
  return at::embedding(model.decoder.embedding, rows).to(model.type);
}

at::Tensor EmbedPrompt(const NativeModel& model, const std::vector<int>& ids, const at::Tensor& pictures) {
  at::Tensor embeddings = EmbedTokens(model, ids);
  const auto marks = std::count(ids.begin(), ids.end(), model.context_token);
  const std::int64_t rows_given = pictures.defined() ? pictures.size(0) : 0;
  if (marks != rows_given) {
    throw InputError(
        fmt::format("the prompt has {} <IMG_CONTEXT> tokens, but the pictures have {}", marks, rows_given));
  }
  std::int64_t used = 0;
  for (std::size_t begin = 0; begin < ids.size();) {
    if (ids[begin] != model.context_token) {
      ++begin;
      continue;
    }
    std::size_t end = begin;
    while (end < ids.size() && ids[end] == model.context_token) ++end;
    const auto run = static_cast<std::int64_t>(end - begin);
    embeddings.narrow(0, static_cast<std::int64_t>(begin), run).copy_(pictures.narrow(0, used, run));
    used += run;
    begin = end;
  }
  return embeddings.unsqueeze(0);
}

std::string AnswerText(const NativeModel& model, const std::vector<int>& ids) {
  const std::string text = model.tokenizer.Decode(ids);
  return std::string(StripWhiteSpace(std::string_view(text).substr(0, text.find(model.chat_template->separator))));
}

}  // namespace tessera

// A checkpoint ready to run: configuration, tokenizer and weights.
#pragma once

#include <ATen/core/Tensor.h>

#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "model/api/query.h"
#include "model/config/model_config.h"
#include "model/language/decoder.h"
#include "model/text/conversation.h"
#include "model/text/tokenizer.h"
#include "model/vision/intern_vit.h"
#include "model/vision/projector.h"
#include "model/weights/safetensors.h"

namespace tessera {

struct NativeModel {
  ModelConfig config;
  Tokenizer tokenizer;
  const ChatTemplate* chat_template = nullptr;
  int end_token = 0;      // of the template's separator: the only token that ends an answer
  int context_token = 0;  // <IMG_CONTEXT>
  at::ScalarType type = at::kFloat;
  at::Device device = at::kCPU;  // of all but decoder layers, norm and output head, which may be on further ones
  VisionWeights vision;
  ProjectorWeights projector;
  DecoderWeights decoder;
};

/// precision: "auto" (`stored`), "float32", "bfloat16" or "float16". Throws kUsage for another.
at::ScalarType ChooseType(std::string_view precision, DataType stored);

/// Opens, checks and maps the checkpoint. device: as ChooseDevices takes it; weights: as ParseWeightFormat takes it.
/// Throws kInput for a broken checkpoint, kUsage for int8 weights on a GPU, and as ChooseType, ChooseDevices,
/// PlaceLayers and ParseWeightFormat.
NativeModel LoadNativeModel(const std::filesystem::path& folder, std::string_view precision, std::string_view device,
                            std::string_view weights = "stored");

/// "float32", "bfloat16", "float16".
std::string PrecisionName(at::ScalarType type);

/// Language embeddings of each picture's tiles, [tiles * tokens per tile, L]. Tiles of several pictures go through the
/// vision tower together, kVisionBatchTiles at a time; a tile's values do not depend on the others of its batch.
std::vector<at::Tensor> EncodePictures(const NativeModel& model, std::span<const TileBatch* const> pictures);

/// EncodePictures of one.
at::Tensor EncodePicture(const NativeModel& model, const TileBatch& tiles);

/// Embeddings of tokens, [n, L].
at::Tensor EmbedTokens(const NativeModel& model, const std::vector<int>& ids);

/// Embeddings of the prompt, [1, n, L], with the rows of <IMG_CONTEXT> replaced in order by `pictures` ([m, L],
/// undefined for none). Throws kInput when their counts differ. Source: SPEC section 8.3.
at::Tensor EmbedPrompt(const NativeModel& model, const std::vector<int>& ids, const at::Tensor& pictures);

/// The text of an answer as chat() returns it: without special tokens, up to the first separator, white space stripped.
std::string AnswerText(const NativeModel& model, const std::vector<int>& ids);

}  // namespace tessera

#include "harness/cli/model_check.h"

#include <fmt/format.h>
#include <tbb/parallel_for.h>

#include <cstring>
#include <functional>
#include <optional>

#include "harness/base/error.h"
#include "harness/base/strings.h"
#include "model/config/model_config.h"
#include "model/text/conversation.h"
#include "model/text/tokenizer.h"
#include "model/weights/checkpoint.h"

namespace tessera {
namespace {

/// Runs `check`, which gives what it found or throws; true when it passed.
bool Check(const std::string& name, std::vector<CheckResult>* results, const std::function<std::string()>& check) {
  try {
    results->push_back({name, true, check()});
  } catch (const std::exception& error) {
    results->push_back({name, false, error.what()});
  }
  return results->back().passed;
}

template <typename Bits>
bool HasNonFinite(const TensorView& tensor, Bits exponent_mask) {
  for (std::uint64_t i = 0; i + sizeof(Bits) <= tensor.bytes; i += sizeof(Bits)) {
    Bits bits;
    std::memcpy(&bits, tensor.data + i, sizeof bits);
    if ((bits & exponent_mask) == exponent_mask) return true;
  }
  return false;
}

bool HasNonFinite(const TensorView& tensor) {
  switch (tensor.type) {
    case DataType::kF32:
      return HasNonFinite<std::uint32_t>(tensor, 0x7F800000);
    case DataType::kF16:
      return HasNonFinite<std::uint16_t>(tensor, 0x7C00);
    case DataType::kBf16:
      return HasNonFinite<std::uint16_t>(tensor, 0x7F80);
    case DataType::kI64:
      return false;
  }
  return false;
}

std::string CheckFinite(const Checkpoint& checkpoint, const std::vector<TensorSpec>& specs) {
  std::vector<std::string> bad(specs.size());
  tbb::parallel_for(std::size_t{0}, specs.size(), [&](std::size_t i) {
    const std::string& name = specs[i].name;
    if (HasNonFinite(checkpoint.Tensor(name))) bad[i] = name;
    checkpoint.Release(name);
  });
  std::erase(bad, "");
  if (bad.empty()) return "every weight is finite";
  throw InputError(fmt::format("{} tensor(s) hold infinities or NaN, the first is {}", bad.size(), bad.front()));
}

std::string CheckSpecialTokens(const Tokenizer& tokenizer, const ModelConfig& config) {
  const std::string separator(FindChatTemplate(config.chat_template).separator);
  const std::vector<std::string> tokens = {"<img>", "</img>", "<IMG_CONTEXT>", separator};
  for (const std::string& token : tokens) {
    if (!tokenizer.TokenId(token)) throw InputError(fmt::format("the tokenizer does not know {}", token));
  }
  return Join(tokens, " ");
}

std::string CheckVocabulary(const Tokenizer& tokenizer, const ModelConfig& config) {
  const std::string sizes =
      fmt::format("tokenizer {} ids, embedding {} rows", tokenizer.VocabularySize(), config.language.vocab_size);
  if (tokenizer.VocabularySize() > config.language.vocab_size) throw InputError(sizes);
  return sizes;
}

}  // namespace

std::vector<CheckResult> CheckModel(const std::filesystem::path& folder) {
  if (!std::filesystem::is_directory(folder)) throw InputError(folder.string() + ": expected a checkpoint folder");
  std::vector<CheckResult> results;
  std::optional<ModelConfig> config;
  std::optional<Checkpoint> checkpoint;
  std::optional<Tokenizer> tokenizer;
  Check("config", &results, [&] {
    config = LoadModelConfig(folder);
    return fmt::format("{}, {} px tiles", config->chat_template, TileSize(*config));
  });
  Check("tokenizer", &results, [&] {
    tokenizer = Tokenizer::Load(folder);
    return std::string("readable");
  });
  if (!config) return results;
  Check("weights", &results, [&] {
    checkpoint = Checkpoint::Open(folder, *config);
    return fmt::format("{} tensors in {} file(s)", ExpectedTensors(*config).size(), checkpoint->files().size());
  });
  if (tokenizer) {
    Check("special tokens", &results, [&] { return CheckSpecialTokens(*tokenizer, *config); });
    Check("vocabulary", &results, [&] { return CheckVocabulary(*tokenizer, *config); });
  }
  if (checkpoint) Check("finite values", &results, [&] { return CheckFinite(*checkpoint, ExpectedTensors(*config)); });
  return results;
}

}  // namespace tessera

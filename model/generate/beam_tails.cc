// Dimension letters: R rows of a pass, L width of the language model, K key/value heads, d head size.
#include "model/generate/beam_tails.h"

#include <ATen/ops/arange.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/tensor.h>
#include <ATen/ops/zeros.h>

#include "model/generate/row_quantum.h"

namespace tessera {

BeamTails::BeamTails(const NativeModel& model, const PromptParts& parts, std::int64_t beams,
                     std::int64_t max_new_tokens)
    : model_(model),
      prefix_(parts.prefix),
      prompt_tail_(parts.tail),
      beams_(beams),
      room_(parts.tail.size(0) + max_new_tokens),
      rope_(model.config.language, model.type, model.device),
      tails_(MakeTailCache(model.config.language, beams * room_, model.type, LayerDevices(model.decoder))) {}

at::Tensor BeamTails::Prefill() {
  const at::Tensor hidden_RL = Pass(prompt_tail_, 1);
  CopyTails(std::vector<std::int64_t>(static_cast<std::size_t>(beams_), 0));
  return hidden_RL.narrow(0, hidden_RL.size(0) - 1, 1).expand({beams_, -1});
}

at::Tensor BeamTails::Step(const std::vector<std::int64_t>& from, const std::vector<int>& ids) {
  CopyTails(from);
  return Pass(EmbedTokens(model_, ids), beams_);
}

void BeamTails::CopyTails(const std::vector<std::int64_t>& from) {
  at::Tensor rows = at::tensor(from, at::TensorOptions().dtype(at::kLong));
  for (auto* side : {&tails_.keys, &tails_.values}) {
    for (const at::Tensor& tensor : *side) {  // [beams room, K, d]
      const at::Tensor filled = tensor.unflatten(0, {beams_, room_}).narrow(1, 0, tokens_);
      rows = rows.to(tensor.device());
      filled.copy_(filled.index_select(0, rows));
    }
  }
}

/// The next tokens of the first `sequences` beams, the same number of each: embeddings [R, L] -> [R, L].
at::Tensor BeamTails::Pass(const at::Tensor& embeddings, std::int64_t sequences) {
  const LanguageConfig& config = model_.config.language;
  const std::int64_t rows = embeddings.size(0);
  const std::int64_t added = rows / sequences;
  const std::int64_t position = (prefix_ == nullptr ? 0 : prefix_->tokens) + tokens_;
  tokens_ += added;
  RowBatch batch;
  for (std::int64_t i = 0; i < sequences; ++i) {
    AddRows(prefix_, {.first_row = i * added, .rows = added, .first_token = i * room_, .tokens = tokens_}, &batch);
  }
  FinishRows(rows, model_.device, &batch);
  const std::int64_t padding = PaddedRows(rows, model_.type, model_.device) - rows;
  const at::Tensor positions =
      at::cat({at::arange(position, position + added, at::kFloat).repeat(sequences), at::zeros({padding}, at::kFloat)});
  const RopeTables tables =
      MakeRopeTables(config, positions, rope_.Frequencies(position + added), model_.type, model_.device);
  const at::Tensor padded = at::cat({embeddings, at::zeros({padding, embeddings.size(1)}, embeddings.options())});
  return DecodeRows(padded, model_.decoder, config, tables, batch, tails_).narrow(0, 0, rows);
}

}  // namespace tessera

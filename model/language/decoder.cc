// Dimension letters: B sequences, n tokens, D width, H query heads, K key/value heads, g = H / K, d head size, I MLP
// width.
#include "model/language/decoder.h"

#include <ATen/TensorOperators.h>

#include <cassert>
#include <functional>
#include <string>

#include "model/kernels/attention.h"
#include "model/kernels/gated_product.h"
#include "model/kernels/linear.h"
#include "model/kernels/norm.h"
#include "model/kernels/shared_prefix_attention.h"

namespace tessera {
namespace {

struct Projections {
  at::Tensor q_BnKgd, k_BnK1d, v_BnKd;
};

Projections SplitQkv(const at::Tensor& qkv, const LanguageConfig& config) {
  const std::int64_t sequences = qkv.size(0);
  const std::int64_t tokens = qkv.size(1);
  const std::int64_t kv_heads = config.num_key_value_heads;
  const std::int64_t group = config.num_attention_heads / kv_heads;
  const std::int64_t head = HeadDim(config);
  if (config.architecture == LanguageArchitecture::kInternLm2) {
    // Per key/value head: its g queries, its key, its value.
    const at::Tensor blocks = qkv.view({sequences, tokens, kv_heads, group + 2, head});
    return {blocks.slice(3, 0, group), blocks.slice(3, group, group + 1), blocks.select(3, group + 1)};
  }
  // Phi-3: all queries, all keys, all values.
  const std::int64_t queries = config.num_attention_heads * head;
  const std::int64_t keys = kv_heads * head;
  return {qkv.slice(2, 0, queries).view({sequences, tokens, kv_heads, group, head}),
          qkv.slice(2, queries, queries + keys).view({sequences, tokens, kv_heads, 1, head}),
          qkv.slice(2, queries + keys).view({sequences, tokens, kv_heads, head})};
}

}  // namespace

DecoderWeights LoadDecoderWeights(const TensorLoader& loader, const LanguageConfig& config) {
  const std::string model = "language_model.model.";
  const bool phi3 = config.architecture == LanguageArchitecture::kPhi3;
  DecoderWeights weights;
  weights.embedding = loader.Load(model + (phi3 ? "embed_tokens.weight" : "tok_embeddings.weight"));
  for (int i = 0; i < config.num_hidden_layers; ++i) {
    const std::string prefix = model + "layers." + std::to_string(i) + ".";
    const auto load = [&](const std::string& name) { return loader.Load(prefix + name + ".weight"); };
    const auto load_matrix = [&](const std::string& name) { return loader.LoadMatrix(prefix + name + ".weight"); };
    DecoderLayerWeights layer;
    if (phi3) {
      layer.attention_norm = load("input_layernorm");
      layer.mlp_norm = load("post_attention_layernorm");
      layer.qkv = load_matrix("self_attn.qkv_proj");
      layer.attention_out = load_matrix("self_attn.o_proj");
      const LinearWeight gate_up = load_matrix("mlp.gate_up_proj");
      layer.gate = gate_up.Rows(0, config.intermediate_size);
      layer.up = gate_up.Rows(config.intermediate_size, gate_up.values.size(0));
      layer.down = load_matrix("mlp.down_proj");
    } else {
      layer.attention_norm = load("attention_norm");
      layer.mlp_norm = load("ffn_norm");
      layer.qkv = load_matrix("attention.wqkv");
      layer.attention_out = load_matrix("attention.wo");
      layer.gate = load_matrix("feed_forward.w1");
      layer.up = load_matrix("feed_forward.w3");
      layer.down = load_matrix("feed_forward.w2");
    }
    weights.layers.push_back(std::move(layer));
  }
  weights.norm = loader.Load(model + "norm.weight");
  weights.output = loader.LoadMatrix(phi3 ? "language_model.lm_head.weight" : "language_model.output.weight");
  return weights;
}

namespace {

/// Mixes the values of one layer: rotated queries [B, n, K, g, d], rotated keys and values [B, n, K, d] ->
/// [B, n, K g d].
using MixValues = std::function<at::Tensor(const at::Tensor& q, const at::Tensor& k, const at::Tensor& v)>;

/// Linear or RowLinear.
using Product = at::Tensor (*)(const at::Tensor& x, const LinearWeight& weight, const at::Tensor& bias);

at::Tensor Attention(const at::Tensor& x, const DecoderLayerWeights& weights, const LanguageConfig& config,
                     const RopeTables& rope, Product multiply, const MixValues& mix) {
  const Projections qkv = SplitQkv(multiply(x, weights.qkv, {}), config);
  const at::Tensor cos = rope.cos.view({1, x.size(1), 1, 1, HeadDim(config)});
  const at::Tensor sin = rope.sin.view({1, x.size(1), 1, 1, HeadDim(config)});
  const at::Tensor k_BnKd = Rotate(qkv.k_BnK1d, cos, sin).squeeze(3);
  return multiply(mix(Rotate(qkv.q_BnKgd, cos, sin), k_BnKd, qkv.v_BnKd), weights.attention_out, {});
}

at::Tensor Mlp(const at::Tensor& x, const DecoderLayerWeights& weights, Product multiply) {
  at::Tensor hidden_BnI = multiply(x, weights.gate, {});
  MultiplyBySilu(hidden_BnI, multiply(x, weights.up, {}));
  return multiply(hidden_BnI, weights.down, {});
}

at::Tensor Layer(const at::Tensor& x, const DecoderLayerWeights& weights, const LanguageConfig& config,
                 const RopeTables& rope, Product multiply, const MixValues& mix) {
  // h = x + wo(attention(norm(x)));  out = h + w2(silu(w1 y) * w3 y), y = norm(h)
  const at::Tensor h =
      Attention(RmsNorm(x, weights.attention_norm, config.rms_norm_eps), weights, config, rope, multiply, mix).add_(x);
  return Mlp(RmsNorm(h, weights.mlp_norm, config.rms_norm_eps), weights, multiply).add_(h);
}

/// Appends to the cache and attends to all of it.
MixValues MixWithCache(KvCache& cache, std::size_t layer) {
  return [&cache, layer](const at::Tensor& q_BnKgd, const at::Tensor& k_BnKd, const at::Tensor& v_BnKd) {
    const std::int64_t sequences = q_BnKgd.size(0);
    const std::int64_t tokens = q_BnKgd.size(1);
    const std::int64_t kv_heads = q_BnKgd.size(2);
    const std::int64_t length = cache.length + tokens;
    assert(tokens == 1 || (cache.length == 0 && sequences == 1));
    cache.keys[layer].narrow(2, cache.length, tokens).copy_(k_BnKd.transpose(1, 2));
    cache.values[layer].narrow(2, cache.length, tokens).copy_(v_BnKd.transpose(1, 2));
    // Key/value heads of all sequences side by side: [B K, g, n, d] against [B K, length, d].
    const at::Tensor q = q_BnKgd.permute({0, 2, 3, 1, 4}).flatten(0, 1);
    const at::Tensor k = cache.keys[layer].narrow(2, 0, length).flatten(0, 1);
    const at::Tensor v = cache.values[layer].narrow(2, 0, length).flatten(0, 1);
    const at::Tensor mixed_BKgnd = CausalAttention(q, k, v).unflatten(0, {sequences, kv_heads});
    return mixed_BKgnd.permute({0, 3, 1, 2, 4}).reshape({sequences, tokens, -1});
  };
}

}  // namespace

at::Tensor DecoderAttention(const at::Tensor& x, const DecoderLayerWeights& weights, const LanguageConfig& config,
                            const RopeTables& rope, KvCache& cache, std::size_t layer) {
  return Attention(x, weights, config, rope, Linear, MixWithCache(cache, layer));
}

at::Tensor DecoderMlp(const at::Tensor& x, const DecoderLayerWeights& weights) { return Mlp(x, weights, Linear); }

at::Tensor DecoderLayer(const at::Tensor& x, const DecoderLayerWeights& weights, const LanguageConfig& config,
                        const RopeTables& rope, KvCache& cache, std::size_t layer) {
  return Layer(x, weights, config, rope, Linear, MixWithCache(cache, layer));
}

at::Tensor Decode(const at::Tensor& embeddings, const DecoderWeights& weights, const LanguageConfig& config, Rope& rope,
                  KvCache& cache) {
  const std::int64_t length = cache.length + embeddings.size(1);
  const RopeTables tables = rope.Tables(cache.length, length);
  at::Tensor x = embeddings;
  for (std::size_t i = 0; i < weights.layers.size(); ++i) {
    x = DecoderLayer(x, weights.layers[i], config, tables, cache, i);
  }
  cache.length = length;
  return RmsNorm(x, weights.norm, config.rms_norm_eps);
}

void FillPrefix(const at::Tensor& embeddings, const DecoderWeights& weights, const LanguageConfig& config,
                const RopeTables& tables, KvCache& cache) {
  at::Tensor x = embeddings;
  for (std::size_t i = 0; i < weights.layers.size(); ++i) {
    x = DecoderLayer(x, weights.layers[i], config, tables, cache, i);
  }
  cache.length = embeddings.size(1);
}

at::Tensor DecodeRows(const at::Tensor& embeddings, const DecoderWeights& weights, const LanguageConfig& config,
                      const RopeTables& tables, RowBatch& batch, TailCache& tails) {
  at::Tensor x = embeddings.unsqueeze(0);
  for (std::size_t i = 0; i < weights.layers.size(); ++i) {
    const auto mix = [&](const at::Tensor& q, const at::Tensor& k, const at::Tensor& v) {
      WriteTails(k[0], v[0], batch, i, &tails);
      const at::Tensor q_RKgd = q[0].contiguous();
      return SharedPrefixAttention(q_RKgd, tails.keys[i], tails.values[i], GroupsOfLayer(batch, i))
          .view({1, q_RKgd.size(0), -1});
    };
    x = Layer(x, weights.layers[i], config, tables, RowLinear, mix);
  }
  return RmsNorm(x, weights.norm, config.rms_norm_eps)[0];
}

at::Tensor Logits(const at::Tensor& hidden, const DecoderWeights& weights) {
  return RowLinear(hidden, weights.output).to(at::kFloat);
}

}  // namespace tessera

// Dimension letters: B sequences, n tokens, D width, H query heads, K key/value heads, g = H / K, d head size, I MLP
// width.
#include "model/language/decoder.h"

#include <ATen/TensorOperators.h>

#include <cassert>
#include <functional>
#include <string>

#include "model/kernels/attention.h"
#include "model/kernels/linear.h"
#include "model/kernels/norm.h"
#include "model/kernels/rotary.h"
#include "model/kernels/shared_prefix_attention.h"

namespace tessera {
namespace {

struct Projections {
  at::Tensor q_BnKgd, k_BnKd, v_BnKd;
};

/// Queries, keys and values [B, n, (H + 2K) d] in views, queries and keys rotated.
Projections RotateAndSplit(at::Tensor qkv, const LanguageConfig& config, const RopeTables& rope) {
  const std::int64_t sequences = qkv.size(0);
  const std::int64_t tokens = qkv.size(1);
  const std::int64_t kv_heads = config.num_key_value_heads;
  const std::int64_t group = config.num_attention_heads / kv_heads;
  const std::int64_t head = HeadDim(config);
  // InternLM2, per key/value head: its g queries, its key, its value. Phi-3: all queries, all keys, all values.
  const bool internlm2 = config.architecture == LanguageArchitecture::kInternLm2;
  const std::int64_t blocks = internlm2 ? kv_heads : 1;
  const std::int64_t queries = config.num_attention_heads / blocks, keys = kv_heads / blocks;
  if (qkv.is_cpu()) {
    RotateHeads(qkv, {.blocks = blocks, .block_heads = queries + 2 * keys, .rotated = queries + keys}, rope.cos,
                rope.sin);
  }
  const at::Tensor heads = qkv.view({sequences, tokens, blocks, queries + 2 * keys, head});
  at::Tensor q = heads.slice(3, 0, queries), k = heads.slice(3, queries, queries + keys);
  if (!qkv.is_cpu()) {
    const at::Tensor cos = rope.cos.view({1, tokens, 1, 1, head}), sin = rope.sin.view({1, tokens, 1, 1, head});
    q = Rotate(q, cos, sin);
    k = Rotate(k, cos, sin);
  }
  const at::Tensor v = heads.slice(3, queries + keys);
  const auto by_kv_head = [](const at::Tensor& x, bool in_blocks) { return in_blocks ? x.squeeze(3) : x.squeeze(2); };
  return {internlm2 ? q : q.view({sequences, tokens, kv_heads, group, head}), by_kv_head(k, internlm2),
          by_kv_head(v, internlm2)};
}

}  // namespace

DecoderWeights LoadDecoderWeights(const TensorLoader& loader, const LanguageConfig& config,
                                  std::span<const at::Device> layer_devices) {
  const std::string model = "language_model.model.";
  const bool phi3 = config.architecture == LanguageArchitecture::kPhi3;
  DecoderWeights weights;
  weights.embedding =
      loader.On(layer_devices.front()).Load(model + (phi3 ? "embed_tokens.weight" : "tok_embeddings.weight"));
  for (std::size_t i = 0; i < layer_devices.size(); ++i) {
    const std::string prefix = model + "layers." + std::to_string(i) + ".";
    const TensorLoader own = loader.On(layer_devices[i]);
    const auto load = [&](const std::string& name) { return own.Load(prefix + name + ".weight"); };
    const auto load_matrix = [&](const std::string& name) { return own.LoadMatrix(prefix + name + ".weight"); };
    DecoderLayerWeights layer;
    if (phi3) {
      layer.attention_norm = load("input_layernorm");
      layer.mlp_norm = load("post_attention_layernorm");
      layer.qkv = load_matrix("self_attn.qkv_proj");
      layer.attention_out = load_matrix("self_attn.o_proj");
      layer.gate_up = own.LoadGatedHalves(prefix + "mlp.gate_up_proj.weight");
      layer.down = load_matrix("mlp.down_proj");
    } else {
      layer.attention_norm = load("attention_norm");
      layer.mlp_norm = load("ffn_norm");
      layer.qkv = load_matrix("attention.wqkv");
      layer.attention_out = load_matrix("attention.wo");
      layer.gate_up = own.LoadGated(prefix + "feed_forward.w1.weight", prefix + "feed_forward.w3.weight");
      layer.down = load_matrix("feed_forward.w2");
    }
    weights.layers.push_back(std::move(layer));
  }
  const TensorLoader last = loader.On(layer_devices.back());
  weights.norm = last.Load(model + "norm.weight");
  weights.output = last.LoadMatrix(phi3 ? "language_model.lm_head.weight" : "language_model.output.weight");
  return weights;
}

namespace {

at::Device DeviceOf(const DecoderLayerWeights& weights) { return weights.attention_norm.device(); }

RopeTables On(at::Device device, const RopeTables& tables) {
  return {.cos = tables.cos.to(device), .sin = tables.sin.to(device)};
}

/// Mixes the values of one layer: rotated queries [B, n, K, g, d], rotated keys and values [B, n, K, d] ->
/// [B, n, K g d].
using MixValues = std::function<at::Tensor(const at::Tensor& q, const at::Tensor& k, const at::Tensor& v)>;

at::Tensor Attention(const at::Tensor& x, const DecoderLayerWeights& weights, const LanguageConfig& config,
                     const RopeTables& rope, RowSums sums, const MixValues& mix) {
  const Projections qkv = RotateAndSplit(Linear(x, weights.qkv, {}, sums), config, rope);
  return mix(qkv.q_BnKgd, qkv.k_BnKd, qkv.v_BnKd);
}

at::Tensor Layer(const at::Tensor& x, const DecoderLayerWeights& weights, const LanguageConfig& config,
                 const RopeTables& rope, RowSums sums, const MixValues& mix) {
  // h = x + wo(attention(norm(x)));  out = h + w2(silu(w1 y) * w3 y), y = norm(h)
  const at::Tensor mixed =
      Attention(RmsNorm(x, weights.attention_norm, config.rms_norm_eps), weights, config, rope, sums, mix);
  const at::Tensor h = LinearAdd(mixed, weights.attention_out, {}, {}, x, sums);
  const at::Tensor hidden_BnI = GatedLinear(RmsNorm(h, weights.mlp_norm, config.rms_norm_eps), weights.gate_up, sums);
  return LinearAdd(hidden_BnI, weights.down, {}, {}, h, sums);
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

std::vector<at::Device> LayerDevices(const DecoderWeights& weights) {
  std::vector<at::Device> devices;
  for (const DecoderLayerWeights& layer : weights.layers) devices.push_back(DeviceOf(layer));
  return devices;
}

at::Tensor DecoderAttention(const at::Tensor& x, const DecoderLayerWeights& weights, const LanguageConfig& config,
                            const RopeTables& rope, KvCache& cache, std::size_t layer) {
  return Attention(x, weights, config, rope, RowSums::kFastest, MixWithCache(cache, layer));
}

at::Tensor DecoderLayer(const at::Tensor& x, const DecoderLayerWeights& weights, const LanguageConfig& config,
                        const RopeTables& rope, KvCache& cache, std::size_t layer) {
  return Layer(x, weights, config, rope, RowSums::kFastest, MixWithCache(cache, layer));
}

namespace {

/// All layers, without the final norm.
at::Tensor Layers(at::Tensor x, const DecoderWeights& weights, const LanguageConfig& config, RopeTables tables,
                  KvCache& cache) {
  for (std::size_t i = 0; i < weights.layers.size(); ++i) {
    const at::Device device = DeviceOf(weights.layers[i]);
    tables = On(device, tables);
    x = DecoderLayer(x.to(device), weights.layers[i], config, tables, cache, i);
  }
  return x;
}

}  // namespace

at::Tensor Decode(const at::Tensor& embeddings, const DecoderWeights& weights, const LanguageConfig& config, Rope& rope,
                  KvCache& cache) {
  const std::int64_t length = cache.length + embeddings.size(1);
  const at::Tensor x = Layers(embeddings, weights, config, rope.Tables(cache.length, length), cache);
  cache.length = length;
  return RmsNorm(x, weights.norm, config.rms_norm_eps);
}

void FillPrefix(const at::Tensor& embeddings, const DecoderWeights& weights, const LanguageConfig& config,
                const RopeTables& tables, KvCache& cache) {
  Layers(embeddings, weights, config, tables, cache);
  cache.length = embeddings.size(1);
}

at::Tensor DecodeRows(const at::Tensor& embeddings, const DecoderWeights& weights, const LanguageConfig& config,
                      RopeTables tables, RowBatch& batch, TailCache& tails) {
  at::Tensor x = embeddings.unsqueeze(0);
  for (std::size_t i = 0; i < weights.layers.size(); ++i) {
    const at::Device device = DeviceOf(weights.layers[i]);
    tables = On(device, tables);
    batch.tail_tokens = batch.tail_tokens.to(device);
    const auto mix = [&](const at::Tensor& q, const at::Tensor& k, const at::Tensor& v) {
      WriteTails(k[0], v[0], batch, i, &tails);
      const at::Tensor q_RKgd = q[0].contiguous();
      return SharedPrefixAttention(q_RKgd, tails.keys[i], tails.values[i], GroupsOfLayer(batch, i))
          .view({1, q_RKgd.size(0), -1});
    };
    x = Layer(x.to(device), weights.layers[i], config, tables, RowSums::kIndependent, mix);
  }
  return RmsNorm(x, weights.norm, config.rms_norm_eps)[0];
}

at::Tensor Logits(const at::Tensor& hidden, const DecoderWeights& weights) {
  return Linear(hidden, weights.output, {}, RowSums::kIndependent).to(at::kFloat);
}

}  // namespace tessera

"""An InternVL-Chat checkpoint folder with InternLM2 as the two GGUF files that llama.cpp reads.

Development tool, used by compare_llama_cpp.py. Matrices keep the type asked for, all else is float32. InternLM2 becomes
llama.cpp's Llama: its fused wqkv is taken apart, and the rows of queries and keys are put in the order in which
llama.cpp rotates neighbours. llama.cpp puts the class token last, so its row of the position table goes last too.
"""

import re

import gguf
import sentencepiece
import torch
from internvl_inputs import DEVIATION, MEAN
from internvl_weights import read_tensors, split_wqkv

LANGUAGE_NAMES = [
    (r"^language_model\.output\.", "output."),
    (r"^language_model\.model\.tok_embeddings\.", "token_embd."),
    (r"^language_model\.model\.norm\.", "output_norm."),
    (r"^language_model\.model\.layers\.", "blk."),
    (r"\.attention\.wo\.", ".attn_output."),
    (r"\.feed_forward\.w1\.", ".ffn_gate."),
    (r"\.feed_forward\.w3\.", ".ffn_up."),
    (r"\.feed_forward\.w2\.", ".ffn_down."),
    (r"\.attention_norm\.", ".attn_norm."),
]
VISION_NAMES = [
    (r"^mlp1\.", "mm.model.mlp."),
    (r"^vision_model\.embeddings\.class_embedding", "v.class_embd"),
    (r"^vision_model\.embeddings\.position_embedding", "v.position_embd.weight"),
    (r"^vision_model\.embeddings\.patch_embedding\.", "v.patch_embd."),
    (r"^vision_model\.encoder\.layers\.", "v.blk."),
    (r"\.attn\.proj\.", ".attn_out."),
    (r"\.attn\.([qk])_norm\.", r".attn_\1_norm."),
    (r"\.mlp\.fc1\.", ".ffn_up."),
    (r"\.mlp\.fc2\.", ".ffn_down."),
    (r"\.norm([12])\.", r".ln\1."),
    (r"\.(ls[12])$", r".\1.weight"),
]
TYPES = {torch.bfloat16: gguf.GGMLQuantizationType.BF16, torch.float32: gguf.GGMLQuantizationType.F32}


def rename(name, table):
    for pattern, new in table:
        name = re.sub(pattern, new, name)
    return name


def interleave(weight, heads):
    """Rows i and i + half of every head, which the reference rotates together, become neighbours."""
    return weight.view(heads, 2, -1, weight.shape[1]).transpose(1, 2).reshape(weight.shape)


def language_tensors(tensors, llm):
    for name, tensor in tensors:
        new = rename(name, LANGUAGE_NAMES)
        if not name.endswith("attention.wqkv.weight"):
            yield new, tensor
            continue
        query, key, value = split_wqkv(tensor, llm)
        stem = new.removesuffix("attention.wqkv.weight")
        yield f"{stem}attn_q.weight", interleave(query, llm["num_attention_heads"])
        yield f"{stem}attn_k.weight", interleave(key, llm["num_key_value_heads"])
        yield f"{stem}attn_v.weight", value


def vision_tensors(tensors):
    for name, tensor in tensors:
        new = rename(name, VISION_NAMES)
        if ".attn.qkv." in name:
            for letter, part in zip("qkv", tensor.chunk(3)):
                yield new.replace("attn.qkv", f"attn_{letter}"), part
        elif new == "v.class_embd":
            yield new, tensor.flatten()
        elif new == "v.position_embd.weight":
            yield new, tensor[0].roll(-1, 0).float()
        else:
            yield new, tensor


def add_tensors(writer, tensors, dtype):
    for name, tensor in tensors:
        matrix = tensor.dim() == 2 and tensor.dtype == dtype
        tensor = (tensor if matrix else tensor.float()).contiguous()
        data = tensor.view(torch.uint8).numpy() if tensor.dtype == torch.bfloat16 else tensor.numpy()
        writer.add_tensor(name, data, raw_dtype=TYPES[tensor.dtype])


def finish(writer):
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def add_vocabulary(writer, inputs, folder, size):
    """Every id needs a piece of its own; those without are marked as unused."""
    pieces = sentencepiece.SentencePieceProcessor(model_file=str(folder / "tokenizer.model"))
    texts = [pieces.id_to_piece(i) if i < pieces.vocab_size() else f"[UNUSED_{i}]" for i in range(size)]
    types = [
        gguf.TokenType.BYTE if i < pieces.vocab_size() and pieces.is_byte(i) else gguf.TokenType.NORMAL
        for i in range(size)
    ]
    for text, number in inputs.tokenizer.special.items():
        texts[number], types[number] = text, gguf.TokenType.CONTROL
    writer.add_tokenizer_model("llama")
    writer.add_token_list(texts)
    writer.add_token_scores([pieces.get_score(i) if i < pieces.vocab_size() else 0.0 for i in range(size)])
    writer.add_token_types(types)
    writer.add_bos_token_id(1)
    writer.add_eos_token_id(inputs.end)
    writer.add_unk_token_id(0)


def write_language(path, inputs, folder, tensors, dtype):
    llm = inputs.config["llm_config"]
    writer = gguf.GGUFWriter(path, "llama")
    writer.add_block_count(llm["num_hidden_layers"])
    writer.add_context_length(llm["max_position_embeddings"])
    writer.add_embedding_length(llm["hidden_size"])
    writer.add_feed_forward_length(llm["intermediate_size"])
    writer.add_head_count(llm["num_attention_heads"])
    writer.add_head_count_kv(llm["num_key_value_heads"])
    writer.add_layer_norm_rms_eps(llm["rms_norm_eps"])
    writer.add_rope_freq_base(llm["rope_theta"])
    writer.add_rope_dimension_count(llm["hidden_size"] // llm["num_attention_heads"])
    writer.add_vocab_size(llm["vocab_size"])
    add_vocabulary(writer, inputs, folder, llm["vocab_size"])
    add_tensors(writer, language_tensors(tensors, llm), dtype)
    finish(writer)


def write_vision(path, inputs, tensors, dtype):
    vision, llm = inputs.config["vision_config"], inputs.config["llm_config"]
    writer = gguf.GGUFWriter(path, "clip")
    writer.add_clip_has_vision_encoder(True)
    writer.add_clip_projector_type(gguf.VisionProjectorType.INTERNVL)
    writer.add_vision_projection_dim(llm["hidden_size"])
    writer.add_vision_image_size(inputs.side)
    writer.add_vision_patch_size(vision["patch_size"])
    writer.add_vision_embedding_length(vision["hidden_size"])
    writer.add_vision_feed_forward_length(vision["intermediate_size"])
    writer.add_vision_block_count(vision["num_hidden_layers"])
    writer.add_vision_head_count(vision["num_attention_heads"])
    writer.add_vision_attention_layernorm_eps(vision.get("layer_norm_eps", 1e-6))
    writer.add_vision_image_mean(MEAN)
    writer.add_vision_image_std(DEVIATION)
    writer.add_vision_use_gelu(True)
    writer.add_vision_projector_scale_factor(round(1 / inputs.config.get("downsample_ratio", 0.5)))
    add_tensors(writer, vision_tensors(tensors), dtype)
    finish(writer)


def check_kind(config):
    vision = config["vision_config"]
    if config["llm_config"]["architectures"][0] != "InternLM2ForCausalLM" or config.get("select_layer", -1) != -1:
        raise SystemExit("only InternLM2 checkpoints that take the last vision layer can be converted for llama.cpp")
    if (config.get("force_image_size") or vision["image_size"]) != vision["image_size"]:
        raise SystemExit("a position table that has to be resized cannot be converted")
    six_billion = vision["hidden_size"] == 3200 and vision["num_hidden_layers"] == 45
    if (vision.get("norm_type", "rms_norm") == "rms_norm") != six_billion:
        raise SystemExit("llama.cpp takes RMSNorm for InternViT-6B and LayerNorm for any other size of vision tower")


def write_gguf(folder, inputs, out, dtype):
    """Paths of the language model and of the vision tower with projector, written to the folder `out`."""
    check_kind(inputs.config)
    language, vision = out / f"language-{dtype}.gguf", out / f"vision-{dtype}.gguf"
    tensors = dict(read_tensors(folder, dtype))
    of_language = {name: tensor for name, tensor in tensors.items() if name.startswith("language_model.")}
    write_language(language, inputs, folder, of_language.items(), dtype)
    write_vision(vision, inputs, [item for item in tensors.items() if item[0] not in of_language], dtype)
    return language, vision

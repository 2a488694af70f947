"""An InternVL-Chat checkpoint folder in Hugging Face transformers' own InternVL classes.

Development tool, used by compare_transformers.py. InternLM2 becomes transformers' Llama: its fused wqkv is taken apart,
the rest is renamed. Phi-3 is transformers' own. Nothing is written to disk.
"""

import re
from pathlib import Path

import torch
from internvl_inputs import Inputs, load_tiles
from internvl_weights import read_tensors, split_wqkv
from transformers import InternVLConfig, InternVLForConditionalGeneration, InternVLVisionConfig, LlamaConfig, Phi3Config
from transformers.modeling_utils import no_init_weights

VISION_NAMES = [
    (r"^vision_model\.embeddings\.class_embedding", "model.vision_tower.embeddings.cls_token"),
    (r"^vision_model\.embeddings\.position_embedding", "model.vision_tower.embeddings.position_embeddings"),
    (r"^vision_model\.embeddings\.patch_embedding", "model.vision_tower.embeddings.patch_embeddings.projection"),
    (r"^vision_model\.encoder\.layers", "model.vision_tower.encoder.layer"),
    (r"\.ls([12])$", r".lambda_\1"),
    (r"\.norm1\.", ".layernorm_before."),
    (r"\.norm2\.", ".layernorm_after."),
    (r"\.attn\.proj\.", ".attention.projection_layer."),
    (r"\.attn\.([qk]_norm)\.", r".attention.\1."),
    (r"^mlp1\.0\.", "model.multi_modal_projector.layer_norm."),
    (r"^mlp1\.1\.", "model.multi_modal_projector.linear_1."),
    (r"^mlp1\.3\.", "model.multi_modal_projector.linear_2."),
]
LANGUAGE_NAMES = [
    (r"^language_model\.(output|lm_head)\.", "lm_head."),
    (r"^language_model\.model\.", "model.language_model."),
    (r"\.tok_embeddings\.", ".embed_tokens."),
    (r"\.attention\.wo\.", ".self_attn.o_proj."),
    (r"\.feed_forward\.w1\.", ".mlp.gate_proj."),
    (r"\.feed_forward\.w3\.", ".mlp.up_proj."),
    (r"\.feed_forward\.w2\.", ".mlp.down_proj."),
    (r"\.attention_norm\.", ".input_layernorm."),
    (r"\.ffn_norm\.", ".post_attention_layernorm."),
]


SIZES = ("hidden_size", "num_hidden_layers", "num_attention_heads", "intermediate_size")


def rename(name):
    for pattern, new in VISION_NAMES + LANGUAGE_NAMES:
        name = re.sub(pattern, new, name)
    return name


def convert(tensors, llm_config):
    """Published names and layout to those of transformers, one tensor at a time."""
    for name, tensor in tensors:
        if name.endswith("attention.wqkv.weight"):
            parts = split_wqkv(tensor, llm_config)
            stem = rename(name.removesuffix("attention.wqkv.weight")) + "self_attn"
        elif ".attn.qkv." in name:
            parts = tensor.chunk(3)
            stem = rename(name[: name.index("attn.qkv")]) + "attention"
        else:
            yield rename(name), tensor
            continue
        suffix = name.rsplit(".", 1)[1]
        for letter, part in zip("qkv", parts):
            yield f"{stem}.{letter}_proj.{suffix}", part.clone()


def make_text_config(llm):
    """Sizes of the language model. InternLM2's rope_scaling has no effect on prompts of this length."""
    names = (*SIZES, "num_key_value_heads", "vocab_size", "max_position_embeddings", "rms_norm_eps", "rope_theta")
    same = {key: llm[key] for key in names} | {"tie_word_embeddings": False}
    if llm["architectures"][0] == "InternLM2ForCausalLM":
        return LlamaConfig(**same)
    if llm["architectures"][0] == "Phi3ForCausalLM":
        more = ("original_max_position_embeddings", "rope_scaling", "sliding_window", "pad_token_id")
        return Phi3Config(**same, **{key: llm[key] for key in more if key in llm})
    raise SystemExit(f"a language model of the kind {llm['architectures'][0]} cannot be converted")


def make_config(config, image_token):
    vision = config["vision_config"]
    if config.get("select_layer", -1) != -1:
        raise SystemExit("only checkpoints that take the last vision layer can be converted")
    side = config.get("force_image_size") or vision["image_size"]
    if side != vision["image_size"]:
        raise SystemExit("a position table that has to be resized cannot be converted")
    return InternVLConfig(
        vision_config=InternVLVisionConfig(
            **{key: vision[key] for key in SIZES},
            attention_bias=vision.get("qkv_bias", False),
            use_qk_norm=vision.get("qk_normalization", True),
            norm_type=vision.get("norm_type", "rms_norm"),
            layer_norm_eps=vision.get("layer_norm_eps", 1e-6),
            image_size=side,
            patch_size=vision["patch_size"],
        ),
        text_config=make_text_config(config["llm_config"]),
        image_token_id=image_token,
        downsample_ratio=config.get("downsample_ratio", 0.5),
        tie_word_embeddings=False,
    )


class Chat:
    """Answers one question at a time, as the official scripts do."""

    def __init__(self, folder, dtype):
        self.inputs = Inputs(folder)
        config = self.inputs.config
        with no_init_weights():
            self.model = InternVLForConditionalGeneration._from_config(
                make_config(config, self.inputs.image_token), attn_implementation="sdpa", dtype=dtype
            )
        weights = dict(convert(read_tensors(Path(folder), dtype), config["llm_config"]))
        self.model.load_state_dict(weights, strict=True, assign=True)
        self.model.eval()
        if config.get("ps_version", "v1") == "v1":  # transformers has "v2" only; "v1" leaves the two axes swapped
            shuffle = self.model.model.pixel_shuffle
            self.model.model.pixel_shuffle = lambda x, scale_factor: shuffle(x, scale_factor).transpose(1, 2)

    def load(self, path, max_tiles):
        return load_tiles(path, self.inputs.side, max_tiles).to(self.model.dtype)

    def prompt(self, system, question, tiles):
        return torch.tensor([self.inputs.prompt(system, question, tiles)])

    @torch.inference_mode()
    def answer(self, path, max_tiles, system, question, max_new_tokens, min_new_tokens):
        pixels = self.load(path, max_tiles)
        ids = self.prompt(system, question, len(pixels))
        generated = self.model.generate(
            input_ids=ids,
            pixel_values=pixels,
            attention_mask=torch.ones_like(ids),
            do_sample=False,
            max_new_tokens=max_new_tokens,
            min_new_tokens=min_new_tokens,
            eos_token_id=self.inputs.end,
            pad_token_id=2,
        )
        return self.inputs.answer(generated[0, ids.shape[1] :].tolist())

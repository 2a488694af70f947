"""Writes a save of train.py as the checkpoint: configuration files and bfloat16 weights."""

import argparse
import json
from pathlib import Path

import torch
from network import IMAGE_MEAN, IMAGE_STD, Nano, Sizes
from paths import CHECKPOINT
from safetensors.torch import load_file, save_file
from tokenizer import MAX_POSITIONS, Tokenizer

STORED = torch.bfloat16
NOTE = "trained on drawn pages only: reads short printed answers on pages like those of datasets/mini/pages"


def _vision_config(sizes):
    return {
        "architectures": ["InternVisionModel"],
        "model_type": "intern_vit_6b",
        "hidden_size": sizes.vision_width,
        "num_attention_heads": sizes.vision_heads,
        "intermediate_size": sizes.vision_mlp,
        "num_hidden_layers": sizes.vision_layers,
        "image_size": sizes.tile,
        "patch_size": sizes.patch,
        "num_channels": 3,
        "norm_type": "layer_norm",
        "layer_norm_eps": 1e-6,
        "hidden_act": "gelu",
        "qk_normalization": False,
        "qkv_bias": True,
        "torch_dtype": "bfloat16",
    }


def _language_config(sizes):
    return {
        "architectures": ["InternLM2ForCausalLM"],
        "model_type": "internlm2",
        "hidden_size": sizes.width,
        "num_attention_heads": sizes.heads,
        "num_key_value_heads": sizes.heads,
        "intermediate_size": sizes.mlp,
        "num_hidden_layers": sizes.layers,
        "max_position_embeddings": MAX_POSITIONS,
        "rope_theta": sizes.rope_theta,
        "rope_scaling": {"type": "dynamic", "factor": 2.0},
        "rms_norm_eps": 1e-5,
        "hidden_act": "silu",
        "bias": False,
        "tie_word_embeddings": False,
        "bos_token_id": 1,
        "eos_token_id": 2,
        "pad_token_id": 2,
        "torch_dtype": "bfloat16",
        "vocab_size": sizes.vocab,
    }


def _config(sizes):
    return {
        "tessera_note": NOTE,
        "architectures": ["InternVLChatModel"],
        "model_type": "internvl_chat",
        "template": "internlm2-chat",
        "downsample_ratio": 0.5,
        "ps_version": "v1",
        "select_layer": -1,
        "force_image_size": sizes.tile,
        "dynamic_image_size": True,
        "use_thumbnail": True,
        "min_dynamic_patch": 1,
        "max_dynamic_patch": 12,
        "pad2square": False,
        "use_backbone_lora": 0,
        "use_llm_lora": 0,
        "hidden_size": sizes.width,
        "tie_word_embeddings": False,
        "torch_dtype": "bfloat16",
        "vision_config": _vision_config(sizes),
        "llm_config": _language_config(sizes),
    }


def _preprocessor_config(sizes):
    return {
        "feature_extractor_type": "CLIPFeatureExtractor",
        "crop_size": sizes.tile,
        "do_center_crop": True,
        "do_normalize": True,
        "do_resize": True,
        "image_mean": list(IMAGE_MEAN),
        "image_std": list(IMAGE_STD),
        "resample": 3,
        "size": sizes.tile,
    }


def load_checkpoint(tokenizer):
    """The checkpoint as stored, its weights widened to float32."""
    model = Nano(Sizes(tokenizer.vocab_size))
    stored = load_file(CHECKPOINT / "model.safetensors")
    model.load_state_dict({name: values.float() for name, values in stored.items()})
    return model


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--save", type=Path, required=True)
    options = parser.parse_args()
    sizes = Sizes(Tokenizer().vocab_size)
    for name, content in (("config", _config(sizes)), ("preprocessor_config", _preprocessor_config(sizes))):
        (CHECKPOINT / f"{name}.json").write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")
    weights = {name: values.to(STORED).contiguous() for name, values in torch.load(options.save)["model"].items()}
    save_file(weights, CHECKPOINT / "model.safetensors", {"format": "pt"})


if __name__ == "__main__":
    main()

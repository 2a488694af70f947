"""Writes the nano checkpoint: an InternVL-Chat folder with random weights, small enough to live in the repository.

Needs Python 3 with numpy, sentencepiece and protobuf (see README.md). The same versions write the same bytes.
"""

import io
import json
import math
from pathlib import Path

import numpy as np
import sentencepiece as spm
from sentencepiece import sentencepiece_model_pb2

FOLDER = Path(__file__).resolve().parent
SEED = 20240425

# The unknown, begin and end tokens, 256 bytes, all characters of the text; BPE fills the rest with merges.
TRAINED_PIECES = 640
USER_DEFINED_TYPE = sentencepiece_model_pb2.ModelProto.SentencePiece.USER_DEFINED
# As in InternLM2, the last six pieces of the SentencePiece model are placeholders that these tokens replace.
PLACEHOLDERS = [f"[UNUSED_TOKEN_{number}]" for number in range(141, 147)]
REPLACING_TOKENS = ["<|plugin|>", "<|interpreter|>", "<|action_end|>", "<|action_start|>", "<|im_end|>", "<|im_start|>"]
ADDED_TOKENS = ["<img>", "</img>", "<IMG_CONTEXT>", "<quad>", "</quad>", "<ref>", "</ref>", "<box>", "</box>"]

VISION = {
    "architectures": ["InternVisionModel"],
    "model_type": "intern_vit_6b",
    "hidden_size": 64,
    "num_attention_heads": 2,
    "intermediate_size": 128,
    "num_hidden_layers": 2,
    "image_size": 112,
    "patch_size": 14,
    "num_channels": 3,
    "norm_type": "layer_norm",
    "layer_norm_eps": 1e-6,
    "hidden_act": "gelu",
    "qk_normalization": False,
    "qkv_bias": True,
    "torch_dtype": "bfloat16",
}
LANGUAGE = {
    "architectures": ["InternLM2ForCausalLM"],
    "model_type": "internlm2",
    "hidden_size": 128,
    "num_attention_heads": 4,
    "num_key_value_heads": 2,
    "intermediate_size": 256,
    "num_hidden_layers": 2,
    "max_position_embeddings": 8192,
    "rope_theta": 1000000,
    "rope_scaling": {"type": "dynamic", "factor": 2.0},
    "rms_norm_eps": 1e-5,
    "hidden_act": "silu",
    "bias": False,
    "tie_word_embeddings": False,
    "bos_token_id": 1,
    "eos_token_id": 2,
    "pad_token_id": 2,
    "torch_dtype": "bfloat16",
}
NOTE = "random weights: answers are meaningless; the scores only prove that everything runs"

# Chosen by trying: attention sharp and strong enough that answers change with the picture and the question,
ATTENTION_SHARPNESS = 1.8
ATTENTION_GAIN = 2.5
# and an end token whose row is long enough to win about one step in nine, so that answers are short.
END_TOKEN_GAIN = 3.0


def train_tokenizer():
    """SentencePiece BPE with InternLM2's settings: byte fallback, identity normaliser, white space kept as it is."""
    model_bytes = io.BytesIO()
    spm.SentencePieceTrainer.train(
        sentence_iterator=iter((FOLDER / "tokenizer_text.txt").read_text(encoding="utf-8").splitlines()),
        model_writer=model_bytes,
        model_type="bpe",
        vocab_size=TRAINED_PIECES,
        character_coverage=1.0,
        num_threads=1,
        split_digits=True,
        byte_fallback=True,
        normalization_rule_name="identity",
        add_dummy_prefix=False,
        remove_extra_whitespaces=False,
        minloglevel=2,
    )
    model = sentencepiece_model_pb2.ModelProto.FromString(model_bytes.getvalue())
    for placeholder in PLACEHOLDERS:
        model.pieces.add(piece=placeholder, score=0.0, type=USER_DEFINED_TYPE)
    model.trainer_spec.vocab_size = len(model.pieces)
    return model


def special_tokens(model):
    """Token -> id, for every token that is not an ordinary piece."""
    chat_tokens = REPLACING_TOKENS + ADDED_TOKENS
    first = len(model.pieces) - len(REPLACING_TOKENS)
    return {"<unk>": 0, "<s>": 1, "</s>": 2, **{token: first + i for i, token in enumerate(chat_tokens)}}


def tokenizer_files(specials):
    """File name -> JSON content, for the files beside tokenizer.model."""
    added = REPLACING_TOKENS[::-1] + ADDED_TOKENS
    plain = {"lstrip": False, "normalized": False, "rstrip": False, "single_word": False}
    config = {
        "added_tokens_decoder": {str(i): {"content": token, **plain, "special": True} for token, i in specials.items()},
        "additional_special_tokens": added,
        "bos_token": "<s>",
        "clean_up_tokenization_spaces": False,
        "eos_token": "</s>",
        "model_max_length": LANGUAGE["max_position_embeddings"],
        "pad_token": "</s>",
        "tokenizer_class": "InternLM2Tokenizer",
        "unk_token": "<unk>",
    }
    named = {"bos_token": "<s>", "eos_token": "</s>", "pad_token": "</s>", "unk_token": "<unk>"}
    special_map = {"additional_special_tokens": added}
    special_map.update({name: {"content": token, **plain} for name, token in named.items()})
    return {
        "tokenizer_config.json": config,
        "special_tokens_map.json": special_map,
        "added_tokens.json": {token: specials[token] for token in ADDED_TOKENS},
    }


def model_files(vocab_size, specials):
    """File name -> JSON content, for the files that describe the model."""
    tile = VISION["image_size"]
    config = {
        "tessera_note": NOTE,
        "architectures": ["InternVLChatModel"],
        "model_type": "internvl_chat",
        "template": "internlm2-chat",
        "downsample_ratio": 0.5,
        "ps_version": "v2",
        "select_layer": -1,
        "force_image_size": tile,
        "dynamic_image_size": True,
        "use_thumbnail": True,
        "min_dynamic_patch": 1,
        "max_dynamic_patch": 12,
        "pad2square": False,
        "use_backbone_lora": 0,
        "use_llm_lora": 0,
        "hidden_size": LANGUAGE["hidden_size"],
        "tie_word_embeddings": False,
        "torch_dtype": "bfloat16",
        "vision_config": VISION,
        "llm_config": {**LANGUAGE, "vocab_size": vocab_size},
    }
    preprocessor = {
        "feature_extractor_type": "CLIPFeatureExtractor",
        "crop_size": tile,
        "do_center_crop": True,
        "do_normalize": True,
        "do_resize": True,
        "image_mean": [0.485, 0.456, 0.406],
        "image_std": [0.229, 0.224, 0.225],
        "resample": 3,
        "size": tile,
    }
    generation = {"eos_token_id": [specials["<|im_end|>"], specials["<|im_start|>"]]}
    return {"config.json": config, "preprocessor_config.json": preprocessor, "generation_config.json": generation}


class RandomWeights:
    """Draws tensors in a fixed order, so that the seed alone decides every value."""

    def __init__(self):
        self.random = np.random.default_rng(SEED)
        self.tensors = {}

    def normal(self, name, shape, std):
        self.tensors[name] = self.random.normal(0.0, std, shape).astype(np.float32)

    def linear(self, name, outputs, inputs, gain=1.0, bias=True):
        """Keeps the size of its input (times `gain`): a weight of standard deviation 1 / sqrt(inputs)."""
        self.normal(f"{name}.weight", (outputs, inputs), gain / math.sqrt(inputs))
        if bias:
            self.normal(f"{name}.bias", (outputs,), 0.02)

    def layer_norm(self, name, width):
        self.rms_norm(name, width)
        self.normal(f"{name}.bias", (width,), 0.02)

    def rms_norm(self, name, width):
        self.tensors[f"{name}.weight"] = self.random.normal(1.0, 0.02, width).astype(np.float32)


def add_vision(weights):
    width, mlp, patch = VISION["hidden_size"], VISION["intermediate_size"], VISION["patch_size"]
    patches = (VISION["image_size"] // patch) ** 2
    prefix = "vision_model.embeddings"
    weights.normal(f"{prefix}.class_embedding", (1, 1, width), 1.0)
    weights.normal(f"{prefix}.position_embedding", (1, 1 + patches, width), 0.3)
    weights.normal(f"{prefix}.patch_embedding.weight", (width, 3, patch, patch), 1 / math.sqrt(3 * patch * patch))
    weights.normal(f"{prefix}.patch_embedding.bias", (width,), 0.02)
    for layer in range(VISION["num_hidden_layers"]):
        prefix = f"vision_model.encoder.layers.{layer}"
        weights.layer_norm(f"{prefix}.norm1", width)
        weights.linear(f"{prefix}.attn.qkv", 3 * width, width)
        weights.linear(f"{prefix}.attn.proj", width, width)
        weights.tensors[f"{prefix}.ls1"] = np.ones(width, np.float32)
        weights.layer_norm(f"{prefix}.norm2", width)
        weights.linear(f"{prefix}.mlp.fc1", mlp, width)
        weights.linear(f"{prefix}.mlp.fc2", width, mlp)
        weights.tensors[f"{prefix}.ls2"] = np.ones(width, np.float32)


def add_projector(weights):
    shuffled, width = 4 * VISION["hidden_size"], LANGUAGE["hidden_size"]
    weights.layer_norm("mlp1.0", shuffled)
    weights.linear("mlp1.1", width, shuffled)
    weights.linear("mlp1.3", width, width, gain=2.0)  # GELU halves what it lets through


def add_language_model(weights, model, vocab_size, specials):
    width, mlp = LANGUAGE["hidden_size"], LANGUAGE["intermediate_size"]
    heads, kv_heads = LANGUAGE["num_attention_heads"], LANGUAGE["num_key_value_heads"]
    head_dim = width // heads
    weights.normal("language_model.model.tok_embeddings.weight", (vocab_size, width), 1.0)
    for layer in range(LANGUAGE["num_hidden_layers"]):
        prefix = f"language_model.model.layers.{layer}"
        weights.rms_norm(f"{prefix}.attention_norm", width)
        weights.linear(
            f"{prefix}.attention.wqkv", (heads + 2 * kv_heads) * head_dim, width, gain=ATTENTION_SHARPNESS, bias=False
        )
        weights.linear(f"{prefix}.attention.wo", width, width, gain=ATTENTION_GAIN, bias=False)
        weights.rms_norm(f"{prefix}.ffn_norm", width)
        weights.linear(f"{prefix}.feed_forward.w1", mlp, width, bias=False)
        weights.linear(f"{prefix}.feed_forward.w3", mlp, width, bias=False)
        weights.linear(f"{prefix}.feed_forward.w2", width, mlp, bias=False)
    weights.rms_norm("language_model.model.norm", width)
    weights.linear("language_model.output", vocab_size, width, gain=4.0, bias=False)

    # A row of zeros never wins: only ordinary pieces and the end token are ever generated.
    output = weights.tensors["language_model.output.weight"]
    ordinary = [i for i, piece in enumerate(model.pieces) if piece.type == piece.NORMAL]
    silent = np.setdiff1d(np.arange(vocab_size), ordinary)
    end_row = END_TOKEN_GAIN * output[specials["<|im_end|>"]]
    output[silent] = 0.0
    output[specials["<|im_end|>"]] = end_row


def to_bfloat16(values):
    """Round to nearest, ties to even; returned as the 16 bits of each value."""
    bits = values.view(np.uint32)
    return ((bits + 0x7FFF + ((bits >> 16) & 1)) >> 16).astype("<u2")


def write_safetensors(path, tensors):
    """Written by hand since numpy has no bfloat16: header length, header (name -> type, shape, byte range), data."""
    header, data = {"__metadata__": {"format": "pt"}}, b""
    for name, values in sorted(tensors.items()):
        raw = to_bfloat16(values).tobytes()
        header[name] = {"dtype": "BF16", "shape": list(values.shape), "data_offsets": [len(data), len(data) + len(raw)]}
        data += raw
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    path.write_bytes(len(text).to_bytes(8, "little") + text + data)


def main():
    model = train_tokenizer()
    (FOLDER / "tokenizer.model").write_bytes(model.SerializeToString(deterministic=True))
    specials = special_tokens(model)
    vocab_size = len(model.pieces) + len(ADDED_TOKENS)
    for name, content in {**tokenizer_files(specials), **model_files(vocab_size, specials)}.items():
        (FOLDER / name).write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")

    weights = RandomWeights()
    add_vision(weights)
    add_projector(weights)
    add_language_model(weights, model, vocab_size, specials)
    write_safetensors(FOLDER / "model.safetensors", weights.tensors)


if __name__ == "__main__":
    main()

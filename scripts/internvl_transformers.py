"""An InternVL-Chat checkpoint folder in Hugging Face transformers' own InternVL classes.

Development tool, used by compare_transformers.py. InternLM2 becomes transformers' Llama: its fused wqkv is taken apart, the
rest is renamed. Nothing is written to disk.
"""

import json
import re
from pathlib import Path

import sentencepiece
import torch
from PIL import Image
from safetensors import safe_open
from torchvision.transforms.functional import normalize, to_tensor
from transformers import InternVLConfig, InternVLForConditionalGeneration, InternVLVisionConfig, LlamaConfig
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
    (r"^language_model\.output\.", "lm_head."),
    (r"^language_model\.model\.", "model.language_model."),
    (r"\.tok_embeddings\.", ".embed_tokens."),
    (r"\.attention\.wo\.", ".self_attn.o_proj."),
    (r"\.feed_forward\.w1\.", ".mlp.gate_proj."),
    (r"\.feed_forward\.w3\.", ".mlp.up_proj."),
    (r"\.feed_forward\.w2\.", ".mlp.down_proj."),
    (r"\.attention_norm\.", ".input_layernorm."),
    (r"\.ffn_norm\.", ".post_attention_layernorm."),
]
# The order in which the reference cleans up decoded text.
CLEAN_UP = [(f" {end}", end) for end in (".", "?", "!", ",")] + [(" ' ", "'")]
CLEAN_UP += [(f" {end}", end) for end in ("n't", "'m", "'s", "'ve", "'re")]


def split_wqkv(weight, config):
    """Rows of each key/value head: its queries, its key, its value."""
    heads, kv_heads = config["num_attention_heads"], config["num_key_value_heads"]
    head_dim = config["hidden_size"] // heads
    group = heads // kv_heads
    blocks = weight.view(kv_heads, group + 2, head_dim, -1)
    return (
        blocks[:, :group].reshape(heads * head_dim, -1),
        blocks[:, group].reshape(kv_heads * head_dim, -1),
        blocks[:, group + 1].reshape(kv_heads * head_dim, -1),
    )


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


def read_tensors(folder, dtype):
    for path in sorted(folder.glob("*.safetensors")):
        with safe_open(path, "pt") as file:
            for name in file.keys():
                yield name, file.get_tensor(name).to(dtype)


def make_config(config, image_token):
    vision, llm = config["vision_config"], config["llm_config"]
    if llm["architectures"][0] != "InternLM2ForCausalLM" or config.get("select_layer", -1) != -1:
        raise SystemExit("only InternLM2 checkpoints that take the last vision layer can be converted")
    side = config.get("force_image_size") or vision["image_size"]
    if side != vision["image_size"]:
        raise SystemExit("a position table that has to be resized cannot be converted")
    same = ("hidden_size", "num_hidden_layers", "num_attention_heads", "intermediate_size")
    text = LlamaConfig(
        **{key: llm[key] for key in (*same, "num_key_value_heads", "vocab_size", "max_position_embeddings")},
        rms_norm_eps=llm["rms_norm_eps"],
        rope_theta=llm["rope_theta"],
        tie_word_embeddings=False,
    )
    return InternVLConfig(
        vision_config=InternVLVisionConfig(
            **{key: vision[key] for key in same},
            attention_bias=vision.get("qkv_bias", False),
            use_qk_norm=vision.get("qk_normalization", True),
            norm_type=vision.get("norm_type", "rms_norm"),
            layer_norm_eps=vision.get("layer_norm_eps", 1e-6),
            image_size=side,
            patch_size=vision["patch_size"],
        ),
        text_config=text,
        image_token_id=image_token,
        downsample_ratio=config.get("downsample_ratio", 0.5),
        tie_word_embeddings=False,
    )


def choose_grid(width, height, side, max_tiles):
    """The grid nearest to the picture's shape; of equally near ones the larger, if the picture fills half of it."""
    grids = {(c, r) for c in range(1, max_tiles + 1) for r in range(1, max_tiles + 1) if c * r <= max_tiles}
    best, best_difference = (1, 1), float("inf")
    for columns, rows in sorted(grids, key=lambda grid: grid[0] * grid[1]):
        difference = abs(width / height - columns / rows)
        if difference < best_difference:
            best, best_difference = (columns, rows), difference
        elif difference == best_difference and width * height > 0.5 * side * side * columns * rows:
            best = (columns, rows)
    return best


def load_tiles(path, side, max_tiles):
    """JPEG or PNG file to pixel values [tiles, 3, side, side], thumbnail last, with Pillow and torchvision."""
    picture = Image.open(path).convert("RGB")
    columns, rows = choose_grid(*picture.size, side, max_tiles)
    mosaic = picture.resize((columns * side, rows * side))
    boxes = [(c * side, r * side, (c + 1) * side, (r + 1) * side) for r in range(rows) for c in range(columns)]
    tiles = [mosaic.crop(box) for box in boxes]
    if len(tiles) > 1:
        tiles.append(picture.resize((side, side)))
    return torch.stack([normalize(to_tensor(tile), (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)) for tile in tiles])


class Tokenizer:
    """The checkpoint's SentencePiece model and the special tokens on top of it."""

    def __init__(self, folder):
        self.pieces = sentencepiece.SentencePieceProcessor(model_file=str(folder / "tokenizer.model"))
        listed = json.loads((folder / "tokenizer_config.json").read_text())["added_tokens_decoder"]
        self.special = {entry["content"]: int(number) for number, entry in listed.items()}
        self.special |= {"<unk>": 0, "<s>": 1, "</s>": 2}
        longest_first = sorted(self.special, key=len, reverse=True)
        self.pattern = re.compile("(" + "|".join(map(re.escape, longest_first)) + ")")

    def encode(self, text):
        ids = [1]
        for part in self.pattern.split(text):
            ids += [self.special[part]] if part in self.special else self.pieces.encode(part)
        return ids

    def decode(self, ids):
        """The answer as chat() returns it."""
        hidden = set(self.special.values())
        text = self.pieces.decode([number for number in ids if number not in hidden])
        for old, new in CLEAN_UP:
            text = text.replace(old, new)
        return text.strip()


class Chat:
    """Answers one question at a time, as the official scripts do."""

    def __init__(self, folder, dtype):
        folder = Path(folder)
        config = json.loads((folder / "config.json").read_text())
        self.tokenizer = Tokenizer(folder)
        self.end = self.tokenizer.special["<|im_end|>"]
        hf_config = make_config(config, self.tokenizer.special["<IMG_CONTEXT>"])
        self.side = hf_config.vision_config.image_size[0]
        self.tokens_per_tile = int(
            (self.side // config["vision_config"]["patch_size"] * hf_config.downsample_ratio) ** 2
        )
        with no_init_weights():
            self.model = InternVLForConditionalGeneration._from_config(
                hf_config, attn_implementation="sdpa", dtype=dtype
            )
        weights = dict(convert(read_tensors(folder, dtype), config["llm_config"]))
        self.model.load_state_dict(weights, strict=True, assign=True)
        self.model.eval()
        if config.get("ps_version", "v1") == "v1":  # transformers has "v2" only; "v1" leaves the two axes swapped
            shuffle = self.model.model.pixel_shuffle
            self.model.model.pixel_shuffle = lambda x, scale_factor: shuffle(x, scale_factor).transpose(1, 2)

    def prompt(self, system, question, tiles):
        image = "<img>" + "<IMG_CONTEXT>" * (self.tokens_per_tile * tiles) + "</img>\n"
        text = f"<|im_start|>system\n{system}<|im_end|><|im_start|>user\n{image}{question}<|im_end|>"
        return torch.tensor([self.tokenizer.encode(text + "<|im_start|>assistant\n")])

    @torch.inference_mode()
    def answer(self, path, max_tiles, system, question, max_new_tokens, min_new_tokens):
        pixels = load_tiles(path, self.side, max_tiles).to(self.model.dtype)
        ids = self.prompt(system, question, len(pixels))
        generated = self.model.generate(
            input_ids=ids,
            pixel_values=pixels,
            attention_mask=torch.ones_like(ids),
            do_sample=False,
            max_new_tokens=max_new_tokens,
            min_new_tokens=min_new_tokens,
            eos_token_id=self.end,
            pad_token_id=2,
        )
        new = generated[0, ids.shape[1] :].tolist()
        return self.tokenizer.decode(new[: new.index(self.end)] if self.end in new else new)

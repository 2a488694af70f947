"""What goes into an InternVL-Chat model: pixel values and token ids, made with Pillow, torchvision and SentencePiece.

Development tool, used by the comparisons.
"""

import json
import re
from pathlib import Path

import sentencepiece
import torch
from PIL import Image
from torchvision.transforms.functional import normalize, to_tensor

MEAN, DEVIATION = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)
# What stands in front of each speaker's words, and behind all of them.
TEMPLATES = {
    "internlm2-chat": ("<|im_start|>system\n", "<|im_start|>user\n", "<|im_start|>assistant\n", "<|im_end|>"),
    "phi3-chat": ("<|system|>\n", "<|user|>\n", "<|assistant|>\n", "<|end|>"),
}
# The order in which the reference cleans up decoded text.
CLEAN_UP = [(f" {end}", end) for end in (".", "?", "!", ",")] + [(" ' ", "'")]
CLEAN_UP += [(f" {end}", end) for end in ("n't", "'m", "'s", "'ve", "'re")]


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


def cut_tiles(path, side, max_tiles):
    """The tiles of a JPEG or PNG file as pictures, thumbnail last."""
    picture = Image.open(path).convert("RGB")
    columns, rows = choose_grid(*picture.size, side, max_tiles)
    mosaic = picture.resize((columns * side, rows * side))
    boxes = [(c * side, r * side, (c + 1) * side, (r + 1) * side) for r in range(rows) for c in range(columns)]
    tiles = [mosaic.crop(box) for box in boxes]
    if len(tiles) > 1:
        tiles.append(picture.resize((side, side)))
    return tiles


def load_tiles(path, side, max_tiles):
    """JPEG or PNG file to pixel values [tiles, 3, side, side], thumbnail last."""
    return torch.stack([normalize(to_tensor(tile), MEAN, DEVIATION) for tile in cut_tiles(path, side, max_tiles)])


class InternLM2Tokenizer:
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


class Phi3Tokenizer:
    """Transformers' own, for its rules about spaces next to special tokens."""

    def __init__(self, folder):
        from transformers import LlamaTokenizer  # slow to load, and not everyone who asks about InternLM2 has it

        self.tokenizer = LlamaTokenizer.from_pretrained(folder)
        self.special = self.tokenizer.get_added_vocab()

    def encode(self, text):
        return self.tokenizer.encode(text)

    def decode(self, ids):
        return self.tokenizer.decode(ids, skip_special_tokens=True, clean_up_tokenization_spaces=False).strip()


class Inputs:
    """Prompts of a checkpoint, and the text of its answers."""

    def __init__(self, folder):
        folder = Path(folder)
        self.config = json.loads((folder / "config.json").read_text())
        vision = self.config["vision_config"]
        self.side = self.config.get("force_image_size") or vision["image_size"]
        grid = self.side // vision["patch_size"] * self.config.get("downsample_ratio", 0.5)
        self.tokens_per_tile = int(grid**2)
        *self.headers, self.separator = TEMPLATES[self.config["template"]]
        self.tokenizer = (Phi3Tokenizer if self.config["template"] == "phi3-chat" else InternLM2Tokenizer)(folder)
        self.end = self.tokenizer.special[self.separator]
        self.image_token = self.tokenizer.special["<IMG_CONTEXT>"]

    def prompt(self, system, question, tiles):
        """Token ids of a question about one picture, or about none."""
        image = "<img>" + "<IMG_CONTEXT>" * (self.tokens_per_tile * tiles) + "</img>\n" if tiles else ""
        texts = [system + self.separator, image + question + self.separator, ""]
        return self.tokenizer.encode("".join(header + text for header, text in zip(self.headers, texts)))

    def answer(self, ids):
        """The text of generated tokens, up to the end of the turn."""
        return self.tokenizer.decode(ids[: ids.index(self.end)] if self.end in ids else ids)

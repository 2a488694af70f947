"""InternVL-Chat in PyTorch, small: parameter names and arithmetic are those of the published checkpoints.

Letters in shapes: P pages, T tokens of a page, N tokens of a tile inside the vision tower, H heads, E head width.
"""

from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import nn

IMAGE_MEAN, IMAGE_STD = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)


@dataclass(frozen=True)
class Sizes:
    """The nano checkpoint's shape."""

    vocab: int
    tile: int = 112
    patch: int = 14
    vision_width: int = 160
    vision_layers: int = 4
    vision_heads: int = 5
    vision_mlp: int = 512
    width: int = 192
    layers: int = 6
    heads: int = 6
    mlp: int = 432
    rope_theta: float = 10000.0

    @property
    def tokens_per_tile(self):
        return (self.tile // self.patch // 2) ** 2


def attend(queries, keys, values, bias=0.0):
    """softmax(q k / sqrt(E) + bias) v; written out: backward is several times faster than the fused one on a CPU."""
    scores = queries @ keys.transpose(-1, -2) * queries.shape[-1] ** -0.5 + bias
    return scores.softmax(-1) @ values


class VisionAttention(nn.Module):
    def __init__(self, width, heads):
        super().__init__()
        self.heads = heads
        self.qkv = nn.Linear(width, 3 * width)
        self.proj = nn.Linear(width, width)

    def forward(self, x):
        q, k, v = self.qkv(x).unflatten(-1, (3, self.heads, -1)).permute(2, 0, 3, 1, 4)
        return self.proj(attend(q, k, v).transpose(1, 2).flatten(2))


class VisionMlp(nn.Module):
    def __init__(self, width, hidden):
        super().__init__()
        self.fc1 = nn.Linear(width, hidden)
        self.fc2 = nn.Linear(hidden, width)

    def forward(self, x):
        return self.fc2(F.gelu(self.fc1(x)))


class VisionLayer(nn.Module):
    def __init__(self, sizes):
        super().__init__()
        width = sizes.vision_width
        self.norm1 = nn.LayerNorm(width, eps=1e-6)
        self.attn = VisionAttention(width, sizes.vision_heads)
        self.ls1 = nn.Parameter(torch.ones(width))
        self.norm2 = nn.LayerNorm(width, eps=1e-6)
        self.mlp = VisionMlp(width, sizes.vision_mlp)
        self.ls2 = nn.Parameter(torch.ones(width))

    def forward(self, x):
        x = x + self.ls1 * self.attn(self.norm1(x))
        return x + self.ls2 * self.mlp(self.norm2(x))


class VisionEmbeddings(nn.Module):
    def __init__(self, sizes):
        super().__init__()
        patches = (sizes.tile // sizes.patch) ** 2
        self.class_embedding = nn.Parameter(torch.randn(1, 1, sizes.vision_width))
        self.position_embedding = nn.Parameter(0.3 * torch.randn(1, 1 + patches, sizes.vision_width))
        self.patch_embedding = nn.Conv2d(3, sizes.vision_width, sizes.patch, sizes.patch)

    def forward(self, pixels):
        patches = self.patch_embedding(pixels).flatten(2).transpose(1, 2)
        return torch.cat([self.class_embedding.expand(len(pixels), -1, -1), patches], 1) + self.position_embedding


class VisionModel(nn.Module):
    def __init__(self, sizes):
        super().__init__()
        self.embeddings = VisionEmbeddings(sizes)
        self.encoder = nn.ModuleDict({"layers": nn.ModuleList(VisionLayer(sizes) for _ in range(sizes.vision_layers))})

    def forward(self, pixels):
        x = self.embeddings(pixels)
        for layer in self.encoder["layers"]:
            x = layer(x)
        return x


def pixel_shuffle_v1(x):
    """[tiles, rows, columns, C] -> [tiles, columns / 2, rows / 2, 4 C]: version 1 leaves the two axes swapped."""
    tiles, rows, columns, width = x.shape
    x = x.reshape(tiles, rows // 2, 2, columns // 2, 2, width)
    return x.permute(0, 3, 1, 2, 4, 5).reshape(tiles, columns // 2, rows // 2, 4 * width)


def rotary_table(positions, head_width, theta):
    """cos and sin for every position, [P, 1, T, E]; the second half of E repeats the first."""
    frequencies = theta ** (-torch.arange(0, head_width, 2, dtype=torch.float32) / head_width)
    angles = positions[:, None, :, None].float() * torch.cat([frequencies, frequencies])
    return angles.cos(), angles.sin()


def rotate(x, rotary):
    cos, sin = rotary
    first, second = x.chunk(2, -1)
    return x * cos + torch.cat([-second, first], -1) * sin


class RmsNorm(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(width))

    def forward(self, x):
        return self.weight * (x * torch.rsqrt(x.square().mean(-1, keepdim=True) + 1e-5))


class Attention(nn.Module):
    """As many key/value heads as query heads, so a row group of `wqkv` is one query, one key, one value."""

    def __init__(self, width, heads):
        super().__init__()
        self.heads = heads
        self.wqkv = nn.Linear(width, 3 * width, bias=False)
        self.wo = nn.Linear(width, width, bias=False)

    def project(self, x, rotary):
        """Queries, keys and values, each [P, H, T, E]; the first two rotated."""
        q, k, v = self.wqkv(x).unflatten(-1, (self.heads, 3, -1)).permute(3, 0, 2, 1, 4)
        return rotate(q, rotary).type_as(v), rotate(k, rotary).type_as(v), v

    def forward(self, x, rotary, bias):
        q, k, v = self.project(x, rotary)
        mixed = attend(q, k, v, bias)
        return self.wo(mixed.transpose(1, 2).flatten(2)), q, k


class FeedForward(nn.Module):
    def __init__(self, width, hidden):
        super().__init__()
        self.w1 = nn.Linear(width, hidden, bias=False)
        self.w3 = nn.Linear(width, hidden, bias=False)
        self.w2 = nn.Linear(hidden, width, bias=False)

    def forward(self, x):
        return self.w2(F.silu(self.w1(x)) * self.w3(x))


class DecoderLayer(nn.Module):
    def __init__(self, sizes):
        super().__init__()
        self.attention_norm = RmsNorm(sizes.width)
        self.attention = Attention(sizes.width, sizes.heads)
        self.ffn_norm = RmsNorm(sizes.width)
        self.feed_forward = FeedForward(sizes.width, sizes.mlp)

    def forward(self, x, rotary, bias):
        mixed, q, k = self.attention(self.attention_norm(x), rotary, bias)
        x = x + mixed
        return x + self.feed_forward(self.ffn_norm(x)), q, k


class Decoder(nn.Module):
    def __init__(self, sizes):
        super().__init__()
        self.tok_embeddings = nn.Embedding(sizes.vocab, sizes.width)
        self.layers = nn.ModuleList(DecoderLayer(sizes) for _ in range(sizes.layers))
        self.norm = RmsNorm(sizes.width)


class LanguageModel(nn.Module):
    def __init__(self, sizes):
        super().__init__()
        self.model = Decoder(sizes)
        self.output = nn.Linear(sizes.width, sizes.vocab, bias=False)


@dataclass
class Trace:
    """What a forward pass leaves for the loss. Lists have one entry per decoder layer."""

    hidden: list  # [P, T, width] after each layer
    queries: list  # [P, H, T, E]
    keys: list

    @property
    def last(self):
        return self.hidden[-1]


class Nano(nn.Module):
    def __init__(self, sizes):
        super().__init__()
        self.sizes = sizes
        self.vision_model = VisionModel(sizes)
        shuffled = 4 * sizes.vision_width
        self.mlp1 = nn.Sequential(
            nn.LayerNorm(shuffled), nn.Linear(shuffled, sizes.width), nn.GELU(), nn.Linear(sizes.width, sizes.width)
        )
        self.language_model = LanguageModel(sizes)

    def see(self, pixels):
        """[tiles, 3, 112, 112], normalised -> image tokens [tiles, 16, width]."""
        side = self.sizes.tile // self.sizes.patch
        patches = self.vision_model(pixels)[:, 1:].unflatten(1, (side, side))
        return self.mlp1(pixel_shuffle_v1(patches).flatten(1, 2))

    def think(self, ids, image_tokens, image_marks, positions, mask):
        """ids, positions [P, T]; `image_marks` [P, T] is true where `image_tokens` go, in order; mask [P, 1, T, T]."""
        decoder = self.language_model.model
        x = decoder.tok_embeddings(ids)
        x = x.masked_scatter(image_marks[..., None], image_tokens.reshape(-1, self.sizes.width).type_as(x))
        rotary = rotary_table(positions, self.sizes.width // self.sizes.heads, self.sizes.rope_theta)
        bias = torch.zeros(
            mask.shape, dtype=torch.get_autocast_dtype("cpu") if torch.is_autocast_enabled("cpu") else x.dtype
        ).masked_fill_(~mask, -1e4)
        trace = Trace([], [], [])
        for layer in decoder.layers:
            x, q, k = layer(x, rotary, bias)
            trace.hidden.append(x)
            trace.queries.append(q)
            trace.keys.append(k)
        return trace

    def speak(self, hidden):
        """Logits of every hidden state."""
        return self.language_model.output(self.language_model.model.norm(hidden))

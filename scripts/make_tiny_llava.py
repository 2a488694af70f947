"""Makes a LLaVA checkpoint of random weights and under a million parameters, to try a server with (docs/endpoints.md).

Its tokenizer knows the 256 bytes and a few special tokens; its pictures are 56 pixels wide. Needs transformers 5.24.
"""

import argparse

import torch
from tokenizers import Tokenizer, decoders, models, pre_tokenizers
from transformers import (
    CLIPImageProcessorPil,
    CLIPVisionConfig,
    LlamaConfig,
    LlavaConfig,
    LlavaForConditionalGeneration,
    LlavaProcessor,
    PreTrainedTokenizerFast,
)

SPECIAL = ["<unk>", "<s>", "</s>", "<image>", "<pad>"]
SIDE, PATCH = 56, 14
# Content is a string, or a list of parts with a picture in place of its text.
TEMPLATE = """{% for message in messages %}{{ message['role'] }}: {% if message['content'] is string -%}
{{ message['content'] }}{% else %}{% for part in message['content'] -%}
{% if part['type'] == 'image' %}<image>{% elif part['type'] == 'text' %}{{ part['text'] }}{% endif %}{% endfor -%}
{% endif %}
{% endfor %}{% if add_generation_prompt %}assistant: {% endif %}"""


def make_tokenizer():
    pieces = SPECIAL + sorted(pre_tokenizers.ByteLevel.alphabet())
    bytes_only = Tokenizer(models.BPE(vocab={piece: i for i, piece in enumerate(pieces)}, merges=[], unk_token="<unk>"))
    bytes_only.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    bytes_only.decoder = decoders.ByteLevel()
    return PreTrainedTokenizerFast(
        tokenizer_object=bytes_only,
        unk_token="<unk>",
        bos_token="<s>",
        eos_token="</s>",
        pad_token="<pad>",
        additional_special_tokens=["<image>"],
    )


def make_processor(tokenizer):
    pictures = CLIPImageProcessorPil(size={"shortest_edge": SIDE}, crop_size={"height": SIDE, "width": SIDE})
    return LlavaProcessor(
        image_processor=pictures,
        tokenizer=tokenizer,
        patch_size=PATCH,
        vision_feature_select_strategy="default",
        chat_template=TEMPLATE,
        image_token="<image>",
        num_additional_image_tokens=1,
    )


def make_model(vocabulary):
    torch.manual_seed(0)
    layers = {"num_hidden_layers": 2, "num_attention_heads": 2}
    vision = CLIPVisionConfig(hidden_size=32, intermediate_size=64, image_size=SIDE, patch_size=PATCH, **layers)
    text = LlamaConfig(
        vocab_size=vocabulary,
        hidden_size=64,
        intermediate_size=128,
        max_position_embeddings=8192,
        bos_token_id=SPECIAL.index("<s>"),
        eos_token_id=SPECIAL.index("</s>"),
        pad_token_id=SPECIAL.index("<pad>"),
        **layers,
    )
    image_token = SPECIAL.index("<image>")
    config = LlavaConfig(vision_config=vision, text_config=text, image_token_index=image_token, vision_feature_layer=-1)
    model = LlavaForConditionalGeneration(config)
    model.generation_config.eos_token_id = text.eos_token_id
    model.generation_config.pad_token_id = text.pad_token_id
    return model


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("out", help="folder to make")
    out = parser.parse_args().out
    tokenizer = make_tokenizer()
    model = make_model(len(tokenizer))
    model.save_pretrained(out)
    make_processor(tokenizer).save_pretrained(out)
    print(f"{out}: {model.num_parameters()} parameters")


if __name__ == "__main__":
    main()

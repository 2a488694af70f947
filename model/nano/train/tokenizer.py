"""The nano checkpoint's tokenizer: characters, bytes, and whole phrases for the fixed parts of a prompt.

A SentencePiece BPE model with InternLM2's settings and no merges: whatever is read off a page is spelled out in single
characters, and the wordings that never change take one token each. Run as a script to write the tokenizer's files.
"""

import io
import json
import string

import sentencepiece as spm
from paths import CHECKPOINT
from sentencepiece import sentencepiece_model_pb2
from wordings import SYSTEM_MESSAGES, phrases

import vocabulary

MAX_POSITIONS = 8192
PIECE = sentencepiece_model_pb2.ModelProto.SentencePiece
# As in InternLM2, the last six pieces of the SentencePiece model are placeholders that these tokens replace.
PLACEHOLDERS = [f"[UNUSED_TOKEN_{number}]" for number in range(141, 147)]
REPLACING_TOKENS = ["<|plugin|>", "<|interpreter|>", "<|action_end|>", "<|action_start|>", "<|im_end|>", "<|im_start|>"]
ADDED_TOKENS = ["<img>", "</img>", "<IMG_CONTEXT>", "<quad>", "</quad>", "<ref>", "</ref>", "<box>", "</box>"]


def characters():
    """Every character that has a piece of its own."""
    text = string.digits + string.ascii_letters + string.punctuation + " \n" + vocabulary.CHINESE
    text += "".join(phrases()) + "".join(SYSTEM_MESSAGES)
    return sorted(set(text))


def build_model():
    """The SentencePiece model: unknown, begin, end, 256 bytes, characters, phrases, placeholders."""
    alphabet = characters()
    model_bytes = io.BytesIO()
    spm.SentencePieceTrainer.train(
        sentence_iterator=iter(["".join(alphabet).replace("\n", "")] * 2),
        model_writer=model_bytes,
        model_type="bpe",
        vocab_size=3 + 256 + len(alphabet) - 1,
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
    model.pieces.add(piece="\n", score=model.pieces[-1].score - 1, type=PIECE.NORMAL)
    for text in phrases() + PLACEHOLDERS:
        model.pieces.add(piece=text.replace(" ", "\u2581"), score=0.0, type=PIECE.USER_DEFINED)
    model.trainer_spec.vocab_size = len(model.pieces)
    return model


def special_tokens(piece_count):
    """Token -> id, for every token that is not an ordinary piece."""
    first = piece_count - len(REPLACING_TOKENS)
    chat = {token: first + i for i, token in enumerate(REPLACING_TOKENS + ADDED_TOKENS)}
    return {"<unk>": 0, "<s>": 1, "</s>": 2, **chat}


class Tokenizer:
    """Text to ids, as the native tokenizer does it for prompts without special tokens in the text."""

    def __init__(self):
        self.pieces = spm.SentencePieceProcessor(model_file=str(CHECKPOINT / "tokenizer.model"))
        self.special = special_tokens(self.pieces.get_piece_size())
        self.vocab_size = self.pieces.get_piece_size() + len(ADDED_TOKENS)
        self._known = {}

    def encode(self, text):
        """Ids of a text, as a prompt is tokenised."""
        if text not in self._known:
            if len(self._known) > 100000:
                self._known.clear()
            self._known[text] = self.pieces.encode(text)
        return self._known[text]

    def spell(self, text):
        """Ids of a text in single characters, as answers are trained."""
        return [self.pieces.piece_to_id(character.replace(" ", "\u2581")) for character in text]

    def decode(self, ids):
        return self.pieces.decode([i for i in ids if i < self.special["<|plugin|>"]])


def _json_files(specials):
    added = REPLACING_TOKENS[::-1] + ADDED_TOKENS
    plain = {"lstrip": False, "normalized": False, "rstrip": False, "single_word": False}
    config = {
        "added_tokens_decoder": {str(i): {"content": token, **plain, "special": True} for token, i in specials.items()},
        "additional_special_tokens": added,
        "bos_token": "<s>",
        "clean_up_tokenization_spaces": False,
        "eos_token": "</s>",
        "model_max_length": MAX_POSITIONS,
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
        "generation_config.json": {"eos_token_id": [specials["<|im_end|>"], specials["<|im_start|>"]]},
    }


def main():
    model = build_model()
    (CHECKPOINT / "tokenizer.model").write_bytes(model.SerializeToString(deterministic=True))
    for name, content in _json_files(special_tokens(len(model.pieces))).items():
        (CHECKPOINT / name).write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()

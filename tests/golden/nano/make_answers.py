"""Draws held-out pages and writes what the nano checkpoint answers to questions about them in PyTorch, float32, greedily.

Run it again whenever `model/nano` changes, with the Python environment of model/nano/README.md.
"""

import json
import sys
from pathlib import Path
from random import Random

FOLDER = Path(__file__).resolve().parent
sys.path.insert(0, str(FOLDER.parents[2] / "model" / "nano" / "train"))

import torch  # noqa: E402
from export import load_checkpoint  # noqa: E402
from samples import draw_question  # noqa: E402
from tiles import choose_grid, cut_tiles  # noqa: E402
from tokenizer import Tokenizer  # noqa: E402
from wordings import SYSTEM_MESSAGES  # noqa: E402

from layouts import KINDS, draw_page  # noqa: E402
from questions import prompt  # noqa: E402
from vocabulary import HELD_OUT  # noqa: E402

PAGES, QUESTIONS, MAX_NEW_TOKENS = 40, 5, 12
GRIDS = [(3, 1), (4, 3), (3, 4), (3, 2)]
TILE_LIMITS = [12, 12, 12, 6, 1]


def prompt_ids(tokenizer, system, text, image_tokens):
    special = tokenizer.special
    ids = [special["<s>"], special["<|im_start|>"], *tokenizer.encode(f"system\n{system}"), special["<|im_end|>"]]
    ids += [special["<|im_start|>"], *tokenizer.encode("user\n"), special["<img>"]]
    ids += [special["<IMG_CONTEXT>"]] * image_tokens + [special["</img>"], *tokenizer.encode(f"\n{text}")]
    return [*ids, special["<|im_end|>"], special["<|im_start|>"], *tokenizer.encode("assistant\n")]


@torch.no_grad()
def answer(model, tokenizer, image_tokens, ids, draft):
    """Greedy answer, the end token included, and the least lead of a chosen token over the second best.

    `draft` is a guess of the answer's tokens: it is checked in one pass, and only what differs costs further passes.
    """
    context, end = tokenizer.special["<IMG_CONTEXT>"], tokenizer.special["<|im_end|>"]
    new, lead = [], float("inf")
    while len(new) < MAX_NEW_TOKENS and (not new or new[-1] != end):
        guess = draft[len(new) :]
        tokens = torch.tensor([ids + new + guess])
        mask = torch.ones(1, 1, tokens.shape[1], tokens.shape[1], dtype=torch.bool).tril()
        positions = torch.arange(tokens.shape[1])[None]
        trace = model.think(tokens, image_tokens, tokens == context, positions, mask)
        for logits, guessed in zip(model.speak(trace.last[0, len(ids + new) - 1 :]), [*guess, None]):
            best = logits.topk(2)
            lead = min(lead, (best.values[0] - best.values[1]).item())
            new.append(best.indices[0].item())
            if new[-1] != guessed or len(new) == MAX_NEW_TOKENS or new[-1] == end:
                break
    return new, lead


def main():
    torch.set_num_threads(1)
    tokenizer = Tokenizer()
    model = load_checkpoint(tokenizer)
    random = Random("golden answers")
    right = 0
    with open(FOLDER / "answers.jsonl", "w", encoding="utf-8") as file:
        for number in range(PAGES):
            page = draw_page(KINDS[number % len(KINDS)], number, HELD_OUT, GRIDS[number % len(GRIDS)])
            picture = f"page_{number:02}.png"
            page.image.save(FOLDER / picture, optimize=True)
            max_tiles = random.choice(TILE_LIMITS)
            grid = choose_grid(*page.image.size, model.sizes.tile, max_tiles)
            tiles = torch.from_numpy(cut_tiles(page.image, grid, model.sizes.tile))
            with torch.no_grad():
                image_tokens = model.see(tiles)
            for _ in range(QUESTIONS):
                question = draw_question(page, random, HELD_OUT)
                system, text = random.choice(SYSTEM_MESSAGES), prompt(question, random.choice([" ", "\n"]))
                ids = prompt_ids(tokenizer, system, text, len(tiles) * model.sizes.tokens_per_tile)
                draft = [*tokenizer.spell(question.answer), tokenizer.special["<|im_end|>"]]
                new, lead = answer(model, tokenizer, image_tokens, ids, draft)
                row = {"picture": picture, "max_tiles": max_tiles, "system": system, "question": text}
                row |= {"prompt_tokens": len(ids), "answer_ids": new, "lead": round(lead, 4)}
                row |= {"answer": tokenizer.decode(new), "reference": question.answer}
                file.write(json.dumps(row, ensure_ascii=False) + "\n")
                file.flush()
                right += row["answer"] == row["reference"]
    print(f"{right} of {PAGES * QUESTIONS} answers are right")


if __name__ == "__main__":
    main()

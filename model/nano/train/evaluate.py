"""Answers held-out questions with a save or with the checkpoint and prints what share of answers is exactly right.

Teacher forcing: each answer token is predicted after the right ones before it, and an answer counts only when all of
its tokens are predicted, which is the same as greedy decoding giving that answer.
"""

import argparse
import math
from pathlib import Path
from random import Random

import torch
from batches import collate
from export import load_checkpoint
from network import Nano, Sizes
from samples import make_sample
from tokenizer import Tokenizer
from train import KIND_SHARES

from vocabulary import HELD_OUT

SETS = {"small": [(2, 1), (2, 2), (3, 1)], "middle": [(3, 2), (2, 3)], "full": [(4, 3), (3, 4)]}
PAGES_AT_ONCE = 5
QUESTIONS = 8
Z95 = 1.96


def wilson(right, asked):
    """95 % interval of a share, in percent."""
    share, z = right / asked, Z95
    middle = share + z * z / (2 * asked)
    spread = z * math.sqrt(share * (1 - share) / asked + z * z / (4 * asked * asked))
    return tuple(100 * (middle + sign * spread) / (1 + z * z / asked) for sign in (-1, 1))


def held_out_samples(pages, name, max_tiles, tokenizer):
    """The same pages and questions for every tile limit."""
    random = Random(f"evaluate/{name}")
    for seed in range(pages):
        grid = random.choice(SETS[name])
        kinds = [kind for kind in KIND_SHARES if kind != "table" or grid[0] >= 3]
        kind = random.choices(kinds, [KIND_SHARES[kind] for kind in kinds])[0]
        yield make_sample(kind, f"{name}{seed}", HELD_OUT, grid, max_tiles, QUESTIONS, tokenizer)


@torch.no_grad()
def score(model, samples, precision):
    """Ability -> [right, asked]."""
    scores = {}
    samples = list(samples)
    for start in range(0, len(samples), PAGES_AT_ONCE):
        batch = collate(samples[start : start + PAGES_AT_ONCE])
        with torch.autocast("cpu", torch.bfloat16, enabled=precision == "bfloat16"):
            seen = model.see(batch.pixels)
            trace = model.think(batch.ids, seen, batch.image_marks, batch.positions, batch.mask)
            logits = model.speak(trace.last.flatten(0, 1)[batch.label_rows])
        wrong = (logits.argmax(-1) != batch.labels).float()
        for name, faults in zip(
            batch.names, torch.zeros(len(batch.names)).index_add_(0, batch.label_question, wrong).tolist()
        ):
            tally = scores.setdefault(name, [0, 0])
            tally[0] += faults == 0
            tally[1] += 1
    return scores


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--save", type=Path, help="a save of train.py; the checkpoint itself when left out")
    parser.add_argument("--pages", type=int, default=100, help="pages of a set")
    parser.add_argument("--sets", nargs="+", choices=list(SETS), default=list(SETS))
    parser.add_argument("--tiles", nargs="+", type=int, default=[1, 4, 6, 12])
    parser.add_argument("--precision", choices=["float32", "bfloat16"], default="float32")
    options = parser.parse_args()
    tokenizer = Tokenizer()
    if options.save:
        model = Nano(Sizes(tokenizer.vocab_size))
        model.load_state_dict(torch.load(options.save)["model"])
    else:
        model = load_checkpoint(tokenizer)
    print("| pages | tile limit | ability | right, % | 95 % interval | questions |\n|---|---|---|---|---|---|")
    for name in options.sets:
        for max_tiles in options.tiles:
            samples = held_out_samples(options.pages, name, max_tiles, tokenizer)
            for ability, (right, asked) in sorted(score(model, samples, options.precision).items()):
                low, high = wilson(right, asked)
                share = 100 * right / asked
                print(
                    f"| {name} | {max_tiles} | {ability} | {share:.1f} | {low:.0f} to {high:.0f} | {asked} |",
                    flush=True,
                )


if __name__ == "__main__":
    main()

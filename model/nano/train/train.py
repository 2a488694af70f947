"""Trains the nano checkpoint. Restarts from its last save; see ../README.md for the command and what came out.

Stage "see": the vision tower and projector learn which characters stand in each cell, without the language model.
Stage "answer": everything together, all losses of supervision.py. Pages grow with the share of time that has passed.
"""

import argparse
import json
import math
import os
import time
from pathlib import Path
from random import Random

import numpy as np
import torch
import torch.distributed as dist
import torch.multiprocessing as mp
from batches import collate
from dense import draw_dense_page
from muon import Muon
from network import Nano, Sizes
from samples import image_targets, make_sample
from supervision import Heads, losses, slots_loss
from tiles import cut_tiles
from tokenizer import Tokenizer

from canvas import TILE
from layouts import draw_page
from vocabulary import TRAIN

KIND_SHARES = {"document": 28, "receipt": 14, "table": 14, "chart": 22, "sign": 8, "words": 10, "chinese": 4}
SMALL_GRIDS = [(2, 1), (2, 2), (3, 1)]
GRIDS = [(2, 1), (1, 2), (2, 2), (3, 2), (2, 3), (4, 2), (4, 3), (3, 4)]
BATCH_TILES = 64  # of one rank, thumbnails included; smaller pages make a larger batch
QUESTIONS = 8  # of one page
SAVE_EVERY_S = 150


def pick_page(random, growth):
    """Grid and tile limit of a batch's pages: small pages alone until a growth of a third, then more and more others."""
    if random.random() > min(0.7, (growth - 0.33) / 0.4):
        return random.choice(SMALL_GRIDS), 12
    grid = random.choice(GRIDS + [(4, 3), (3, 4), (4, 3)])
    shrunk = random.random() < 0.1
    return grid, random.choice([4, 6]) if shrunk else 12


def draw_reading(seed, rank, step):
    """Tiles and targets of "see": dense pages, and a third of ordinary ones. None of the questions is needed."""
    random = Random(f"see/{seed}/{rank}/{step}")
    tiles, targets = [], []
    while len(tiles) < BATCH_TILES:
        grid, page_seed = random.choice([(2, 1), (2, 2), (3, 2)]), f"see/{seed}/{rank}/{step}/{len(tiles)}"
        kind = random.choice(["document", "chart", "sign", "words", "chinese"])
        page = draw_dense_page(page_seed, grid) if random.random() < 0.67 else draw_page(kind, page_seed, TRAIN, grid)
        cut = cut_tiles(page.image, grid, TILE)[:-1]  # without the thumbnail
        tiles.extend(cut)
        targets.append(image_targets(page, grid, len(cut) * Sizes(0).tokens_per_tile).slots)
    return torch.from_numpy(np.stack(tiles)), {"slots": torch.from_numpy(np.concatenate(targets))}


def draw_batch(seed, rank, step, growth, tokenizer):
    """Pages of "answer", all of one grid. `growth` in [0, 1] is how far the pages have grown."""
    random = Random(f"answer/{seed}/{rank}/{step}")
    grid, max_tiles = pick_page(random, growth)
    shares = {kind: share for kind, share in KIND_SHARES.items() if grid[0] >= 3 or kind != "table"}
    if grid[0] == 1:
        shares = {"sign": 1, "chinese": 1}
    count = max(2, BATCH_TILES // (min(grid[0] * grid[1], max_tiles) + 1))
    kinds = random.choices(list(shares), list(shares.values()), k=count)
    samples = [
        make_sample(kind, f"{seed}/{rank}/{step}/{i}", TRAIN, grid, max_tiles, QUESTIONS, tokenizer)
        for i, kind in enumerate(kinds)
    ]
    return collate(samples)


def make_optimisers(model, heads):
    """Muon for the matrices inside the network, AdamW for embeddings, norms, biases, the first and the last layer."""
    matrices, others = [], list(heads.parameters())
    for name, parameter in model.named_parameters():
        inner = parameter.ndim == 2 and "tok_embeddings" not in name and "output" not in name
        (matrices if inner else others).append(parameter)
    return [Muon(matrices, lr=0.02, weight_decay=0.01), torch.optim.AdamW(others, lr=0.003, betas=(0.9, 0.98))]


def rate(stage, progress, step):
    """Share of the full learning rate: warm-up, then constant; "answer" ends with a linear fall to 2 %."""
    fall = min(1.0, 0.02 + 0.98 * (1 - progress) / 0.4) if stage == "answer" else 1.0
    return min(1.0, (step + 1) / 50) * fall


def average_gradients(parameters):
    with_gradient = [p for p in parameters if p.grad is not None]
    flat = torch.cat([p.grad.flatten() for p in with_gradient])
    dist.all_reduce(flat)
    flat /= dist.get_world_size()
    flat *= min(1.0, 2.0 / (flat.norm().item() + 1e-6))
    for parameter, part in zip(with_gradient, flat.split([p.numel() for p in with_gradient])):
        parameter.grad.copy_(part.view_as(parameter))


class Tally:
    """Means of figures and right/asked counts since the last line of the log."""

    def __init__(self):
        self.figures, self.scores = {}, {}

    def add(self, figures, scores):
        for name, value in figures.items():
            if not math.isnan(value):
                self.figures.setdefault(name, []).append(value)
        for name, (right, asked) in scores.items():
            total = self.scores.setdefault(name, [0, 0])
            total[0] += right
            total[1] += asked

    def line(self):
        line = {name: round(sum(values) / len(values), 3) for name, values in self.figures.items()}
        line.update({f"{name}_exact": round(right / asked, 3) for name, (right, asked) in sorted(self.scores.items())})
        return line


def work(rank, options):
    torch.set_num_threads(options.threads)
    torch.manual_seed(options.seed + rank)
    dist.init_process_group(
        "gloo", init_method=f"file://{options.run.resolve()}/ranks", rank=rank, world_size=options.ranks
    )
    tokenizer = Tokenizer()
    torch.manual_seed(options.seed)
    model, heads = Nano(Sizes(tokenizer.vocab_size)), Heads(Sizes.width)
    optimisers = make_optimisers(model, heads)
    parameters = [*model.parameters(), *heads.parameters()]
    step, spent = 0, 0.0
    save = options.run / f"{options.stage}.pt"
    if save.exists():
        state = torch.load(save)
        step, spent = state["step"], state["spent"]
        for optimiser, saved in zip(optimisers, state["optimisers"]):
            optimiser.load_state_dict(saved)
    elif options.start:
        state = torch.load(options.start)
    if save.exists() or options.start:
        model.load_state_dict(state["model"])
        heads.load_state_dict(state["heads"])
    torch.manual_seed(options.seed + rank + step)

    began, saved_at, tally = time.monotonic() - spent, time.monotonic(), Tally()
    while True:
        clock = torch.tensor([time.monotonic() - began])
        dist.broadcast(clock, 0)
        spent = clock.item()
        progress = spent / (options.minutes * 60)
        finished = progress >= 1
        if rank == 0 and (finished or time.monotonic() - saved_at > SAVE_EVERY_S):
            saved_at = time.monotonic()
            state = {"model": model.state_dict(), "heads": heads.state_dict(), "step": step, "spent": spent}
            state["optimisers"] = [optimiser.state_dict() for optimiser in optimisers]
            torch.save(state, f"{save}.part")
            os.replace(f"{save}.part", save)
        if finished:
            break
        for optimiser, full in zip(optimisers, (options.muon_rate, options.adam_rate)):
            for group in optimiser.param_groups:
                group["lr"] = full * rate(options.stage, progress, step)
        if options.stage == "see":
            pixels, targets = draw_reading(options.seed, rank, step)
            with torch.autocast("cpu", torch.bfloat16):
                image_tokens = model.see(pixels)
            loss, cells = slots_loss(heads, image_tokens, targets)
            figures, scores = {"cells": cells, "loss": loss.item()}, {}
        else:
            growth = options.grown + (1 - options.grown) * progress
            loss, figures, scores = losses(model, heads, draw_batch(options.seed, rank, step, growth, tokenizer))
        for parameter in parameters:
            parameter.grad = None
        loss.backward()
        average_gradients(parameters)
        for optimiser in optimisers:
            optimiser.step()
        step += 1
        tally.add(figures, scores)
        if rank == 0 and step % options.log_every == 0:
            line = json.dumps({"s": round(spent), "step": step, **tally.line()})
            print(line, flush=True)
            with open(options.run / f"{options.stage}.jsonl", "a", encoding="utf-8") as log:
                log.write(line + "\n")
            tally = Tally()
    dist.destroy_process_group()


def main():
    os.environ.setdefault("ONEDNN_PRIMITIVE_CACHE_CAPACITY", "8192")  # kernels of all shapes of the run
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--stage", choices=["see", "answer"], required=True)
    parser.add_argument("--run", type=Path, required=True, help="folder of saves and logs")
    parser.add_argument("--start", type=Path, help="save of another stage to start from")
    parser.add_argument("--minutes", type=float, required=True, help="time of the stage; the learning rate follows it")
    parser.add_argument("--grown", type=float, default=0.0, help="how far pages have grown at the start, 0 to 1")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--ranks", type=int, default=2, help="processes, whose gradients are averaged")
    parser.add_argument("--threads", type=int, default=1, help="threads of one process")
    parser.add_argument("--muon-rate", type=float, default=0.02)
    parser.add_argument("--adam-rate", type=float, default=0.003)
    parser.add_argument("--log-every", type=int, default=25)
    options = parser.parse_args()
    options.run.mkdir(parents=True, exist_ok=True)
    (options.run / "ranks").unlink(missing_ok=True)
    mp.spawn(work, (options,), nprocs=options.ranks)


if __name__ == "__main__":
    main()

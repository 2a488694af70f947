"""PageSamples side by side in padded tensors."""

from dataclasses import dataclass

import numpy as np
import torch
from samples import FIRST, IGNORE, _CODE


@dataclass
class Batch:
    """P pages of at most T tokens. Rows of guides and offers point at (page, place)."""

    pixels: torch.Tensor  # [tiles, 3, 112, 112]
    ids: torch.Tensor  # [P, T]
    positions: torch.Tensor  # [P, T]
    image_marks: torch.Tensor  # [P, T]
    mask: torch.Tensor  # [P, 1, T, T], true where attention may look
    image_targets: dict  # name -> [image tokens of all pages, ...]
    label_rows: torch.Tensor  # [L] flat places that predict an answer token
    labels: torch.Tensor  # [L]
    label_weights: torch.Tensor  # [L]
    label_question: torch.Tensor  # [L] index into names
    names: list  # ability of each question
    guide_rows: torch.Tensor  # [G, 2] (page, place) that predicts an answer character ...
    guide_targets: torch.Tensor  # [G, T] ... and the image tokens that hold it
    offer_rows: torch.Tensor  # [O, 2] end of an option or claim ...
    offer_targets: torch.Tensor  # [O, T] ... the text on the page that it equals, or the first token if there is none
    offer_right: torch.Tensor  # [O] whether it is the answer
    offer_first: torch.Tensor  # [O, FIRST] its first characters
    route_rows: torch.Tensor  # [R, 2] (page, place) that predicts the letter of a choice ...
    route_targets: torch.Tensor  # [R, T] ... and the end of the right option


def collate(samples):
    lengths = [len(s.prefix) + sum(len(b.ids) for b in s.branches) for s in samples]
    width = -(-max(lengths) // 64) * 64  # few different shapes: see supervision.py
    shape = (len(samples), width)
    ids, positions = np.zeros(shape, np.int64), np.zeros(shape, np.int64)
    branch_of = np.full(shape, -1, np.int64)
    marks = np.zeros(shape, bool)
    labels, names = [], []  # labels: (flat place, token, weight, question)
    guides, offers, routes = [], [], []

    for page, sample in enumerate(samples):
        end = len(sample.prefix)
        ids[page, :end] = sample.prefix
        positions[page, :end] = np.arange(end)
        branch_of[page, :end] = 0
        marks[page, sample.image_start : sample.image_start + sample.image_tokens] = True
        for number, branch in enumerate(sample.branches, 1):
            start, stop = end, end + len(branch.ids)
            ids[page, start:stop] = branch.ids
            positions[page, start:stop] = len(sample.prefix) + np.arange(stop - start)
            branch_of[page, start:stop] = number
            spelled = branch.name not in ("choice", "yes_no")
            for i in range(branch.answer_start, len(branch.ids)):
                weight = 1.0 if spelled or i > branch.answer_start else 2.0
                labels.append((page * width + start + i - 1, branch.ids[i], weight, len(names)))
            for n, token in enumerate(branch.evidence):
                guides.append((page, start + branch.answer_start + n - 1, [sample.image_start + token]))
            for place, text, right, tokens in branch.offers:
                targets = [sample.image_start + token for token in set(tokens)] if right else [0]
                offers.append((page, start + place, targets, right, [_CODE[c] for c in text[:FIRST]]))
                if right and branch.name == "choice":
                    routes.append((page, start + branch.answer_start - 1, [start + place]))
            names.append(branch.name)
            end = stop

    def targets_of(rows):
        targets = np.zeros((len(rows), width), bool)
        for row, entry in zip(targets, rows):
            row[entry[2]] = True
        return torch.from_numpy(targets)

    first = np.array([entry[4] + [IGNORE] * (FIRST - len(entry[4])) for entry in offers], np.int64).reshape(-1, FIRST)
    branch_of = torch.from_numpy(branch_of)
    same = branch_of[:, :, None] == branch_of[:, None, :]
    mask = (same | (branch_of[:, None, :] == 0)) & torch.ones(width, width, dtype=torch.bool).tril()
    label_rows, label_ids, weights, question = zip(*labels)
    image_targets = {
        name: torch.from_numpy(np.concatenate([getattr(sample.targets, name) for sample in samples]))
        for name in ("slots", "subject", "column", "ordinal", "first")
    }
    return Batch(
        pixels=torch.from_numpy(np.concatenate([sample.tiles for sample in samples])),
        ids=torch.from_numpy(ids),
        positions=torch.from_numpy(positions),
        image_marks=torch.from_numpy(marks),
        mask=mask[:, None],
        image_targets=image_targets,
        label_rows=torch.tensor(label_rows),
        labels=torch.tensor(label_ids),
        label_weights=torch.tensor(weights),
        label_question=torch.tensor(question),
        names=names,
        guide_rows=torch.tensor([entry[:2] for entry in guides], dtype=torch.long).reshape(-1, 2),
        guide_targets=targets_of(guides),
        offer_rows=torch.tensor([entry[:2] for entry in offers], dtype=torch.long).reshape(-1, 2),
        offer_targets=targets_of(offers),
        offer_right=torch.tensor([float(entry[3]) for entry in offers]),
        offer_first=torch.from_numpy(first),
        route_rows=torch.tensor([entry[:2] for entry in routes], dtype=torch.long).reshape(-1, 2),
        route_targets=targets_of(routes),
    )

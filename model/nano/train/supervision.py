"""Losses. Beside the answers, intermediate layers are told what they should know; none of this is in the checkpoint.

* Image tokens, straight from the projector: which characters stand in the cell.
* Image tokens after decoder layer TELL: subject, table column, place in the text, first characters of the text.
* Heads 0 to 3 of layer GUIDE, where an answer character is written: look at the image tokens that hold it.
* Heads 4 and 5, where an option or claim ends: look at the equal text on the page, at the first token if it is wrong.
* Ends of options and claims after layer JUDGE: is it the answer?
* Heads 0 and 1 of layer ROUTE, where the letter of a choice is written: look at the end of the right option.
"""

import torch
import torch.nn.functional as F
from samples import ALPHABET, FIRST, IGNORE, MAX_ORDINAL, SLOTS, SUBJECTS
from torch import nn

from vocabulary import TABLE_COLUMNS

TELL, GUIDE, JUDGE, ROUTE = 2, 3, 3, 4  # decoder layers, counted from 0
RIGHT_OFFER_WEIGHT = 2.3  # three in ten options and claims are right
SPELLING_HEADS, OFFER_HEADS, ROUTE_HEADS = slice(0, 4), slice(4, 6), slice(0, 2)

WEIGHTS = {
    "answer": 1.0,
    "slots": 1.0,
    "subject": 0.4,
    "column": 0.2,
    "ordinal": 0.4,
    "first": 0.4,
    "guide": 0.5,
    "offer_guide": 0.6,
    "route": 0.3,
    "offer_first": 0.3,
    "verdict": 0.5,
}


class Heads(nn.Module):
    """Linear readings of hidden states, used in training only."""

    def __init__(self, width):
        super().__init__()
        letters = len(ALPHABET) + 1
        self.slots = nn.Linear(width, SLOTS * letters)
        self.subject = nn.Linear(width, len(SUBJECTS))
        self.column = nn.Linear(width, len(TABLE_COLUMNS))
        self.ordinal = nn.Linear(width, MAX_ORDINAL)
        self.first = nn.Linear(width, FIRST * letters)
        self.verdict = nn.Linear(width, 1)


def _told(head, hidden, targets, parts=1):
    """Mean cross-entropy of the rows that have a target, and the share of right ones."""
    rows = (targets.reshape(len(targets), -1) != IGNORE).any(1)
    if not rows.any():
        return hidden.sum() * 0, float("nan")
    logits = head(hidden[rows]).unflatten(-1, (parts, -1)).flatten(0, 1)
    wanted = targets[rows].flatten()
    known = wanted != IGNORE
    right = (logits.argmax(-1) == wanted)[known].float().mean().item()
    return F.cross_entropy(logits, wanted, ignore_index=IGNORE), right


def slots_loss(heads, image_tokens, targets):
    """Characters of each cell; empty cells are thinned out. Also the share of cells with text read without a fault."""
    slots = targets["slots"]
    written = slots[:, 0] > 0
    rows = written | ((slots[:, 0] == 0) & (torch.rand(len(slots)) < 0.1))
    logits = heads.slots(image_tokens.flatten(0, 1)[rows].float()).unflatten(-1, (SLOTS, -1))
    wanted = slots[rows]
    exact = (logits.argmax(-1) == wanted).all(1)[wanted[:, 0] > 0].float().mean().item()
    return F.cross_entropy(logits.flatten(0, 1), wanted.flatten()) * 2, exact


def _guide_loss(trace, layer, heads, rows, targets, mask, weights=None):
    """-log of the attention on the targets, a mean over heads and (weighted) rows, and that attention."""
    if not len(rows):
        return trace.last.sum() * 0, float("nan")
    weights = torch.ones(len(rows)) if weights is None else weights
    page, place = rows.T
    queries = trace.queries[layer][page, heads, place].float()  # [G, heads, E]
    keys = trace.keys[layer][:, heads].float()
    scores = torch.cat(
        [torch.einsum("ghe,hte->ght", queries[page == p], keys[p]) for p in torch.unique_consecutive(page)]
    )
    scores = scores * queries.shape[-1] ** -0.5
    scores = scores.masked_fill(~mask[page, 0, place][:, None], float("-inf"))
    on_target = scores.masked_fill(~targets[:, None], float("-inf")).logsumexp(-1) - scores.logsumexp(-1)
    return -(on_target.mean(1) * weights).sum() / weights.sum(), on_target.exp().mean().item()


def losses(model, heads, batch):
    """The weighted sum to minimise, and figures for the log: name -> number, and per ability [right, asked]."""
    with torch.autocast("cpu", torch.bfloat16):
        image_tokens = model.see(batch.pixels)
        trace = model.think(batch.ids, image_tokens, batch.image_marks, batch.positions, batch.mask)
    # From here on the number of rows differs from step to step. bfloat16 products build a kernel for every new shape,
    # which costs more than they save, so these are float32.
    logits = model.speak(trace.last.flatten(0, 1)[batch.label_rows])
    answer = F.cross_entropy(logits, batch.labels, reduction="none")
    answer = (answer * batch.label_weights).sum() / batch.label_weights.sum()

    parts = {"answer": answer}
    figures = {}
    parts["slots"], figures["cells"] = slots_loss(heads, image_tokens, batch.image_targets)
    told = trace.hidden[TELL][batch.image_marks]
    for name, count in (("subject", 1), ("column", 1), ("ordinal", 1), ("first", FIRST)):
        targets = batch.image_targets[name]
        parts[name], figures[name] = _told(getattr(heads, name), told, targets, count)
    weights = 1 + (RIGHT_OFFER_WEIGHT - 1) * batch.offer_right
    for name, layer, attention_heads, rows, targets, row_weights in (
        ("guide", GUIDE, SPELLING_HEADS, batch.guide_rows, batch.guide_targets, None),
        ("offer_guide", GUIDE, OFFER_HEADS, batch.offer_rows, batch.offer_targets, weights),
        ("route", ROUTE, ROUTE_HEADS, batch.route_rows, batch.route_targets, None),
    ):
        parts[name], figures[name] = _guide_loss(trace, layer, attention_heads, rows, targets, batch.mask, row_weights)
    if len(batch.offer_rows):
        page, place = batch.offer_rows.T
        spelled = trace.hidden[TELL][page, place]
        parts["offer_first"], figures["offer_first"] = _told(heads.first, spelled, batch.offer_first, FIRST)
        verdict = heads.verdict(trace.hidden[JUDGE][page, place])[:, 0]
        parts["verdict"] = F.binary_cross_entropy_with_logits(verdict, batch.offer_right, weights)
        figures["verdict"] = ((verdict > 0) == (batch.offer_right > 0.5)).float().mean().item()

    right = logits.argmax(-1) == batch.labels
    wrong_tokens = torch.zeros(len(batch.names)).index_add_(0, batch.label_question, (~right).float())
    scores = {}
    for name, wrong in zip(batch.names, wrong_tokens.tolist()):
        tally = scores.setdefault(name, [0, 0])
        tally[0] += wrong == 0
        tally[1] += 1
    figures["loss"] = answer.item()
    # A head without a target in this batch still gets a gradient, of zeros: all ranks must average the same parameters.
    unused = sum(parameter.sum() for parameter in heads.parameters()) * 0
    return sum(WEIGHTS[name] * part for name, part in parts.items()) + unused, figures, scores

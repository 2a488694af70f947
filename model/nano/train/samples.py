"""Pages as training tensors: tiles, one token sequence with several questions, and what supervision needs to know.

All questions of a page share its prefix (system message and picture): the sequence is prefix, branch 1, branch 2 ...;
a branch sees the prefix and itself, and its positions go on from the prefix's end, as if it had been asked alone.
"""

from dataclasses import dataclass, field
from random import Random

import numpy as np
import paths  # noqa: F401
from tiles import choose_grid, cut_tiles
from wordings import SYSTEM_MESSAGES, asked_as

import vocabulary
from canvas import TILE
from layouts import draw_page, make_choice, make_yes_no
from questions import LETTERS

IGNORE = -100
CELL = 28  # pixels of an image token's side
CELLS = TILE // CELL
SLOTS = 5  # characters that are told of one image token
FIRST = 4  # characters that are told of one text
MAX_ORDINAL = 10
LEGIBLE = 10.0  # least font size in pixels, after scaling, for which supervision is given
ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz.,$%" + vocabulary.CHINESE
SUBJECTS = [*vocabulary.KEYS, *vocabulary.ITEMS, *vocabulary.MONTHS, "Title", "Sign", "Word"]
_CODE = {character: i + 1 for i, character in enumerate(ALPHABET)}  # 0: no character
_SUBJECT = {subject: i for i, subject in enumerate(SUBJECTS)}
_COLUMN = {column: i for i, column in enumerate(vocabulary.TABLE_COLUMNS)}


@dataclass
class ImageTargets:
    """What each image token of a page shows, IGNORE where nothing is told. M image tokens."""

    slots: np.ndarray  # [M, SLOTS] characters whose centre lies in the cell, in reading order
    subject: np.ndarray  # [M] subject of the text, from its last key token on
    column: np.ndarray  # [M] head of the table column
    ordinal: np.ndarray  # [M] place in its text of the cell's first character
    first: np.ndarray  # [M, FIRST] first characters of the text, as far as read


@dataclass
class Branch:
    """One question with its answer; positions count from the branch's own start."""

    ids: list
    answer_start: int  # place of the first answer token
    name: str  # for statistics: "chart", "choice", "yes_no" ...
    answer: str
    evidence: list = field(default_factory=list)  # image tokens that hold each answer character (short answers)
    offers: list = field(default_factory=list)  # (place, text, right?, image tokens) of each option or claim


@dataclass
class PageSample:
    tiles: np.ndarray  # [n, 3, TILE, TILE]
    prefix: list
    image_start: int
    image_tokens: int
    targets: ImageTargets
    branches: list


def locate(text, page, grid):
    """Image token of each character's centre; pixel shuffle v1 numbers a tile's cells column by column."""
    columns, rows = grid
    scale_x, scale_y = columns * TILE / page.image.width, rows * TILE / page.image.height
    tokens = []
    for left, top, right, bottom in text.boxes:
        x = min(int((left + right) / 2 * scale_x) // CELL, columns * CELLS - 1)
        y = min(int((top + bottom) / 2 * scale_y) // CELL, rows * CELLS - 1)
        tile = y // CELLS * columns + x // CELLS
        tokens.append(tile * CELLS * CELLS + x % CELLS * CELLS + y % CELLS)
    return tokens


def is_legible(page, grid, text):
    size = (text.boxes[0][3] - text.boxes[0][1]) * 0.8
    scale = min(grid[0] * TILE / page.image.width, grid[1] * TILE / page.image.height)
    return size * scale >= LEGIBLE


def image_targets(page, grid, count):
    """Targets of all image tokens; the thumbnail's are told nothing."""
    told = grid[0] * grid[1] * CELLS * CELLS
    slots = np.full((count, SLOTS), IGNORE, np.int64)
    slots[:told] = 0
    subject, column, ordinal = (np.full(count, IGNORE, np.int64) for _ in range(3))
    first = np.full((count, FIRST), IGNORE, np.int64)
    filled = np.zeros(count, int)
    for text in page.texts:
        tokens = locate(text, page, grid)
        if not is_legible(page, grid, text):
            slots[tokens] = IGNORE
            continue
        for place, (token, character) in enumerate(zip(tokens, text.string)):
            if filled[token] < SLOTS and slots[token, 0] != IGNORE:
                slots[token, filled[token]] = _CODE[character]
            filled[token] += 1
            if ordinal[token] == IGNORE:
                ordinal[token] = min(place, MAX_ORDINAL - 1)
            known = min(place + 1, FIRST)
            first[token, :known] = [_CODE[letter] for letter in text.string[:known]]
        subject_tokens = tokens if text.is_value else tokens[-1:]
        subject[subject_tokens] = _SUBJECT[text.subject]
        if text.column:
            column[tokens] = _COLUMN[text.column]
    return ImageTargets(slots, subject, column, ordinal, first)


def make_branch(page, question, grid, tokenizer, random):
    special = tokenizer.special
    text, is_mathvista = asked_as(question, random)
    ids = tokenizer.encode(text) + [special["<|im_end|>"], special["<|im_start|>"], *tokenizer.encode("assistant\n")]
    answer = tokenizer.spell(question.answer) + [special["<|im_end|>"]]
    name = question.about if question.kind == "short" else question.kind
    branch = Branch(ids + answer, len(ids), name, question.answer)
    if question.evidence is None:
        return branch
    text = page.texts[question.evidence]
    if not is_legible(page, grid, text):
        return branch
    tokens = locate(text, page, grid)
    if question.kind == "short":
        branch.evidence = tokens
    elif question.kind == "choice" and is_mathvista:
        return branch  # its options are not told apart here
    elif question.kind == "choice":
        for letter, choice in zip(LETTERS, question.choices):
            start = ids.index(tokenizer.encode(f"\n{letter}. ")[0])
            branch.offers.append((start + len(tokenizer.encode(choice)), choice, letter == question.answer, tokens))
    else:
        until_claim = question.text[: question.text.rindex(question.claim) + len(question.claim)]
        place = len(tokenizer.encode(until_claim)) - 1
        branch.offers.append((place, question.claim, question.answer == "Yes", tokens))
    return branch


def draw_question(page, random, split):
    """One question about the page: three in five short, the others a choice or a claim."""
    question = random.choice(page.questions)
    several_words = question.about == "word" and len(page.questions) > 2
    form = random.random()
    if form < 0.6 and not several_words:
        return question
    if form < 0.8 or not question.assertion:
        return make_choice(page, question, random, split)
    return make_yes_no(page, question, random, split)


def make_sample(kind, seed, split, grid, max_tiles, questions, tokenizer):
    """One page with `questions` branches. A limit below the page's own tiles shrinks its text."""
    random = Random(f"sample/{split}/{kind}/{seed}")
    page = draw_page(kind, seed, split, grid)
    asked = [draw_question(page, random, split) for _ in range(questions)]
    return pose(page, asked, max_tiles, tokenizer, random)


def pose(page, asked, max_tiles, tokenizer, random):
    """A page and the questions about it as a sample."""
    tiles_grid = choose_grid(*page.image.size, TILE, max_tiles)
    tiles = cut_tiles(page.image, tiles_grid, TILE)
    count = len(tiles) * CELLS * CELLS
    special = tokenizer.special
    prefix = [special["<s>"], special["<|im_start|>"], *tokenizer.encode("system\n" + random.choice(SYSTEM_MESSAGES))]
    prefix += [special["<|im_end|>"], special["<|im_start|>"], *tokenizer.encode("user\n"), special["<img>"]]
    image_start = len(prefix)
    prefix += [special["<IMG_CONTEXT>"]] * count + [special["</img>"], *tokenizer.encode("\n")]
    branches = [make_branch(page, question, tiles_grid, tokenizer, random) for question in asked]
    return PageSample(tiles, prefix, image_start, count, image_targets(page, tiles_grid, count), branches)

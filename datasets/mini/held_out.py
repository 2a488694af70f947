"""Pages of the held-out split, which the nano checkpoint was not trained on, and questions picked from them."""

from itertools import count
from random import Random

from layouts import draw_page, make_choice
from questions import LETTERS

SPLIT = "held_out"
SMALL = [(2, 2), (3, 2), (2, 3)]  # columns, rows of tiles: readable with every benchmark's tile limit
FULL = [(4, 2), (4, 3), (3, 4)]  # readable with 8 or 12 tiles
TABLE_COLUMNS = 3  # of tiles, at least


def draw_pages(seed, kinds, grids, amount):
    """`amount` pages; the kinds take turns and each gets a random grid that is wide enough for it."""
    random = Random(seed)
    pages = []
    for number in range(amount):
        kind = kinds[number % len(kinds)]
        fitting = [grid for grid in grids if kind != "table" or grid[0] >= TABLE_COLUMNS]
        pages.append(draw_page(kind, f"{seed}/{number}", SPLIT, random.choice(fitting)))
    return pages


def find_page(seed, kind, grid, fits):
    """The first page of the seed's series for which `fits(page)` is true."""
    candidates = (draw_page(kind, f"{seed}/{number}", SPLIT, grid) for number in count())
    return next(page for page in candidates if fits(page))


def asks(text):
    """For find_page: the page has the question `text`."""
    return lambda page: any(question.text == text for question in page.questions)


def question_on(page, text):
    return next(question for question in page.questions if question.text == text)


def pick(page, random, amount=1):
    """Random questions of the page. Scattered words are left out: which one is meant can only be asked as a choice."""
    return random.sample([question for question in page.questions if not _is_scattered(question)], amount)


def _is_scattered(question):
    return question.text == "Which word is in the picture?"


def pick_choice(page, seed):
    """A random question of the page with four options."""
    random = Random(seed)
    return make_choice(page, random.choice(page.questions), random, SPLIT)


def wrong_claim(page, question, seed):
    """Another answer of the same kind, for a yes/no question to be denied."""
    choice = make_choice(page, question, Random(seed), SPLIT)
    return next(text for text in choice.choices if text != question.answer)


def options(question):
    """The columns A to D of a question with options."""
    return dict(zip(LETTERS, question.choices))

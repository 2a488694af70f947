"""The kinds of pages. `draw_page` is the one entry: a kind, a split and a seed give a page with its questions."""

from random import Random

import vocabulary
from canvas import BASELINE, LATIN_FONTS, LINE, TILE, Canvas
from questions import LETTERS, Question, as_choice, as_yes_no

# Columns, rows of tiles. Each is what dynamic tiling picks for its own size under any tile limit that allows it.
GRIDS = [(2, 1), (1, 2), (2, 2), (3, 2), (2, 3), (4, 2), (4, 3), (3, 4)]
PAPERS = [((255, 255, 255), (0, 0, 0)), ((252, 248, 236), (40, 30, 20)), ((236, 242, 250), (20, 30, 60))]
DARK_PAPER = ((30, 34, 40), (240, 240, 240))
MARGIN = 6
LOWEST_SIZE, HIGHEST_SIZE = 17, 20


def new_canvas(random, grid):
    """An empty page with a random paper, face and size."""
    paper = DARK_PAPER if random.random() < 0.12 else random.choice(PAPERS)
    font = random.choice(LATIN_FONTS)
    highest = HIGHEST_SIZE - 2 if font == "mono" else HIGHEST_SIZE
    return Canvas(grid, *paper, font, random.randint(LOWEST_SIZE, highest))


def line_baseline(random, line):
    """Baseline of a text line in pixels, a pixel up or down."""
    return line * LINE + BASELINE + random.randint(-1, 1)


def _title(canvas, random, split):
    title = vocabulary.make_word(random, split).upper()
    left = (canvas.width - canvas.text_width(title)) // 2
    index = canvas.text(left, line_baseline(random, 0), title, "Title", is_value=True)
    _ask(canvas, "title", "the title", title, index)


def _rows(canvas, random, first_line, about, rows):
    """Key and value rows. `rows` has (key, value, what the question calls it) triples."""
    column = random.randint(MARGIN, MARGIN + 8) + max(canvas.text_width(key) for key, _, _ in rows) + 14
    column = -(-column // LINE) * LINE + random.randint(0, 6)  # values of a column begin together, near a token's edge
    for i, (key, value, subject) in enumerate(rows):
        baseline = line_baseline(random, first_line + i)
        canvas.text(MARGIN, baseline, key, key)
        left = min(column, canvas.width - canvas.text_width(value))
        _ask(canvas, about, subject, value, canvas.text(left, baseline, value, key, is_value=True))


def _ask(canvas, about, subject, value, index):
    text, assertion = f"What is {subject}?", f"Is {subject} {{}}?"
    canvas.page.questions.append(Question("short", about, text, value, index, assertion=assertion))


def _draw_document(random, split, grid):
    canvas = new_canvas(random, grid)
    titled = canvas.lines > 4 and random.random() < 0.5
    if titled:
        _title(canvas, random, split)
    most = canvas.lines - titled
    keys = random.sample(sorted(vocabulary.KEYS), random.randint(max(2, most - 3), most))
    values = [vocabulary.make_value(random, split, vocabulary.KEYS[key]) for key in keys]
    rows = [(key, value, f"the {key.lower()}") for key, value in zip(keys, values)]
    _rows(canvas, random, int(titled), "key_value", rows)
    return canvas


def _draw_receipt(random, split, grid):
    canvas = new_canvas(random, grid)
    _title(canvas, random, split)
    items = random.sample(vocabulary.ITEMS, random.randint(2, canvas.lines - 2))
    prices = [vocabulary.make_value(random, split, "amount") for _ in [*items, "Total"]]
    rows = [(item, price, f"the price of {item.lower()}") for item, price in zip(items, prices)]
    _rows(canvas, random, 1, "receipt", [*rows, ("Total", prices[-1], "the total")])
    rule = (1 + len(items)) * LINE
    canvas.draw.line([(MARGIN, rule), (canvas.width - MARGIN, rule)], canvas.ink)
    return canvas


def _draw_table(random, split, grid):
    canvas = new_canvas(random, grid)
    items = random.sample(vocabulary.ITEMS, random.randint(2, canvas.lines - 1))
    columns = random.sample(vocabulary.TABLE_COLUMNS, 2)
    lefts = [LINE * 4 + random.randint(0, 6), LINE * 8 + random.randint(0, 6)]
    for left, column in zip(lefts, columns):
        canvas.text(left, line_baseline(random, 0), column, column)
    for i, item in enumerate(items):
        baseline = line_baseline(random, 1 + i)
        canvas.draw.line([(0, baseline - BASELINE), (canvas.width, baseline - BASELINE)], (150, 150, 150))
        canvas.text(MARGIN, baseline, item, item)
        for left, column in zip(lefts, columns):
            value = vocabulary.make_value(random, split, vocabulary.KEYS[column])
            index = canvas.text(left, baseline, value, item, is_value=True, column=column)
            _ask(canvas, "table", f"the {column.lower()} of {item.lower()}", value, index)
    return canvas


def _draw_chart(random, split, grid):
    canvas = new_canvas(random, grid)
    titled = canvas.lines > 4 and random.random() < 0.5
    if titled:
        _title(canvas, random, split)
    most = min(canvas.lines - titled, len(vocabulary.MONTHS))
    labels = random.sample(random.choice([vocabulary.ITEMS, vocabulary.MONTHS]), random.randint(2, most))
    kind = random.choice(["integer", "integer", "percent"])
    values = [vocabulary.make_value(random, split, kind) for _ in labels]
    numbers = [int(value.rstrip("%")) for value in values]
    axis = MARGIN + max(canvas.text_width(label) for label in labels) + 8
    room = canvas.width - axis - max(canvas.text_width(value) for value in values) - 8
    colour = random.choice([plate for name, (plate, _) in vocabulary.COLOURS.items() if name not in ("black", "white")])
    for i, (label, value, number) in enumerate(zip(labels, values, numbers)):
        baseline = line_baseline(random, i + titled)
        end = axis + room * number / max(numbers)
        canvas.draw.rectangle([axis, baseline - 14, end, baseline + 2], colour)
        canvas.text(MARGIN, baseline, label, label)
        index = canvas.text(end + 5, baseline, value, label, is_value=True)
        _ask(canvas, "chart", f"the value of {label}", value, index)
    return canvas


def _word_question(text, word, index):
    return Question("short", "word", text, word, index, assertion='Is the word "{}" in the picture?')


def _draw_sign(random, split, grid):
    colour = random.choice(list(vocabulary.COLOURS))
    plate, ink = vocabulary.COLOURS[colour]
    canvas = new_canvas(random, grid)
    word = vocabulary.make_word(random, split)
    while canvas.text_width(word) > canvas.width - 24:  # some words are too long for one tile
        word = vocabulary.make_word(random, split)
    line = random.randrange(canvas.lines - 2) + 1 if canvas.lines > 2 else 0
    width = canvas.text_width(word)
    left = random.uniform(12, canvas.width - width - 12)
    baseline = line_baseline(random, line)
    box = [left - 10, baseline - BASELINE - 8, left + width + 10, baseline + 16]
    canvas.draw.rounded_rectangle(box, 6, plate, canvas.ink, 2)
    index = canvas.text(left, baseline, word, "Sign", is_value=True, ink=ink)
    canvas.page.questions += [
        _word_question("What word is on the sign?", word, index),
        Question("short", "colour", "What color is the sign?", colour, assertion="Is the sign {}?"),
    ]
    return canvas


def _draw_words(random, split, grid):
    """Scattered words, one or two a line at free places; only one of them is asked for."""
    canvas = new_canvas(random, grid)
    lines = random.sample(range(canvas.lines), random.randint(2, min(canvas.lines, 6)))
    for line in lines:
        word = vocabulary.make_word(random, split)
        left = random.uniform(MARGIN, canvas.width - canvas.text_width(word))
        index = canvas.text(left, line_baseline(random, line), word, "Word", is_value=True)
        canvas.page.questions.append(_word_question("Which word is in the picture?", word, index))
    return canvas


def _draw_chinese(random, split, grid):
    canvas = new_canvas(random, grid)
    canvas.font, canvas.size = "chinese", random.randint(40, 48)
    character = random.choice(vocabulary.CHINESE)
    left = random.randint(4, canvas.width - 56)
    top = random.randint(4, canvas.page.image.height - 56)
    index = canvas.text(left, top + 44, character, "Sign", is_value=True)
    question = Question("short", "chinese", "图中是哪个字？", character, index)
    canvas.page.questions.append(question)
    return canvas


_LAYOUTS = {  # kind -> how it is drawn, least columns of tiles it needs
    "document": (_draw_document, 2),
    "receipt": (_draw_receipt, 2),
    "table": (_draw_table, 3),
    "chart": (_draw_chart, 2),
    "sign": (_draw_sign, 1),
    "words": (_draw_words, 2),
    "chinese": (_draw_chinese, 1),
}
KINDS = list(_LAYOUTS)


def draw_page(kind, seed, split, grid=None):
    """A page of one of KINDS. The same arguments draw the same page; the splits have no seed in common.

    `grid` = (columns, rows) tiles of 112 px; a random one of GRIDS when it is None. All questions are of kind "short":
    `make_choice` and `make_yes_no` turn them into others. Raises ValueError for a grid that is too narrow for the kind.
    """
    random = Random(f"{split}/{kind}/{seed}")
    draw, least_columns = _LAYOUTS[kind]
    grid = grid or random.choice([grid for grid in GRIDS if grid[0] >= least_columns])
    if grid[0] < least_columns:
        raise ValueError(f"a {kind} page needs {least_columns} columns of {TILE} px, found {grid[0]}")
    return draw(random, split, grid).page


def _wrong_answers(page, question, random, split, count):
    """Other answers of the same kind and case; about a third stand elsewhere on the page, unless a word is sought."""
    if question.about in ("colour", "chinese"):
        names = list(vocabulary.COLOURS if question.about == "colour" else vocabulary.CHINESE)
        return random.sample([name for name in names if name != question.answer], count)
    kind = vocabulary.kind_of(question.answer)
    on_page = {other.answer for other in page.questions}
    wrong = []
    if question.about != "word":
        near = sorted(answer for answer in on_page - {question.answer} if vocabulary.kind_of(answer) == kind)
        wrong = random.sample(near, min(len(near), sum(random.random() < 0.33 for _ in range(count))))
    while len(wrong) < count:
        value = vocabulary.make_value(random, split, kind)
        value = value.upper() if question.answer.isupper() else value.capitalize() if kind == "word" else value
        if value not in on_page and value not in wrong:
            wrong.append(value)
    return wrong


def make_choice(page, question, random, split):
    """The question with four options of one kind, the right one at an even random place."""
    return as_choice(question, _wrong_answers(page, question, random, split, len(LETTERS) - 1), random)


def make_yes_no(page, question, random, split):
    """The question as a claim, right in half of the cases. Raises ValueError if no wording exists (Chinese)."""
    if not question.assertion:
        raise ValueError(f"no yes/no form of {question.text!r}")
    right = random.random() < 0.5
    return as_yes_no(question, question.answer if right else _wrong_answers(page, question, random, split, 1)[0])

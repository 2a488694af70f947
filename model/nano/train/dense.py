"""Pages full of words and values without questions: the vision tower's reading practice."""

from random import Random

import paths  # noqa: F401

import vocabulary
from layouts import MARGIN, line_baseline, new_canvas

_VALUE_KINDS = ["word", "word", "amount", "integer", "percent", "code"]


def draw_dense_page(seed, grid):
    """Every line holds as many training values as fit, at free places."""
    random = Random(f"dense/{seed}")
    canvas = new_canvas(random, grid)
    for line in range(canvas.lines):
        left = random.uniform(0, 30)
        while True:
            value = vocabulary.make_value(random, vocabulary.TRAIN, random.choice(_VALUE_KINDS))
            if left + canvas.text_width(value) > canvas.width - MARGIN:
                break
            canvas.text(left, line_baseline(random, line), value, "Word", is_value=True)
            left += canvas.text_width(value) + random.uniform(6, 40)
    return canvas.page

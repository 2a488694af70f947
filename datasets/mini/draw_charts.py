"""ChartQA: questions on bar charts, in the official layout."""

from random import Random

import reasoning
from held_out import FULL, SMALL, find_page, pick
from sample_files import write_jsonl, write_png

PICTURES = "ChartQA Dataset/test/png"
HUMAN = [reasoning.highest, reasoning.total_of_two, reasoning.count, reasoning.lowest, reasoning.difference]


def draw_chartqa(folder):
    rows = {"human": [], "augmented": []}

    def add(split, name, text, answer):
        number = len(rows[split])
        image = f"data/chartqa/{PICTURES}/{name}"
        rows[split].append({"image": image, "question": text, "question_id": number, "answer": answer})

    for number in range(20):
        seed = f"chartqa/{number}"
        random = Random(seed)
        page = find_page(seed, "chart", random.choice(SMALL + FULL), reasoning.has_clear_extremes)
        name = f"chart_{number:02d}.png"
        write_png(folder / PICTURES / name, page.image)
        first, second = pick(page, random, 2)
        add("augmented", name, first.text, first.answer)
        read_or_reason = (second.text, second.answer) if number % 2 else HUMAN[number // 2 % len(HUMAN)](page, random)
        add("human", name, *read_or_reason)
    for split, split_rows in rows.items():
        write_jsonl(folder / f"test_{split}.jsonl", split_rows)

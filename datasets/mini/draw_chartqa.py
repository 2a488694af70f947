"""Draws the sample charts and writes their questions in ChartQA's official layout. See README.md."""

import json
from pathlib import Path

from chart_data import CHARTS
from chart_painter import paint

FOLDER = Path(__file__).resolve().parent / "chartqa"
PICTURES = "ChartQA Dataset/test/png"


def answer_text(value):
    if isinstance(value, bool):
        return "Yes" if value else "No"
    if isinstance(value, str):
        return value
    return f"{round(value, 2):g}"


def main():
    pictures = FOLDER / PICTURES
    pictures.mkdir(parents=True, exist_ok=True)
    rows = {"human": [], "augmented": []}
    for chart, questions in CHARTS:
        paint(chart).save(pictures / f"{chart.name}.png", optimize=True)
        for question in questions:
            rows[question.split].append(
                {
                    "image": f"data/chartqa/{PICTURES}/{chart.name}.png",
                    "question": question.text,
                    "question_id": len(rows[question.split]),
                    "answer": answer_text(question.answer(chart)),
                }
            )
    for split, split_rows in rows.items():
        lines = [json.dumps(row, ensure_ascii=False) + "\n" for row in split_rows]
        (FOLDER / f"test_{split}.jsonl").write_text("".join(lines), encoding="utf-8")


if __name__ == "__main__":
    main()

"""DocVQA and InfographicVQA: free-form questions on pages, in the official layouts."""

from random import Random

from PIL import Image

import reasoning
from held_out import FULL, SMALL, draw_pages, find_page, pick
from sample_files import write_json, write_jsonl, write_png

INFOGRAPHICS = [  # grid of a panel, kinds of the panels from top to bottom; with a chart, for reasoning
    ((3, 2), ["chart", "document"]),
    ((2, 2), ["receipt", "chart", "document"]),
    ((3, 2), ["receipt", "chart"]),
    ((4, 1), ["document", "chart", "receipt"]),
]
REASONING = [(reasoning.highest, "comparison"), (reasoning.total_of_two, "arithmetic"), (reasoning.count, "counting")]


def _answers(text):
    return [text, text[1:]] if text.startswith("$") else [text]


def draw_docvqa(folder):
    rows, truth = [], []
    for number, page in enumerate(draw_pages("docvqa", ["document", "receipt", "table"], SMALL + FULL, 14)):
        name = f"page_{number:02d}.png"
        write_png(folder / "val/documents" / name, page.image)
        for question in pick(page, Random(f"docvqa/{number}"), 2):
            number_of_question, answers = len(rows) + 1, _answers(question.answer)
            rows.append(
                {
                    "image": f"data/docvqa/val/documents/{name}",
                    "question": question.text,
                    "question_id": number_of_question,
                    "answer": answers,
                }
            )
            truth.append(
                {
                    "questionId": number_of_question,
                    "question": question.text,
                    "image": f"documents/{name}",
                    "docId": number,
                    "data_split": "val",
                    "answers": answers,
                }
            )
    write_jsonl(folder / "val.jsonl", rows)
    head = {"dataset_name": "docvqa", "dataset_version": "1.0", "dataset_split": "val"}
    write_json(folder / "val/val_v1.0.json", head | {"data": truth})


def _stack(pages):
    image = Image.new("RGB", (pages[0].image.width, sum(page.image.height for page in pages)))
    top = 0
    for page in pages:
        image.paste(page.image, (0, top))
        top += page.image.height
    return image


def _suits(page):
    """A chart must suit the questions in REASONING; any other page will do."""
    return page.questions[-1].about != "chart" or reasoning.has_clear_extremes(page)


def _unique_questions(panels):
    """Questions whose answer stands in one panel only."""
    questions = [question for page in panels for question in page.questions]
    texts = [question.text for question in questions]
    return [question for question in questions if texts.count(question.text) == 1]


def _evidence(question):
    return {"chart": "figure", "receipt": "table/list", "key_value": "table/list"}.get(question.about, "textual")


def draw_infovqa(folder):
    rows, truth = [], []

    def add(name, text, answer, answer_type, evidence, operations):
        number = len(rows) + 1
        image = f"infographicsvqa_images/{name}"
        common = {"question": text, "image": image}
        rows.append(common | {"image": f"data/infographicsvqa/{image}", "question_id": number, "answer": [answer]})
        types = {"answer_type": [answer_type], "evidence": [evidence], "operation/reasoning": operations}
        truth.append(common | {"questionId": number, "answers": [answer], "data_split": "val"} | types)

    for number in range(12):
        seed = f"infovqa/{number}"
        random = Random(seed)
        grid, kinds = INFOGRAPHICS[number % len(INFOGRAPHICS)]
        panels = [find_page(f"{seed}/{kind}", kind, grid, _suits) for kind in kinds]
        name = f"{number:05d}.png"
        write_png(folder / "infographicsvqa/infographicsvqa_images" / name, _stack(panels))
        for question in random.sample(_unique_questions(panels), 2):
            add(name, question.text, question.answer, "image span", _evidence(question), [])
        if number % 2 == 0:
            ask, operation = REASONING[number // 2 % len(REASONING)]
            text, answer = ask(panels[kinds.index("chart")], random)
            answer_type = "image span" if operation == "comparison" else "non span"
            add(name, text, answer, answer_type, "figure", [operation])
    write_jsonl(folder / "infographicsvqa/val.jsonl", rows)
    head = {"dataset_name": "infographicVQA", "dataset_version": "1.0", "dataset_split": "val"}
    write_json(folder / "infographicsvqa/infographicsVQA_val_v1.0_withQT.json", head | {"data": truth})

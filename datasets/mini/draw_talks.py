"""MM-Vet and ConvBench, whose answers a judge grades; in the authors' layouts."""

from random import Random

import reasoning
from held_out import SMALL, asks, draw_pages, find_page, pick, question_on
from questions import SHORT_ANSWER
from sample_files import write_json, write_jsonl, write_npy, write_png, write_tsv


def _mmvet_questions():
    """Tuples of page, question, answer, capabilities."""
    for number, page in enumerate(draw_pages("mmvet", ["document", "sign", "receipt"], SMALL, 12)):
        question = pick(page, Random(f"mmvet/{number}"))[0]
        answer = f"{question.answer}<OR>{question.answer[1:]}" if question.answer.startswith("$") else question.answer
        capabilities = ["rec"] if question.about == "colour" else ["ocr", "spat"]
        yield page, f"{question.text} {SHORT_ANSWER}", answer, capabilities
    for number, ask in enumerate([reasoning.highest, reasoning.total_of_two, reasoning.difference]):
        seed = f"mmvet/chart/{number}"
        page = find_page(seed, "chart", (3, 2), reasoning.has_clear_extremes)
        yield page, *ask(page, Random(seed)), ["ocr", "spat", "math"]
    for number in range(3):
        page = find_page(f"mmvet/receipt/{number}", "receipt", (3, 2), asks("What is the title?"))
        title, total = (question_on(page, f"What is the {name}?").answer for name in ("title", "total"))
        yield page, "What is the title of the receipt, and what is its total?", f"{title}<AND>{total}", ["ocr", "gen"]


def draw_mmvet(folder):
    rows, records = [], {}
    for number, (page, text, answer, capabilities) in enumerate(_mmvet_questions()):
        name = f"v1_{number}.png"
        write_png(folder / "images" / name, page.image)
        rows.append({"question_id": number, "image": name, "text": text})
        records[f"v1_{number}"] = {
            "imagename": name,
            "question": text,
            "answer": answer,
            "capability": capabilities,
        }
    write_jsonl(folder / "llava-mm-vet.jsonl", rows)
    write_json(folder / "mm-vet.json", records)


def draw_convbench(folder):
    """The released sheet's columns and those that only the scorer reads, as one TSV; which side the judge sees first."""
    rows = []
    for number, page in enumerate(draw_pages("convbench", ["receipt"], SMALL, 12), start=1):
        name = f"receipt_{number:02d}.png"
        is_careless = number % 4 < 2  # a person who gives up on the first two turns, as some do
        write_png(folder / "visit_bench_images" / name, page.image)
        title, total = (question_on(page, f"What is the {text}?").answer for text in ("title", "total"))
        item = Random(f"convbench/{number}").choice(
            [q for q in page.questions if q.text.startswith("What is the price")]
        )
        rows.append(
            {
                "ID": number,
                "image_id": name,
                "The_first_turn_instruction": f"What is the total? {SHORT_ANSWER}",
                "The_second_turn_instruction": f"{item.text} {SHORT_ANSWER}",
                "The_third_turn_instruction": "Write one sentence that thanks the customer and names the total.",
                "instruction-conditioned-caption": f"A receipt of {title}. {_price_list(page)}",
                "first_turn_answer": "It is not clear." if is_careless else total,
                "second_turn_answer": "It is not clear." if is_careless else item.answer,
                "third_turn_answer": f"Thank you for shopping at {title.capitalize()}; your total is {total}.",
                "third_turn_demands": "One sentence, with thanks and the total.",
                "First_turn_instruction_category": "OCR",
                "Second_turn_instruction_category": "Text-based reasoning",
                "Third_turn_instruction_category": "Short text writing",
            }
        )
    write_tsv(folder / "ConvBench.tsv", rows)
    write_npy(folder / "ConvBenchEval/pairwise.npy", [row["ID"] % 2 for row in rows])


def _price_list(page):
    lines = [f"{question.text[len('What is ') : -1]}: {question.answer}" for question in page.questions]
    return "It says " + "; ".join(lines) + "."

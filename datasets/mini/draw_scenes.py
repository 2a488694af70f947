"""TextVQA, OCRBench and RealWorldQA: words on signs and pages."""

from random import Random

from PIL import Image, ImageOps

from canvas import Canvas
from held_out import FULL, SMALL, asks, draw_pages, find_page, options, pick, pick_choice, question_on
from sample_files import base64_png, write_json, write_jsonl, write_png, write_tsv

AGREEMENT = [10, 9, 10, 8, 10, 6, 9, 3]  # of TextVQA's ten people, taking turns

SIGN, COLOUR = "What word is on the sign?", "What color is the sign?"
LATEX = "Please write out the expression of the formula in the image using LaTeX format."
FORMULAS = [r"3x + 4 = 19", r"a - 2b = 7"]


def draw_textvqa(folder):
    rows, annotations = [], []
    for number, page in enumerate(draw_pages("textvqa", ["sign", "sign", "document", "receipt"], SMALL + FULL, 16)):
        name = f"picture_{number:02d}.png"
        write_png(folder / "train_images" / name, page.image)
        for question in pick(page, Random(f"textvqa/{number}"), 1 + number % 2):
            question_id = len(rows) + 1
            image = f"data/textvqa/train_images/{name}"
            rows.append(
                {"image": image, "question": question.text, "question_id": question_id, "answer": question.answer}
            )
            agreeing = AGREEMENT[question_id % len(AGREEMENT)]
            given = [question.answer] * agreeing + ["unanswerable"] * (10 - agreeing)
            answers = [
                {"answer": answer, "answer_confidence": "yes", "answer_id": i}
                for i, answer in enumerate(given, start=1)
            ]
            annotations.append({"question_id": question_id, "image_id": name.removesuffix(".png"), "answers": answers})
    write_jsonl(folder / "textvqa_val.jsonl", rows)
    write_json(folder / "textvqa_val_annotations.json", {"annotations": annotations})


def _turn(image):
    return image.rotate(4, Image.Resampling.BICUBIC, fillcolor=image.getpixel((0, 0)))


def _slant(image):
    return image.transform(
        image.size, Image.Transform.AFFINE, (1, 0.2, -0.1 * image.height, 0, 1, 0), Image.Resampling.BICUBIC,
        fillcolor=image.getpixel((0, 0)),
    )  # fmt: skip


def _draw_formula(formula):
    canvas = Canvas((2, 1), (255, 255, 255), (0, 0, 0), "sans", 20)
    canvas.text((canvas.width - canvas.text_width(formula)) // 2, 60, formula)
    return canvas.page.image


def _ocrbench_questions():
    """Tuples of category, picture, question, answer."""

    def on_pages(category, kind, text, alter=lambda image: image):
        for grid in [(2, 2), (3, 2), (4, 3)]:
            page = find_page(f"ocrbench/{category}/{grid}", kind, grid, asks(text))
            yield category, alter(page.image), text, question_on(page, text).answer

    yield from on_pages("Regular Text Recognition", "sign", SIGN)
    yield from on_pages("Irregular Text Recognition", "sign", SIGN, _turn)
    yield from on_pages("Artistic Text Recognition", "sign", SIGN, ImageOps.invert)
    yield from on_pages("Handwriting Recognition", "sign", SIGN, _slant)
    yield from on_pages("Digit String Recognition", "document", "What is the room?")
    yield from on_pages("Non-Semantic Text Recognition", "document", "What is the code?")
    yield from on_pages("Scene Text-centric VQA", "sign", COLOUR)
    for number, page in enumerate(draw_pages("ocrbench/document", ["document", "table", "chart"], SMALL + FULL, 6)):
        question = pick(page, Random(f"ocrbench/document/{number}"))[0]
        yield "Doc-oriented VQA", page.image, question.text, question.answer
    for number, page in enumerate(draw_pages("ocrbench/receipt", ["receipt"], SMALL + FULL, 5)):
        question = pick(page, Random(f"ocrbench/receipt/{number}"))[0]
        yield "Key Information Extraction", page.image, question.text, question.answer
    for formula in FORMULAS:
        yield "Handwritten Mathematical Expression Recognition", _draw_formula(formula), LATEX, formula


def draw_ocrbench(folder):
    rows = [
        {"index": number, "image": base64_png(image), "question": text, "answer": str([answer]), "category": category}
        for number, (category, image, text, answer) in enumerate(_ocrbench_questions())
    ]
    write_tsv(folder / "OCRBench.tsv", rows)


def draw_realworldqa(folder):
    rows = []
    for number, page in enumerate(draw_pages("realworldqa", ["sign", "words", "sign", "chart"], SMALL + FULL, 20)):
        question = pick_choice(page, f"realworldqa/{number}")
        rows.append(
            {
                "index": number,
                "image": base64_png(page.image),
                "question": question.text,
                **options(question),
                "answer": question.answer,
            }
        )
    write_tsv(folder / "RealWorldQA.tsv", rows)

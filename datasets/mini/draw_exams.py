"""MMMU as VLMEvalKit's TSV and MathVista's testmini in the authors' layout; their scripts resize in the file's mode."""

from random import Random

import reasoning
from held_out import FULL, SMALL, SPLIT, draw_pages, find_page, options, pick, pick_choice
from layouts import draw_page
from questions import LETTERS, SHORT_ANSWER, mathvista_query
from sample_files import base64_png, write_json, write_png, write_tsv
from vocabulary import kind_of

MMMU_DOMAINS = {  # domain -> subjects, as the published file has them
    "Art & Design": ["Art", "Design"],
    "Business": ["Accounting", "Finance", "Marketing"],
    "Science": ["Biology", "Math", "Physics"],
    "Health & Medicine": ["Pharmacy", "Public_Health"],
    "Humanities & Social Science": ["History", "Sociology"],
    "Tech & Engineering": ["Agriculture", "Materials"],
}
MMMU_QUESTIONS_PER_SUBJECT = 2
MMMU_KINDS = ["document", "receipt", "table", "chart", "sign"]

SUMS = [reasoning.total_of_two, reasoning.count, reasoning.difference]


def draw_mmmu(folder):
    """Every fifth question shows two pictures and asks about the second; every sixth is open."""
    subjects = [(domain, subject) for domain, names in MMMU_DOMAINS.items() for subject in names]
    pages = draw_pages("mmmu", MMMU_KINDS, SMALL + FULL, len(subjects) * MMMU_QUESTIONS_PER_SUBJECT)
    rows = []
    for number, page in enumerate(pages):
        domain, subject = subjects[number // MMMU_QUESTIONS_PER_SUBJECT]
        shown = [page]
        if number % 5 == 4:
            shown.insert(0, draw_page("words", f"mmmu/{number}", SPLIT, (2, 2)))
        images = [base64_png(picture.image, palette=False) for picture in shown]
        marks = " ".join(f"<image {slot}>" for slot in range(1, len(images) + 1))
        is_open = number % 6 == 5
        question = pick(page, Random(f"mmmu/{number}"))[0] if is_open else pick_choice(page, f"mmmu/{number}")
        row = {
            "index": number + 1,
            "id": f"validation_{subject}_{number % MMMU_QUESTIONS_PER_SUBJECT + 1}",
            "question": f"{marks} {question.text}",
            **options(question),
            "answer": question.answer,
            "category": subject,
            "l2-category": domain,
            "split": "validation",
            "image": str(images),
        }
        rows.append(row)
    write_tsv(folder / "MMMU_DEV_VAL.tsv", rows)


def _mathvista_choices():
    for number, page in enumerate(draw_pages("mathvista/choice", ["chart", "table"], SMALL + FULL, 8)):
        question = pick_choice(page, f"mathvista/choice/{number}")
        yield page, "choice", question.text, question.choices[LETTERS.index(question.answer)], question.choices


def _is_clear_integer_chart(page):
    is_integer = kind_of(page.questions[-1].answer) == "integer"
    return is_integer and reasoning.has_clear_extremes(page)


def _mathvista_charts():
    for number in range(14):
        seed = f"mathvista/chart/{number}"
        random = Random(seed)
        page = find_page(seed, "chart", random.choice(SMALL + FULL), _is_clear_integer_chart)
        if number < 8:
            question = random.choice([question for question in page.questions if question.about == "chart"])
            yield page, "integer", f"{question.text} {SHORT_ANSWER}", question.answer, None
        elif number < 13:
            yield page, "integer", *SUMS[number % len(SUMS)](page, random), None
        else:
            yield page, "list", *reasoning.two_highest(page, random), None


def _mathvista_prices():
    for number, page in enumerate(draw_pages("mathvista/price", ["receipt"], SMALL, 4)):
        prices = [question for question in page.questions if question.about == "receipt"]
        question = Random(f"mathvista/price/{number}").choice(prices)
        yield page, "float", f"{question.text} {SHORT_ANSWER}", str(float(question.answer.lstrip("$"))), None


def _mathvista_metadata(page, kind):
    is_chart = any(question.about == "chart" for question in page.questions)
    return {
        "split": "testmini",
        "language": "english",
        "img_width": page.image.width,
        "img_height": page.image.height,
        "source": "drawn pages",
        "category": "general-vqa",
        "task": "figure question answering" if is_chart else "visual question answering",
        "context": "bar chart" if is_chart else "table" if kind == "choice" else "receipt",
        "grade": "elementary school",
        "skills": ["statistical reasoning", "arithmetic reasoning"] if is_chart else ["numeric commonsense"],
    }


def draw_mathvista(folder):
    records, queries = {}, {}
    questions = [*_mathvista_choices(), *_mathvista_charts(), *_mathvista_prices()]
    for number, (page, kind, text, answer, choices) in enumerate(questions, start=1):
        pid, image = str(number), f"images/{number}.png"
        write_png(folder / image, page.image, palette=False)
        queries[pid] = mathvista_query(text, kind, choices)
        records[pid] = {
            "question": text,
            "image": image,
            "choices": choices,
            "unit": None,
            "precision": 2 if kind == "float" else None,
            "answer": answer,
            "question_type": "multi_choice" if choices else "free_form",
            "answer_type": "text" if choices else kind,
            "pid": pid,
            "metadata": _mathvista_metadata(page, kind),
        }
    write_json(folder / "testmini.json", records)
    write_json(folder / "query.json", queries)

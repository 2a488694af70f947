"""Claims to be confirmed or denied: MME in the official layout, HallusionBench as VLMEvalKit's TSV."""

from random import Random

from held_out import FULL, SMALL, asks, find_page, question_on, wrong_claim
from questions import YES_OR_NO, as_yes_no
from sample_files import base64_png, write_png, write_text, write_tsv

MME_TASKS = {  # task -> kind of page, short question that the claims are made of, number of pictures
    "existence": ("document", "What is the brand?", 1),
    "count": ("document", "What is the seats?", 1),
    "position": ("document", "What is the gate?", 1),
    "color": ("sign", "What color is the sign?", 2),
    "posters": ("document", "What is the title?", 1),
    "celebrity": ("document", "What is the name?", 1),
    "scene": ("document", "What is the city?", 1),
    "landmark": ("document", "What is the street?", 1),
    "artwork": ("receipt", "What is the title?", 1),
    "OCR": ("sign", "What word is on the sign?", 3),
    "commonsense_reasoning": ("receipt", "What is the total?", 2),
    "numerical_calculation": ("chart", "What is the value of March?", 2),
    "text_translation": ("sign", "What word is on the sign?", 1),
    "code_reasoning": ("document", "What is the code?", 2),
}

HALLUSION_SETS = [  # category, l2-category, kind of page, grid
    ("VD", "VD_figure", "sign", (2, 2)),
    ("VD", "VD_ocr", "document", (3, 2)),
    ("VD", "VD_math", "chart", (4, 3)),
    ("VS", "VS_chart", "chart", (3, 2)),
    ("VS", "VS_table", "table", (3, 2)),
    ("VS", "VS_ocr", "receipt", (4, 3)),
]


def draw_mme(folder):
    """One line per claim, two lines per picture: the first is true, the second is not."""
    for task, (kind, text, amount) in MME_TASKS.items():
        lines = []
        for number in range(amount):
            seed = f"mme/{task}/{number}"
            page = find_page(seed, kind, Random(seed).choice(SMALL + FULL), asks(text))
            name = f"{number + 1:04d}.png"
            write_png(folder / "MME_Benchmark_release_version" / task / name, page.image)
            question = question_on(page, text)
            for value, answer in [(question.answer, "Yes"), (wrong_claim(page, question, seed), "No")]:
                lines.append(f"{name}\t{as_yes_no(question, value).text} {YES_OR_NO}\t{answer}\n")
        write_text(folder / f"Your_Results/{task}.txt", "".join(lines))


def _shared_questions(first, second):
    """Pairs of the same question on both pages, with different answers."""
    return [
        (question, other)
        for question in first.questions
        for other in second.questions
        if question.text == other.text and question.answer != other.answer
    ]


def _draw_figures(seed, kind, grid):
    """Two pages on which two questions are the same but not their answers."""
    first = find_page(f"{seed}/1", kind, grid, lambda page: len(page.questions) > 1)
    second = find_page(f"{seed}/2", kind, grid, lambda page: len(_shared_questions(first, page)) > 1)
    return first, second


def draw_hallusionbench(folder):
    """A set has two figures and three claims, each asked of both: two hold for one figure, one for the other."""
    rows = []
    for set_id, (category, group, kind, grid) in enumerate(HALLUSION_SETS):
        seed = f"hallusionbench/{set_id}"
        figures = _draw_figures(seed, kind, grid)
        one, two = Random(seed).sample(_shared_questions(*figures), 2)
        claims = [(one[0], one[0].answer), (one[1], one[1].answer), (two[0], two[0].answer)]
        for figure_id, page in enumerate(figures, start=1):
            for question_id, (question, value) in enumerate(claims):
                rows.append(
                    {
                        "index": f"{group}_{figure_id}_{set_id}_{figure_id}_{question_id}",
                        "image": base64_png(page.image),
                        "question": as_yes_no(question, value).text,
                        "answer": "Yes" if question_on(page, question.text).answer == value else "No",
                        "category": category,
                        "l2-category": group,
                    }
                )
    write_tsv(folder / "HallusionBench.tsv", rows)

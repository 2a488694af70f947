"""Multiple choice asked once per rotation of the options: MMBench-EN, MMBench-CN and CCBench, as official TSV files."""

from held_out import FULL, SMALL, draw_pages, options, pick_choice
from questions import LETTERS
from sample_files import base64_png, write_tsv

ROTATION = 1_000_000  # rotated rows have index + k * ROTATION

ABILITIES = {  # what a question is about -> MMBench's category and l2-category
    "key_value": ("ocr", "finegrained_perception (instance-level)"),
    "receipt": ("structuralized_imagetext_understanding", "logic_reasoning"),
    "table": ("structuralized_imagetext_understanding", "logic_reasoning"),
    "chart": ("attribute_comparison", "finegrained_perception (cross-instance)"),
    "title": ("image_topic", "coarse_perception"),
    "word": ("ocr", "finegrained_perception (instance-level)"),
    "colour": ("attribute_recognition", "finegrained_perception (instance-level)"),
    "chinese": ("ocr", "finegrained_perception (instance-level)"),
}
CHINESE_WORDING = {  # for MMBench-CN; the checkpoint was not trained on these
    "What word is on the sign?": "牌子上是哪个词？",
    "What color is the sign?": "牌子是什么颜色？",
}
CCBENCH_CATEGORIES = [
    "calligraphy_painting",
    "cultural_relic",
    "food_clothes",
    "historical_figure",
    "scenery_building",
    "sketch_reasoning",
    "traditional_show",
]


def _rotations(row, question):
    """The row once per rotation of its options; the picture is in every row, as in the official files."""
    right = LETTERS.index(question.answer)
    amount = len(question.choices)
    for k in range(amount):
        rotated = question.choices[k:] + question.choices[:k]
        answer = LETTERS[(right - k) % amount]
        yield row | {"index": row["index"] + k * ROTATION, "answer": answer} | dict(zip(LETTERS, rotated))


def _draw(path, seed, kinds, amount, columns, wording=None):
    """Writes `amount` questions; `columns(number, question)` gives what the benchmark's file has besides the question."""
    rows = []
    for number, page in enumerate(draw_pages(seed, kinds, SMALL + FULL, amount)):
        question = pick_choice(page, f"{seed}/{number}")
        row = {
            "index": number + 1,
            "question": (wording or {}).get(question.text, question.text),
            **options(question),
            "answer": question.answer,
            **columns(number, question),
            "image": base64_png(page.image),
        }
        rows += _rotations(row, question)
    rows.sort(key=lambda row: row["index"])
    write_tsv(path, rows)


def _mmbench_columns(number, question):
    category, group = ABILITIES[question.about]
    return {"category": category, "l2-category": group, "source": "drawn pages", "split": "dev"}


def draw_mmbench_en(folder):
    kinds = ["document", "sign", "chart", "receipt", "words", "table", "sign"]
    _draw(folder / "mmbench_dev_20230712.tsv", "mmbench-en", kinds, 14, _mmbench_columns)


def draw_mmbench_cn(folder):
    kinds = ["chinese", "chinese", "sign", "chinese", "chinese", "sign", "chinese"]
    _draw(folder / "mmbench_dev_cn_20231003.tsv", "mmbench-cn", kinds, 14, _mmbench_columns, CHINESE_WORDING)


def draw_ccbench(folder):
    def columns(number, question):
        return {"category": CCBENCH_CATEGORIES[number % len(CCBENCH_CATEGORIES)]}

    _draw(folder / "CCBench_legacy.tsv", "ccbench", ["chinese"], 14, columns)

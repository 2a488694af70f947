"""Multiple choice asked once: AI2D and SEED-Image in the official layouts, MMT-Bench as VLMEvalKit's TSV."""

from held_out import FULL, SMALL, draw_pages, options, pick_choice
from questions import prompt
from sample_files import base64_png, write_json, write_jsonl, write_png, write_tsv

SEED_TYPES = [  # question type of SEED-Bench, kind of page (None: a video type, not drawn)
    ("Scene Understanding", "document"),
    ("Instance Identity", "sign"),
    ("Instance Attributes", "sign"),
    ("Instance Location", "table"),
    ("Instances Counting", "table"),
    ("Spatial Relation", "receipt"),
    ("Instance Interaction", "receipt"),
    ("Visual Reasoning", "chart"),
    ("Text Understanding", "words"),
    ("Action Recognition", None),
    ("Action Prediction", None),
    ("Procedure Understanding", None),
]
SEED_PAGES_PER_TYPE = 3

MMT_META_TASKS = {  # all 32, which the aggregation expects, and the kind of page that each shows
    "visual_recognition": "sign",
    "localization": "table",
    "ocr": "words",
    "counting": "table",
    "hallucination": "words",
    "image_retrieval": "sign",
    "threed": "chart",
    "visual_captioning": "document",
    "visual_grounding": "table",
    "doc_understanding": "document",
    "action_recognition": "sign",
    "pixel_level_perception": "sign",
    "image-to-image_translation": "receipt",
    "relation_reasoning": "table",
    "intelligence_quotient_test": "chart",
    "emotion": "sign",
    "visual_illusion": "chart",
    "meme_understanding": "words",
    "visual_prompt_understanding": "document",
    "anomaly_detection": "receipt",
    "keypoint_detection": "sign",
    "visual_commonsense_reasoning": "receipt",
    "image_evaluation_judgement": "document",
    "multiple_image_analysis": "words",
    "cross_image_matching": "words",
    "temporal_understanding": "chart",
    "visual_code": "document",
    "medical_understanding": "document",
    "autonomous_driving": "sign",
    "discipline_knowledge_reasoning": "table",
    "embodied_ai": "sign",
    "gui_navigation": "receipt",
}


def draw_ai2d(folder):
    rows = []
    for number, page in enumerate(draw_pages("ai2d", ["document", "chart", "table", "receipt"], SMALL + FULL, 20)):
        question = pick_choice(page, f"ai2d/{number}")
        write_png(folder / f"AI2D_TEST/{number}.png", page.image)
        image = f"data/ai2diagram/AI2D_TEST/{number}.png"
        rows.append({"image": image, "question": prompt(question), "question_id": number, "answer": question.answer})
    write_jsonl(folder / "test_vlmevalkit.jsonl", rows)


def draw_seed_image(folder):
    rows, annotations = [], []
    drawn_types = [(name, kind) for name, kind in SEED_TYPES if kind]
    kinds = [kind for _, kind in drawn_types]
    for number, page in enumerate(draw_pages("seed-image", kinds, SMALL + FULL, SEED_PAGES_PER_TYPE * len(kinds))):
        question = pick_choice(page, f"seed-image/{number}")
        type_id = number % len(kinds) + 1
        question_id, image = str(number + 1), f"SEED-Bench-image/page_{number:02d}"
        write_png(folder / image, page.image)
        rows.append(
            {
                "question_id": question_id,
                "image": image,
                "text": prompt(question),
                "answer": question.answer,
                "category": drawn_types[type_id - 1][0],
            }
        )
        choices = {f"choice_{letter.lower()}": text for letter, text in options(question).items()}
        annotations.append(
            {
                "question_id": question_id,
                "question_type_id": type_id,
                "question": question.text,
                **choices,
                "answer": question.answer,
                "data_id": image,
                "data_type": "image",
            }
        )
    write_jsonl(folder / "seed.jsonl", rows)
    types = {name: number for number, (name, _) in enumerate(SEED_TYPES, start=1)}
    write_json(folder / "SEED-Bench.json", {"question_type": types, "questions": annotations})


def draw_mmtbench(folder):
    rows = []
    tasks = list(MMT_META_TASKS)
    for number, page in enumerate(draw_pages("mmtbench", list(MMT_META_TASKS.values()), SMALL + FULL, len(tasks))):
        question = pick_choice(page, f"mmtbench/{number}")
        rows.append(
            {
                "index": number,
                "image": base64_png(page.image),
                "question": question.text,
                **options(question),
                "answer": question.answer,
                "category": f"{tasks[number]}_{question.about}",
                "l2-category": tasks[number],
                "split": "VAL",
            }
        )
    write_tsv(folder / "MMT-Bench_VAL.tsv", rows)

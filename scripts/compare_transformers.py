"""Compares Tessera with Hugging Face transformers' InternVL classes on this machine: answers, then speed.

Both answer the same questions about the same pictures: Tessera as one process, transformers one question at a time,
as the official scripts do. Answers are compared in float32 (exit code 1 when one differs), times in --precision, turn
by turn, so that what else the machine does weighs on both. Development tool; see docs/performance.md for its
environment.
"""

import argparse
import os
import statistics
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import torch
from comparison import (
    MAX_TILES,
    PAGES,
    STAGE_QUESTION,
    STAGE_TOKENS,
    SYSTEM,
    Tessera,
    draw_pictures,
    make_workload,
    print_row,
    print_stages,
)
from internvl_inputs import load_tiles
from internvl_transformers import Chat

HINT = "Answer the question using a single word or phrase."
DOCUMENT_QUESTIONS = ["What is the title?", "Which year is named?", "What is the total?", "Who signed the letter?"]
PHOTOS = {"photo_4_3.jpg": (512, 384), "photo_1_1.jpg": (400, 400)}
CHOICES = ["red", "green", "blue", "white"]
LETTERS = "ABCD"
MMBENCH_TILES = 6
# Tiles of 448 pixels, and next to no time for the rest.
TILING_CHECKPOINT = Path(__file__).parents[1] / "tests/golden/model/tiny-internvl-26b-style"
PRECISIONS = {"float32": torch.float32, "bfloat16": torch.bfloat16}


def rotated_choices():
    """A question with its options in four orders, in English and in Chinese, as MMBench asks it."""
    questions = []
    for text in ("Which colour is the largest area?", "最大的区域是什么颜色？"):
        for turn in range(len(CHOICES)):
            options = CHOICES[turn:] + CHOICES[:turn]
            lines = [f"{letter}. {option}" for letter, option in zip(LETTERS, options)]
            questions.append("\n".join([text, *lines]))
    return questions


@torch.inference_mode()
def transformers_stages(chat, picture):
    pixels = chat.load(picture, MAX_TILES)
    ids = chat.prompt(SYSTEM, STAGE_QUESTION, len(pixels))
    start = time.perf_counter()
    features = chat.model.model.get_image_features(pixels)
    vision = time.perf_counter()
    embeddings = chat.model.get_input_embeddings()(ids)
    embeddings[ids == chat.model.config.image_token_id] = features.flatten(0, 1)
    prefill_start = time.perf_counter()
    output = chat.model(inputs_embeds=embeddings, use_cache=True, logits_to_keep=1)
    prefill = time.perf_counter()
    for _ in range(STAGE_TOKENS - 1):
        token = output.logits[:, -1].argmax(-1, keepdim=True)
        output = chat.model(input_ids=token, past_key_values=output.past_key_values, use_cache=True)
    decode = time.perf_counter()
    times = [vision - start, prefill - prefill_start, decode - prefill]
    return [count / seconds for count, seconds in zip([len(pixels), ids.shape[1], STAGE_TOKENS - 1], times)]


def ask_all(chat, workload, max_new_tokens):
    """The answers, and questions per second."""
    start = time.perf_counter()
    limit = workload.max_tiles
    answers = [chat.answer(path, limit, SYSTEM, f"{text} {HINT}", max_new_tokens, 1) for path, text in workload.rows]
    return answers, len(answers) / (time.perf_counter() - start)


def compare_answers(tessera, workloads, arguments):
    chat = Chat(arguments.checkpoint, torch.float32)
    all_equal = True
    for workload in workloads:
        expected, _ = ask_all(chat, workload, arguments.max_new_tokens)
        found, _, _ = tessera.run(workload, "float32", arguments.threads)
        differences = [row for row in zip(workload.rows, expected, found) if row[1] != row[2]]
        for (picture, question), theirs, ours in differences:
            print(f"differs: {picture.name}: {question!r} transformers {theirs!r}, Tessera {ours!r}")
        equal = f"{len(expected) - len(differences)} of {len(expected)} equal"
        print(f"{workload.name}: answers in float32: {equal}, {len(set(expected))} different texts\n", flush=True)
        all_equal = all_equal and not differences
    return all_equal


def compare_stages(tessera, chat, picture, arguments):
    print_stages(
        [
            (tessera.stages(picture, arguments.precision), transformers_stages(chat, picture))
            for _ in range(arguments.samples)
        ]
    )


def compare_preprocessing(tessera, folder, arguments):
    """JPEG file to pixel values on one thread; the first page of each size only warms up."""
    sizes = {f"{name}_{n}.jpg": (w + w // 50 * n, h + h // 50 * n) for n in range(4) for name, (w, h) in PAGES.items()}
    workload = make_workload("preprocessing", folder, draw_pictures(folder.parent, sizes), ["What?"], MAX_TILES)
    torch.set_num_threads(1)
    turns = []
    for _ in range(arguments.samples):
        records, _, _ = tessera.records(TILING_CHECKPOINT, workload, "float32", 1, ["--max-new-tokens", 1])
        ours = [record["times"]["load_image_s"] + record["times"]["tile_s"] for record in records]
        theirs = []
        for picture, _ in workload.rows:
            start = time.perf_counter()
            load_tiles(picture, 448, MAX_TILES)
            theirs.append(time.perf_counter() - start)
        turns.append((ours, theirs))
    torch.set_num_threads(arguments.threads)
    for page in range(len(PAGES)):
        tiles = records[page]["tiles"]
        rates = [[tiles / statistics.median(side[page + len(PAGES) :: len(PAGES)]) for side in turn] for turn in turns]
        print_row(f"preprocessing, {tiles} tiles, one thread", "tiles/s", *zip(*rates))


def compare_run(tessera, chat, workload, arguments):
    ours, theirs, peaks = [], [], []
    for _ in range(arguments.samples):
        _, seconds, peak = tessera.run(workload, arguments.precision, arguments.threads)
        ours.append(len(workload.rows) / seconds)
        theirs.append(ask_all(chat, workload, arguments.max_new_tokens)[1])
        peaks.append(peak / 1e9)
    print_row(f"{workload.name} (whole process)", "questions/s", ours, theirs)
    print(f"| its peak memory | GB | {max(peaks):.2f} | | | {len(peaks)} |", flush=True)


def compare_reuse(tessera, workload, arguments):
    """With and without shared prefixes, without transformers."""
    rates = [[], []]
    for _ in range(arguments.samples):
        for side, extra in zip(rates, ([], ["--no-prefix-reuse"])):
            seconds = tessera.run(workload, arguments.precision, arguments.threads, extra)[1]
            side.append(len(workload.rows) / seconds)
    print_row(f"{workload.name} (second column: --no-prefix-reuse)", "questions/s", *rates)


def compare_processes(tessera, workload, arguments):
    """Two processes of one thread each beside one, without transformers."""
    both, alone = [], []
    for _ in range(arguments.samples):
        start = time.perf_counter()
        with ThreadPoolExecutor(2) as pool:
            list(pool.map(lambda _: tessera.run(workload, arguments.precision, 1), range(2)))
        both.append(2 * len(workload.rows) / (time.perf_counter() - start))
        alone.append(len(workload.rows) / tessera.run(workload, arguments.precision, 1)[1])
    print_row("two processes of one thread (second column: one)", "questions/s", both, alone)


def compare_speed(tessera, workloads, arguments):
    chat = Chat(arguments.checkpoint, PRECISIONS[arguments.precision])
    load = os.getloadavg()[0]
    print(f"{arguments.checkpoint}, {arguments.precision}, {arguments.threads} threads, load {load:.1f}\n")
    print("| what | unit | Tessera | transformers | ratio | n |\n| --- | --- | --- | --- | --- | --- |", flush=True)
    if arguments.only != "runs":
        compare_preprocessing(tessera, tessera.work / "tiling", arguments)
        compare_stages(tessera, chat, workloads[0].rows[-1][0], arguments)
    if arguments.only == "stages":
        return
    for workload in workloads:
        compare_run(tessera, chat, workload, arguments)
    compare_reuse(tessera, workloads[0], arguments)
    compare_processes(tessera, workloads[-1], arguments)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("checkpoint", help="InternVL-Chat folder, as published or from tessera model make")
    parser.add_argument("--tessera", default="build/release/bin/tessera", help="the program (%(default)s)")
    parser.add_argument("--image", action="append", type=Path, help="instead of the drawn pages; may be repeated")
    parser.add_argument("--question", action="append", help="instead of four questions; may be repeated")
    parser.add_argument("--threads", type=int, default=os.cpu_count(), help="of both (%(default)s)")
    parser.add_argument("--precision", choices=PRECISIONS, default="bfloat16", help="of the times (%(default)s)")
    parser.add_argument("--samples", type=int, default=5, help="of every time (%(default)s)")
    parser.add_argument("--max-new-tokens", type=int, default=6, help="of the run's answers (%(default)s)")
    parser.add_argument("--only", choices=["answers", "stages", "runs"], help="one of the three parts")
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        if arguments.image or arguments.question:
            pictures = arguments.image or draw_pictures(work, PAGES)
            questions = arguments.question or DOCUMENT_QUESTIONS
            workloads = [make_workload("given questions", work / "given", pictures, questions, MAX_TILES)]
        else:
            pages, photos = draw_pictures(work, PAGES), draw_pictures(work, PHOTOS)
            workloads = [
                make_workload("run like DocVQA", work / "pages", pages, DOCUMENT_QUESTIONS, MAX_TILES),
                make_workload("run like MMBench", work / "photos", photos, rotated_choices(), MMBENCH_TILES),
            ]
        tessera = Tessera(arguments, work)
        equal = arguments.only in ("stages", "runs") or compare_answers(tessera, workloads, arguments)
        if arguments.only != "answers":
            compare_speed(tessera, workloads, arguments)
    sys.exit(0 if equal else 1)


if __name__ == "__main__":
    main()

"""Compares Tessera with Hugging Face transformers' InternVL classes on this machine: answers, then speed.

Both answer the same questions about the same pictures: Tessera as one process, transformers one question at a time, as the
official scripts do. Answers are compared in float32 (exit code 1 when one differs), times in --precision, turn by turn, so
that what else the machine does weighs on both. Development tool; see docs/performance.md for its environment.
"""

import argparse
import itertools
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import torch
from internvl_transformers import Chat, load_tiles
from PIL import Image, ImageDraw

SYSTEM = "You are an AI assistant whose name is InternLM (书生·浦语)."
HINT = "Answer the question using a single word or phrase."
DOCUMENT_QUESTIONS = ["What is the title?", "Which year is named?", "What is the total?", "Who signed the letter?"]
PAGES = {"page_7_tiles.jpg": (1600, 2400), "page_13_tiles.jpg": (1650, 2200)}
PHOTOS = {"photo_4_3.jpg": (512, 384), "photo_1_1.jpg": (400, 400)}
CHOICES = ["red", "green", "blue", "white"]
LETTERS = "ABCD"
MAX_TILES, MMBENCH_TILES = 12, 6
STAGE_TOKENS = 33  # the first comes with the prefill
PRECISIONS = {"float32": torch.float32, "bfloat16": torch.bfloat16}


@dataclass
class Workload:
    """Questions, each about every picture, in a data folder of DocVQA's form."""

    name: str
    folder: Path
    rows: list  # (picture, question), in the order of their ids
    max_tiles: int


def draw_pictures(folder, sizes):
    for name, size in sizes.items():
        page = Image.new("RGB", size, "white")
        draw = ImageDraw.Draw(page)
        for row in range(60, size[1] - 60, 44):
            draw.text((80, row), f"{row} Account of the year {1900 + row % 97}: total {row * 37 % 9973}", "black")
            draw.rectangle((size[0] // 2, row, size[0] // 2 + row * 31 % (size[0] // 2 - 80), row + 20), "navy")
        page.save(folder / name, quality=90)
    return [folder / name for name in sizes]


def make_workload(name, folder, pictures, questions, max_tiles):
    (folder / "docvqa" / "pages").mkdir(parents=True)
    copies = [folder / "docvqa" / "pages" / f"{number}_{path.name}" for number, path in enumerate(pictures)]
    for path, copy in zip(pictures, copies):
        shutil.copy(path, copy)
    rows = [(copy, question) for copy in copies for question in questions]
    with open(folder / "docvqa" / "val.jsonl", "w") as file:
        for number, (picture, question) in enumerate(rows):
            image = str(picture.relative_to(folder))
            row = {"image": image, "question": question, "question_id": number, "answer": ["none"]}
            file.write(json.dumps(row) + "\n")
    return Workload(name, folder, rows, max_tiles)


def rotated_choices():
    """A question with its options in four orders, in English and in Chinese, as MMBench asks it."""
    questions = []
    for text in ("Which colour is the largest area?", "最大的区域是什么颜色？"):
        for turn in range(len(CHOICES)):
            options = CHOICES[turn:] + CHOICES[:turn]
            lines = [f"{letter}. {option}" for letter, option in zip(LETTERS, options)]
            questions.append("\n".join([text, *lines]))
    return questions


# A process of its own: what a process starts inherits the peak memory that the starter had reached.
LAUNCHER = """import json, resource, subprocess, sys, time
start = time.perf_counter()
code = subprocess.call(sys.argv[2:])
peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * 1024
json.dump([code, time.perf_counter() - start, peak], open(sys.argv[1], "w"))"""


def run_process(command):
    """Wall seconds and peak bytes of a process; its standard output."""
    command = [str(part) for part in command]
    with tempfile.NamedTemporaryFile() as found:
        launcher = [sys.executable, "-I", "-S", "-c", LAUNCHER, found.name, *command]
        done = subprocess.run(launcher, capture_output=True, text=True, check=False)
        code, seconds, peak = json.loads(Path(found.name).read_text())
    if code not in (0, 1):
        sys.exit(f"{' '.join(command)}\n{done.stderr}")
    return seconds, peak, done.stdout


class Tessera:
    def __init__(self, arguments, work):
        self.arguments, self.work, self.runs = arguments, work, itertools.count(1)

    def run(self, workload, precision, threads, extra=()):
        """Answers in the order of the questions, wall seconds, peak bytes."""
        out = self.work / f"run{next(self.runs)}"
        command = [self.arguments.tessera, "run", "--model", self.arguments.checkpoint, "--benchmarks", "docvqa"]
        command += ["--data", workload.folder, "--out", out, "--precision", precision, "--threads", threads]
        command += ["--max-tiles", workload.max_tiles, "--max-new-tokens", self.arguments.max_new_tokens, *extra]
        seconds, peak, _ = run_process(command)
        journal = (out / "journal" / "samples.log").read_text().splitlines()
        records = [json.loads(line[18:]) for line in journal if '"sample_id"' in line]
        failed = [record for record in records if "failure" in record]
        if failed:
            sys.exit(f"tessera: {failed[0]['failure']}")
        records.sort(key=lambda record: int(record["sample_id"]))
        return [record["answers"][0] for record in records], seconds, peak

    def stages(self, picture, precision):
        """Vision tokens, prompt tokens and answer tokens per second."""
        command = [self.arguments.tessera, "ask", "--model", self.arguments.checkpoint, "--image", picture, "--json"]
        command += ["--precision", precision, "--threads", self.arguments.threads, "--max-tiles", MAX_TILES]
        command += ["--max-new-tokens", STAGE_TOKENS, "--min-new-tokens", STAGE_TOKENS, "What is this?"]
        found = json.loads(run_process(command)[2])
        decode = (found["new_tokens"] - 1) / found["decode_s"]
        return [found["tiles"] / found["vision_s"], found["prompt_tokens"] / found["prefill_s"], decode]


@torch.inference_mode()
def transformers_stages(chat, picture):
    pixels = load_tiles(picture, chat.side, MAX_TILES).to(chat.model.dtype)
    ids = chat.prompt(SYSTEM, "What is this?", len(pixels))
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


def print_row(name, unit, ours, theirs):
    ratio = statistics.median(a / b for a, b in zip(ours, theirs))
    medians = f"{statistics.median(ours):.4g} | {statistics.median(theirs):.4g}"
    print(f"| {name} | {unit} | {medians} | {ratio:.2f} | {len(ours)} |", flush=True)


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
    turns = [
        (tessera.stages(picture, arguments.precision), transformers_stages(chat, picture))
        for _ in range(arguments.samples)
    ]
    units = {"vision tower and projector": "tiles/s", "prefill": "tokens/s", "decode": "tokens/s"}
    for stage, (name, unit) in enumerate(units.items()):
        print_row(name, unit, [ours[stage] for ours, _ in turns], [theirs[stage] for _, theirs in turns])


def compare_run(tessera, chat, workload, arguments, extra=()):
    ours, theirs, peaks = [], [], []
    for _ in range(arguments.samples):
        _, seconds, peak = tessera.run(workload, arguments.precision, arguments.threads, extra)
        ours.append(len(workload.rows) / seconds)
        theirs.append(ask_all(chat, workload, arguments.max_new_tokens)[1])
        peaks.append(peak / 1e9)
    print_row(" ".join([workload.name, "(whole process)", *extra]), "questions/s", ours, theirs)
    print(f"| its peak memory | GB | {max(peaks):.2f} | | | {len(peaks)} |", flush=True)


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
    compare_stages(tessera, chat, workloads[0].rows[-1][0], arguments)
    for workload in workloads:
        compare_run(tessera, chat, workload, arguments)
    if "--no-prefix-reuse" in run_process([arguments.tessera, "run", "--help"])[2]:
        compare_run(tessera, chat, workloads[0], arguments, ["--no-prefix-reuse"])
    compare_processes(tessera, workloads[-1], arguments)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        "checkpoint", help="InternVL-Chat folder with InternLM2, as published or from tessera model make"
    )
    parser.add_argument("--tessera", default="build/release/bin/tessera", help="the program (%(default)s)")
    parser.add_argument("--image", action="append", type=Path, help="instead of the drawn pages; may be repeated")
    parser.add_argument("--question", action="append", help="instead of four questions; may be repeated")
    parser.add_argument("--threads", type=int, default=os.cpu_count(), help="of both (%(default)s)")
    parser.add_argument("--precision", choices=PRECISIONS, default="bfloat16", help="of the times (%(default)s)")
    parser.add_argument("--samples", type=int, default=5, help="of every time (%(default)s)")
    parser.add_argument("--max-new-tokens", type=int, default=6, help="of the run's answers (%(default)s)")
    parser.add_argument("--only", choices=["answers", "speed"], help="one of the two halves")
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
        equal = arguments.only == "speed" or compare_answers(tessera, workloads, arguments)
        if arguments.only != "answers":
            compare_speed(tessera, workloads, arguments)
    sys.exit(0 if equal else 1)


if __name__ == "__main__":
    main()

"""Compares Tessera with Hugging Face transformers' InternVL classes on this machine: answers, then speed.

Both answer the same questions about the same pictures: Tessera as one process, transformers one question at a time, as the
official scripts do. Answers are compared in float32 (exit code 1 when one differs), times in --precision, turn by turn, so
that what else the machine does weighs on both. Development tool; see docs/performance.md for its environment.
"""

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import torch
from internvl_transformers import Chat, load_tiles
from PIL import Image, ImageDraw

SYSTEM = "You are an AI assistant whose name is InternLM (书生·浦语)."
HINT = "Answer the question using a single word or phrase."
QUESTIONS = ["What is the title?", "Which year is named?", "What is the total?", "Who signed the letter?"]
PAGES = {"page_7_tiles.jpg": (1600, 2400), "page_13_tiles.jpg": (1650, 2200)}
MAX_TILES = 12
STAGE_TOKENS = 33  # the first comes with the prefill
PRECISIONS = {"float32": torch.float32, "bfloat16": torch.bfloat16}


def draw_pages(folder):
    folder.mkdir(parents=True)
    for name, size in PAGES.items():
        page = Image.new("RGB", size, "white")
        draw = ImageDraw.Draw(page)
        for row in range(60, size[1] - 60, 44):
            draw.text((80, row), f"{row} Account of the year {1900 + row % 97}: total {row * 37 % 9973}", "black")
            draw.rectangle((size[0] // 2, row, size[0] // 2 + row * 31 % (size[0] // 2 - 80), row + 20), "navy")
        page.save(folder / name, quality=90)


def write_data(folder, pictures, questions):
    """The questions about every picture, in DocVQA's form; a list of (picture, question)."""
    (folder / "docvqa" / "pages").mkdir(parents=True)
    copies = [folder / "docvqa" / "pages" / f"{number}_{path.name}" for number, path in enumerate(pictures)]
    for path, copy in zip(pictures, copies):
        shutil.copy(path, copy)
    rows = [(copy, question) for copy in copies for question in questions]
    with open(folder / "docvqa" / "val.jsonl", "w") as file:
        for number, (picture, question) in enumerate(rows):
            row = {
                "image": str(picture.relative_to(folder)),
                "question": question,
                "question_id": number,
                "answer": ["none"],
            }
            file.write(json.dumps(row) + "\n")
    return rows


def run_process(command):
    """Wall seconds and peak bytes of a process; its standard output."""
    start = time.perf_counter()
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        process = subprocess.Popen([str(part) for part in command], stdout=out, stderr=err)
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - start
        out.seek(0)
        err.seek(0)
        if os.waitstatus_to_exitcode(status) not in (0, 1):
            sys.exit(f"{' '.join(map(str, command))}\n{err.read().decode()}")
        return seconds, usage.ru_maxrss * 1024, out.read().decode()


class Tessera:
    def __init__(self, arguments, work):
        self.arguments, self.work, self.runs = arguments, work, 0

    def run(self, precision, extra=()):
        """Answers in the order of the questions, wall seconds, peak bytes."""
        self.runs += 1
        out = self.work / f"run{self.runs}"
        command = [self.arguments.tessera, "run", "--model", self.arguments.checkpoint, "--benchmarks", "docvqa"]
        command += ["--data", self.work, "--out", out, "--precision", precision, "--threads", self.arguments.threads]
        command += ["--max-tiles", MAX_TILES, "--max-new-tokens", self.arguments.max_new_tokens, *extra]
        seconds, peak, _ = run_process(command)
        records = [json.loads(line[18:]) for line in open(out / "journal" / "samples.log") if '"sample_id"' in line]
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


def ask_all(chat, rows, max_new_tokens):
    start = time.perf_counter()
    answers = [chat.answer(path, MAX_TILES, SYSTEM, f"{text} {HINT}", max_new_tokens, 1) for path, text in rows]
    return answers, time.perf_counter() - start


def print_row(name, unit, ours, theirs):
    ratio = statistics.median(a / b for a, b in zip(ours, theirs))
    medians = f"{statistics.median(ours):.4g} | {statistics.median(theirs):.4g}"
    print(f"| {name} | {unit} | {medians} | {ratio:.2f} | {len(ours)} |", flush=True)


def compare_answers(tessera, rows, arguments):
    chat = Chat(arguments.checkpoint, torch.float32)
    expected, _ = ask_all(chat, rows, arguments.max_new_tokens)
    found, _, _ = tessera.run("float32")
    differences = [row for row in zip(rows, expected, found) if row[1] != row[2]]
    for (picture, question), theirs, ours in differences:
        print(f"differs: {picture.name}: {question} transformers {theirs!r}, Tessera {ours!r}")
    equal = len(rows) - len(differences)
    print(f"answers in float32: {equal} of {len(rows)} equal, {len(set(expected))} different texts\n", flush=True)
    return not differences


def compare_speed(tessera, rows, arguments):
    precision = arguments.precision
    chat = Chat(arguments.checkpoint, PRECISIONS[precision])
    print(f"{arguments.checkpoint}, {precision}, {arguments.threads} threads, load {os.getloadavg()[0]:.1f}\n")
    print("| what | unit | Tessera | transformers | ratio | n |\n| --- | --- | --- | --- | --- | --- |", flush=True)
    turns = [
        (tessera.stages(rows[-1][0], precision), transformers_stages(chat, rows[-1][0]))
        for _ in range(arguments.samples)
    ]
    units = {"vision tower and projector": "tiles/s", "prefill": "tokens/s", "decode": "tokens/s"}
    for stage, (name, unit) in enumerate(units.items()):
        print_row(name, unit, [ours[stage] for ours, _ in turns], [theirs[stage] for _, theirs in turns])
    variants = {"run like DocVQA, whole process": []}
    if "--no-prefix-reuse" in run_process([arguments.tessera, "run", "--help"])[2]:
        variants["the same with --no-prefix-reuse"] = ["--no-prefix-reuse"]
    for name, extra in variants.items():
        ours, theirs, peaks = [], [], []
        for _ in range(arguments.samples):
            _, seconds, peak = tessera.run(precision, extra)
            ours.append(len(rows) / seconds)
            theirs.append(len(rows) / ask_all(chat, rows, arguments.max_new_tokens)[1])
            peaks.append(peak)
        print_row(name, "questions/s", ours, theirs)
        print(f"| peak memory of it | GB | {max(peaks) / 1e9:.2f} | | | {len(peaks)} |", flush=True)


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
        draw_pages(work / "pages")
        pictures = arguments.image or [work / "pages" / name for name in PAGES]
        rows = write_data(work, pictures, arguments.question or QUESTIONS)
        tessera = Tessera(arguments, work)
        equal = arguments.only == "speed" or compare_answers(tessera, rows, arguments)
        if arguments.only != "answers":
            compare_speed(tessera, rows, arguments)
    sys.exit(0 if equal else 1)


if __name__ == "__main__":
    main()

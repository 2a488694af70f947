"""What the comparisons share: pictures and questions, Tessera as a process, a row of the table.

Development tool, used by compare_transformers.py and compare_llama_cpp.py.
"""

import itertools
import json
import shutil
import statistics
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from PIL import Image, ImageDraw

SYSTEM = "You are an AI assistant whose name is InternLM (书生·浦语)."
PAGES = {"page_7_tiles.jpg": (1600, 2400), "page_13_tiles.jpg": (1650, 2200)}
MAX_TILES = 12
STAGE_QUESTION = "What is this?"
STAGE_TOKENS = 33  # the first comes with the prefill
STAGE_UNITS = {"vision tower and projector": "tiles/s", "prefill": "tokens/s", "decode": "tokens/s"}


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
    """The program as a user starts it; `arguments` has tessera, checkpoint, threads and, for runs, max_new_tokens."""

    def __init__(self, arguments, work):
        self.arguments, self.work, self.runs = arguments, work, itertools.count(1)

    def run(self, workload, precision, threads, extra=()):
        """Answers in the order of the questions, wall seconds, peak bytes."""
        new_tokens = ["--max-new-tokens", self.arguments.max_new_tokens]
        records, seconds, peak = self.records(
            self.arguments.checkpoint, workload, precision, threads, [*new_tokens, *extra]
        )
        return [record["answers"][0] for record in records], seconds, peak

    def records(self, checkpoint, workload, precision, threads, extra):
        """What the journal says of each question, wall seconds, peak bytes."""
        out = self.work / f"run{next(self.runs)}"
        command = [self.arguments.tessera, "run", "--model", checkpoint, "--benchmarks", "docvqa"]
        command += ["--data", workload.folder, "--out", out, "--precision", precision, "--threads", threads]
        seconds, peak, _ = run_process([*command, "--max-tiles", workload.max_tiles, *extra])
        journal = (out / "journal" / "samples.log").read_text().splitlines()
        records = [json.loads(line[18:]) for line in journal if '"sample_id"' in line]
        failed = [record for record in records if "failure" in record]
        if failed:
            sys.exit(f"tessera: {failed[0]['failure']}")
        return sorted(records, key=lambda record: int(record["sample_id"])), seconds, peak

    def ask(self, question, precision, extra=()):
        """What tessera ask says as JSON."""
        command = [
            self.arguments.tessera,
            "ask",
            "--model",
            self.arguments.checkpoint,
            "--json",
            "--precision",
            precision,
        ]
        command += ["--threads", self.arguments.threads, "--system-message", SYSTEM]
        return json.loads(run_process([*command, *extra, question])[2])

    def stages(self, picture, precision):
        """Tiles, prompt tokens and answer tokens per second."""
        lengths = ["--max-new-tokens", STAGE_TOKENS, "--min-new-tokens", STAGE_TOKENS]
        found = self.ask(STAGE_QUESTION, precision, ["--image", picture, "--max-tiles", MAX_TILES, *lengths])
        decode = (found["new_tokens"] - 1) / found["decode_s"]
        return [found["tiles"] / found["vision_s"], found["prompt_tokens"] / found["prefill_s"], decode]


def print_row(name, unit, ours, theirs):
    ratio = statistics.median(a / b for a, b in zip(ours, theirs))
    medians = f"{statistics.median(ours):.4g} | {statistics.median(theirs):.4g}"
    print(f"| {name} | {unit} | {medians} | {ratio:.2f} | {len(ours)} |", flush=True)


def print_stages(turns):
    """Rows of the three stages from what both gave in each turn."""
    for stage, (name, unit) in enumerate(STAGE_UNITS.items()):
        print_row(name, unit, [ours[stage] for ours, _ in turns], [theirs[stage] for _, theirs in turns])

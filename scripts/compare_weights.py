#!/usr/bin/env python3
"""Runs benchmarks twice, with weights as stored and in int8, and prints both scores as a Markdown table.

Usage: scripts/compare_weights.py build/release/bin/tessera --model model/nano --benchmarks docvqa,chartqa --data datasets/mini

All arguments behind the program are those of `tessera run`. Scores are each benchmark's first; answers that differ are
counted over all samples of both journals. Development tool; docs/performance.md has its table.
"""

import json
import subprocess
import sys
import tempfile


def run(tessera, arguments, weights, folder):
    """The report of a run, and its answers by benchmark, sample and turn."""
    command = [tessera, "run", *arguments, "--weights", weights, "--out", folder, "--json"]
    result = subprocess.run(command, capture_output=True, text=True)
    if result.returncode > 1:
        sys.exit(result.stderr)
    report = subprocess.run([tessera, "report", folder, "--format", "json"], check=True, capture_output=True, text=True)
    return json.loads(report.stdout)["benchmarks"], read_answers(f"{folder}/journal/samples.log")


def read_answers(journal):
    """The answers of a journal's records by (benchmark, sample)."""
    answers = {}
    with open(journal, encoding="utf-8") as lines:
        for line in lines:
            record = json.loads(line[line.index("{") :])
            answers[record["benchmark"], record["sample_id"]] = record.get("answers")
    return answers


def main():
    if len(sys.argv) < 3 or sys.argv[1] in ("-h", "--help"):
        sys.exit(__doc__)
    tessera, arguments = sys.argv[1], sys.argv[2:]
    with tempfile.TemporaryDirectory() as folder:
        stored, stored_answers = run(tessera, arguments, "stored", f"{folder}/stored")
        int8, int8_answers = run(tessera, arguments, "int8", f"{folder}/int8")
    print("| benchmark | score | unit | stored | int8 | equal answers |\n| --- | --- | --- | --- | --- | --- |")
    for before, after in zip(stored, int8):
        keys = [key for key in stored_answers if key[0] == before["name"]]
        equal = sum(stored_answers[key] == int8_answers.get(key) for key in keys)
        old, new = before["scores"][0], after["scores"][0]
        values = " | ".join("unscored" if score["scored"] == 0 else f"{score['value']:.2f}" for score in (old, new))
        print(f"| {before['title']} | {old['name']} | {old['unit']} | {values} | {equal} of {len(keys)} |")


if __name__ == "__main__":
    main()

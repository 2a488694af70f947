"""A stand-in for the LLM judge of MM-Vet, MathVista and ConvBench: an OpenAI-compatible server that grades by rules.

It reads Tessera's own judge prompts and understands the plain pages of this folder only, so a score that rests on it says
nothing about a score by GPT-4. What it said about the checkpoint's answers is kept in judge.jsonl, so that the demo shows
all scores without a judge:

    python3 datasets/mini/grade_by_rules.py --port 8123 &
    tessera run --model model/nano --benchmarks mmvet,mathvista,convbench --data datasets/mini --out runs/judged \\
        --judge http://localhost:8123/v1 --judge-model grade-by-rules
    sort --version-sort runs/judged/journal/judge.jsonl > datasets/mini/judge.jsonl
"""

import argparse
import json
import re
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

NAME = "grade-by-rules"
NUMBER = r"-?\d+(?:[.,]\d+)*"


def plain(text):
    return " ".join(text.casefold().split()).strip(".")


def grade_mmvet(prompt):
    """The last row is question | truth | prediction |. A part counts when it stands in the prediction as a whole word."""
    truth, prediction = re.search(r"\|([^|\n]*)\|([^|]*)\| *$", prompt).groups()
    alternatives = []
    for alternative in truth.split("<OR>"):
        parts = [re.escape(plain(part)) for part in alternative.split("<AND>")]
        named = [re.search(rf"(?<![\w.]){part}(?![\w]|\.\d)", plain(prediction)) is not None for part in parts]
        alternatives.append(sum(named) / len(named))
    return f"{max(alternatives):.1f}"


def extract_mathvista(prompt):
    """The last list, else option letter, else number of the response, which is the last line, else the response."""
    response = prompt.rpartition("Extracted answer:")[0].rpartition("\nModel respone: ")[2].strip().split("\n")[-1]
    for pattern in (r"\[[^\]]*\]", r"\(([A-Z])\)|\b([A-Z])\b(?!\w)", NUMBER):
        found = list(re.finditer(pattern, response))
        if found:
            return next((group for group in found[-1].groups() if group), found[-1].group())
    return response


def facts(text, caption):
    """Names and numbers of the caption that the text has, and numbers that it made up."""
    words = set(re.findall(rf"\$?{NUMBER}%?|\w+", plain(text)))
    known = set(re.findall(rf"\$?{NUMBER}%?|\w+", plain(caption.partition(" says ")[2])))
    numbers = {word for word in words if re.search(r"\d", word)}
    return len(words & known) - len(numbers - known)


def compare_convbench(messages):
    """The response with more facts of the picture's description wins; of equal ones the first."""
    request = messages[-1]["content"]
    caption = re.search(r"Image context: (.*)", request).group(1)
    turn = re.search(r"compare the (first|second|third|overall)", request).group(1)
    turns = {"first": [0], "second": [1], "third": [2], "overall": [0, 1, 2]}[turn]
    points = []
    for side in "AB":
        block = request.split(f"[Start of Assistant {side}]")[1].split(f"[End of Assistant {side}]")[0]
        outputs = re.findall(r"### Output \d\n(.*?)\n(?=### Instruction|$)", block, re.DOTALL)
        points.append(sum(facts(outputs[i], caption) for i in turns))
    better = "A" if points[0] >= points[1] else "B"
    return (
        f"Facts of the description in Response A: {points[0]}, in Response B: {points[1]}. "
        f"Overall, Response {better} is better."
    )


def grade(messages):
    prompt = messages[-1]["content"]
    if "[Start of Assistant A]" in prompt:
        return compare_convbench(messages)
    if prompt.rstrip().endswith("Extracted answer:"):
        return extract_mathvista(prompt)
    return grade_mmvet(prompt)


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        request = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        message = {"role": "assistant", "content": grade(request["messages"])}
        body = json.dumps({"model": NAME, "choices": [{"index": 0, "message": message, "finish_reason": "stop"}]}).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--port", type=int, default=8123)
    ThreadingHTTPServer(("127.0.0.1", parser.parse_args().port), Handler).serve_forever()


if __name__ == "__main__":
    main()

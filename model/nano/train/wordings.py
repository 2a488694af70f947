"""The fixed texts around a question: what the conversation template and the benchmarks' instructions add."""

import paths  # noqa: F401
import vocabulary
from questions import (
    LETTER_ANSWER,
    LETTER_ANSWER_CHINESE,
    LETTERS,
    SHORT_ANSWER,
    YES_OR_NO,
    mathvista_query,
    prompt,
)

# Both system messages of the native backend: the reference's since July 2024, and the paper's.
SYSTEM_MESSAGES = [
    "你是由上海人工智能实验室联合商汤科技开发的书生多模态大模型，英文名叫InternVL, 是一个有用无害的人工智能助手。",
    "You are an AI assistant whose name is InternLM (书生·浦语).",
]
ROLES = ["system\n", "assistant\n"]  # not "user\n": an option may end in "user"
INSTRUCTIONS = [
    SHORT_ANSWER,
    LETTER_ANSWER,
    LETTER_ANSWER_CHINESE,
    YES_OR_NO,
    "Answer the question directly.",
    "请直接回答问题。",
]
QUESTION_PARTS = [
    "What is the",
    "What is the price of",
    "What is the stock of",
    "What is the value of",
    "Is the",
    "Is the price of",
    "Is the stock of",
    "Is the value of",
    'Is the word "',
    '" in the picture?',
    "Which word is in the picture?",
    "What word is on the sign?",
    "What color is the sign?",
    "Is the sign",
    "图中是哪个字？",
    *[f"\n{letter}. " for letter in LETTERS],
]


def subject_words():
    """Words that name a subject in a question, each with the space before it, in a fixed order."""
    lower = [word.lower() for word in [*vocabulary.KEYS, *vocabulary.ITEMS]]
    names = [*lower, "title", *vocabulary.ITEMS, *vocabulary.MONTHS, *vocabulary.COLOURS]
    return [f" {word}" for word in dict.fromkeys(names)]


def phrases():
    """Every text that is one token wherever it stands in a prompt."""
    return [*SYSTEM_MESSAGES, *ROLES, *INSTRUCTIONS, *QUESTION_PARTS, *subject_words()]


def asked_as(question, random):
    """The question as one of the benchmarks' scripts asks it, and whether it is MathVista's form."""
    form = random.random()
    if form < 0.15 and question.kind == "choice":
        return mathvista_query(question.text, "choice", question.choices), True
    text = prompt(question, random.choice([" ", "\n"]))
    if form < 0.15 and question.kind == "short":
        return mathvista_query(text, random.choice(["integer", "float"])), True
    return text + (" " if form > 0.8 else ""), False  # MM-Vet's script appends a blank

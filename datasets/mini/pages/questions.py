"""Questions about a page, in fixed wordings, and the prompts that the benchmarks make of them."""

from dataclasses import dataclass, field

SHORT_ANSWER = "Answer the question using a single word or phrase."
LETTER_ANSWER = "Answer with the option's letter from the given choices directly."
LETTER_ANSWER_CHINESE = "请直接回答选项字母。"
YES_OR_NO = "Please answer yes or no."
LETTERS = "ABCD"

MATHVISTA_HINTS = {  # by kind of answer; source: MathVista's query file
    "choice": "Please answer the question and provide the correct option letter, e.g., A, B, C, D, at the end.",
    "integer": "Please answer the question requiring an integer answer and provide the final value, e.g., 1, 2, 3, "
    "at the end.",
    "float": "Please answer the question requiring a floating-point number with two decimal places and provide the "
    "final value, e.g., 1.23, 1.34, 1.45, at the end.",
    "list": "Please answer the question requiring a Python list as an answer and provide the final list, e.g., "
    "[1, 2, 3], [1.2, 1.3, 1.4], at the end.",
}


@dataclass
class Question:
    """A question as a benchmark's file states it, without the instruction that the benchmark adds.

    `kind` is "short", "choice" or "yes_no". `about` names the ability: "key_value", "receipt", "table", "chart",
    "title", "word", "colour" or "chinese". `evidence` is the index in Page.texts of the text that answers the question,
    None for a colour.
    """

    kind: str
    about: str
    text: str
    answer: str
    evidence: int | None = None
    choices: list = field(default_factory=list)  # texts of the options A to D; empty unless kind is "choice"
    claim: str = ""  # what a yes/no question supposes; empty for the other kinds
    assertion: str = ""  # yes/no form of a short question, with {} for the claim


def as_choice(question, wrong, random):
    """The short question with four options, `wrong` being three other answers. The right letter is drawn evenly."""
    choices = random.sample(list(wrong), len(wrong))
    right = random.randrange(len(LETTERS))
    choices.insert(right, question.answer)
    return Question("choice", question.about, question.text, LETTERS[right], question.evidence, choices)


def as_yes_no(question, claim):
    """The short question turned into one that supposes `claim`; right if the claim is the answer."""
    answer = "Yes" if claim == question.answer else "No"
    text = question.assertion.format(claim)
    return Question("yes_no", question.about, text, answer, question.evidence, claim=claim)


def prompt(question, joint=" "):
    """The full prompt of one question, as the benchmarks' official scripts and VLMEvalKit write it.

    `joint` stands between a short question and its instruction: a space (official) or a newline (VLMEvalKit).
    A yes/no prompt is MME's: its file ends with "Please answer yes or no." and the instruction follows after a space.
    """
    if question.kind == "yes_no":
        return f"{question.text} {YES_OR_NO} {SHORT_ANSWER}"
    if question.kind == "short":
        return f"{question.text}{joint}{SHORT_ANSWER}"
    options = "".join(f"\n{letter}. {choice}" for letter, choice in zip(LETTERS, question.choices))
    chinese = any("\u4e00" <= character <= "\u9fff" for character in question.text + options)
    return f"{question.text}{options}\n{LETTER_ANSWER_CHINESE if chinese else LETTER_ANSWER}"


def mathvista_query(text, kind, choices=()):
    """The full prompt of a question as MathVista's query file has it. `kind` is a key of MATHVISTA_HINTS."""
    query = f"Hint: {MATHVISTA_HINTS[kind]}\nQuestion: {text}"
    if choices:
        query += "\nChoices:" + "".join(f"\n({letter}) {choice}" for letter, choice in zip(LETTERS, choices))
    return query

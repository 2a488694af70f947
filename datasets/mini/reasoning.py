"""Questions on bar charts that need more than reading one value. Each function gives the question and its answer."""


def _bars(page):
    """Label -> number, and the unit that follows each number."""
    prefix = "What is the value of "
    texts = {q.text[len(prefix) : -1]: q.answer for q in page.questions if q.about == "chart"}
    unit = "%" if next(iter(texts.values())).endswith("%") else ""
    return {label: int(text.rstrip("%")) for label, text in texts.items()}, unit


def has_clear_extremes(page):
    """Whether one bar is the longest and one the shortest."""
    numbers = sorted(_bars(page)[0].values())
    return len(numbers) > 2 and numbers[0] < numbers[1] and numbers[-2] < numbers[-1]


def highest(page, random):
    bars, _ = _bars(page)
    return "Which has the highest value?", max(bars, key=bars.get)


def lowest(page, random):
    bars, _ = _bars(page)
    return "Which has the lowest value?", min(bars, key=bars.get)


def count(page, random):
    bars, _ = _bars(page)
    return "How many bars are in the chart?", str(len(bars))


def total_of_two(page, random):
    bars, unit = _bars(page)
    first, second = random.sample(sorted(bars), 2)
    return f"What is the sum of the values of {first} and {second}?", f"{bars[first] + bars[second]}{unit}"


def difference(page, random):
    bars, unit = _bars(page)
    first, second = random.sample(sorted(bars), 2)
    text = f"What is the difference between the values of {first} and {second}?"
    return text, f"{abs(bars[first] - bars[second])}{unit}"


def two_highest(page, random):
    """The answer is written as a Python list, highest first."""
    bars, _ = _bars(page)
    return "What are the two highest values, the highest first?", str(sorted(bars.values())[:-3:-1])

"""Paints a Chart with Pillow: vertical and horizontal bars, stacked bars, lines and pies.

Everything is painted at twice the size and halved at the end, which smooths lines and arcs. A label that does not fit
into its place raises ValueError, so a cut label never reaches a file.
"""

import math
from dataclasses import dataclass

from PIL import Image, ImageDraw, ImageFont

SCALE = 2
COLOURS = {
    "Blue": (47, 108, 179),
    "Orange": (240, 134, 34),
    "Green": (63, 153, 76),
    "Red": (204, 51, 51),
    "Purple": (127, 88, 175),
    "Brown": (134, 89, 60),
    "Pink": (231, 132, 186),
    "Grey": (128, 128, 128),
    "Yellow": (236, 196, 40),
    "Teal": (38, 166, 164),
}
THEMES = {  # background, text, grid
    "white": ((255, 255, 255), (38, 38, 38), (222, 222, 222)),
    "paper": ((250, 245, 232), (70, 55, 40), (224, 214, 194)),
    "dark": ((32, 38, 48), (232, 234, 238), (70, 78, 92)),
}
MARGIN = 16
GAP = 8


@dataclass
class Chart:
    """One picture. `series` maps a series name to one value per label; a pie and a one-colour chart have one series."""

    name: str  # file name without .png
    kind: str  # "columns", "stacked", "rows", "lines", "pie"
    size: tuple  # width, height in pixels
    title: str
    labels: list
    series: dict
    colours: list  # one per series; one per label when there is one series and as many colours as labels
    unit: str = ""  # written beside the axis
    suffix: str = ""  # written behind every value: "%"
    show_values: bool = True
    theme: str = "white"
    title_size: int = 18
    text_size: int = 13
    note: str = ""  # small line at the foot


class Painter:
    """A doubled canvas with text that is placed by its box: `anchor` is Pillow's ("lm", "ma" ...)."""

    def __init__(self, chart):
        self.chart = chart
        self.background, self.ink, self.grid = THEMES[chart.theme]
        self.image = Image.new("RGB", (chart.size[0] * SCALE, chart.size[1] * SCALE), self.background)
        self.draw = ImageDraw.Draw(self.image)
        self.fonts = {}

    def font(self, size):
        if size not in self.fonts:
            self.fonts[size] = ImageFont.load_default(size * SCALE)
        return self.fonts[size]

    def text_width(self, text, size=None):
        font = self.font(size or self.chart.text_size)
        return max(font.getlength(line) for line in text.split("\n")) / SCALE

    def text(self, x, y, text, anchor, size=None, ink=None, halo=0):
        """Writes lines from (x, y) down, with `halo` clear pixels around. Raises when they leave the picture."""
        size = size or self.chart.text_size
        lines = text.split("\n")
        for number, line in enumerate(lines):
            at = (round(x * SCALE), round((y + number * (size + 3)) * SCALE))
            left, top, right, bottom = self.draw.textbbox(at, line, self.font(size), anchor)
            if left < 0 or top < 0 or right > self.image.width or bottom > self.image.height:
                raise ValueError(f"{self.chart.name}: text {line!r} leaves the picture")
            self.draw.text(
                at,
                line,
                ink or self.ink,
                self.font(size),
                anchor,
                stroke_width=halo * SCALE,
                stroke_fill=self.background,
            )

    def box(self, left, top, right, bottom, colour):
        self.draw.rectangle([round(v * SCALE) for v in (left, top, right, bottom)], colour)

    def line(self, points, colour, width):
        self.draw.line(
            [round(v * SCALE) for point in points for v in point], colour, round(width * SCALE), joint="curve"
        )

    def finish(self):
        """Halved, with a palette: few colours make small files."""
        image = self.image.reduce(SCALE)
        return image.quantize(64, Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE)


def paint(chart):
    """The picture of `chart`, in palette mode."""
    painter = Painter(chart)
    area = paint_frame(painter)
    {"columns": paint_columns, "stacked": paint_stacked, "rows": paint_rows, "lines": paint_lines, "pie": paint_pie}[
        chart.kind
    ](painter, area)
    return painter.finish()


def value_text(chart, value):
    return f"{value:g}{chart.suffix}"


def bar_colour(chart, series_number, label_number):
    by_label = len(chart.series) == 1 and len(chart.colours) == len(chart.labels)
    return COLOURS[chart.colours[label_number if by_label else series_number]]


def paint_frame(painter):
    """Title, note and legend; returns what is left for the chart: left, top, right, bottom."""
    chart = painter.chart
    width, height = chart.size
    painter.text(width / 2, MARGIN, chart.title, "ma", chart.title_size)
    top = MARGIN + chart.title.count("\n") * (chart.title_size + 3) + chart.title_size + GAP
    bottom = height - MARGIN
    if chart.note:
        painter.text(MARGIN, bottom, chart.note, "ls", chart.text_size - 2)
        bottom -= chart.text_size + GAP
    if len(chart.series) > 1:
        bottom = paint_legend(painter, bottom)
    return MARGIN, top, width - MARGIN, bottom


def paint_legend(painter, bottom):
    """One line of colour squares and names, centred; returns the new bottom."""
    chart = painter.chart
    square = chart.text_size - 2
    widths = [square + 5 + painter.text_width(name) for name in chart.series]
    x = (chart.size[0] - sum(widths) - 18 * (len(widths) - 1)) / 2
    for name, colour, width in zip(chart.series, chart.colours, widths):
        painter.box(x, bottom - square, x + square, bottom, COLOURS[colour])
        painter.text(x + square + 5, bottom - square / 2, name, "lm")
        x += width + 18
    return bottom - square - 12


def axis_step(largest, ticks):
    """The smallest of 1, 2, 2.5, 5 times a power of ten that needs at most `ticks` steps to pass `largest`."""
    magnitude = 10 ** math.floor(math.log10(largest / ticks))
    return next(f * magnitude for f in (1, 2, 2.5, 5, 10) if f * magnitude * ticks >= largest)


def paint_value_axis(painter, area, largest):
    """Horizontal grid lines with their values; returns the plot area and the value at its top."""
    chart = painter.chart
    left, top, right, bottom = area
    if chart.unit:
        painter.text(left, top, chart.unit, "la", chart.text_size - 1)
        top += chart.text_size + GAP
    top += chart.text_size + 4
    bottom -= (chart.text_size + 3) * (1 + max(label.count("\n") for label in chart.labels)) + 4
    step = axis_step(largest, 5 if bottom - top < 320 else 8)
    limit = step * math.ceil(largest / step)
    ticks = [step * i for i in range(round(limit / step) + 1)]
    left += max(painter.text_width(value_text(chart, tick)) for tick in ticks) + 6
    for tick in ticks:
        y = bottom - (bottom - top) * tick / limit
        painter.line([(left, y), (right, y)], painter.grid, 1)
        painter.text(left - 6, y, value_text(chart, tick), "rm")
    return (left, top, right, bottom), limit


def paint_slot_labels(painter, area):
    """Labels centred under equal slots; raises when two would touch. Returns the slot width."""
    chart = painter.chart
    left, _, right, bottom = area
    slot = (right - left) / len(chart.labels)
    for number, label in enumerate(chart.labels):
        if painter.text_width(label) > slot - 3:
            raise ValueError(f"{chart.name}: label {label!r} is wider than its slot of {slot:.0f} px")
        painter.text(left + slot * (number + 0.5), bottom + 6, label, "ma")
    painter.line([(left, bottom), (right, bottom)], painter.ink, 1)
    return slot


def paint_columns(painter, area):
    chart = painter.chart
    area, limit = paint_value_axis(painter, area, max(max(values) for values in chart.series.values()))
    left, top, _, bottom = area
    slot = paint_slot_labels(painter, area)
    width = slot * 0.72 / len(chart.series)
    for series_number, values in enumerate(chart.series.values()):
        for number, value in enumerate(values):
            x = left + slot * (number + 0.14) + width * series_number
            y = bottom - (bottom - top) * value / limit
            painter.box(x, y, x + width - 1, bottom, bar_colour(chart, series_number, number))
            if chart.show_values:
                painter.text(x + width / 2, y - 3, value_text(chart, value), "ms", chart.text_size - 1)


def paint_stacked(painter, area):
    chart = painter.chart
    totals = [sum(column) for column in zip(*chart.series.values())]
    area, limit = paint_value_axis(painter, area, max(totals))
    left, top, _, bottom = area
    slot = paint_slot_labels(painter, area)
    for number, column in enumerate(zip(*chart.series.values())):
        y = bottom
        for series_number, value in enumerate(column):
            height = (bottom - top) * value / limit
            x = left + slot * 0.2
            painter.box(
                x + slot * number,
                y - height,
                x + slot * (number + 0.6),
                y - 1,
                bar_colour(chart, series_number, number),
            )
            painter.text(
                left + slot * (number + 0.5), y - height / 2, value_text(chart, value), "mm", ink=(255, 255, 255)
            )
            y -= height


def paint_rows(painter, area):
    chart = painter.chart
    left, top, right, bottom = area
    if chart.unit:
        painter.text(right, bottom, chart.unit, "rs", chart.text_size - 1)
        bottom -= chart.text_size + GAP
    largest = max(max(values) for values in chart.series.values())
    left += max(painter.text_width(label) for label in chart.labels) + 8
    room = right - left - painter.text_width(value_text(chart, largest)) - 8
    slot = (bottom - top) / len(chart.labels)
    height = slot * 0.7 / len(chart.series)
    for number, label in enumerate(chart.labels):
        painter.text(left - 8, top + slot * (number + 0.5) - label.count("\n") * (chart.text_size + 3) / 2, label, "rm")
        for series_number, values in enumerate(chart.series.values()):
            y = top + slot * (number + 0.15) + height * series_number
            x = left + room * values[number] / largest
            painter.box(left, y, x, y + height - 1, bar_colour(chart, series_number, number))
            painter.text(x + 5, y + height / 2, value_text(chart, values[number]), "lm")
    painter.line([(left, top), (left, bottom)], painter.ink, 1)


def paint_lines(painter, area):
    chart = painter.chart
    area, limit = paint_value_axis(painter, area, max(max(values) for values in chart.series.values()))
    left, top, _, bottom = area
    slot = paint_slot_labels(painter, area)
    marks = []
    for values, colour in zip(chart.series.values(), chart.colours):
        points = [
            (left + slot * (number + 0.5), bottom - (bottom - top) * value / limit)
            for number, value in enumerate(values)
        ]
        painter.line(points, COLOURS[colour], 2.5)
        for x, y in points:
            painter.draw.ellipse([round(v * SCALE) for v in (x - 4, y - 4, x + 4, y + 4)], COLOURS[colour])
        marks += zip(points, values)
    if chart.show_values:
        for (x, y), value in marks:  # last, so that no line crosses a number
            painter.text(x, y - 7, value_text(chart, value), "ms", chart.text_size - 1, halo=2)


def paint_pie(painter, area):
    """Slices clockwise from the top; label and value outside, at the middle of the slice."""
    chart = painter.chart
    left, top, right, bottom = area
    (values,) = chart.series.values()
    line = chart.text_size + 3
    widest = max(painter.text_width(label) for label in chart.labels)
    radius = min((bottom - top) / 2 - 2 * line - 6, (right - left) / 2 - widest - 6)
    x, y = (left + right) / 2, (top + bottom) / 2
    start = -90.0
    for label, value, colour in zip(chart.labels, values, chart.colours):
        end = start + 360 * value / sum(values)
        box = [round(v * SCALE) for v in (x - radius, y - radius, x + radius, y + radius)]
        painter.draw.pieslice(box, start, end, COLOURS[colour], painter.background, SCALE)
        middle = math.radians((start + end) / 2)
        text_width = max(painter.text_width(label), painter.text_width(value_text(chart, value)))
        # Far enough out that the whole box of the label is beyond the slice.
        distance = radius + 6 + abs(math.cos(middle)) * text_width / 2 + abs(math.sin(middle)) * line
        text_x, text_y = x + math.cos(middle) * distance, y + math.sin(middle) * distance
        painter.text(text_x, text_y - line / 2, label, "mm")
        painter.text(text_x, text_y + line / 2, value_text(chart, value), "mm")
        start = end

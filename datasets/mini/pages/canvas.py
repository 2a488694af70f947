"""A page under construction: text is drawn character by character, and the box of each character is kept."""

from dataclasses import dataclass, field
from functools import lru_cache

from PIL import Image, ImageDraw, ImageFont

FONT_FOLDER = "/usr/share/fonts/truetype"
FONTS = {  # Debian packages fonts-dejavu-core, fonts-liberation, fonts-wqy-microhei
    "sans": f"{FONT_FOLDER}/dejavu/DejaVuSans.ttf",
    "mono": f"{FONT_FOLDER}/dejavu/DejaVuSansMono.ttf",
    "liberation": f"{FONT_FOLDER}/liberation/LiberationSans-Regular.ttf",
    "chinese": f"{FONT_FOLDER}/wqy/wqy-microhei.ttc",
}
LATIN_FONTS = ["sans", "mono", "liberation"]
TILE = 112  # side of the nano checkpoint's tile in pixels: a page of c x r tiles has c * TILE x r * TILE pixels
LINE = 28  # height of a text line: one image token of the nano checkpoint
BASELINE = 20  # of a line, from its top


@dataclass
class Text:
    """One string on a page. `subject` names what it is about: a value and its key have the same one.

    In a table the subject of a value is its row, and `column` the head of its column.
    """

    string: str
    boxes: list  # (left, top, right, bottom) in pixels, one per character
    subject: str = ""
    is_value: bool = False
    column: str = ""


@dataclass
class Page:
    """A finished picture (RGB), the texts on it and the questions that can be asked about it."""

    image: Image.Image
    texts: list = field(default_factory=list)
    questions: list = field(default_factory=list)


@lru_cache(maxsize=None)
def _font(name, size):
    return ImageFont.truetype(FONTS[name], size, layout_engine=ImageFont.Layout.BASIC)


@lru_cache(maxsize=None)
def _advance(name, size, character):
    return _font(name, size).getlength(character)


def text_width(string, font, size):
    """Width in pixels. Characters stand side by side without kerning."""
    return sum(_advance(font, size, character) for character in string)


class Canvas:
    """Draws on a page of `grid` = (columns, rows) tiles. Positions are in pixels from the upper left corner."""

    def __init__(self, grid, background, ink, font, size):
        self.page = Page(Image.new("RGB", (grid[0] * TILE, grid[1] * TILE), background))
        self.draw = ImageDraw.Draw(self.page.image)
        self.ink, self.font, self.size = ink, font, size

    @property
    def width(self):
        return self.page.image.width

    @property
    def lines(self):
        """Number of text lines that fit."""
        return self.page.image.height // LINE

    def text_width(self, string):
        return text_width(string, self.font, self.size)

    def text(self, left, baseline, string, subject="", is_value=False, column="", ink=None):
        """Draws a string and returns its index in `page.texts`. Raises ValueError when it leaves the page."""
        if left < 0 or left + self.text_width(string) > self.width:
            raise ValueError(f"text {string!r} at x = {left} does not fit into {self.width} px")
        boxes, x = [], left
        for character in string:
            advance = _advance(self.font, self.size, character)
            at = round(x)
            if character != " ":
                self.draw.text((at, baseline), character, ink or self.ink, _font(self.font, self.size), anchor="ls")
            boxes.append((at, baseline - self.size, round(x + advance), baseline + self.size // 4))
            x += advance
        self.page.texts.append(Text(string, boxes, subject, is_value, column))
        return len(self.page.texts) - 1

"""What stands on the pages: keys, items, words, numbers, colours; values are in the training or the held-out split.

Keys, items, colours and Chinese characters are closed lists, the same in both splits. Everything that is read off a
page as an answer (a number, a word, a code) belongs to exactly one split, decided by its own text: see `split_of`.
"""

import zlib

TRAIN, HELD_OUT = "train", "held_out"

# Key of a document row -> kind of its value.
KEYS = {
    "Total": "amount",
    "Tax": "amount",
    "Price": "amount",
    "Balance": "amount",
    "Deposit": "amount",
    "Fee": "amount",
    "Rent": "amount",
    "Refund": "amount",
    "Discount": "percent",
    "Humidity": "percent",
    "Share": "percent",
    "Score": "integer",
    "Room": "integer",
    "Age": "integer",
    "Height": "integer",
    "Weight": "integer",
    "Width": "integer",
    "Speed": "integer",
    "Pages": "integer",
    "Guests": "integer",
    "Seats": "integer",
    "Stock": "integer",
    "Code": "code",
    "Gate": "code",
    "Flight": "code",
    "Ticket": "code",
    "Name": "word",
    "City": "word",
    "Owner": "word",
    "Street": "word",
    "Team": "word",
    "Brand": "word",
}

ITEMS = [
    "Apples", "Bread", "Butter", "Carrots", "Cheese", "Coffee", "Eggs", "Fish", "Grapes", "Honey", "Juice", "Lemons",
    "Milk", "Onions", "Pasta", "Pears", "Plums", "Rice", "Salt", "Soap", "Soup", "Sugar", "Tea", "Water",
]  # fmt: skip
MONTHS = ["January", "February", "March", "April", "May", "June", "July", "August"]
TABLE_COLUMNS = ["Price", "Stock"]

COLOURS = {  # name -> plate, ink
    "red": ((200, 40, 40), (255, 255, 255)),
    "blue": ((40, 80, 180), (255, 255, 255)),
    "green": ((30, 130, 60), (255, 255, 255)),
    "yellow": ((245, 210, 50), (20, 20, 20)),
    "black": ((20, 20, 20), (255, 255, 255)),
    "white": ((255, 255, 255), (20, 20, 20)),
}

CHINESE = "山水火木土日月人口手大小上下中天田石金王"

_WORDS = """
able acid actor alarm album angel ankle apron arch army arrow atlas badge bakery bamboo banjo barn basin basket beach
bead bean beard bell belt bench berry bike bird block boat bolt bone book boot bottle bowl branch brick bridge broom
brush bucket bulb bus cabin cable cactus cake camel camera canal candle canoe canyon carpet castle cave cedar cellar
chain chair chalk cherry chess chief clay cliff clock cloud coal coast coin comet coral corn cotton crab crane crown
cube cup daisy dance desert desk diamond door dragon dream drum duck eagle earth echo elbow engine fabric falcon farm
feather fence fern ferry field flag flame flute foam fog forest fork fossil fox frog garage garden gate ghost giant
glass globe glove goat gold guitar hammer harbor harp hat hawk hazel helmet hill horn horse hotel island ivory jacket
jar jewel jungle kettle key king kite ladder lake lamp lantern leaf lily lion lizard magnet map maple marble market
mask meadow metal mill mirror moon moth motor museum needle nest night north nurse ocean olive opera orbit orchid otter
oven owl palace panda paper park pearl pencil piano pillow pilot pine planet plate pocket pond prince prize puzzle
quartz queen rabbit radio rain raven ribbon ring river robot rocket roof rose ruby sail salmon sand school seal shadow
shell ship silver sky snail snow spider spoon spring star station stone storm summer sun swan table temple tiger tooth
tower train tulip tunnel turtle valley velvet violin wagon wall walnut whale wheel willow window winter wolf yacht zebra
""".split()
_CONSONANTS = "bcdfghjklmnprstvwz"
_VOWELS = "aeiou"


def split_of(value):
    """The split that a value belongs to: one in five is held out. Upper and lower case are the same value."""
    return HELD_OUT if zlib.crc32(value.lower().encode()) % 5 == 0 else TRAIN


def _draw(random, split, make):
    while True:
        value = make()
        if split_of(value) == split:
            return value


def make_word(random, split):
    """A capitalised or upper-case word of 3 to 8 letters; one in three is made up of syllables: it must be read."""

    def make():
        if random.random() < 0.67:
            return random.choice(_WORDS)
        syllables = [random.choice(_CONSONANTS) + random.choice(_VOWELS) for _ in range(random.randint(2, 3))]
        return "".join(syllables) + random.choice(["", *"lnrst"])

    word = _draw(random, split, make)
    return word.upper() if random.random() < 0.3 else word.capitalize()


def make_value(random, split, kind):
    """A value of one of the kinds in KEYS: "amount", "percent", "integer", "code" or "word"."""
    if kind == "word":
        return make_word(random, split)
    makers = {
        "amount": lambda: f"{'$' if random.random() < 0.4 else ''}{random.randint(1, 10 ** random.randint(1, 3))}"
        f".{random.randint(0, 99):02d}",
        "percent": lambda: f"{random.randint(1, 100)}%",
        "integer": lambda: str(random.randint(1, 10 ** random.randint(2, 4))),
        "code": lambda: f"{random.choice('ABCDEFGHKLMNPRSTX')}{random.randint(10, 9999)}",
    }
    return _draw(random, split, makers[kind])


def kind_of(value):
    """The kind of a value that `make_value` made."""
    if value.isalpha():
        return "word"
    if value[0].isalpha():
        return "code"
    return "percent" if value.endswith("%") else "amount" if "." in value else "integer"

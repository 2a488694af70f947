"""Writes sample data: pictures, and the file formats in which the benchmarks are published."""

import base64
import csv
import io
import json

COLOURS = 64  # in a palette picture; enough for smooth letters, and it keeps the repository light


def _png_bytes(image, palette):
    image = image.quantize(COLOURS, dither=0)
    stream = io.BytesIO()
    (image if palette else image.convert("RGB")).save(stream, "PNG", optimize=True)
    return stream.getvalue()


def write_png(path, image, palette=True):
    """Writes a PNG file of few colours: with a palette, or as RGB for benchmarks that resize in the file's own mode."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(_png_bytes(image, palette))


def base64_png(image, palette=True):
    """The same picture as a cell of a TSV file."""
    return base64.b64encode(_png_bytes(image, palette)).decode()


def write_text(path, text):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8", newline="\n")


def write_json(path, value):
    write_text(path, json.dumps(value, ensure_ascii=False, indent=1) + "\n")


def write_jsonl(path, rows):
    write_text(path, "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows))


def write_tsv(path, rows):
    """VLMEvalKit's TSV: the columns are the keys of all rows in order of appearance; a key that a row lacks is empty."""
    stream = io.StringIO()
    columns = list(dict.fromkeys(key for row in rows for key in row))
    writer = csv.DictWriter(stream, columns, restval="", delimiter="\t", lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    write_text(path, stream.getvalue())


def write_npy(path, numbers):
    """A one-dimensional array of 64-bit integers in NumPy's file format 1.0."""
    header = f"{{'descr': '<i8', 'fortran_order': False, 'shape': ({len(numbers)},), }}".ljust(117) + "\n"
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        file.write(b"\x93NUMPY\x01\x00" + len(header).to_bytes(2, "little") + header.encode())
        file.writelines(number.to_bytes(8, "little", signed=True) for number in numbers)

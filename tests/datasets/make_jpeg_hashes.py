"""Prints the hashes of jpeg_encoder_test.cc: pixels that Pillow (10.3.0) reads back from its own default JPEG."""

import hashlib
import io

from PIL import Image


def ramps(width, height):
    values = []
    for y in range(height):
        for x in range(width):
            values += [(7 * x + 3 * y) & 255, (x * y) & 255, (255 - 5 * x) & 255]
    return Image.frombytes("RGB", (width, height), bytes(values))


for size in [(64, 48), (37, 21), (1, 1)]:
    file = io.BytesIO()
    ramps(*size).save(file, "JPEG")
    pixels = Image.open(io.BytesIO(file.getvalue())).convert("RGB").tobytes()
    print(size, hashlib.sha256(pixels).hexdigest())

"""Prints the hashes of resize_test.cc: ramps that Pillow (10.3.0) resized with its BILINEAR filter."""

import hashlib

from PIL import Image


def ramps(width, height):
    values = []
    for y in range(height):
        for x in range(width):
            values += [(7 * x + 3 * y) & 255, (x * y) & 255, (255 - 5 * x) & 255]
    return Image.frombytes("RGB", (width, height), bytes(values))


for size, target in [((64, 48), (128, 96)), ((37, 21), (74, 42)), ((1, 1), (2, 2)), ((300, 7), (600, 14)),
                     ((64, 48), (25, 31)), ((37, 21), (37, 50))]:
    pixels = ramps(*size).resize(target, Image.BILINEAR).tobytes()
    print(size, target, hashlib.sha256(pixels).hexdigest())

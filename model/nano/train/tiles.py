"""Dynamic tiling and normalisation, as the native backend does them (the reference's rules, bicubic resize)."""

import numpy as np
from network import IMAGE_MEAN, IMAGE_STD
from PIL import Image

_SCALE = (1 / (255 * np.array(IMAGE_STD))).astype(np.float32)
_SHIFT = (-np.array(IMAGE_MEAN) / np.array(IMAGE_STD)).astype(np.float32)


def choose_grid(width, height, tile, max_tiles):
    """(columns, rows): the closest aspect ratio; on a tie the larger grid if the picture fills more than half of it."""
    grids = [(c, r) for c in range(1, max_tiles + 1) for r in range(1, max_tiles // c + 1)]
    best, best_difference = (1, 1), float("inf")
    for columns, rows in sorted(grids, key=lambda grid: grid[0] * grid[1]):
        difference = abs(width / height - columns / rows)
        filled = width * height > 0.5 * tile * tile * columns * rows
        if difference < best_difference or (difference == best_difference and filled):
            best, best_difference = (columns, rows), difference
    return best


def cut_tiles(image, grid, tile):
    """Normalised tiles [n, 3, tile, tile], row by row, and a thumbnail at the end when there is more than one."""
    columns, rows = grid
    page = np.asarray(image.resize((columns * tile, rows * tile), Image.Resampling.BICUBIC))
    tiles = page.reshape(rows, tile, columns, tile, 3).transpose(0, 2, 4, 1, 3).reshape(-1, 3, tile, tile)
    if columns * rows > 1:
        small = np.asarray(image.resize((tile, tile), Image.Resampling.BICUBIC)).transpose(2, 0, 1)
        tiles = np.concatenate([tiles, small[None]])
    return tiles.astype(np.float32) * _SCALE[:, None, None] + _SHIFT[:, None, None]

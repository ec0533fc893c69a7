"""HUE: the three deep, contrasting colours of a picture that a room's lights can take on."""

from __future__ import annotations

import io

import numpy as np
from numpy.typing import NDArray
from PIL import Image

Floats = NDArray[np.float64]

CLUSTERS = 10
ROUNDS = 12
SIDE = 96  # pixels are averaged down to this: noise and scale stop mattering
DEEPEST, LIGHTEST = 0.22, 0.62  # OKLab lightness of what we call deep
SMALLEST_SHARE = 0.012  # of the picture; less is a speck

_TO_LMS = np.array(
    [
        [0.4122214708, 0.5363325363, 0.0514459929],
        [0.2119034982, 0.6806995451, 0.1073969566],
        [0.0883024619, 0.2817188376, 0.6299787005],
    ]
)
_TO_LAB = np.array(
    [
        [0.2104542553, 0.7936177850, -0.0040720468],
        [1.9779984951, -2.4285922050, 0.4505937099],
        [0.0259040371, 0.7827717662, -0.8086757660],
    ]
)


def deep_contrasting_colours(picture: bytes) -> list[str]:
    """Three colours of the picture (encoded image bytes) as "#rrggbb": deep, and as far apart as can be.

    Clusters the pixels in OKLab, brings each cluster's lightness into the deep range while keeping its
    hue, and takes the three of enough weight that lie farthest from each other.
    """
    with Image.open(io.BytesIO(picture)) as opened:
        small = opened.convert("RGB").resize((SIDE, SIDE), Image.Resampling.BOX)
    pixels = _to_oklab(np.asarray(small, dtype=np.float64).reshape(-1, 3) / 255.0)
    centres, shares = _cluster(pixels)
    deep = centres.copy()
    deep[:, 0] = np.clip(deep[:, 0], DEEPEST, LIGHTEST)
    chosen = _farthest_three(deep, shares)
    return [_hex(colour) for colour in _from_oklab(deep[chosen])]


def _cluster(pixels: Floats) -> tuple[Floats, Floats]:
    """k-means with spread-out, fixed starting points: (centres, each one's share of the picture)."""
    centres = np.empty((CLUSTERS, 3))
    centres[0] = pixels.mean(axis=0)
    distance = np.square(pixels - centres[0]).sum(axis=1)
    for number in range(1, CLUSTERS):
        centres[number] = pixels[int(distance.argmax())]
        distance = np.minimum(distance, np.square(pixels - centres[number]).sum(axis=1))
    for _ in range(ROUNDS):
        nearest = np.square(pixels[:, None, :] - centres[None, :, :]).sum(axis=2).argmin(axis=1)
        counts = np.bincount(nearest, minlength=CLUSTERS)
        sums = np.stack([np.bincount(nearest, pixels[:, axis], CLUSTERS) for axis in range(3)], axis=1)
        filled = counts > 0
        centres[filled] = sums[filled] / counts[filled, None]
    return centres, counts / len(pixels)


def _farthest_three(colours: Floats, shares: Floats) -> list[int]:
    """The three whose nearest pair is farthest apart, weighing in how much of the picture they are."""
    candidates = [number for number in range(len(colours)) if shares[number] >= SMALLEST_SHARE]
    by_share = sorted(range(len(colours)), key=lambda number: -shares[number])
    candidates += [number for number in by_share if number not in candidates][: max(0, 3 - len(candidates))]
    best, best_score = candidates[:3], -1.0
    for place, one in enumerate(candidates):
        for second, two in enumerate(candidates[place + 1 :], place + 1):
            for three in candidates[second + 1 :]:
                trio = colours[[one, two, three]]
                nearest = min(float(np.linalg.norm(trio[a] - trio[b])) for a, b in ((0, 1), (0, 2), (1, 2)))
                score = nearest + 0.15 * float(np.sqrt(shares[[one, two, three]]).mean())
                if score > best_score:
                    best, best_score = [one, two, three], score
    return sorted(best, key=lambda number: -shares[number])


def _to_oklab(rgb: Floats) -> Floats:
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    lab: Floats = np.cbrt(linear @ _TO_LMS.T) @ _TO_LAB.T
    return lab


def _from_oklab(lab: Floats) -> Floats:
    linear = (lab @ np.linalg.inv(_TO_LAB).T) ** 3 @ np.linalg.inv(_TO_LMS).T
    linear = np.clip(linear, 0.0, 1.0)
    rgb: Floats = np.where(linear <= 0.0031308, linear * 12.92, 1.055 * linear ** (1 / 2.4) - 0.055)
    return rgb


def _hex(rgb: Floats) -> str:
    red, green, blue = (round(float(channel) * 255) for channel in rgb)
    return f"#{red:02x}{green:02x}{blue:02x}"

"""HUE: the three deep, contrasting colours of a picture that a room's lights can take on."""

from __future__ import annotations

import io
from itertools import combinations

import numpy as np
from numpy.typing import NDArray
from PIL import Image

Floats = NDArray[np.float64]

SIDE = 96  # pixels are averaged down to this: noise and scale stop mattering
DEEPEST, LIGHTEST = 0.28, 0.60  # OKLab lightness of what we call deep
LIGHTNESS_COUNTS = 0.45  # two lamps are told apart by hue more than by depth
ROUNDS = 10
ALIKE = 0.04  # colours about this near are the same to a family on the sofa
SPECK, ACCENT = 0.013, 0.035  # of the picture: less is not seen, and from the second on it counts fully
VIVID, GREY_COUNTS = 0.15, 0.35  # saturation from which a colour counts fully, and what a grey counts
CONTRAST_COUNTS = 1.5  # against how much of the picture the three are
DISTINCT = 0.055  # nearer than this, two lamps look the same
FAR_ENOUGH = 0.12  # farther apart is no better: then it matters more what the picture is made of

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
    """Three colours of the picture (encoded image bytes) as "#rrggbb": deep, and plainly different.

    Brings every pixel's lightness into the deep range while keeping its hue, clusters in OKLab, and takes
    the three that tell most of the picture among those that contrast. A picture that has fewer gets
    deeper and lighter tones of its own colours. First comes what there is most of.
    """
    with Image.open(io.BytesIO(picture)) as opened:
        small = opened.convert("RGB").resize((SIDE, SIDE), Image.Resampling.BOX)
    pixels = _to_oklab(np.asarray(small, dtype=np.float64).reshape(-1, 3) / 255.0)
    pixels[:, 0] = np.clip(pixels[:, 0], DEEPEST, LIGHTEST)
    colours, shares = _cluster(pixels)
    weights = _weights(colours, shares)
    colours, weights = colours[weights > 0], weights[weights > 0]
    trio, nearest = _best_three(colours, weights)
    if nearest < DISTINCT:
        trio = _one_or_two_and_tones(colours, weights)
    return [_hex(colour) for colour in _from_oklab(trio)]


def _seeds() -> Floats:
    """Where every clustering begins, so that like pictures end alike: greys, and eight hues at two depths."""
    greys = [(lightness, 0.0, 0.0) for lightness in (0.3, 0.44, 0.58)]
    angles = np.arange(8) * (np.pi / 4)
    hues = [
        (lightness, 0.11 * np.cos(angle), 0.11 * np.sin(angle))
        for lightness in (0.35, 0.53)
        for angle in angles
    ]
    return np.array([*greys, *hues])


def _cluster(pixels: Floats) -> tuple[Floats, Floats]:
    """k-means from fixed seeds: the centres that hold any pixel, and each one's share of the picture."""
    centres = _seeds()
    for _ in range(ROUNDS):
        nearest = _distances(pixels, centres).argmin(axis=1)
        counts = np.bincount(nearest, minlength=len(centres))
        sums = np.stack([np.bincount(nearest, pixels[:, axis], len(centres)) for axis in range(3)], axis=1)
        filled = counts > 0
        centres[filled] = sums[filled] / counts[filled, None]
    return centres[filled], counts[filled] / len(pixels)


def _weights(colours: Floats, shares: Floats) -> Floats:
    """How much each colour tells of the picture: how much there is of it and its like, and how vivid it is."""
    like = np.exp(-np.square(_distances(colours, colours) / ALIKE)) @ shares
    seen = np.clip((shares - SPECK) / (ACCENT - SPECK), 0.0, 1.0)
    weights: Floats = np.sqrt(like) * seen * _vividness(colours)
    return weights


def _vividness(colours: Floats) -> Floats:
    """From GREY_COUNTS to 1, by saturation: navy is as vivid as a lemon, the brown of hair is not."""
    saturation = np.hypot(colours[:, 1], colours[:, 2]) / colours[:, 0]
    vividness: Floats = np.clip(saturation / VIVID, GREY_COUNTS, 1.0)
    return vividness


def _best_three(colours: Floats, weights: Floats) -> tuple[Floats, float]:
    """The three that contrast and weigh most, the weightiest first, and how near the nearest two are."""
    apart, vividness = _distances(colours, colours), _vividness(colours)
    best, best_score, best_nearest = [0] * 3, -1.0, 0.0
    for one, two, three in combinations(np.argsort(-weights, kind="stable").tolist(), 3):
        trio = [one, two, three]
        nearest = float(min(apart[one, two], apart[one, three], apart[two, three]))
        contrast = min(nearest / FAR_ENOUGH, 1.0) * float(vividness[trio].mean())
        score = CONTRAST_COUNTS * contrast + float(weights[trio].sum())
        if score > best_score:
            best, best_score, best_nearest = trio, score, nearest
    return colours[best], best_nearest


def _one_or_two_and_tones(colours: Floats, weights: Floats) -> Floats:
    """Three from a picture of one or two colours: three depths of the one, or both and a tone of one of them."""
    ranked = colours[np.argsort(-weights, kind="stable")]
    contrast = _distances(ranked, ranked[:1])[:, 0]
    if contrast.max() < DISTINCT:
        return _at_depths(ranked[0], [LIGHTEST, (DEEPEST + LIGHTEST) / 2, DEEPEST])
    both = ranked[[0, int((contrast >= DISTINCT).argmax())]]
    tones = np.concatenate([_at_depths(colour, [DEEPEST, LIGHTEST]) for colour in both])
    farthest = int(_distances(tones, both).min(axis=1).argmax())
    return np.concatenate([both, tones[[farthest]]])


def _at_depths(colour: Floats, depths: list[float]) -> Floats:
    tones = np.tile(colour, (len(depths), 1))
    tones[:, 0] = depths
    return tones


def _distances(some: Floats, others: Floats) -> Floats:
    scale = np.array([LIGHTNESS_COUNTS, 1.0, 1.0])
    some, others = some * scale, others * scale
    squares = np.square(some).sum(axis=1)[:, None] + np.square(others).sum(axis=1) - 2 * some @ others.T
    distances: Floats = np.sqrt(np.maximum(squares, 0.0))
    return distances


def _to_oklab(rgb: Floats) -> Floats:
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    lab: Floats = np.cbrt(linear @ _TO_LMS.T) @ _TO_LAB.T
    return lab


def _from_oklab(lab: Floats) -> Floats:
    """sRGB, 0 to 1. A colour no screen can show is made greyer until one can, its hue and depth kept."""
    shown = np.zeros_like(lab)
    for chroma in np.linspace(0.0, 1.0, 26):
        muted = lab * np.array([1.0, chroma, chroma])
        linear = (muted @ np.linalg.inv(_TO_LAB).T) ** 3 @ np.linalg.inv(_TO_LMS).T
        inside = ((linear > -1e-3) & (linear < 1.001)).all(axis=1)
        shown = np.where(inside[:, None], linear, shown)
    shown = np.clip(shown, 0.0, 1.0)
    rgb: Floats = np.where(shown <= 0.0031308, shown * 12.92, 1.055 * shown ** (1 / 2.4) - 0.055)
    return rgb


def _hex(rgb: Floats) -> str:
    red, green, blue = (round(float(channel) * 255) for channel in rgb)
    return f"#{red:02x}{green:02x}{blue:02x}"

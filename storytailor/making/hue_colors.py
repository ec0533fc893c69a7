"""The three deep, contrasting colors of a picture, for a room's HUE lights to take on."""

from __future__ import annotations

from itertools import combinations

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from storytailor.colors import Floats, from_oklab, pixels_to_oklab, to_channels
from storytailor.decoded_pictures import decoded

SIDE = 96  # pixels are averaged down to this: noise and scale stop mattering
COARSE = 2  # bits of each channel that are left out of telling tones apart
DEEPEST, LIGHTEST = 0.28, 0.60  # OKLab lightness of what we call deep
LIGHTNESS_WEIGHT = 0.45  # two lamps are told apart by hue more than by lightness
CLUSTERING_ROUNDS = 10
ALIKE = 0.04  # colors about this near are the same to a family on the sofa
UNSEEN_SHARE, FULL_SHARE = 0.013, 0.035  # of the picture: less is not seen; from here on a color counts fully
FULL_SATURATION, GREY_VIVIDNESS = 0.15, 0.35  # from where a color counts fully, and what a grey counts
CONTRAST_WEIGHT = 1.5  # against how much of the picture the three are
DISTINCT = 0.055  # nearer than this, two lamps look the same
SHOWN_APART = 0.07  # plain OKLab distance below which two of the given colors are too alike
FAR_ENOUGH = 0.12  # farther apart is no better: then it matters more what the picture is made of


def deep_contrasting_colors(picture: bytes) -> list[str]:
    """Three colors of the picture (encoded image bytes) as "#rrggbb": deep, and plainly different.

    Brings every pixel's lightness into the deep range while keeping its hue, clusters in OKLab, and takes
    the three that tell most of the picture among those that contrast. A picture that has fewer gets
    deeper and lighter tones of its own colors. First comes what there is most of.
    """
    small = decoded(picture).resize((SIDE, SIDE), Image.Resampling.BOX, reducing_gap=1.0)
    tones, counts = _tones(np.asarray(small, dtype=np.uint8).reshape(-1, 3))
    lab = pixels_to_oklab(tones)
    lab[:, 0] = np.clip(lab[:, 0], DEEPEST, LIGHTEST)
    colors, shares = _cluster(lab, counts)
    weights = _weights(colors, shares)
    colors, weights = colors[weights > 0], weights[weights > 0]
    trio, nearest = _best_three(colors, weights)
    candidates = [trio] if nearest >= DISTINCT else []
    candidates += [_one_or_two_with_tones(colors, weights), _three_tones(colors[weights.argmax()])]
    shown = [[from_oklab(color) for color in candidate] for candidate in candidates]
    return next((trio for trio in shown if _nearest_shown(trio) > SHOWN_APART), shown[-1])


def _first_centers() -> Floats:
    """Where every clustering begins, so that like pictures end alike: greys, and eight hues at two depths."""
    greys = [(lightness, 0.0, 0.0) for lightness in (0.3, 0.44, 0.58)]
    angles = np.arange(8) * (np.pi / 4)
    hues = [(lightness, 0.11 * np.cos(angle), 0.11 * np.sin(angle)) for lightness in (0.35, 0.53) for angle in angles]
    return np.array([*greys, *hues])


def _tones(pixels: NDArray[np.uint8]) -> tuple[NDArray[np.uint8], Floats]:
    """The tones of the pixels, and how many have each: those that nobody could tell apart count as their mean."""
    red, green, blue = (pixels >> COARSE).astype(np.int32).T
    _, which = np.unique(red << 16 | green << 8 | blue, return_inverse=True)
    counts = np.bincount(which).astype(np.float64)
    sums = np.stack([np.bincount(which, pixels[:, axis]) for axis in range(3)], axis=1)
    return np.rint(sums / counts[:, None]).astype(np.uint8), counts


def _cluster(tones: Floats, counts: Floats) -> tuple[Floats, Floats]:
    """k-means from fixed centers: those that hold any pixel, and each one's share of the picture."""
    centers, weighted = _first_centers(), tones * counts[:, None]
    for _ in range(CLUSTERING_ROUNDS):
        nearest = _distances(tones, centers).argmin(axis=1)
        held = np.bincount(nearest, counts, len(centers))
        sums = np.stack([np.bincount(nearest, weighted[:, axis], len(centers)) for axis in range(3)], axis=1)
        filled = held > 0
        centers[filled] = sums[filled] / held[filled, None]
    return centers[filled], held[filled] / counts.sum()


def _weights(colors: Floats, shares: Floats) -> Floats:
    """How much each color tells of the picture: how much there is of it and its like, and how vivid it is."""
    like = np.einsum("ij,j->i", np.exp(-np.square(_distances(colors, colors) / ALIKE)), shares)
    seen = np.clip((shares - UNSEEN_SHARE) / (FULL_SHARE - UNSEEN_SHARE), 0.0, 1.0)
    weights: Floats = np.sqrt(like) * seen * _vividness(colors)
    return weights


def _vividness(colors: Floats) -> Floats:
    """From GREY_VIVIDNESS to 1, by saturation: navy is as vivid as a lemon, the brown of hair is not."""
    saturation = np.hypot(colors[:, 1], colors[:, 2]) / colors[:, 0]
    vividness: Floats = np.clip(saturation / FULL_SATURATION, GREY_VIVIDNESS, 1.0)
    return vividness


def _best_three(colors: Floats, weights: Floats) -> tuple[Floats, float]:
    """The three that contrast and weigh most, the weightiest first, and how near the nearest two are."""
    apart, vividness = _distances(colors, colors), _vividness(colors)
    best, best_score, best_nearest = [0] * 3, -1.0, 0.0
    for one, two, three in combinations(np.argsort(-weights, kind="stable").tolist(), 3):
        trio = [one, two, three]
        nearest = float(min(apart[one, two], apart[one, three], apart[two, three]))
        contrast = min(nearest / FAR_ENOUGH, 1.0) * float(vividness[trio].mean())
        score = CONTRAST_WEIGHT * contrast + float(weights[trio].sum())
        if score > best_score:
            best, best_score, best_nearest = trio, score, nearest
    return colors[best], best_nearest


def _one_or_two_with_tones(colors: Floats, weights: Floats) -> Floats:
    """Three from a picture of one or two colors: three depths of the one, or both and a tone of one of them."""
    ranked = colors[np.argsort(-weights, kind="stable")]
    apart = _distances(ranked, ranked[:1])[:, 0]
    if apart.max() < DISTINCT:
        return _three_tones(ranked[0])
    both = ranked[[0, int((apart >= DISTINCT).argmax())]]
    tones = np.concatenate([_at_lightness(color, [DEEPEST, LIGHTEST]) for color in both])
    farthest = int(_distances(tones, both).min(axis=1).argmax())
    return np.concatenate([both, tones[[farthest]]])


def _three_tones(color: Floats) -> Floats:
    return _at_lightness(color, [LIGHTEST, (DEEPEST + LIGHTEST) / 2, DEEPEST])


def _nearest_shown(colors: list[str]) -> float:
    """How near the nearest two of these colors are, as they are given: a dark green can lose what parted it."""
    lab = pixels_to_oklab(np.array([to_channels(color) for color in colors], dtype=np.uint8))
    return min(float(np.linalg.norm(one - other)) for one, other in combinations(lab, 2))


def _at_lightness(color: Floats, values: list[float]) -> Floats:
    tones = np.tile(color, (len(values), 1))
    tones[:, 0] = values
    return tones


def _distances(some: Floats, others: Floats) -> Floats:
    """How different lamps of these colors look, a row for each of `some`, a column for each of `others`."""
    scale = np.array([LIGHTNESS_WEIGHT, 1.0, 1.0])
    some, others = some * scale, others * scale
    products = np.einsum("ik,jk->ij", some, others)
    squares = np.square(some).sum(axis=1)[:, None] + np.square(others).sum(axis=1) - 2 * products
    distances: Floats = np.sqrt(np.maximum(squares, 0.0))
    return distances

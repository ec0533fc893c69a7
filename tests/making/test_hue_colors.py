"""The three colors of a picture: deep, such as a family would name, whatever was done to the picture."""

from __future__ import annotations

import io
import math
from itertools import combinations, permutations

import numpy as np
import pytest
from coloraide import Color
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageDraw

from storytailor.making.hue_colors import DEEPEST, LIGHTEST, deep_contrasting_colors

BLUE, ORANGE, GREEN, PURPLE, RED = "#2060a0", "#c06a10", "#2f9040", "#8a3fa0", "#b8302c"


def oklab(color: str) -> tuple[float, float, float]:
    lightness, green_red, blue_yellow = Color(color).convert("oklab").coords()
    return lightness, green_red, blue_yellow


def apart(one: str, other: str) -> float:
    return math.dist(oklab(one), oklab(other))


def farthest(some: list[str], others: list[str]) -> float:
    """How far the worst of them lies from its partner, paired as well as can be."""
    return min(max(map(apart, some, order)) for order in permutations(others))


def encoded(image: Image.Image, kind: str = "PNG", **options: int) -> bytes:
    out = io.BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def stripes(*parts: tuple[str, float], side: int = 384) -> Image.Image:
    """A picture of upright stripes, each as wide as its share."""
    image, at = Image.new("RGB", (side, side)), 0.0
    pen = ImageDraw.Draw(image)
    for color, share in parts:
        pen.rectangle((round(at * side), 0, side, side), fill=color)
        at += share
    return image


def meadow() -> Image.Image:
    """A blue sky that pales towards a green meadow with a red house: shaded, not flat."""
    sky = np.linspace(0, 1, 384)[:, None, None] * np.array([60, 60, 40]) + np.array([30, 80, 150])
    image = Image.fromarray(np.broadcast_to(sky, (384, 384, 3)).astype(np.uint8))
    pen = ImageDraw.Draw(image)
    pen.ellipse((-100, 220, 500, 700), fill="#3f8f3a")
    pen.rectangle((200, 150, 330, 300), fill="#b3382e")
    return image


def assert_three_deep_colors(colors: list[str]) -> None:
    assert len(set(colors)) == 3
    for color in colors:
        assert DEEPEST - 0.01 <= oklab(color)[0] <= LIGHTEST + 0.01, color
    assert min(apart(*pair) for pair in combinations(colors, 2)) > 0.07


@pytest.mark.parametrize(
    "parts",
    [
        [(BLUE, 0.5), (ORANGE, 0.3), (GREEN, 0.2)],
        [(PURPLE, 0.6), (GREEN, 0.3), (ORANGE, 0.1)],
        [(RED, 0.45), (BLUE, 0.45), (GREEN, 0.1)],
    ],
)
def test_three_deep_colors_are_found_as_they_are(parts: list[tuple[str, float]]) -> None:
    found = deep_contrasting_colors(encoded(stripes(*parts)))
    assert farthest(found, [color for color, _ in parts]) < 0.03


def test_light_colors_are_made_deep_and_keep_their_hue() -> None:
    found = deep_contrasting_colors(encoded(stripes(("#ffd84d", 0.4), ("#9fd0ff", 0.3), ("#ffb3c8", 0.3))))
    assert_three_deep_colors(found)
    hues = sorted(float(np.degrees(np.arctan2(lab[2], lab[1])) % 360) for lab in map(oklab, found))
    wanted = sorted(
        float(np.degrees(np.arctan2(lab[2], lab[1])) % 360) for lab in map(oklab, ("#ffd84d", "#9fd0ff", "#ffb3c8"))
    )
    assert hues == pytest.approx(wanted, abs=8)


def test_a_speck_does_not_count_and_a_small_accent_does() -> None:
    ground = stripes((BLUE, 0.4), (ORANGE, 0.35), (GREEN, 0.25))
    ImageDraw.Draw(ground).rectangle((10, 10, 28, 28), fill=PURPLE)  # 0.25 % of the picture
    assert farthest(deep_contrasting_colors(encoded(ground)), [BLUE, ORANGE, GREEN]) < 0.03
    two = stripes((BLUE, 0.6), ("#7d8288", 0.4))
    ImageDraw.Draw(two).rectangle((10, 10, 90, 90), fill=RED)  # 4.4 %
    assert min(apart(RED, color) for color in deep_contrasting_colors(encoded(two))) < 0.03


def test_what_there_is_most_of_comes_first() -> None:
    found = deep_contrasting_colors(encoded(stripes((GREEN, 0.2), (BLUE, 0.6), (ORANGE, 0.2))))
    assert apart(found[0], BLUE) < 0.03


def test_colors_are_preferred_to_greys_and_to_the_brown_of_hair() -> None:
    parts = [("#777b80", 0.3), ("#3a2d28", 0.15), (BLUE, 0.25), (ORANGE, 0.15), (GREEN, 0.15)]
    assert farthest(deep_contrasting_colors(encoded(stripes(*parts))), [BLUE, ORANGE, GREEN]) < 0.03


@pytest.mark.parametrize(
    "color", ["#ffffff", "#000000", "#808080", "#cc2222", "#ffee00", "#0000ff", "#ffd0e0", "#00ff00"]
)
def test_a_picture_of_one_color_gives_three_depths_of_it(color: str) -> None:
    found = deep_contrasting_colors(encoded(stripes((color, 1))))
    assert_three_deep_colors(found)
    green_red, blue_yellow = oklab(color)[1:]
    if np.hypot(green_red, blue_yellow) > 0.02:
        for lab in map(oklab, found):
            turn = np.degrees(np.arctan2(lab[2], lab[1]) - np.arctan2(blue_yellow, green_red))
            assert abs((turn + 180) % 360 - 180) < 12


def test_a_picture_of_two_colors_has_both() -> None:
    found = deep_contrasting_colors(encoded(stripes((BLUE, 0.5), (ORANGE, 0.5))))
    assert_three_deep_colors(found)
    assert all(min(apart(color, one) for one in found) < 0.03 for color in (BLUE, ORANGE))


EXAMPLES = {
    "stripes": stripes((BLUE, 0.5), (ORANGE, 0.3), (GREEN, 0.2)),
    "two colors": stripes((PURPLE, 0.65), ("#f0d060", 0.35)),
    "meadow": meadow(),
    "one color": stripes(("#456e94", 1)),
}


@pytest.mark.parametrize("name", EXAMPLES)
def test_noise_encoding_scale_and_crop_change_next_to_nothing(name: str) -> None:
    image = EXAMPLES[name]
    usual = deep_contrasting_colors(encoded(image))
    noise = np.random.default_rng(7).normal(0, 8, (384, 384, 3))
    grainy = Image.fromarray(np.clip(np.asarray(image) + noise, 0, 255).astype(np.uint8))
    changed = {
        "noise": encoded(grainy),
        "jpeg": encoded(image, "JPEG", quality=60),
        "half": encoded(image.resize((192, 192))),
        "odd": encoded(image.resize((301, 287))),
        "double": encoded(image.resize((768, 768))),
        "crop": encoded(image.crop((5, 3, 380, 377))),
    }
    distances = {how: farthest(usual, deep_contrasting_colors(picture)) for how, picture in changed.items()}
    assert max(distances.values()) < 0.04, distances


def test_a_photo_of_nothing_but_noise_has_three_colors_too() -> None:
    noise = np.random.default_rng(1).integers(0, 256, (200, 300, 3), dtype=np.uint8)
    assert_three_deep_colors(deep_contrasting_colors(encoded(Image.fromarray(noise), "JPEG")))


@pytest.mark.parametrize("mode", ["L", "RGBA", "P", "LA", "1", "CMYK"])
def test_every_kind_of_picture_is_read(mode: str) -> None:
    kind = "TIFF" if mode == "CMYK" else "PNG"
    assert_three_deep_colors(deep_contrasting_colors(encoded(EXAMPLES["meadow"].convert(mode), kind)))


@settings(max_examples=25, deadline=None)
@given(
    st.lists(st.tuples(st.from_regex(r"\A#[0-9a-f]{6}\Z"), st.floats(0.02, 1)), min_size=1, max_size=6),
    st.integers(1, 130),
)
def test_any_picture_gives_three_deep_colors_that_differ(parts: list[tuple[str, float]], side: int) -> None:
    total = sum(share for _, share in parts)
    image = stripes(*((color, share / total) for color, share in parts), side=side)
    assert_three_deep_colors(deep_contrasting_colors(encoded(image)))


@pytest.mark.parametrize(
    "parts",
    [
        pytest.param([("#000000", 1), ("#ffffff", 1)], id="black and white"),
        pytest.param([("#103227", 1), ("#009900", 1), ("#003400", 1)], id="two dark greens beside a light one"),
    ],
)
def test_colors_that_are_hard_to_part_become_tones(parts: list[tuple[str, float]]) -> None:
    picture = stripes(*((color, share / len(parts)) for color, share in parts))
    assert_three_deep_colors(deep_contrasting_colors(encoded(picture)))

"""HUE: three deep colours a family would name, whatever the camera or the encoder did to the picture."""

from __future__ import annotations

import io
from itertools import combinations, permutations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageDraw

from storytailor.making.hue_colors import DEEPEST, LIGHTEST, deep_contrasting_colours

BLUE, ORANGE, GREEN, PURPLE, RED = "#2060a0", "#c06a10", "#2f9040", "#8a3fa0", "#b8302c"


def oklab(colour: str) -> np.ndarray:
    """Björn Ottosson's OKLab, written down once more."""
    srgb = np.array([int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)])
    red, green, blue = np.where(srgb <= 0.04045, srgb / 12.92, ((srgb + 0.055) / 1.055) ** 2.4)
    lms = np.cbrt(
        [
            0.4122214708 * red + 0.5363325363 * green + 0.0514459929 * blue,
            0.2119034982 * red + 0.6806995451 * green + 0.1073969566 * blue,
            0.0883024619 * red + 0.2817188376 * green + 0.6299787005 * blue,
        ]
    )
    return np.array(
        [
            0.2104542553 * lms[0] + 0.7936177850 * lms[1] - 0.0040720468 * lms[2],
            1.9779984951 * lms[0] - 2.4285922050 * lms[1] + 0.4505937099 * lms[2],
            0.0259040371 * lms[0] + 0.7827717662 * lms[1] - 0.8086757660 * lms[2],
        ]
    )


def apart(one: str, other: str) -> float:
    return float(np.linalg.norm(oklab(one) - oklab(other)))


def farthest(some: list[str], others: list[str]) -> float:
    """How far the worst of them lies from its partner, paired as well as can be."""
    return min(max(map(apart, some, order)) for order in permutations(others))


def encoded(image: Image.Image, kind: str = "PNG", **how: int) -> bytes:
    out = io.BytesIO()
    image.save(out, kind, **how)
    return out.getvalue()


def blocks(*parts: tuple[str, float], side: int = 384) -> Image.Image:
    """A picture of upright stripes, each as wide as its share."""
    image, at = Image.new("RGB", (side, side)), 0.0
    pen = ImageDraw.Draw(image)
    for colour, share in parts:
        pen.rectangle((round(at * side), 0, side, side), fill=colour)
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


def must_be_three_deep_colours(colours: list[str]) -> None:
    assert len(set(colours)) == 3
    for colour in colours:
        assert DEEPEST - 0.01 <= oklab(colour)[0] <= LIGHTEST + 0.01, colour
    assert min(apart(*pair) for pair in combinations(colours, 2)) > 0.07


@pytest.mark.parametrize(
    "parts",
    [
        [(BLUE, 0.5), (ORANGE, 0.3), (GREEN, 0.2)],
        [(PURPLE, 0.6), (GREEN, 0.3), (ORANGE, 0.1)],
        [(RED, 0.45), (BLUE, 0.45), (GREEN, 0.1)],
    ],
)
def test_three_deep_colours_are_found_as_they_are(parts: list[tuple[str, float]]) -> None:
    found = deep_contrasting_colours(encoded(blocks(*parts)))
    assert farthest(found, [colour for colour, _ in parts]) < 0.03


def test_light_colours_are_made_deep_and_keep_their_hue() -> None:
    found = deep_contrasting_colours(encoded(blocks(("#ffd84d", 0.4), ("#9fd0ff", 0.3), ("#ffb3c8", 0.3))))
    must_be_three_deep_colours(found)
    hues = sorted(float(np.degrees(np.arctan2(lab[2], lab[1])) % 360) for lab in map(oklab, found))
    wanted = sorted(
        float(np.degrees(np.arctan2(lab[2], lab[1])) % 360)
        for lab in map(oklab, ("#ffd84d", "#9fd0ff", "#ffb3c8"))
    )
    assert hues == pytest.approx(wanted, abs=8)


def test_a_speck_does_not_count_and_a_small_accent_does() -> None:
    ground = blocks((BLUE, 0.4), (ORANGE, 0.35), (GREEN, 0.25))
    ImageDraw.Draw(ground).rectangle((10, 10, 28, 28), fill=PURPLE)  # 0.25 % of the picture
    assert farthest(deep_contrasting_colours(encoded(ground)), [BLUE, ORANGE, GREEN]) < 0.03
    two = blocks((BLUE, 0.6), ("#7d8288", 0.4))
    ImageDraw.Draw(two).rectangle((10, 10, 90, 90), fill=RED)  # 4.4 %
    assert min(apart(RED, colour) for colour in deep_contrasting_colours(encoded(two))) < 0.03


def test_what_there_is_most_of_comes_first() -> None:
    found = deep_contrasting_colours(encoded(blocks((GREEN, 0.2), (BLUE, 0.6), (ORANGE, 0.2))))
    assert apart(found[0], BLUE) < 0.03


def test_colours_are_preferred_to_greys_and_to_the_brown_of_hair() -> None:
    parts = [("#777b80", 0.3), ("#3a2d28", 0.15), (BLUE, 0.25), (ORANGE, 0.15), (GREEN, 0.15)]
    assert farthest(deep_contrasting_colours(encoded(blocks(*parts))), [BLUE, ORANGE, GREEN]) < 0.03


@pytest.mark.parametrize(
    "colour", ["#ffffff", "#000000", "#808080", "#cc2222", "#ffee00", "#0000ff", "#ffd0e0", "#00ff00"]
)
def test_a_picture_of_one_colour_gives_three_depths_of_it(colour: str) -> None:
    found = deep_contrasting_colours(encoded(blocks((colour, 1))))
    must_be_three_deep_colours(found)
    green_red, blue_yellow = oklab(colour)[1:]
    if np.hypot(green_red, blue_yellow) > 0.02:
        for lab in map(oklab, found):
            turn = np.degrees(np.arctan2(lab[2], lab[1]) - np.arctan2(blue_yellow, green_red))
            assert abs((turn + 180) % 360 - 180) < 12


def test_a_picture_of_two_colours_has_both() -> None:
    found = deep_contrasting_colours(encoded(blocks((BLUE, 0.5), (ORANGE, 0.5))))
    must_be_three_deep_colours(found)
    assert all(min(apart(colour, one) for one in found) < 0.03 for colour in (BLUE, ORANGE))


CLEAR = {
    "stripes": blocks((BLUE, 0.5), (ORANGE, 0.3), (GREEN, 0.2)),
    "two colours": blocks((PURPLE, 0.65), ("#f0d060", 0.35)),
    "meadow": meadow(),
    "one colour": blocks(("#456e94", 1)),
}


@pytest.mark.parametrize("name", CLEAR)
def test_noise_encoding_scale_and_crop_change_next_to_nothing(name: str) -> None:
    image = CLEAR[name]
    usual = deep_contrasting_colours(encoded(image))
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
    far = {how: farthest(usual, deep_contrasting_colours(picture)) for how, picture in changed.items()}
    assert max(far.values()) < 0.04, far


def test_a_photo_of_nothing_but_noise_has_three_colours_too() -> None:
    noise = np.random.default_rng(1).integers(0, 256, (200, 300, 3), dtype=np.uint8)
    must_be_three_deep_colours(deep_contrasting_colours(encoded(Image.fromarray(noise), "JPEG")))


@pytest.mark.parametrize("mode", ["L", "RGBA", "P", "LA", "1", "CMYK"])
def test_every_kind_of_picture_is_read(mode: str) -> None:
    kind = "TIFF" if mode == "CMYK" else "PNG"
    must_be_three_deep_colours(deep_contrasting_colours(encoded(CLEAR["meadow"].convert(mode), kind)))


@settings(max_examples=25, deadline=None)
@given(
    st.lists(st.tuples(st.from_regex(r"\A#[0-9a-f]{6}\Z"), st.floats(0.02, 1)), min_size=1, max_size=6),
    st.integers(1, 130),
)
def test_any_picture_gives_three_deep_colours_that_differ(parts: list[tuple[str, float]], side: int) -> None:
    total = sum(share for _, share in parts)
    image = blocks(*((colour, share / total) for colour, share in parts), side=side)
    must_be_three_deep_colours(deep_contrasting_colours(encoded(image)))

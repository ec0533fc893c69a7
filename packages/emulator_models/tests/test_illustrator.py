"""The emulator's illustrator: pictures as asked, different from one another, in the palette's colors."""

from __future__ import annotations

import dataclasses
import io
import json
import time
from typing import Any

import numpy as np
import pytest
from PIL import Image

from emulator_models.illustrator import draw
from emulator_models.illustrator.composition import compose
from emulator_models.illustrator.drawing.color import chroma, hue, lightness
from emulator_models.illustrator.manifest import perceptual_hash
from emulator_models.illustrator.places import PLACES
from emulator_models.illustrator.props import PROPS
from emulator_models.illustrator.rendering import render
from emulator_models.illustrator.scene_reading import Reading, read_prompt

MAYA = {
    "name": "Maya",
    "age": 7,
    "species": "human",
    "appearance": "brown skin, curly black hair, yellow raincoat",
    "traits": [
        {"id": "skin_tone", "must_show": "", "respect": ""},
        {"id": "manual_wheelchair", "must_show": "", "respect": ""},
    ],
}
LEO = {
    "name": "Leo",
    "age": 8,
    "species": "human",
    "appearance": "pale skin, red hair, blue glasses",
    "traits": [],
}
SCENES = {
    "cover": "Maya and Leo stand at the edge of the forest, a lantern glowing between them.",
    "scene_1": "Maya finds a map in the attic while Leo holds a book.",
    "scene_2": "In the forest, Maya rolls ahead along the path and Leo points at the bridge.",
    "scene_3": "By the river in the rain Leo kneels at a boat and Maya reaches up.",
    "scene_4": "In the garden at sunset Maya waves and Leo dances under a kite.",
}
PALETTES = {
    "cover": ["#5c7aea", "#ffd6a5", "#ff8c61", "#7bc47f", "#fff4e0"],
    "scene_1": ["#f6bd60", "#f7ede2", "#84a59d", "#f28482", "#5b8e7d"],
    "scene_2": ["#2d6a4f", "#74c69d", "#d8f3dc", "#f4a261", "#1b4332"],
    "scene_3": ["#3d405b", "#81b29a", "#5f6c8f", "#e07a5f", "#c8d5dd"],
    "scene_4": ["#ffb703", "#fb8500", "#8ecae6", "#219ebc", "#fff1c9"],
}


def prompt(asset: str = "scene_2", **changes: Any) -> str:
    data = {
        "asset": asset,
        "title": "The Lantern in the Woods",
        "story_type": "adventure",
        "scene": SCENES.get(asset, "Maya waves."),
        "analysis": None,
        "mood": "curious",
        "motif": "a small star",
        "palette": {"name": "x", "colours": PALETTES.get(asset, PALETTES["cover"])},
        "characters": [MAYA, LEO],
        "feedback": [],
    }
    return f"Draw this. <data>{json.dumps(data | changes)}</data>"


def picture(text: str, size: tuple[int, int] = (320, 320), **more: Any) -> Image.Image:
    return Image.open(io.BytesIO(draw(text, size=size, references=[], **more))).convert("RGB")


def seen(reading: Reading) -> Image.Image:
    return Image.open(io.BytesIO(render(compose(reading, 1000, frozenset()).svg, (96, 96)))).convert("RGB")


@pytest.mark.parametrize("size", [(1024, 1024), (1536, 1024), (1024, 1536)])
def test_a_picture_is_of_the_asked_size(size: tuple[int, int]) -> None:
    image = Image.open(io.BytesIO(draw(prompt(), size=size, references=[])))
    assert image.format == "PNG"
    assert image.size == size


def test_the_same_prompt_gives_the_same_bytes() -> None:
    assert draw(prompt(), size=(256, 256), references=[]) == draw(prompt(), size=(256, 256), references=[])


def test_cover_and_scenes_differ_plainly() -> None:
    images = [picture(prompt(asset)) for asset in SCENES]
    hashes = [perceptual_hash(image) for image in images]
    small = [np.asarray(image.resize((32, 32)), dtype=float) for image in images]
    for i in range(len(images)):
        for k in range(i):
            assert (hashes[i] ^ hashes[k]).bit_count() > 60
            assert np.abs(small[i] - small[k]).mean() > 20


@pytest.mark.parametrize(
    ("scene", "companion"),
    [
        ("In blue half-darkness, inside the old lighthouse, at the foot of the spiral ramp, like a cave, Maya waits. "
         "Old Barnacle the seal crouches in a corner, clutching a big brass key.", ("Old Barnacle", "seal")),
        ("In blue half-darkness, inside the lighthouse, dark as a cave, Maya lifts a lantern high. "
         "Zunder the dragon crouches in a corner and clutches a big brass key.", ("Zunder", "dragon")),
    ],
)  # fmt: skip
def test_inside_the_lighthouse_is_a_room_with_who_lives_there(scene: str, companion: tuple[str, str]) -> None:
    reading = read_prompt(prompt("scene_3", scene=scene, characters=[MAYA]))
    assert reading.place == "inside_lighthouse"
    assert [(one.name, one.species) for one in reading.companions] == [companion]
    outside = read_prompt(prompt("scene_1", scene="A striped lighthouse stands dark on its rock.", characters=[MAYA]))
    assert outside.place == "lighthouse"


def test_two_stories_in_the_same_place_differ() -> None:
    one = picture(prompt(title="One", scene="In the forest Maya waves."))
    other = picture(prompt(title="Two", scene="In the forest Leo jumps."))
    assert (perceptual_hash(one) ^ perceptual_hash(other)).bit_count() > 50


@pytest.mark.parametrize("asset", SCENES)
def test_the_palette_carries_the_picture(asset: str) -> None:
    colors = PALETTES[asset]
    hues = [hue(c) for c in colors if chroma(c) > 0.03]
    pixels = np.asarray(picture(prompt(asset)).resize((40, 40), Image.Resampling.NEAREST)).reshape(-1, 3)
    near = 0
    for r, g, b in pixels:
        seen = f"#{r:02x}{g:02x}{b:02x}"
        away = min(abs((hue(seen) - own + 180) % 360 - 180) for own in hues)
        near += away < 30 or chroma(seen) < 0.035
    assert near / len(pixels) > 0.8


def test_another_palette_makes_another_picture() -> None:
    warm = np.asarray(picture(prompt(palette={"name": "", "colours": PALETTES["scene_4"]})), dtype=float)
    cool = np.asarray(picture(prompt(palette={"name": "", "colours": PALETTES["scene_3"]})), dtype=float)
    assert np.abs(warm.mean(axis=(0, 1)) - cool.mean(axis=(0, 1))).max() > 35


def test_night_is_darker_than_day() -> None:
    def mean(when: str) -> float:
        return float(np.asarray(picture(prompt(scene=f"In the meadow {when} Maya waves.")).convert("L")).mean())

    assert mean("at night") < mean("at noon") - 40


@pytest.mark.parametrize("place", PLACES)
def test_every_place_renders_at_every_time_of_day(place: str) -> None:
    empty = read_prompt(prompt(characters=[]))
    for when in ("dawn", "day", "sunset", "night"):
        dressed = dataclasses.replace(empty, place=place, time=when)
        assert len(seen(dressed).getcolors(96 * 96) or []) > 500


@pytest.mark.parametrize("thing", PROPS)
def test_every_thing_named_is_drawn(thing: str) -> None:
    empty = dataclasses.replace(read_prompt(prompt("cover", characters=[])), things=(), motif=None)
    images = [seen(empty), seen(dataclasses.replace(empty, things=(thing,)))]
    without, shown = (np.asarray(image, dtype=int) for image in images)
    assert (np.abs(without - shown).max(axis=2) > 12).sum() > 60


@pytest.mark.parametrize(
    ("scene", "place"),
    [
        ("Maya whispers in the kitchen beside the window.", "kitchen"),
        ("On the beach, the waves reach Leo's toes.", "beach"),
        ("Under the stars they climb to the roof terrace.", "rooftop"),
        ("Leo reads about the sea in the library.", "library"),
        ("They drift past coral underwater.", "underwater"),
        ("The rocket lands on the planet with two moons.", "planet"),
        ("Snow falls on the frozen hill.", "snow"),
    ],
)
def test_the_place_is_read_from_the_scene(scene: str, place: str) -> None:
    assert read_prompt(prompt(scene=scene)).place == place


def test_characters_take_the_poses_the_scene_gives_them() -> None:
    poses = read_prompt(prompt(scene="Maya points at the hill while Leo jumps over a stone.")).poses
    assert poses == {"Maya": "pointing", "Leo": "jumping"}


def test_no_two_characters_share_a_pose() -> None:
    crowd = [{"name": name, "age": 7, "species": "human", "appearance": "", "traits": []} for name in "ABCDE"]
    assert len(set(read_prompt(prompt(characters=crowd, scene="Everybody is here.")).poses.values())) == 5


@pytest.mark.parametrize("asset", ["cover", "scene_1", "scene_2", "scene_3", "scene_4"])
def test_nobody_is_cut_off_at_the_edges(asset: str) -> None:
    crowd = [
        MAYA,
        LEO,
        *({"name": n, "age": 7, "species": "human", "appearance": "", "traits": []} for n in "AB"),
    ]
    drawing = compose(read_prompt(prompt(asset, characters=crowd)), 1000, frozenset())
    for mark in drawing.marks:
        assert mark.box[0] > -25
        assert mark.box[2] < 1025
        assert mark.box[1] > 20


def test_a_portrait_shows_one_character_whole() -> None:
    drawing = compose(read_prompt(prompt("portrait")), 1000, frozenset())
    assert {mark.character for mark in drawing.marks} == {"Maya"}


def test_a_prompt_without_data_works() -> None:
    image = picture("A fox and a girl look at the stars from a hill. Watercolour style.", size=(512, 512))
    assert image.size == (512, 512)
    assert read_prompt("A fox in a snowy forest").sheets[0].species == "fox"
    assert read_prompt("An empty beach at dawn").sheets == ()


def test_a_prompt_without_data_takes_its_colors_from_the_reference() -> None:
    buffer = io.BytesIO()
    Image.effect_noise((64, 64), 40).convert("RGB").point(lambda v: v // 3).save(buffer, "JPEG")
    plain = np.asarray(picture("A meadow in daylight"), dtype=float).mean()
    tinted = Image.open(io.BytesIO(draw("A meadow in daylight", size=(320, 320), references=[buffer.getvalue()])))
    assert np.asarray(tinted.convert("RGB"), dtype=float).mean() < plain - 30


@pytest.mark.parametrize("junk", [b"", b"not a picture", b"\x89PNG\r\n\x1a\n" + bytes(40), b"\xff\xd8\xff\xe0junk"])
def test_a_corrupt_reference_is_refused_with_a_plain_reason(junk: bytes) -> None:
    with pytest.raises(ValueError, match="image"):
        draw(prompt(), size=(128, 128), references=[junk])


def test_odd_data_never_breaks_the_drawing() -> None:
    for odd in (
        {"palette": None},
        {"characters": "nobody"},
        {"characters": [{"age": "x"}]},
        {"scene": 7},
        {"analysis": "?"},
    ):
        assert draw(prompt(**odd), size=(96, 96), references=[])


def test_a_picture_takes_less_than_two_seconds_of_cpu() -> None:
    started = time.process_time()
    draw(prompt(), size=(1024, 1024), references=[])
    assert time.process_time() - started < 2


def test_dark_palettes_read_as_night() -> None:
    dark = ["#14213d", "#1b263b", "#3d5a80", "#415a77"]
    assert max(map(lightness, dark)) < 0.6
    assert read_prompt(prompt(scene="Maya waves.", palette={"name": "", "colours": dark})).time == "night"

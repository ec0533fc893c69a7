"""The picture check: what it says depends on the pixels sent."""

from __future__ import annotations

import io
import json
from typing import Any

import numpy as np
import pytest
from PIL import Image, ImageDraw

from emulator_models.illustrator import draw, judge
from emulator_models.illustrator.composition import compose
from emulator_models.illustrator.scene_reading import read_prompt

SIDE = 1024


def sheet(name: str, *traits: str, appearance: str = "brown skin, curly black hair") -> dict[str, Any]:
    recorded = [{"id": trait, "must_show": "", "respect": ""} for trait in traits]
    return {"name": name, "age": 7, "species": "human", "appearance": appearance, "traits": recorded}


MAYA = sheet("Maya", "skin_tone", "manual_wheelchair", "family_form", appearance="brown skin, curly hair, two mums")
LEO = sheet("Leo", "glasses", "hearing_aid", "home_circumstances", appearance="pale skin, red hair, lives in a flat")
DATA: dict[str, Any] = {"asset": "scene_1", "characters": [MAYA, LEO]}
COLORS = ["#5c7aea", "#ffd6a5", "#ff8c61", "#7bc47f", "#fff4e0"]


def prompt(*characters: dict[str, Any], scene: str = "In the garden Maya waves and Leo points at a kite.") -> str:
    data: dict[str, Any] = {
        "asset": "scene_1",
        "title": "T",
        "story_type": "friendship",
        "scene": scene,
        "analysis": None,
    }
    data |= {"mood": "joyful", "motif": "a key", "palette": {"name": "", "colours": COLORS}, "feedback": []}
    return f"<data>{json.dumps(data | {'characters': list(characters)})}</data>"


@pytest.fixture(scope="module")
def drawn() -> bytes:
    return draw(prompt(MAYA, LEO), size=(SIDE, SIDE), references=[])


def verdicts(picture: bytes, data: dict[str, Any] = DATA) -> dict[tuple[str, str], str]:
    return {(v["character"], v["trait"]): v["verdict"] for v in judge(picture, data)["verdicts"]}


def encoded(image: Image.Image, form: str = "PNG", **options: Any) -> bytes:
    buffer = io.BytesIO()
    image.convert("RGB").save(buffer, form, **options)
    return buffer.getvalue()


def test_every_recorded_trait_that_was_drawn_is_present(drawn: bytes) -> None:
    found = verdicts(drawn)
    asked = {(c["name"], t["id"]) for c in DATA["characters"] for t in c["traits"]}
    always = {(name, one) for name in ("Maya", "Leo") for one in ("kind", "looks", "clothes", "agency_position")}
    assert set(found) == asked | always | {("", "company")}
    assert set(found.values()) == {"present"}


@pytest.mark.parametrize(
    ("name", "trait"),
    [
        ("Leo", "glasses"),
        ("Maya", "manual_wheelchair"),
        ("Maya", "family_form"),
        ("Leo", "home_circumstances"),
    ],
)
def test_a_trait_left_out_of_the_drawing_is_absent(name: str, trait: str) -> None:
    picture = draw(prompt(MAYA, LEO), size=(SIDE, SIDE), references=[], omit=frozenset({trait}))
    found = verdicts(picture)
    assert found[name, trait] == "absent"
    assert found[name, "agency_position"] == "present"


@pytest.mark.parametrize("paint", ["black", "white", "#7bc47f"])
def test_a_trait_painted_over_is_absent(drawn: bytes, paint: str) -> None:
    image = Image.open(io.BytesIO(drawn))
    marks = compose(read_prompt(prompt(MAYA, LEO)), 1000, frozenset()).marks
    box = next(m.box for m in marks if m.trait == "manual_wheelchair")
    covered = image.convert("RGB")
    ImageDraw.Draw(covered).rectangle([round(v * SIDE / 1000) for v in box], fill=paint)
    covered.info = {}
    assert verdicts(encoded(covered))["Maya", "manual_wheelchair"] == "absent"
    assert verdicts(encoded(covered))["Leo", "glasses"] == "present"


@pytest.mark.parametrize("quality", [90, 60])
def test_a_jpeg_at_half_size_is_still_recognised(drawn: bytes, quality: int) -> None:
    half = Image.open(io.BytesIO(drawn)).resize((SIDE // 2, SIDE // 2))
    assert set(verdicts(encoded(half, "JPEG", quality=quality)).values()) == {"present"}


def test_of_two_like_pictures_the_right_one_is_recognised_without_its_chunk(drawn: bytes) -> None:
    bare = draw(prompt(MAYA, LEO), size=(SIDE, SIDE), references=[], omit=frozenset({"glasses"}))
    as_jpeg = [encoded(Image.open(io.BytesIO(p)), "JPEG", quality=85) for p in (drawn, bare)]
    assert verdicts(as_jpeg[0])["Leo", "glasses"] == "present"
    assert verdicts(as_jpeg[1])["Leo", "glasses"] == "absent"


def test_a_strangers_photo_shows_nothing_that_was_asked_for() -> None:
    noise = np.random.default_rng(7).integers(0, 255, (24, 24, 3), dtype=np.uint8)
    photo = encoded(Image.fromarray(noise).resize((640, 480), Image.Resampling.BICUBIC), "JPEG")
    answer = judge(photo, DATA)["verdicts"]
    assert {v["verdict"] for v in answer} == {"absent"}
    assert all("was found" in v["reason"] for v in answer)


def test_a_manifest_pasted_onto_another_picture_convinces_nobody(drawn: bytes) -> None:
    chunk_end = 33 + 12 + int.from_bytes(drawn[33:37], "big")
    flat = encoded(Image.new("RGB", (SIDE, SIDE), "#9bb7d4"))
    forged = flat[:33] + drawn[33:chunk_end] + flat[33:]
    assert set(verdicts(forged).values()) == {"absent"}


def test_the_wrong_chair_is_a_contradiction() -> None:
    powered = sheet("Maya", "power_wheelchair")
    picture = draw(prompt(powered, LEO), size=(SIDE, SIDE), references=[])
    answer = judge(picture, {"characters": [sheet("Maya", "manual_wheelchair")]})["verdicts"]
    found = {v["trait"]: v for v in answer}["manual_wheelchair"]
    assert found["verdict"] == "contradicted"
    assert "power wheelchair" in found["reason"]


def test_a_character_who_is_not_in_the_picture_is_absent_and_nothing_of_them_visible(drawn: bytes) -> None:
    found = verdicts(drawn, {"characters": [sheet("Nobody", "glasses")]})
    assert found.pop(("Nobody", "kind")) == "absent"
    assert found.pop(("", "company")) == "contradicted"  # Maya and Leo stand there instead
    assert set(found.values()) == {"not_visible"}


def test_who_is_left_out_of_a_cast_and_stands_there_all_the_same_is_said(drawn: bytes) -> None:
    (company,) = (v for v in judge(drawn, {"characters": [MAYA]})["verdicts"] if v["trait"] == "company")
    assert (company["verdict"], company["reason"].split()[0]) == ("contradicted", "Leo")


@pytest.mark.parametrize("asked", ["kind", "looks", "clothes"])
def test_another_kind_other_looks_and_other_clothes_than_told_are_contradictions(asked: str) -> None:
    picture = draw(prompt(MAYA, LEO), size=(SIDE, SIDE), references=[], omit=frozenset({asked}))
    found = verdicts(picture)
    assert {one: found["Leo", one] for one in ("kind", "looks", "clothes")} == {
        "kind": "present",
        "looks": "present",
        "clothes": "present",
    } | {asked: "contradicted"}


def test_a_kind_it_cannot_draw_is_drawn_as_another_and_said() -> None:
    basilisk = {**sheet("Bas", appearance=""), "species": "basilisk"}
    picture = draw(prompt(basilisk, LEO), size=(SIDE, SIDE), references=[])
    found = {(v["character"], v["trait"]): v for v in judge(picture, {"characters": [basilisk, LEO]})["verdicts"]}
    assert found["Bas", "kind"]["verdict"] == "contradicted"
    assert "basilisk" in found["Bas", "kind"]["reason"]
    assert found["Leo", "kind"]["verdict"] == "present"


@pytest.mark.parametrize(
    ("species", "other"),
    [
        ("wolf", "fox"),
        ("squirrel", "fox"),
        ("koala", "bear"),
        ("panda bear", "bear"),
        ("otter", "bear"),
        ("penguin", "bird"),
        ("dormouse", "mouse"),
        ("seal", "otter"),
        ("puffin", "penguin"),
    ],
)
def test_a_kind_of_its_own_is_not_taken_for_the_one_it_was_drawn_as_before(species: str, other: str) -> None:
    animal = {**sheet("Robin", appearance=""), "species": species}
    picture = draw(prompt(animal), size=(512, 512), references=[])
    assert verdicts(picture, {"characters": [animal]})["Robin", "kind"] == "present"
    assert verdicts(picture, {"characters": [{**animal, "species": other}]})["Robin", "kind"] == "contradicted"
    as_other = draw(prompt({**animal, "species": other}), size=(512, 512), references=[])
    assert verdicts(as_other, {"characters": [animal]})["Robin", "kind"] == "contradicted"


@pytest.mark.parametrize(("species", "nearest"), [("hamster", "mouse"), ("badger", "bear"), ("tiger", "cat")])
def test_a_kind_without_a_shape_of_its_own_is_said_to_be_drawn_as_the_nearest(species: str, nearest: str) -> None:
    animal = {**sheet("Robin", appearance=""), "species": species}
    picture = draw(prompt(animal), size=(512, 512), references=[])
    kind = judge(picture, {"characters": [animal]})["verdicts"][0]
    assert (kind["trait"], kind["verdict"]) == ("kind", "contradicted")
    assert kind["reason"] == f"Robin is drawn as a {nearest}, but is told of as: {species}."


def test_a_garment_it_cannot_draw_is_said() -> None:
    knight = sheet("Leo", appearance="red hair, shining armour")
    picture = draw(prompt(MAYA, knight), size=(SIDE, SIDE), references=[])
    assert verdicts(picture, {"characters": [MAYA, knight]})["Leo", "clothes"] == "contradicted"


def test_a_check_without_data_has_no_verdicts(drawn: bytes) -> None:
    assert judge(drawn, None) == {"verdicts": []}


def test_what_is_no_picture_is_refused() -> None:
    with pytest.raises(ValueError, match="image"):
        judge(b"nothing", DATA)

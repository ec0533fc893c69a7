"""The illustrator's figures: recognisable, repeatable, and true to what is recorded."""

from __future__ import annotations

import io
import re
import time
from itertools import combinations
from typing import get_args

import numpy as np
import pytest
import resvg_py
from numpy.typing import NDArray
from PIL import Image

from emulator_models.illustrator.figures import STAGE_TRAITS, Facing, Figure, Mood, Pose, draw_figure
from emulator_models.prompt_data import CharacterSheet, SheetTrait

TRAITS = [
    "skin_tone",
    "vitiligo_birthmark_eczema",
    "albinism",
    "hair_texture",
    "protective_style",
    "hair_loss",
    "facial_difference",
    "heritage_features",
    "larger_body",
    "short_stature",
    "limb_difference",
    "older_adult",
    "manual_wheelchair",
    "power_wheelchair",
    "walker_gait_trainer",
    "crutches_cane",
    "prosthesis",
    "orthosis_brace",
    "glasses",
    "eye_patch_strabismus",
    "white_cane",
    "assistance_dog",
    "hearing_aid",
    "cochlear_implant",
    "sign_language",
    "aac_device",
    "ear_defenders",
    "stim_fidget",
    "visual_schedule",
    "down_syndrome",
    "insulin_pump_cgm",
    "feeding_tube",
    "oxygen_tracheostomy",
    "head_covering",
    "heritage_dress_setting",
    "family_form",
    "gender_expression",
    "home_circumstances",
    "agency_position",
]
FIGURE_TRAITS = [trait for trait in TRAITS if trait not in STAGE_TRAITS]
DEVICES = [
    trait
    for trait in FIGURE_TRAITS[FIGURE_TRAITS.index("manual_wheelchair") :]
    if trait not in ("heritage_dress_setting", "gender_expression")
]
SAID = {
    "skin_tone": "deep brown skin",
    "heritage_features": "Korean girl",
    "heritage_dress_setting": "Indian boy",
    "gender_expression": "boy with a flower clip and a pink spotted dress",
    "protective_style": "deep skin, black locs",
}
SPECIES = [
    "human",
    "fox",
    "bear",
    "rabbit",
    "cat",
    "dog",
    "owl",
    "mouse",
    "elephant",
    "dragon",
    "robot",
    "turtle",
    "tortoise",
    "bird",
    "hedgehog",
    "lion",
    "axolotl",
]


def sheet(
    name: str = "Maya", appearance: str = "", *traits: str, species: str = "human", age: int = 7
) -> CharacterSheet:
    recorded = tuple(SheetTrait(id=trait) for trait in traits)
    return CharacterSheet(name=name, age=age, species=species, appearance=appearance, traits=recorded)


def draw(
    who: CharacterSheet,
    *,
    pose: Pose = "standing",
    mood: Mood = "calm",
    facing: Facing = "right",
    key: str = "f",
    omit: frozenset[str] = frozenset(),
) -> Figure:
    return draw_figure(who, pose=pose, mood=mood, facing=facing, height=350, key=key, omit=omit)


def pixels(figure: Figure, box: tuple[float, float, float, float] = (-260, -480, 260, 40)) -> NDArray[np.int16]:
    x0, y0, x1, y1 = (round(v) for v in box)
    svg = (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{x1 - x0}" height="{y1 - y0}" '
        f'viewBox="{x0} {y0} {x1 - x0} {y1 - y0}"><rect x="{x0}" y="{y0}" width="2000" height="2000" fill="#dfe8d8"/>'
        f"{figure.svg}</svg>"
    )
    picture = Image.open(io.BytesIO(resvg_py.svg_to_bytes(svg_string=svg))).convert("RGB")
    return np.asarray(picture).astype(np.int16)


def changed(a: NDArray[np.int16], b: NDArray[np.int16]) -> float:
    return float((np.abs(a - b).max(axis=2) > 20).mean())


def test_the_traits_tested_are_all_39() -> None:
    assert len(set(TRAITS)) == 39
    assert set(TRAITS) >= STAGE_TRAITS


@pytest.mark.parametrize("trait", FIGURE_TRAITS)
def test_a_recorded_trait_is_plain_to_see_inside_its_mark(trait: str) -> None:
    facing: Facing = "left" if FIGURE_TRAITS.index(trait) % 2 else "right"
    who = sheet("Robin", SAID.get(trait, ""), trait, age=68 if trait == "older_adult" else 7)
    shown, omitted = draw(who, facing=facing), draw(who, facing=facing, omit=frozenset({trait}))
    (mark,) = [m for m in shown.marks if m.trait == trait]
    assert mark.character == "Robin"
    assert trait not in {m.trait for m in omitted.marks}
    x0, y0, x1, y1 = mark.box
    assert x1 - x0 >= 6
    assert y1 - y0 >= 6
    assert changed(pixels(shown, mark.box), pixels(omitted, mark.box)) > 0.05


@pytest.mark.parametrize("trait", DEVICES)
def test_an_omitted_device_leaves_nothing_behind(trait: str) -> None:
    assert draw(sheet("Noor", "", trait), omit=frozenset({trait})).svg == draw(sheet("Noor")).svg


@pytest.mark.parametrize("species", ["fox", "robot"])
def test_animals_carry_devices_too(species: str) -> None:
    for trait in DEVICES:
        who = sheet("Pip", "", trait, species=species)
        shown, omitted = draw(who), draw(who, omit=frozenset({trait}))
        (mark,) = [m for m in shown.marks if m.trait == trait]
        assert changed(pixels(shown, mark.box), pixels(omitted, mark.box)) > 0.05, trait


def test_the_same_sheet_twice_gives_the_same_picture() -> None:
    who = sheet("Maya", "brown skin, curly hair", "glasses", "manual_wheelchair")
    assert draw(who).svg == draw(who).svg


def test_a_child_looks_the_same_whatever_it_does() -> None:
    coats = [set(re.findall(r"stop-color=\"(#\w+)\"", draw(sheet("Maya"), pose=p).svg)) for p in get_args(Pose)]
    assert len(set.intersection(*coats)) >= 8


def test_two_names_give_two_children() -> None:
    names = ("Maya", "Tom", "Aiko", "Zuri", "Leo", "Ben")
    assert len({draw(sheet(name)).svg for name in names}) == len(names)


def test_every_pose_is_unlike_the_others() -> None:
    drawn = [pixels(draw(sheet("Tom"), pose=pose))[::2, ::2] for pose in get_args(Pose)]
    assert min(changed(a, b) for a, b in combinations(drawn, 2)) > 0.02


def test_every_mood_changes_the_face() -> None:
    assert len({draw(sheet("Tom"), mood=mood).svg for mood in get_args(Mood)}) == 8


@pytest.mark.parametrize("species", SPECIES)
def test_every_species_renders_in_every_pose(species: str) -> None:
    blank = pixels(Figure("<g/>", 0, 0, ()))
    for pose in get_args(Pose):
        figure = draw(sheet("Pip", "red scarf and blue boots", "glasses", species=species), pose=pose)
        assert figure.width > 40
        assert figure.height > 40
        if pose == "standing":
            assert changed(pixels(figure), blank) > 0.05


def test_words_about_clothes_are_worn() -> None:
    figure = draw(sheet("Ola", "yellow raincoat and red boots"))
    seen = pixels(figure).reshape(-1, 3)
    yellow = (seen[:, 0] > 220) & (seen[:, 1] > 160) & (seen[:, 2] < 120)
    red = (seen[:, 0] > 190) & (seen[:, 1] < 100) & (seen[:, 2] < 100)
    assert yellow.mean() > 0.02
    assert red.mean() > 0.004


def test_a_recorded_side_stays_the_characters_own_when_it_turns_round() -> None:
    who = sheet("Kofi", "purple hearing aid on the left ear", "hearing_aid")
    for facing in get_args(Facing):
        (mark,) = (mark for mark in draw(who, facing=facing).marks if mark.trait == "hearing_aid")
        assert mark.box[0] > 0  # somebody who faces us has their left at our right


def test_marks_lie_where_the_devices_belong() -> None:
    boxes = {m.trait: m.box for m in draw(sheet("Kofi", "", "hearing_aid", "glasses", "manual_wheelchair")).marks}
    chair, aid, glasses = boxes["manual_wheelchair"], boxes["hearing_aid"], boxes["glasses"]
    assert chair[3] == pytest.approx(0, abs=8)  # the wheels are on the ground
    assert max(aid[3], glasses[3]) < chair[1]  # ears and eyes are above the chair
    assert aid[2] - aid[0] < 40  # an ear's width, not a face's
    assert aid[2] < glasses[0] + 20 or aid[0] > glasses[2] - 20


def test_the_feet_stand_on_the_origin_and_age_shows_in_height() -> None:
    heights = [draw(sheet("Ida", "short hair", age=age)).height for age in (2, 7, 13, 35)]
    assert heights == sorted(heights)
    assert heights[1] == pytest.approx(350, rel=0.12)


def test_ids_are_prefixed_and_unique() -> None:
    svgs = [draw(sheet("Maya", "striped jumper", "glasses"), key=key).svg for key in ("a", "b")]
    ids = [found for svg in svgs for found in re.findall(r'\bid="([^"]+)"', svg)]
    assert len(ids) == len(set(ids))
    assert all(re.match(r"[ab](-|$)", found) for found in ids)
    used = {found for svg in svgs for found in re.findall(r"url\(#([^)]+)\)", svg)}
    assert used <= set(ids)


def test_strange_sheets_are_drawn_all_the_same() -> None:
    for who in (
        sheet("", "", species=""),
        sheet("<&>", "<b>red & blue</b> \u0001 coat"),
        sheet("Old", "", age=140),
        sheet("New", "", age=0),
        sheet("All", "", *TRAITS),
        sheet("All", "", *TRAITS, species="owl"),
    ):
        for pose in get_args(Pose):
            draw(who, pose=pose)
        pixels(draw(who), (-40, -40, 40, 0))


def test_three_figures_are_quick() -> None:
    start = time.process_time()
    people = [draw(sheet(name, "", "manual_wheelchair"), key=name) for name in ("Maya", "Tom", "Aiko")]
    for figure in people:
        pixels(figure, (-512, -900, 512, 124))
    assert time.process_time() - start < 1.5

"""What a stage must say of a character: the family and the home that its sheet records.

Out of doors the family stands a little way off and the home beyond it; in rooms both hang on the wall in
frames; in places that are neither (a cave, a planet) they are on a card propped up on the ground.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from emulator.illustrator.colours import mix
from emulator.illustrator.figures import Facing, Mark, draw_figure
from emulator.illustrator.scenery import buildings, plants
from emulator.illustrator.scenery.interiors import frame
from emulator.illustrator.stage import Box, Scenery, Stage, overlap
from emulator.illustrator.svg import group, rect
from emulator.wire import Sheet, SheetTrait

RELATIVES: tuple[tuple[str, tuple[tuple[str, int, str], ...]], ...] = (
    (r"two (mums|moms|mothers)|(mums|moms|mothers)\b", (("Mum", 36, "woman"), ("Mama", 38, "woman"))),
    (r"two (dads|fathers)|(dads|fathers)\b", (("Dad", 37, "man"), ("Papa", 39, "man"))),
    (r"grandparents", (("Grandma", 68, "grandmother, woman, grey hair"), ("Grandpa", 70, "grandfather, man, grey hair"))),
    (r"grand(ma|mother|mum)|nan(a|ny)?\b|abuela|oma\b", (("Grandma", 68, "grandmother, woman, grey hair"),)),
    (r"grand(pa|father|dad)|abuelo|opa\b", (("Grandpa", 70, "grandfather, man, grey hair"),)),
    (r"single (dad|father)|lives with (his|her|their) (dad|father)|(?<!grand)\b(dad|father)\b(?!.*\b(mum|mom|mother)\b)", (("Dad", 37, "man"),)),
    (r"foster", (("Carer", 45, "woman"), ("Carer", 47, "man"))),
    (r"\b(mum|mom|mother)\b.*\b(dad|father)\b|\b(dad|father)\b.*\b(mum|mom|mother)\b|parents", (("Mum", 36, "woman"), ("Dad", 37, "man"))),
)
SIBLINGS: tuple[tuple[str, tuple[str, int, str]], ...] = (
    (r"\b(sister|sisters|siblings)\b", ("Sister", 9, "girl")),
    (r"\b(brother|brothers)\b", ("Brother", 5, "boy")),
    (r"\bbaby\b", ("Baby", 2, "toddler")),
)
LIKENESS = re.compile(r"(?:[\w-]+ ){0,3}(?:skin|hair)\b|\b(?:hijab|turban)\b", re.IGNORECASE)


@dataclass
class StageTraits:
    """What was added behind the figures, with its boxes, and the marks of it."""

    behind: list[tuple[str, Box]] = field(default_factory=list)
    marks: list[Mark] = field(default_factory=list)


def relatives(sheet: Sheet) -> list[Sheet]:
    """The carers and siblings that a sheet records, alike the child where its sheet says how it looks."""
    told = f"{sheet.appearance} {' '.join(t.must_show for t in sheet.traits if t.id == 'family_form' and 'recorded' not in t.must_show)}"
    carers = next((people for pattern, people in RELATIVES if re.search(pattern, told, re.I)), (("Mum", 36, "woman"),))
    people = [*carers, *(one for pattern, one in SIBLINGS if re.search(pattern, told, re.I))]
    if re.search(r"mixed|multiracial|biracial", told, re.I) and len(people) > 1:
        likeness = ["light skin, brown hair", "deep brown skin, black curly hair", *[", ".join(LIKENESS.findall(sheet.appearance))] * 3]
    else:
        likeness = [", ".join(LIKENESS.findall(sheet.appearance))] * len(people)
    return [
        Sheet(name=f"{name} of {sheet.name}", age=age, species=sheet.species, appearance=f"{look}. {like}", traits=_heritage(sheet))
        for (name, age, look), like in zip(people, likeness, strict=False)
    ]


def _heritage(sheet: Sheet) -> tuple[SheetTrait, ...]:
    return tuple(t for t in sheet.traits if t.id in ("skin_tone", "heritage_features"))


def show_stage_traits(stage: Stage, scenery: Scenery, sheets: tuple[Sheet, ...], taken: list[Box], omit: frozenset[str]) -> StageTraits:
    """Draw the families and homes that the sheets record, where nobody stands in front of them."""
    shown = StageTraits()
    for sheet in sheets:
        if "family_form" in sheet.trait_ids - omit:
            _show_family(stage, scenery, sheet, taken, shown)
        if "home_circumstances" in sheet.trait_ids - omit:
            _show_home(stage, scenery, sheet, taken, shown)
    return shown


def _add(shown: StageTraits, sheet: Sheet, trait: str, svg: str, box: Box) -> None:
    shown.behind.append((svg, box))
    shown.marks.append(Mark(sheet.name, trait, box))


def _show_family(stage: Stage, scenery: Scenery, sheet: Sheet, taken: list[Box], shown: StageTraits) -> None:
    people = relatives(sheet)
    if scenery.setting == "outdoors":
        box = _gap(stage, taken, shown, 70.0 * len(people) + 50, stage.horizon + 140, 250)
        if box:
            _add(shown, sheet, "family_form", _people(people, box, 205, f"kin{len(shown.marks)}"), box)
            return
    box = _card_spot(stage, scenery, taken, shown, 84.0 * len(people) + 40, 150)
    paper = mix(stage.palette.light, stage.palette.second, 0.25)
    inner = _people(people, (box[0], box[1], box[2], box[3] - 6), 118, f"kin{len(shown.marks)}")
    _add(shown, sheet, "family_form", _card(stage, scenery, box, inner, paper), box)


def _people(people: list[Sheet], box: Box, height: float, key: str) -> str:
    step = (box[2] - box[0]) / len(people)
    facing: tuple[Facing, Facing] = ("right", "left")
    return "".join(
        group(
            draw_figure(one, pose="waving" if i == 0 else "standing", mood="joyful", facing=facing[i % 2], height=height * 0.86, key=f"{key}p{i}").svg,
            x=box[0] + step * (i + 0.5),
            y=box[3] - 4,
        )
        for i, one in enumerate(people)
    )


def _show_home(stage: Stage, scenery: Scenery, sheet: Sheet, taken: list[Box], shown: StageTraits) -> None:
    if scenery.setting == "outdoors":
        box = _gap(stage, taken, shown, 190, stage.horizon + 120, 260)
        if box:
            _add(shown, sheet, "home_circumstances", _home(stage, sheet, box), box)
            return
    box = _card_spot(stage, scenery, taken, shown, 170, 150)
    inner = _home(stage, sheet, (box[0] + 12, box[1] + 14, box[2] - 12, box[3] - 2))
    _add(shown, sheet, "home_circumstances", _card(stage, scenery, box, inner, mix(stage.palette.light, stage.palette.sky_top, 0.3)), box)


def _home(stage: Stage, sheet: Sheet, box: Box) -> str:
    """The home recorded: a block of flats, a farmhouse among trees, or a house with lit windows."""
    p, told = stage.palette, sheet.appearance.lower()
    x, y, tall, wide = (box[0] + box[2]) / 2, box[3], box[3] - box[1], box[2] - box[0]
    wall = mix(p.light, p.accent, 0.3)
    if re.search(r"flat|apartment|tower|city|council|high.?rise", told):
        return buildings.block(stage, x - wide * 0.34, y, wide * 0.68, tall * 0.96, wall, seed=1)
    if re.search(r"rural|farm|village|country|caravan|boat", told):
        barn = buildings.house(stage, x + wide * 0.1, y, tall * 0.72, mix(p.light, p.near(60), 0.3), p.near(25))
        return plants.round_tree(stage, x - wide * 0.3, y, tall * 0.8, mix("#5f9150", p.land, 0.4)) + barn
    if re.search(r"shelter|hostel|shared|refuge|temporary", told):
        long = buildings.block(stage, x - wide * 0.47, y, wide * 0.94, tall * 0.7, wall, seed=4)
        return long + buildings.scallops(stage, x - wide * 0.2, y - tall * 0.28, wide * 0.4, tall * 0.1, p.accent)
    return buildings.house(stage, x, y, min(tall * 0.86, wide * 0.86), wall, p.near(25))


def _gap(stage: Stage, taken: list[Box], shown: StageTraits, width: float, foot: float, tall: float) -> Box | None:
    """A clear place a little way off between or beside the figures."""
    blocked = [*taken, *(box for _, box in shown.behind)]
    for share in (0.12, 0.88, 0.5, 0.3, 0.7, 0.2, 0.8, 0.4, 0.6):
        x = min(max(stage.across(share), width / 2 + 12), stage.width - width / 2 - 12)
        box = (x - width / 2, foot - tall, x + width / 2, foot)
        if not any(overlap(box, other) for other in blocked):
            return box
    return None


def _card_spot(stage: Stage, scenery: Scenery, taken: list[Box], shown: StageTraits, width: float, tall: float) -> Box:
    """A place for a framed picture: high on a wall, or in a lower corner where it covers no face."""
    blocked = [*taken, *(box for _, box in shown.behind)]
    heights = (64.0, 96.0, 250.0) if scenery.setting == "indoors" else (960 - tall, stage.floor - tall - 110)
    spots = [
        (stage.across(share) - width / 2, top, stage.across(share) + width / 2, top + tall)
        for top in heights
        for share in (0.14, 0.86, 0.32, 0.68, 0.5)
    ]
    inside = [(max(b[0], 22.0), b[1], max(b[0], 22.0) + width, b[3]) for b in spots]
    inside = [(min(b[0], stage.width - 22 - width), b[1], min(b[0], stage.width - 22 - width) + width, b[3]) for b in inside]
    return next((b for b in inside if not any(overlap(b, other) for other in blocked)), inside[len(shown.marks) % 2])


def _card(stage: Stage, scenery: Scenery, box: Box, inner: str, paper: str) -> str:
    w, h = box[2] - box[0], box[3] - box[1]
    if scenery.setting == "indoors":
        return frame(stage, box[0], box[1], w, h, inner, paper)
    white = mix(stage.palette.light, "#ffffff", 0.5)
    return rect(box[0] - 10, box[1] - 10, w + 20, h + 20, white, round_=4) + rect(box[0], box[1], w, h, paper) + inner

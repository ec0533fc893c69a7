"""What a stage must say of a character: the family and the home that its sheet records.

Out of doors the family stands a little way off and the home beyond it; in rooms both hang on the wall in
frames; in places that are neither (a cave, a planet) they hang as photographs on a string.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from emulator_models.illustrator.drawing.color import mix
from emulator_models.illustrator.drawing.geometry import Box, overlap
from emulator_models.illustrator.drawing.svg import group, line, rect
from emulator_models.illustrator.figures import Facing, Mark, Pose, draw_figure
from emulator_models.illustrator.scenery import buildings, plants, undergrowth
from emulator_models.illustrator.scenery.interiors import frame
from emulator_models.illustrator.stage import Scenery, Stage
from emulator_models.prompt_data import CharacterSheet, SheetTrait

RELATIVES: tuple[tuple[str, tuple[tuple[str, int, str], ...]], ...] = (
    (r"two (mums|moms|mothers)|(mums|moms|mothers)\b", (("Mum", 36, "woman"), ("Mama", 38, "woman"))),
    (r"two (dads|fathers)|(dads|fathers)\b", (("Dad", 37, "man"), ("Papa", 39, "man"))),
    (
        r"grandparents",
        (("Grandma", 68, "grandmother, woman, grey hair"), ("Grandpa", 70, "grandfather, man, grey hair")),
    ),
    (r"grand(ma|mother|mum)|nan(a|ny)?\b|abuela|oma\b", (("Grandma", 68, "grandmother, woman, grey hair"),)),
    (r"grand(pa|father|dad)|abuelo|opa\b", (("Grandpa", 70, "grandfather, man, grey hair"),)),
    (
        (
            r"single (dad|father)|lives with (his|her|their) (dad|father)|(?<!grand)\b(dad|"
            r"father)\b(?!.*\b(mum|mom|mother)\b)"
        ),
        (("Dad", 37, "man"),),
    ),
    (r"foster", (("Carer", 45, "woman"), ("Carer", 47, "man"))),
    (
        r"\b(mum|mom|mother)\b.*\b(dad|father)\b|\b(dad|father)\b.*\b(mum|mom|mother)\b|parents",
        (("Mum", 36, "woman"), ("Dad", 37, "man")),
    ),
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


def relatives(sheet: CharacterSheet) -> list[CharacterSheet]:
    """The carers and siblings that a sheet records, alike the child where its sheet says how it looks."""
    told = (
        f"{sheet.appearance}"
        f" {' '.join(t.must_show for t in sheet.traits if t.id == 'family_form' and 'recorded' not in t.must_show)}"
    )
    carers = next((people for pattern, people in RELATIVES if re.search(pattern, told, re.I)), (("Mum", 36, "woman"),))
    people = [*carers, *(one for pattern, one in SIBLINGS if re.search(pattern, told, re.I))]
    if re.search(r"mixed|multiracial|biracial", told, re.I) and len(people) > 1:
        likeness = [
            "light skin, brown hair",
            "deep brown skin, black curly hair",
            *[", ".join(LIKENESS.findall(sheet.appearance))] * 3,
        ]
    else:
        likeness = [", ".join(LIKENESS.findall(sheet.appearance))] * len(people)
    return [
        CharacterSheet(
            name=f"{name} of {sheet.name}",
            age=age,
            species=sheet.species,
            appearance=f"{look}. {like}",
            traits=_heritage(sheet),
        )
        for (name, age, look), like in zip(people, likeness, strict=False)
    ]


def _heritage(sheet: CharacterSheet) -> tuple[SheetTrait, ...]:
    return tuple(t for t in sheet.traits if t.id in ("skin_tone", "heritage_features"))


def show_stage_traits(
    stage: Stage, scenery: Scenery, sheets: tuple[CharacterSheet, ...], taken: list[Box], omit: frozenset[str]
) -> StageTraits:
    """Draw the families and homes that the sheets record, where nobody stands in front of them."""
    shown = StageTraits()
    for sheet in sheets:
        if "home_circumstances" in sheet.trait_ids - omit:
            _show_home(stage, scenery, sheet, taken, shown)
        if "family_form" in sheet.trait_ids - omit:
            _show_family(stage, scenery, sheet, taken, shown)
    return shown


def _add(shown: StageTraits, sheet: CharacterSheet, trait: str, svg: str, box: Box) -> None:
    shown.behind.append((svg, box))
    shown.marks.append(Mark(sheet.name, trait, box))


def _show_family(stage: Stage, scenery: Scenery, sheet: CharacterSheet, taken: list[Box], shown: StageTraits) -> None:
    people = relatives(sheet)
    key = f"kin{len(shown.marks)}"
    if scenery.setting == "outdoors" and scenery.bystanders is not None:
        for share in (1.0, 0.8, 0.66):
            wide, foot = (78.0 * len(people) + 16) * share, stage.horizon + scenery.bystanders * share
            box = _gap(stage, taken, shown, wide, foot, 225 * share)
            if box:
                _add(shown, sheet, "family_form", _people(people, box, 215 * share, key), box)
                return
    box = _card_spot(stage, scenery, taken, shown, 84.0 * len(people) + 40, 150)
    inner = _people(people, (box[0], box[1], box[2], box[3] - 6), 118, key)
    paper = mix(stage.palette.light, stage.palette.second, 0.25)
    _add(shown, sheet, "family_form", _card(stage, scenery, box, inner, paper), box)


def _people(people: list[CharacterSheet], box: Box, height: float, key: str) -> str:
    step = (box[2] - box[0]) / len(people)
    facing: tuple[Facing, Facing] = ("right", "left")
    parts = []
    for i, one in enumerate(people):
        pose: Pose = "waving" if i == 0 else "standing"
        kin = draw_figure(one, pose=pose, mood="joyful", facing=facing[i % 2], height=height * 0.86, key=f"{key}p{i}")
        parts.append(group(kin.svg, x=box[0] + step * (i + 0.5), y=box[3] - 4))
    return "".join(parts)


def _show_home(stage: Stage, scenery: Scenery, sheet: CharacterSheet, taken: list[Box], shown: StageTraits) -> None:
    if scenery.setting == "outdoors" and scenery.home is not None:
        for share in (1.0, 0.8, 0.62):
            box = _gap(stage, taken, shown, 136 * share, stage.horizon + scenery.home * share, 240 * share)
            if box:
                ends = (box[0] + 12, box[2] - 12)
                bushes = "".join(undergrowth.bush(stage, x, box[3] + 6, 80 * share, stage.palette.leaf) for x in ends)
                upper = (*box[:3], (box[1] + box[3]) / 2)
                _add(shown, sheet, "home_circumstances", _home(stage, sheet, box) + bushes, upper)
                return
    box = _card_spot(stage, scenery, taken, shown, 150, 150)
    inner = _home(stage, sheet, (box[0] + 10, box[1] + 10, box[2] - 10, box[3] - 4))
    paper = mix(stage.palette.sky_top, stage.palette.light, 0.55)
    _add(shown, sheet, "home_circumstances", _card(stage, scenery, box, inner, paper), box)


def _home(stage: Stage, sheet: CharacterSheet, box: Box) -> str:
    """The home recorded, standing on the foot of the box: flats, a farmhouse, a shared house, a house."""
    p, told = stage.palette, sheet.appearance.lower()
    wall, roof = mix(p.light, p.accent, 0.3), p.near(25)
    if re.search(r"flat|apartment|tower|city|council|high.?rise", told):
        drawing, wide, tall = buildings.block(stage, -80, 0, 160, 330, wall, seed=1), 170.0, 345.0
    elif re.search(r"rural|farm|village|country|caravan|boat", told):
        tree = plants.round_tree(stage, -130, 0, 290, p.leaf)
        drawing, wide, tall = (
            tree + buildings.house(stage, 40, 0, 230, mix(p.light, p.near(60), 0.3), roof),
            350.0,
            300.0,
        )
    elif re.search(r"shelter|hostel|shared|refuge|temporary", told):
        porch = buildings.scallops(stage, -70, -96, 140, 40, p.accent)
        drawing, wide, tall = buildings.block(stage, -130, 0, 260, 230, wall, seed=4) + porch, 280.0, 245.0
    else:
        drawing, wide, tall = buildings.house(stage, 0, 0, 220, wall, roof), 260.0, 250.0
    scale = min((box[2] - box[0]) / wide, (box[3] - box[1]) / tall)
    return group(drawing, x=(box[0] + box[2]) / 2, y=box[3], scale=scale)


def _gap(stage: Stage, taken: list[Box], shown: StageTraits, width: float, foot: float, tall: float) -> Box | None:
    """A clear place a little way off between or beside the figures."""
    blocked = [*(_body(box) for box in taken), *(box for _, box in shown.behind)]
    for share in (0.1, 0.9, 0.5, 0.3, 0.7, 0.2, 0.8, 0.4, 0.6):
        x = min(max(stage.across(share), width / 2 + 8), stage.width - width / 2 - 8)
        box = (x - width / 2, foot - tall, x + width / 2, foot)
        if not any(overlap((box[0], box[1] - 50, box[2], box[3]), other) for other in blocked):
            return box
    return None


def _body(box: Box) -> Box:
    """A figure's box without the reach of its arms."""
    inset = (box[2] - box[0]) * 0.12
    return (box[0] + inset, box[1], box[2] - inset, box[3])


def _card_spot(stage: Stage, scenery: Scenery, taken: list[Box], shown: StageTraits, width: float, tall: float) -> Box:
    """A place for a small picture: on a wall, or hanging high on a string, before nobody's face."""
    blocked = [*taken, *(box for _, box in shown.behind)]
    heights = (44.0, 120.0, 250.0) if not stage.cover else (330.0, 250.0, 44.0)
    spots: list[Box] = []
    for top in heights:
        for share in (*scenery.hang, 0.14, 0.86, 0.32, 0.68, 0.5):
            left = min(max(stage.across(share) - width / 2, 22.0), stage.width - 22 - width)
            spots.append((left, top, left + width, top + tall))
    return next((b for b in spots if not any(overlap(b, other) for other in blocked)), spots[-1])


def _card(stage: Stage, scenery: Scenery, box: Box, inner: str, paper: str) -> str:
    """The picture in a frame on the wall, or as a photograph on a string."""
    w, h = box[2] - box[0], box[3] - box[1]
    if scenery.setting == "indoors":
        return frame(stage, box[0], box[1], w, h, inner, paper)
    white, x = mix(stage.palette.light, "#ffffff", 0.5), (box[0] + box[2]) / 2
    string = line([(x, -5), (x + 3, box[1] / 2), (x, box[1] - 8)], stage.palette.light, 2.5, opacity=0.8)
    photo = rect(box[0] - 9, box[1] - 9, w + 18, h + 28, white, round_=4) + rect(box[0], box[1], w, h, paper) + inner
    return string + photo + rect(x - 7, box[1] - 20, 14, 22, stage.palette.accent, round_=3)

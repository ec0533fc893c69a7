"""A picture put together: stage, place, things, figures, light."""

from __future__ import annotations

import math
from dataclasses import dataclass
from random import Random

from emulator_models.illustrator import light
from emulator_models.illustrator.drawing.geometry import Box, overlap
from emulator_models.illustrator.drawing.paths import num
from emulator_models.illustrator.drawing.svg import ellipse, rect
from emulator_models.illustrator.figures import Mark
from emulator_models.illustrator.figures.model import COMPANION, KIND
from emulator_models.illustrator.layout import Placed, Standing, arrange, figure_height
from emulator_models.illustrator.palette import make_palette
from emulator_models.illustrator.places import PLACES
from emulator_models.illustrator.props import PROPS
from emulator_models.illustrator.scene_reading import Reading
from emulator_models.illustrator.scenery.sky import halo
from emulator_models.illustrator.stage import HEIGHT, Scenery, Stage
from emulator_models.illustrator.stage_traits import show_stage_traits

HORIZON = {"wide": 565.0, "medium": 590.0, "close": 600.0, "above": 430.0, "low": 660.0}
FLOOR = {"wide": 880.0, "medium": 895.0, "close": 935.0, "above": 875.0, "low": 925.0}
MOST_OTHERS = 5
FAR_THINGS = frozenset({"rainbow", "comet"})  # as far off as the sky itself


@dataclass(frozen=True)
class Composition:
    """A finished drawing, `width` by 1000 units, and where in it each trait can be seen."""

    svg: str
    width: float
    marks: tuple[Mark, ...]
    things: tuple[str, ...] = ()
    """The things that are in it, by the names of `PROPS`."""


def compose(reading: Reading, width: float, omit: frozenset[str]) -> Composition:
    """Draw what was read, `width` units wide."""
    stage = _set_stage(reading, width)
    if reading.portrait:
        return _portrait(stage, reading, omit)
    scenery = PLACES[reading.place](stage)
    standing, thing = arrange(stage, reading, omit, aside=_room_for_traits(scenery, reading, width, omit))
    boxes = [s.box for s in standing]
    taken = [*boxes, *([thing.box] if thing else [])]
    traits = show_stage_traits(stage, scenery, reading.sheets, taken, omit)
    taken += [box for _, box in traits.behind]
    extra = _other_things(stage, scenery, reading, thing, taken)
    marks = _marks(standing, omit) + traits.marks
    seen = [mark.box for mark in marks]
    untouched = [*(_core(box) for box in boxes), *(m.box for m in marks if m.trait != "agency_position")]
    kept = [p.svg for p in scenery.front if not any(overlap(p.box, box) for box in untouched)]
    behind = [svg for svg, _ in traits.behind]
    far = [p.svg(stage) for p in extra if p.name in FAR_THINGS]
    parts = [*scenery.back[:1], *far, *scenery.back[1:], *scenery.middle, *behind]
    if scenery.setting != "indoors":
        parts.append(light.weather_behind(stage))
    parts.append(_glow(stage, boxes))
    parts += [p.svg(stage) for p in extra if p.name not in FAR_THINGS]
    if thing:
        half = thing.size * PROPS[thing.name].breadth * 0.42
        parts.append(ellipse(thing.x, thing.y, half, half * 0.14, stage.palette.dark, opacity=0.22))
        parts.append(thing.svg(stage))
    parts += [s.svg for s in standing]
    parts += kept
    if scenery.setting != "indoors":
        parts.append(light.weather_before(stage, seen))
    parts += [light.wash(stage), light.grain(stage)]
    shown = tuple(one.name for one in (*([thing] if thing else []), *extra))
    return Composition(_document(stage, parts), width, tuple(marks), shown)


def _room_for_traits(scenery: Scenery, reading: Reading, width: float, omit: frozenset[str]) -> float:
    """How much of the width families and homes want for themselves: nothing where walls can carry them."""
    told = any((sheet.trait_ids - omit) & {"family_form", "home_circumstances"} for sheet in reading.sheets)
    return min(200.0, width * 0.2) if told and scenery.setting != "indoors" else 0.0


def _set_stage(reading: Reading, width: float) -> Stage:
    dice = Random(reading.seed)
    camera = "medium" if reading.cover else reading.camera
    side = dice.choice((0.2, 0.8))
    low_sun = reading.time in ("sunset", "dawn")
    horizon = HORIZON[camera]
    return Stage(
        width=width,
        palette=make_palette(list(reading.colors), reading.time, grey_sky=reading.weather in ("rain", "storm", "fog")),
        time=reading.time,
        weather=reading.weather,
        random=dice,
        horizon=horizon,
        floor=FLOOR[camera] + (10 if reading.cover else 0),
        sun=(width * (side + dice.uniform(-0.05, 0.05)), horizon * (0.62 if low_sun else 0.3)),
        cover=reading.cover,
    )


def _portrait(stage: Stage, reading: Reading, omit: frozenset[str]) -> Composition:
    """One character, whole, on a plain soft ground."""
    p = stage.palette
    stage.floor = 900
    standing, _ = arrange(stage, reading, omit)
    backdrop = stage.defs.down((0, p.tint(p.second, 0.75), 1), (1, p.tint(p.land, 0.55), 1))
    parts = [rect(0, 0, stage.width, HEIGHT, backdrop), halo(stage, stage.width / 2, 520, 460, p.light, 0.7)]
    parts.append(ellipse(stage.width / 2, 905, 300, 46, p.tint(p.land, 0.25), opacity=0.6))
    parts += [s.svg for s in standing]
    return Composition(_document(stage, parts), stage.width, tuple(_marks(standing, omit)))


def _document(stage: Stage, parts: list[str]) -> str:
    view = f'viewBox="0 0 {num(stage.width)} {num(stage.height)}" preserveAspectRatio="none"'
    return f'<svg xmlns="http://www.w3.org/2000/svg" {view}>{stage.defs.markup}{"".join(parts)}</svg>'


def _core(box: Box) -> Box:
    """The part of a figure's box that no foreground may touch: all but its edges and its feet."""
    inset = (box[2] - box[0]) * 0.2
    return (box[0] + inset, box[1], box[2] - inset, box[3] - (box[3] - box[1]) * 0.1)


def _marks(standing: list[Standing], omit: frozenset[str]) -> list[Mark]:
    """The figures' marks in stage units, and each figure's standing among the others as its agency."""
    marks = []
    for one in standing:
        if one.companion:  # asked of no sheet; that they are there is seen by the face
            face = next((mark.box for mark in one.figure.marks if mark.trait.startswith(f"{KIND}:")), None)
            if face:
                x0, y0, x1, y1 = face
                box = (one.x + x0, one.y + y0, one.x + x1, one.y + y1)
                marks.append(Mark(one.sheet.name, f"{COMPANION}{one.sheet.species}", box))
            continue
        for mark in one.figure.marks:
            x0, y0, x1, y1 = mark.box
            marks.append(Mark(mark.character, mark.trait, (one.x + x0, one.y + y0, one.x + x1, one.y + y1)))
        if "agency_position" not in omit:
            marks.append(Mark(one.sheet.name, "agency_position", one.box))
    return marks


def _glow(stage: Stage, boxes: list[Box]) -> str:
    """A breath of light behind the figures, so that they stand out from the place."""
    if not boxes:
        return ""
    x = (min(b[0] for b in boxes) + max(b[2] for b in boxes)) / 2
    y = min(b[1] for b in boxes) + 150
    reach = min(430.0, (max(b[2] for b in boxes) - min(b[0] for b in boxes)) * 0.62)
    return halo(stage, x, y, reach, stage.palette.light, 0.2 if stage.time != "night" else 0.14)


def _other_things(
    stage: Stage, scenery: Scenery, reading: Reading, thing: Placed | None, taken: list[Box]
) -> list[Placed]:
    """The further things, where there is room: in the air over the figures, or on the ground beside them."""
    height = figure_height(reading, stage.width)
    placed: list[Placed] = []
    for name in (*reading.things, *([reading.motif] if reading.motif else [])):
        if (thing and name == thing.name) or name in [p.name for p in placed] or len(placed) == MOST_OTHERS:
            continue
        prop = PROPS[name]
        if prop.where == "sky":
            if scenery.setting != "indoors" or name == "firefly":
                placed.append(_in_the_sky(stage, name, prop.size * height))
            continue
        size = prop.size * height * (0.55 if name not in reading.things else 0.85)
        tries = (_free_spot(stage, name, size * share, prop.where == "air", taken) for share in (1.0, 0.75, 0.55, 0.4))
        spot = next((spot for spot in tries if spot), None)
        if spot is None and name in reading.things:
            spot = _half_seen(stage, name, size, prop.where == "air", taken)
        if spot:
            placed.append(spot)
            taken.append(spot.box)
    return placed


def _in_the_sky(stage: Stage, name: str, size: float) -> Placed:
    """Behind everybody, where it belongs: a rainbow rises from the horizon, fireflies drift over the ground."""
    x = stage.across(stage.random.choice((0.34, 0.66)))
    y = {"rainbow": stage.horizon + 24, "firefly": stage.floor - 40}.get(name, 470.0 if stage.cover else 330.0)
    return Placed(name, x, y, size)


def _half_seen(stage: Stage, name: str, size: float, in_air: bool, taken: list[Box]) -> Placed:
    """Where no spot is free: the place behind the others where the most of the thing is seen."""
    lines = (300, 430) if in_air else (stage.floor - 60, stage.floor - 110)
    spots = [
        Placed(name, stage.across(0.06 + 0.08 * step), y + (size * share * 0.5 if in_air else 0), size * share)
        for step in range(12)
        for y in lines
        for share in (0.85, 0.6)
    ]
    return min(spots, key=lambda spot: (_hidden(stage, spot.box, taken), -spot.size))


def _hidden(stage: Stage, box: Box, taken: list[Box]) -> float:
    """What part of a box others cover, or the picture's edge, in tenths rounded up; boxes over others count twice."""
    area = (box[2] - box[0]) * (box[3] - box[1])
    outside = area - _common(box, (8, 8, stage.width - 8, 1000))
    return math.ceil(10 * (outside + sum(_common(box, other) for other in taken)) / area)


def _common(one: Box, other: Box) -> float:
    """The area that two boxes share."""
    width, height = min(one[2], other[2]) - max(one[0], other[0]), min(one[3], other[3]) - max(one[1], other[1])
    return max(width, 0.0) * max(height, 0.0)


def _free_spot(stage: Stage, name: str, size: float, in_air: bool, taken: list[Box]) -> Placed | None:
    """A first spot, of a shuffled few, that neither hides anybody nor crowds the cover's title."""
    lines = ((400, 330, 460) if stage.cover else (200, 270, 350)) if in_air else (stage.floor - 34, stage.floor + 34)
    spots = [(stage.across(s), y) for y in lines for s in (0.1, 0.9, 0.2, 0.8, 0.3, 0.7, 0.4, 0.6, 0.5)]
    stage.random.shuffle(spots)
    for x, y in spots:
        spot = Placed(name, x, y + (size * 0.5 if in_air else 0), size)
        inside = spot.box[0] > 8 and spot.box[2] < stage.width - 8 and spot.box[1] > 8
        if inside and not any(overlap(spot.box, box) for box in taken):
            return spot
    return None

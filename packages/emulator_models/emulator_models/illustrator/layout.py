"""Who stands where: the figures in a row about their focus, with the thing the scene is about among them."""

from __future__ import annotations

from dataclasses import dataclass

from emulator_models.illustrator.companions import SMALL
from emulator_models.illustrator.drawing.geometry import Box
from emulator_models.illustrator.drawing.svg import group
from emulator_models.illustrator.figures import Facing, Figure, draw_figure
from emulator_models.illustrator.props import PROPS
from emulator_models.illustrator.scene_reading import Reading
from emulator_models.illustrator.stage import Stage
from emulator_models.prompt_data import CharacterSheet

FIGURE_HEIGHT = {"wide": 400.0, "medium": 450.0, "close": 540.0, "above": 430.0, "low": 480.0}
MARGIN = 0.04
CLOSE = 0.97  # how much of the room the row may fill
_SMALL_SHARE = 0.36  # of the others' height: of who is no larger than a cat
FULL = 1.2  # beyond this nothing is kept free beside the row


@dataclass(frozen=True)
class Standing:
    """A figure in its place; `box` is all it fills."""

    sheet: CharacterSheet
    figure: Figure
    x: float
    y: float
    companion: bool = False
    """Whether it is somebody the scene names, who has no sheet."""

    @property
    def box(self) -> Box:
        """All that the figure fills, in stage units."""
        marks = [mark.box for mark in self.figure.marks]
        x0 = min([-self.figure.width / 2, *(b[0] for b in marks)])
        x1 = max([self.figure.width / 2, *(b[2] for b in marks)])
        return (self.x + x0, self.y - self.figure.height, self.x + x1, self.y + 4)

    @property
    def svg(self) -> str:
        """The figure, moved to its place."""
        return group(self.figure.svg, x=self.x, y=self.y)


@dataclass(frozen=True)
class Placed:
    """A thing in its place."""

    name: str
    x: float
    y: float
    size: float

    @property
    def box(self) -> Box:
        """About what the thing fills."""
        half = self.size * PROPS[self.name].breadth / 2
        return (self.x - half, self.y - self.size, self.x + half, self.y)

    def svg(self, stage: Stage) -> str:
        """The thing, drawn."""
        return PROPS[self.name].draw(stage, self.x, self.y, self.size)


def figure_height(reading: Reading, width: float) -> float:
    """The height of a standing seven-year-old for this picture's camera."""
    height = 500.0 if reading.cover else FIGURE_HEIGHT[reading.camera]
    if reading.portrait:
        return 680.0
    if reading.closer:
        height *= 1.1
    if len(reading.sheets) == 1:
        height *= 1.08
    return min(height, width * 0.62)


@dataclass
class _Place:
    """A place in the row: a figure's, or (without a sheet) the thing's."""

    sheet: CharacterSheet | None
    width: float = 0.0
    x: float = 0.0


@dataclass
class _Row:
    """The places from left to right, and how large figures and thing are drawn."""

    places: list[_Place]
    reading: Reading
    omit: frozenset[str]
    height: float
    thing: str | None
    thing_share: float = 1.0

    @property
    def length(self) -> float:
        """What all take, side by side."""
        return sum(place.width for place in self.places)

    @property
    def thing_size(self) -> float:
        """The thing's height beside the figures: wide things are drawn somewhat smaller."""
        prop = PROPS[self.thing or "ball"]
        return prop.size * self.height * self.thing_share * min(1.0, 1.5 / prop.breadth)

    def draw(self, sheet: CharacterSheet, facing: Facing, height: float, key: str) -> Figure:
        """A figure of the row."""
        pose, mood = self.reading.poses[sheet.name], self.reading.mood
        if sheet.appearance == SMALL:
            height *= _SMALL_SHARE
        return draw_figure(sheet, pose=pose, mood=mood, facing=facing, height=height, key=key, omit=self.omit)

    def measure(self) -> None:
        """Find out how wide each place is."""
        for place in self.places:
            if place.sheet is None:
                place.width = self.thing_size * PROPS[self.thing or "ball"].breadth + 20
            elif not place.width:
                place.width = max(
                    self.draw(place.sheet, "right", self.height, "m").width, self.height * self._least(place.sheet)
                )

    @staticmethod
    def _least(sheet: CharacterSheet) -> float:
        """The least width of a place, as a share of the figures' height."""
        return 0.3 * (_SMALL_SHARE if sheet.appearance == SMALL else 1.0)

    def scale(self, share: float) -> None:
        """Draw everybody larger or smaller."""
        self.height *= share
        for place in self.places:
            place.width *= share


def arrange(
    stage: Stage, reading: Reading, omit: frozenset[str], *, aside: float = 0
) -> tuple[list[Standing], Placed | None]:
    """The figures and the thing they are about, side by side, everybody turned to the middle of things.

    `aside` units of the width are left free at one edge, unless the stage is too full for it.
    """
    thing = None if reading.portrait else next((t for t in reading.things if PROPS[t].where == "ground"), None)
    row = _Row(_order(reading, thing), reading, omit, figure_height(reading, stage.width), thing)
    row.measure()
    room = stage.width * (1 - 2 * MARGIN)
    if row.length > (room - aside) * CLOSE and thing:
        row.thing_share = 0.72
        row.measure()
    if row.length > (room - aside) * FULL:
        aside = 0
    if row.length > (room - aside) * CLOSE:
        row.scale(max((room - aside) * CLOSE / row.length, 0.6))
    _spread(stage, row, room - aside)
    return _stand(stage, row)


def _order(reading: Reading, thing: str | None) -> list[_Place]:
    """The order from left to right, dealt by the seed; the thing stands between two or at the open side."""
    order = list(reading.sheets)
    turn = reading.seed % max(len(order), 1)
    places = [_Place(sheet) for sheet in order[turn:] + order[:turn]]
    for number, companion in enumerate(reading.companions):
        places.insert(len(places) if (reading.seed + number) % 2 else 0, _Place(companion))
    if thing:
        at = (len(places) + 1) // 2 if len(places) > 1 else (reading.seed >> 5) % 2
        places.insert(at, _Place(None))
    return places


def _spread(stage: Stage, row: _Row, room: float) -> None:
    """Set the row's x: gaps even but not too wide, the whole a little off the middle; nobody leaves the picture."""
    reading, count = row.reading, len(row.places)
    free = room - row.length
    gap = min(free / (count + 1), stage.width * 0.07) if free > 0 else free / max(count - 1, 1)
    slack = max(room - row.length - gap * (count - 1), 0)
    lean = 0.5 if reading.cover or reading.portrait else (0.36, 0.5, 0.64)[(reading.seed >> 9) % 3]
    aside = stage.width * (1 - 2 * MARGIN) - room
    x = stage.width * MARGIN + slack * lean + (aside if (reading.seed >> 13) % 2 else 0)
    for place in row.places:
        place.x = x + place.width / 2
        x += place.width + gap


def _stand(stage: Stage, row: _Row) -> tuple[list[Standing], Placed | None]:
    """Everybody drawn in place: alternately a little nearer and farther, turned to the thing or the middle."""
    focus = next((place.x for place in row.places if place.sheet is None), stage.width / 2)
    step = 46.0 if row.reading.camera == "above" else 24.0
    standing: list[Standing] = []
    placed = None
    for i, place in enumerate(row.places):
        y = stage.floor + (step if (i + row.reading.seed) % 2 else -step) / 2
        if place.sheet is None:
            placed = Placed(row.thing or "ball", place.x, stage.floor + 8, row.thing_size)
            continue
        left = place.x > focus or (place.x == focus and not stage.light_from_left)
        figure = row.draw(place.sheet, "left" if left else "right", row.height * (1 + (y - stage.floor) / 900), f"f{i}")
        away = 0.0
        if row.reading.poses[place.sheet.name] == "pointing":  # all its reach is to one side: step back for it
            away = max(figure.width / 2 - row.height * 0.22, 0) * (0.7 if left else -0.7)
        companion = place.sheet in row.reading.companions
        standing.append(Standing(place.sheet, figure, place.x + away, y, companion))
    return sorted(standing, key=lambda s: s.y), placed

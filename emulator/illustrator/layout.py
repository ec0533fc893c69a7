"""Who stands where: the figures in a row about their focus, with the thing the scene is about among them."""

from __future__ import annotations

from dataclasses import dataclass

from emulator.illustrator.figures import Facing, Figure, draw_figure
from emulator.illustrator.props import PROPS
from emulator.illustrator.scene_reading import Reading
from emulator.illustrator.stage import Box, Stage
from emulator.illustrator.svg import group
from emulator.wire import Sheet

FIGURE_HEIGHT = {"wide": 365.0, "medium": 435.0, "close": 520.0, "above": 410.0, "low": 470.0}
MARGIN = 0.04


@dataclass(frozen=True)
class Standing:
    """A figure in its place; `box` is all it fills."""

    sheet: Sheet
    figure: Figure
    x: float
    y: float

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
        return 640.0
    if reading.closer:
        height *= 1.1
    if len(reading.sheets) == 1:
        height *= 1.08
    return min(height, width * 0.62)


@dataclass
class _Place:
    """A place in the row: a figure's, or the thing's."""

    sheet: Sheet | None
    width: float = 0.0
    x: float = 0.0


def arrange(stage: Stage, reading: Reading, omit: frozenset[str]) -> tuple[list[Standing], Placed | None]:
    """The figures and the thing they are about, side by side, everybody turned to the middle of things."""
    height = figure_height(reading, stage.width)
    thing = next((t for t in reading.things if PROPS[t].where == "ground"), None) if not reading.portrait else None
    row = _row(reading, thing)
    for _ in range(4):
        _measure(row, reading, thing, height, omit)
        wanted = sum(place.width for place in row)
        room = stage.width * (1 - 2 * MARGIN)
        if wanted <= room:
            break
        height *= max(room / wanted, 0.8)
    _spread(stage, row, reading)
    return _stand(stage, reading, row, height, thing, omit)


def _row(reading: Reading, thing: str | None) -> list[_Place]:
    """The order from left to right, dealt by the seed; the thing stands between two or at the open side."""
    order = list(reading.sheets)
    turn = reading.seed % max(len(order), 1)
    row = [_Place(sheet) for sheet in order[turn:] + order[:turn]]
    if thing:
        at = (len(row) + 1) // 2 if len(row) > 1 else (reading.seed >> 5) % 2
        row.insert(at, _Place(None))
    return row


def _draw(sheet: Sheet, reading: Reading, facing: Facing, height: float, key: str, omit: frozenset[str]) -> Figure:
    return draw_figure(sheet, pose=reading.poses[sheet.name], mood=reading.mood, facing=facing, height=height, key=key, omit=omit)


def _measure(row: list[_Place], reading: Reading, thing: str | None, height: float, omit: frozenset[str]) -> None:
    for place in row:
        if place.sheet is None and thing:
            place.width = PROPS[thing].size * PROPS[thing].breadth * height + 20
        elif place.sheet is not None:
            place.width = max(_draw(place.sheet, reading, "right", height, "m", omit).width * 0.94, height * 0.3)


def _spread(stage: Stage, row: list[_Place], reading: Reading) -> None:
    """Set the row's x: gaps even but not too wide, the whole a little off the middle."""
    total = sum(place.width for place in row)
    free = stage.width * (1 - 2 * MARGIN) - total
    gap = min(max(free, 0) / (len(row) + 1), stage.width * 0.07)
    length = total + gap * (len(row) - 1)
    slack = max(stage.width * (1 - 2 * MARGIN) - length, 0)
    lean = (0.36, 0.5, 0.64)[(reading.seed >> 9) % 3] if not (reading.cover or reading.portrait) else 0.5
    x = stage.width * MARGIN + slack * lean
    for place in row:
        place.x = x + place.width / 2
        x += place.width + gap


def _stand(
    stage: Stage, reading: Reading, row: list[_Place], height: float, thing: str | None, omit: frozenset[str]
) -> tuple[list[Standing], Placed | None]:
    focus = next((place.x for place in row if place.sheet is None), stage.width / 2)
    step = 46.0 if reading.camera == "above" else 24.0
    standing: list[Standing] = []
    placed = None
    for i, place in enumerate(row):
        y = stage.floor + (step if (i + reading.seed) % 2 else -step) / 2
        if place.sheet is None:
            placed = Placed(thing, place.x, stage.floor + 8, PROPS[thing].size * height) if thing else None
            continue
        facing: Facing = "right" if place.x < focus or (place.x == focus and stage.light_from_left) else "left"
        depth = height * (1 + (y - stage.floor) / 900)
        figure = _draw(place.sheet, reading, facing, depth, f"f{i}", omit)
        standing.append(Standing(place.sheet, figure, place.x, y))
    return sorted(standing, key=lambda s: s.y), placed

"""An assistance dog at work, in its harness, beside its handler."""

from __future__ import annotations

from emulator_models.illustrator.drawing.color import darker, lighter
from emulator_models.illustrator.drawing.geometry import Point
from emulator_models.illustrator.drawing.paths import ribbon, smooth_loop
from emulator_models.illustrator.drawing.pen import Pen
from emulator_models.illustrator.figures.look import Look
from emulator_models.illustrator.figures.rig import Rig

_COATS = ("#e2bd7f", "#3d3338", "#c98f55")


def draw_assistance_dog(pen: Pen, look: Look, rig: Rig) -> None:
    """The dog stands beside the near hand, looking where its handler goes."""
    if "assistance_dog" not in look:
        return
    u = max(rig.size, 0.8)
    hand = rig.bones.near.end
    x = hand[0] - 46 * u if rig.chair is None else rig.bones.hip[0] - 122 * u
    coat = look.text.color("dog|labrador|retriever|poodle") or look.text.pick("dog", _COATS)
    vest = look.text.color("vest|harness") or look.text.pick("vest", ("#e0564a", "#2f7fc4", "#f0a63a"))
    with pen.marking("assistance_dog"):
        pen.ellipse((x - 6 * u, 1), 66 * u, 7 * u, pen.glow("#43223f", 0.35))
        with pen.moved(x, 0, 0, u):
            _legs(pen, darker(coat, 0.14), 6)
            _body(pen, coat)
            _legs(pen, coat, 0)
            _vest(pen, vest)
            _head(pen, coat)
        if rig.holds("assistance_dog"):
            grip = hand[0], hand[1] + 4
            pen.line([grip, (x - 2 * u, -86 * u)], "#5b4636", 5 * u)
            pen.line([grip, (x + 12 * u, -84 * u)], "#5b4636", 5 * u)


def _legs(pen: Pen, coat: str, back: float) -> None:
    for x in (-46, 22):
        line: list[Point] = [
            (x + back * 1.6, -46),
            (x + back * 1.6 - 2, -24),
            (x + back * 1.6 + 1, -5 - back * 0.5),
        ]
        pen.path(ribbon(line, (18, 13, 11)), coat)
        pen.ellipse((x + back * 1.6 + 4, -5 - back * 0.5), 10, 5.5, coat)


def _body(pen: Pen, coat: str) -> None:
    tail: list[Point] = [(-54, -74), (-74, -72), (-88, -86)]
    pen.path(ribbon(tail, (13, 12, 5)), coat)
    trunk: list[Point] = [
        (-58, -74),
        (-36, -86),
        (6, -84),
        (34, -88),
        (42, -68),
        (32, -44),
        (4, -40),
        (-30, -44),
        (-54, -44),
        (-62, -58),
    ]
    pen.path(smooth_loop(trunk), pen.shaded(coat, 0.2))


def _vest(pen: Pen, vest: str) -> None:
    pen.path(
        smooth_loop([(-24, -87), (4, -86), (24, -87), (27, -62), (18, -46), (-12, -46), (-27, -60)]),
        pen.shaded(vest, 0.24),
    )
    pen.path("M-10,-74L10,-74L10,-56L-10,-56Z", "#fffaf0")
    pen.ellipse((0, -62), 4.4, 3.6, vest)
    for x, y in ((-5.5, -67.0), (0.0, -69.5), (5.5, -67.0)):
        pen.ellipse((x, y), 2, fill=vest)
    pen.line([(26, -80), (42, -66)], darker(vest, 0.35), 6)
    pen.line([(-25, -58), (26, -58)], "#fff2b8", 3)


def _head(pen: Pen, coat: str) -> None:
    pen.path(ribbon([(28, -74), (42, -96), (50, -108)], (36, 30, 28)), pen.shaded(coat))
    skull: list[Point] = [
        (34, -112),
        (44, -132),
        (62, -134),
        (74, -122),
        (92, -116),
        (96, -106),
        (84, -99),
        (62, -96),
        (42, -98),
    ]
    pen.path(smooth_loop(skull), pen.shaded(coat, 0.18))
    pen.ellipse((95, -113), 5.5, 4.6, "#2c2429")
    pen.line([(94, -107), (86, -102), (76, -104)], darker(coat, 0.5), 2.2)
    pen.ellipse((69, -119), 4, 4.4, "#2c2429")
    pen.ellipse((67.8, -120.6), 1.4, fill="#ffffff")
    ear: list[Point] = [(44, -130), (56, -128), (54, -108), (46, -94), (36, -100), (36, -118)]
    pen.path(smooth_loop(ear), darker(coat, 0.22))
    pen.line([(66, -127), (72, -127)], lighter(coat, 0.3), 2)

"""What hands hold: a talker, a picture timetable, a fidget; hands that sign; things to show."""

from __future__ import annotations

from emulator_models.illustrator.drawing.color import darker, lighter
from emulator_models.illustrator.drawing.geometry import Point, star_points
from emulator_models.illustrator.drawing.paths import ribbon, rounded, smooth_loop, straight_loop
from emulator_models.illustrator.drawing.pen import Pen
from emulator_models.illustrator.figures.limbs import draw_hand, hand_shape
from emulator_models.illustrator.figures.look import Look
from emulator_models.illustrator.figures.rig import Rig
from emulator_models.illustrator.figures.skeleton import Limb

_CELLS = ("#f5c242", "#6fb36b", "#5b96cf", "#e8615a", "#b48ad0", "#f2a541")


def draw_held(pen: Pen, look: Look, rig: Rig) -> None:
    """All recorded things in hand, over body and arms."""
    bones, u = rig.bones, rig.size
    (cx, cy) = bones.chest
    if "aac_device" in look:
        with pen.marking("aac_device"), pen.moved(cx + 4 * u, cy + 54 * u, -4, u):
            _talker(pen, look)
        for hand in rig.holds("aac_device"):
            draw_hand(pen, look, bones, _limb(rig, hand))
    if "visual_schedule" in look:
        held = rig.holds("visual_schedule")
        at = _limb(rig, held[0]).end if held else (cx + 14 * u, cy + 34 * u)
        with pen.marking("visual_schedule"), pen.moved(at[0] + 6 * u, at[1] - 10 * u, 6, u):
            if not held:
                pen.line([(-24, -44), (0, -36), (16, -46)], "#5b7fb8", 3)
            _schedule(pen)
        for hand in held:
            draw_hand(pen, look, bones, _limb(rig, hand))
    if "stim_fidget" in look:
        with pen.marking("stim_fidget"):
            _stim(pen, look, rig)
    if "sign_language" in look:
        _signing(pen, look, rig)


def _limb(rig: Rig, hand: str) -> Limb:
    return rig.bones.near if hand == "near" else rig.bones.far


def _talker(pen: Pen, look: Look) -> None:
    case = look.text.color("tablet|talker|device|board") or look.text.pick(
        "talker", ("#4f9ac0", "#e0564a", "#7a52b8", "#35a06a")
    )
    pen.path(rounded(-40, -29, 80, 58, 9), pen.shaded(case, 0.24))
    pen.path(rounded(-34, -23.5, 68, 47, 4), "#fdfbf4")
    for row in range(3):
        for column in range(4):
            x, y = -31.5 + 16 * column, -21.5 + 15 * row
            pen.path(rounded(x, y, 14.5, 13, 2.5), _CELLS[(row * 3 + column) % 6])
            if (row + column) % 3 == 0:
                pen.ellipse((x + 7.2, y + 6.5), 3.6, fill="#fffdf6")
            elif (row + column) % 3 == 1:
                pen.path(straight_loop(star_points(x + 7.2, y + 6.8, 4.6)), "#fffdf6")
            else:
                pen.path(rounded(x + 4, y + 3.6, 6.6, 5.8, 1.2), "#fffdf6")


def _schedule(pen: Pen) -> None:
    pen.path(rounded(-19, -40, 38, 86, 6), pen.shaded("#fffaf0", 0.1), stroke="#4f7fb8", width=3)
    for y, color in ((-35, "#cfe6f5"), (-9, "#fbe3c0"), (17, "#dccdf0")):
        pen.path(rounded(-14, y, 28, 23, 3), color)
    pen.ellipse((0, -23), 6.5, fill="#f3b93f")
    for k in range(8):
        with pen.moved(0, -23, 45 * k):
            pen.line([(8.5, 0), (10, 0)], "#f3b93f", 2)
    pen.ellipse((0, 4), 7, fill="#d8483f")
    pen.line([(0, -2), (3, -6)], "#5a9e5b", 2.4)
    pen.blob([(3, 22), (-6, 24), (-8, 32), (0, 37), (6, 34), (-1, 31)], "#6a57a8")


def _stim(pen: Pen, look: Look, rig: Rig) -> None:
    bones, u = rig.bones, rig.size
    hands = rig.holds("stim_fidget")
    accent = "#e58a3f"
    if look.text.has("rocking|rocks") or (not hands):
        for s in (-1, 1):
            x = bones.chest[0] + s * (bones.build.shoulder + 30 * u)
            for k in (0, 1):
                dx = s * 11 * k * u
                pen.line(
                    [
                        (x + dx, bones.chest[1] + 6),
                        (x + dx + s * 6, bones.chest[1] + 28 * u),
                        (x + dx, bones.chest[1] + 50 * u),
                    ],
                    accent,
                    3.6,
                    opacity=0.85,
                )
        return
    for hand in hands:
        x, y = _limb(rig, hand).end
        s = -1 if hand == "near" else 1
        if len(hands) > 1 or look.text.has("flap|flaps|flapping"):
            for k in (0, 1):
                r = (20 + 9 * k) * u
                pen.line(
                    [(x + s * r * 0.5, y - r - 8), (x + s * r, y - r * 0.6 - 6), (x + s * r * 1.1, y)],
                    accent,
                    3.6,
                    opacity=0.85,
                )
            continue
        with pen.moved(x + s * 8 * u, y - 14 * u, 0, u):
            _fidget(pen, look)
        draw_hand(pen, look, bones, _limb(rig, hand))


def _fidget(pen: Pen, look: Look) -> None:
    if look.text.has("spinner"):
        color = look.text.color("spinner") or "#5b96cf"
        for k in range(3):
            with pen.moved(0, 0, 120 * k + 15):
                pen.path(ribbon([(0, 0), (0, -9), (0, -16)], (12, 14, 17)), pen.shaded(color, 0.25))
                pen.ellipse((0, -16), 4.4, fill="#fbf6ea")
        pen.ellipse((0, 0), 6, fill="#f3c54c")
        for r in (30, 36):
            pen.line([(-r * 0.7, -r * 0.7), (0, -r), (r * 0.7, -r * 0.7)], "#e58a3f", 2.4, opacity=0.7)
        return
    pen.path(rounded(-21, -21, 42, 42, 9), pen.shaded("#f7efe0", 0.14), stroke="#d8b98a", width=1.2)
    for row in range(3):
        for column in range(3):
            at = -12.5 + 12.5 * column, -12.5 + 12.5 * row
            color = _CELLS[(row * 2 + column) % 6]
            pen.ellipse(at, 5.4, fill=color)
            pen.ellipse((at[0] - 1.4, at[1] - 1.4), 2, fill=lighter(color, 0.55))


def _signing(pen: Pen, look: Look, rig: Rig) -> None:
    """Two open hands with five fingers each, a little larger than at rest: they are what is said."""
    size = rig.bones.build.hand / 11.5 * 1.22
    with pen.marking("sign_language"):
        for hand in rig.holds("sign_language"):
            x, y = _limb(rig, hand).end
            s = -1 if hand == "near" else 1
            with pen.moved(x, y + 4, -90 + 16 * s, size):
                hand_shape(pen, look.skin, "open", -s)
            r = 30 * rig.size
            for k in (1.0, 1.3):
                arc: list[Point] = [
                    (x + s * r * 0.75 * k, y - r * 1.1),
                    (x + s * r * k, y - r * 0.6),
                    (x + s * r * k, y),
                ]
                pen.line(arc, "#e58a3f", 3, opacity=0.8)


def draw_treasure(pen: Pen, look: Look, rig: Rig) -> None:
    """Something to hold before the chest where no aid is in hand."""
    at = rig.bones.chest[0] + 2, (rig.bones.near.end[1] + rig.bones.far.end[1]) / 2 - 16 * rig.size
    with pen.moved(*at, 0, rig.size * 1.12):
        _TREASURES[look.text.pick("treasure", tuple(_TREASURES))](pen)
    for hand in ("near", "far"):
        draw_hand(pen, look, rig.bones, _limb(rig, hand))


def _book(pen: Pen) -> None:
    pen.path(rounded(-30, -22, 60, 44, 4), pen.shaded("#b5483f", 0.25))
    pen.path(rounded(-25, -22, 51, 40, 3), "#fdf6e6")
    pen.path(rounded(-30, -24, 56, 42, 4), pen.shaded("#c9564a", 0.2))
    pen.path(straight_loop(star_points(-2, -3, 12)), "#f3cf6b")
    pen.line([(-24, -23), (-24, 17)], darker("#c9564a", 0.3), 2.4)


def _lantern(pen: Pen) -> None:
    pen.ellipse((0, 0), 52, fill=pen.glow("#ffe08a", 0.8))
    pen.line([(-12, -20), (0, -34), (12, -20)], "#5b4636", 3.4)
    pen.path(rounded(-15, -20, 30, 40, 6), pen.shaded("#ffd977", 0.2))
    pen.path(rounded(-18, -23, 36, 8, 4), "#6b5240")
    pen.path(rounded(-18, 15, 36, 8, 4), "#6b5240")
    pen.blob([(0, -9), (6, 3), (0, 11), (-6, 3)], "#fff6d8")


def _ball(pen: Pen) -> None:
    pen.ellipse((0, 0), 25, fill=pen.shaded("#e8615a", 0.25))
    pen.path(smooth_loop([(-24, -6), (0, -12), (24, -6), (24, 5), (0, 0), (-24, 5)]), "#fbf1dc")
    pen.path(straight_loop(star_points(0, 12, 7)), "#f3c54c")


def _plant(pen: Pen) -> None:
    for s in (-1, 1):
        pen.blob([(0, -4), (s * 8, -24), (s * 24, -30), (s * 20, -12)], pen.shaded("#6aa653", 0.25))
    pen.line([(0, 6), (0, -26)], "#4e8545", 3.4)
    pen.ellipse((0, -32), 9, fill=pen.shaded("#f3b93f"))
    pen.path(smooth_loop([(-19, -4), (19, -4), (14, 24), (-14, 24)]), pen.shaded("#c27148", 0.25))


_TREASURES = {"book": _book, "lantern": _lantern, "ball": _ball, "plant": _plant}

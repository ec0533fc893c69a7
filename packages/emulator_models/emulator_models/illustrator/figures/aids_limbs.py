"""Limbs as they are, and what is worn on them: sensors, braces, prostheses."""

from __future__ import annotations

import math
from dataclasses import replace

from emulator_models.illustrator.drawing.color import darker, lighter
from emulator_models.illustrator.drawing.geometry import Point, angle, part, star_points
from emulator_models.illustrator.drawing.paths import ribbon, straight_loop
from emulator_models.illustrator.drawing.pen import Pen
from emulator_models.illustrator.figures.fabric import cuff
from emulator_models.illustrator.figures.limbs import (
    arm_line,
    draw_arm,
    draw_foot,
    draw_hand,
    draw_leg,
    leg_line,
)
from emulator_models.illustrator.figures.look import Look
from emulator_models.illustrator.figures.skeleton import Limb, Skeleton
from emulator_models.illustrator.figures.wardrobe import Garment

_BRIGHT = ("#2f8fc4", "#e0564a", "#35a06a", "#7a52b8", "#f0a63a")
_ARM = "arm|hand|forearm|elbow|wrist|finger|fingers"
_LEG = "leg|foot|knee|blade|ankle|feet|legs"


def affected(look: Look, trait: str, words: str) -> tuple[str, tuple[int, ...]]:
    """Whether a limb trait is on an arm or a leg, and on which drawn sides; no sides where not recorded."""
    if trait not in look:
        return "", ()
    default = {"limb_difference": "arm"}.get(trait, "leg")
    clauses = [c for c in look.text.text.replace(";", ",").replace(".", ",").split(",") if _names(c, words)]
    named = " ".join(clauses).split()
    limb = "arm" if set(named) & set(_ARM.split("|")) else "leg" if set(named) & set(_LEG.split("|")) else default
    return limb, look.sides(words, trait)


def _names(clause: str, words: str) -> bool:
    return any(w in clause for w in words.split("|"))


LIMB_WORDS = {
    "limb_difference": "limb difference|missing|no left|no right|ends below|short arm|born without",
    "prosthesis": "prosthesis|prosthetic|blade",
    "orthosis_brace": "orthosis|brace|splint|afo|afos",
}


def draw_arm_as_is(pen: Pen, look: Look, bones: Skeleton, side: int, sleeve: Garment | None) -> None:
    """An arm with all that is recorded of it; `side` is -1 near, +1 far."""
    limb = bones.near if side < 0 else bones.far
    kinds = {t: affected(look, t, w) for t, w in LIMB_WORDS.items()}
    sensor = "insulin_pump_cgm" in look and side in look.sides("sensor|cgm|arm|monitor", "sensor")[:1]
    if sensor and sleeve:
        sleeve = replace(sleeve, sleeve="rolled")
    if kinds["limb_difference"] == ("arm", kinds["limb_difference"][1]) and side in kinds["limb_difference"][1]:
        if sleeve:
            sleeve = replace(sleeve, sleeve="short")
        with pen.marking("limb_difference"):
            draw_arm(pen, look, bones, limb, sleeve, upto=0.62)
    elif kinds["prosthesis"][0] == "arm" and side in kinds["prosthesis"][1]:
        draw_arm(pen, look, bones, limb, sleeve and replace(sleeve, sleeve="short"), upto=0.58)
        with pen.marking("prosthesis"):
            _arm_prosthesis(pen, look, bones, limb)
    else:
        draw_arm(pen, look, bones, limb, sleeve)
        if kinds["orthosis_brace"][0] == "arm" and side in kinds["orthosis_brace"][1]:
            with pen.marking("orthosis_brace"):
                _shell(pen, look, part(arm_line(limb), 0.6, 1.0), bones.build.arm_width * 1.12)
    if sensor:
        with pen.marking("insulin_pump_cgm"):
            _sensor(pen, part(arm_line(limb), 0, 0.36)[-1], bones.build.arm_width / 20)


def draw_leg_as_is(
    pen: Pen, look: Look, bones: Skeleton, side: int, bottom: Garment | None, shoes: Garment | None
) -> None:
    """A leg with all that is recorded of it; `side` is -1 near, +1 far."""
    limb = bones.near_leg if side < 0 else bones.far_leg
    on = {t for t, w in LIMB_WORDS.items() if affected(look, t, w)[0] == "leg" and side in affected(look, t, w)[1]}
    if on and bottom and bottom.kind == "trousers":
        bottom = replace(bottom, kind="shorts")
    if "limb_difference" in on:
        with pen.marking("limb_difference"):
            draw_leg(pen, look, bones, limb, bottom, None, upto=0.66)
    elif "prosthesis" in on:
        draw_leg(pen, look, bones, limb, bottom, None, upto=0.56)
        with pen.marking("prosthesis"):
            _leg_prosthesis(pen, look, bones, limb, shoes)
    elif "orthosis_brace" in on and not look.text.has("back brace"):
        low = Garment("shoes", shoes.color) if shoes else None
        draw_leg(pen, look, bones, limb, bottom, low)
        with pen.marking("orthosis_brace"):
            _shell(pen, look, part(leg_line(limb), 0.6, 0.985), bones.build.leg_width * 0.96)
            draw_foot(pen, look, bones, limb, low)
    else:
        draw_leg(pen, look, bones, limb, bottom, shoes)


def _shell(pen: Pen, look: Look, line: list[Point], width: float) -> None:
    color = look.text.color("afo|afos|orthosis|brace|splint") or look.text.pick("shell", _BRIGHT)
    pen.path(
        ribbon(line, (width, width * 0.84)),
        pen.shaded(lighter(color, 0.25), 0.2),
        stroke=darker(color, 0.2),
        width=1.4,
    )
    for at in (0.16, 0.62):
        cuff(pen, part(line, at, at + 0.12), width * 1.06, darker(color, 0.35))
        x, y = part(line, at, at + 0.12)[0]
        pen.ellipse((x, y + 2), 2, fill="#fbf6ea")


def _leg_prosthesis(pen: Pen, look: Look, bones: Skeleton, limb: Limb, shoes: Garment | None) -> None:
    color = look.text.color("prosthesis|prosthetic|blade|leg") or look.text.pick("socket", _BRIGHT)
    line, w = leg_line(limb), bones.build.leg_width
    if look.text.has("blade|running blade"):
        start, end = part(line, 0, 0.66)[-1], limb.end
        long = math.dist(start, end) + bones.build.foot * 0.26
        curve: list[Point] = [(0, 0), (-13, long * 0.5), (-9, long - 6), (4, long - 1), (22, long - 3)]
        with pen.moved(*start, angle(start, end) - 90):
            pen.line(curve, "#3a3d48", 8)
            pen.line(curve, "#7d8494", 2.4)
    else:
        pylon = part(line, 0.64, 0.98)
        pen.line([pylon[0], pylon[-1]], "#8f96a6", w * 0.34)
        pen.line([pylon[0], pylon[-1]], "#dfe4ec", w * 0.12)
        draw_foot(pen, look, bones, limb, Garment("shoes", shoes.color) if shoes else Garment("shoes", "#b5483f"))
        ankle = part(line, 0.9, 0.97)
        cuff(pen, ankle, w * 0.42, "#4a4f5e")
    pen.path(
        ribbon(part(line, 0.46, 0.7), (w * 1.06, w * 1.0, w * 0.66)),
        pen.shaded(color, 0.24),
        stroke=darker(color, 0.25),
        width=1.2,
    )
    at = part(line, 0.46, 0.58)[-1]
    pen.path(straight_loop(star_points(*at, w * 0.27)), "#fff6e0")


def _arm_prosthesis(pen: Pen, look: Look, bones: Skeleton, limb: Limb) -> None:
    color = look.text.color("prosthesis|prosthetic|arm|hand") or look.text.pick("socket", _BRIGHT)
    w = bones.build.arm_width
    pen.path(
        ribbon(part(arm_line(limb), 0.52, 0.97), (w * 1.05, w * 0.95, w * 0.74)),
        pen.shaded(color, 0.24),
        stroke=darker(color, 0.25),
        width=1.2,
    )
    cuff(pen, part(arm_line(limb), 0.9, 0.97), w * 0.8, "#4a4f5e")
    draw_hand(
        pen,
        replace(look, skin=lighter(color, 0.35)),
        bones,
        replace(limb, grip="open" if limb.grip == "easy" else limb.grip),
    )


def _sensor(pen: Pen, at: Point, size: float) -> None:
    pen.ellipse(at, 9.4 * size, fill="#e9e4dc", stroke="#b9b2aa", width=0.8)
    pen.ellipse(at, 6.6 * size, fill="#ffffff", stroke="#9aa3b0", width=1.4)
    pen.ellipse(at, 1.8 * size, fill="#6f7a8a")

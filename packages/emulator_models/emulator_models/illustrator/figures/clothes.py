"""The trunk and what covers it: tops, bibs, dresses and skirts."""

from __future__ import annotations

from emulator_models.illustrator.drawing.color import SHADE, darker, lighter
from emulator_models.illustrator.drawing.geometry import Point, bent, part, turned
from emulator_models.illustrator.drawing.paths import smooth_loop, straight_loop
from emulator_models.illustrator.drawing.pen import Pen
from emulator_models.illustrator.figures.animal_bodies import draw_belly
from emulator_models.illustrator.figures.build import Build
from emulator_models.illustrator.figures.fabric import cloth, tube
from emulator_models.illustrator.figures.look import Look
from emulator_models.illustrator.figures.skeleton import Skeleton
from emulator_models.illustrator.figures.wardrobe import Garment

_SKIRTED = {
    "dress": 0.52,
    "sari": 0.82,
    "robe": 0.78,
    "ao_dai": 0.66,
    "tunic": 0.4,
    "kurta": 0.5,
    "raincoat": 0.34,
    "coat": 0.34,
    "huipil": 0.22,
}


def draw_trunk(pen: Pen, look: Look, bones: Skeleton) -> None:
    """Chest and belly in skin or fur, with what is worn over it."""
    body, outfit = bones.build, look.outfit
    d = trunk(bones, 0.0, low=6)
    with pen.moved(*bones.hip, bones.lean):
        pen.path(d, pen.shaded(look.skin, 0.14))
        if look.kind:
            draw_belly(pen, look, look.kind, bones, d)
    if outfit.top is not None:
        _draw_top(pen, bones, outfit.top, tucked=outfit.bottom is not None and outfit.bottom.kind == "skirt")
    if outfit.bib is not None:
        draw_bib(pen, bones, outfit.bib)
    with pen.moved(*bones.hip, bones.lean), pen.clipped(d):
        pen.ellipse((4, -body.torso - 2), body.shoulder * 0.95, 16, pen.glow(SHADE, 0.3))


def trunk(bones: Skeleton, ease: float, *, low: float) -> str:
    """The trunk's outline in its own space, wider by `ease`, down to `low` below the hip."""
    b = bones.build
    t = b.torso
    shoulder, belly, hip = b.shoulder + ease, b.belly + ease, b.hip + ease
    right: list[Point] = [
        (9, -t - 5),
        (shoulder * 0.62, -t - 1),
        (shoulder + 3, -t + 10),
        (shoulder * 0.98, -t * 0.72),
        (belly, -t * 0.32),
        (hip + 3, low - 8),
        (hip * 0.72, low),
    ]
    return smooth_loop([*right, *((-x, y) for x, y in reversed(right))])


def _draw_top(pen: Pen, bones: Skeleton, top: Garment, *, tucked: bool) -> None:
    low = _SKIRTED.get(top.kind)
    if low is not None and not lap_only(bones):
        draw_skirt(pen, bones, top, low, flare=1.0 if top.kind == "dress" else 0.45)
    whole = low is not None and not lap_only(bones)
    with pen.moved(*bones.hip, bones.lean):
        t, wide = bones.build.torso, bones.build.belly
        d = trunk(bones, 2.5, low=2 if tucked else 8)
        if not whole:
            cloth(pen, d, top)
        elif top.kind == "dress":
            pen.line([(-wide - 1, -t * 0.3), (0, -t * 0.26), (wide + 1, -t * 0.3)], top.accent, 6)
        with pen.clipped(d):
            fold = darker(top.color, 0.4)
            pen.line([(wide * 0.5, -t * 0.5), (wide * 0.72, -t * 0.28), (wide * 0.66, -4)], fold, 3, opacity=0.22)
        _details(pen, top, t, wide)
        if top.kind in ("jumper", "hoodie") and not tucked:
            pen.line([(-bones.build.hip, 3), (0, 7), (bones.build.hip, 3)], darker(top.color, 0.24), 7)


def _details(pen: Pen, top: Garment, t: float, wide: float) -> None:
    edge, light = darker(top.color, 0.28), top.accent
    neck: list[Point] = [(-15, -t - 3), (0, -t + 6), (17, -t - 3)]
    kind = top.kind
    if kind in ("raincoat", "coat", "cardigan", "waistcoat", "shirt", "blouse", "pyjamas"):
        pen.line([(3, -t + 4), (4, -t * 0.4), (3, 5)], edge, 2.2, opacity=0.75)
        for k in range(3):
            pen.ellipse((8, -t * (0.74 - 0.27 * k)), 3.2 if kind != "shirt" else 2, fill=light)
    if kind in ("shirt", "blouse", "pyjamas", "coat", "raincoat"):
        for s in (-1, 1):
            flap = [(2, -t + 1), (s * 20 + 2, -t - 5), (s * 22 + 2, -t + 7), (s * 9 + 2, -t + 12)]
            pen.path(straight_loop(flap), lighter(top.color, 0.3), stroke=edge, width=1.2)
    elif kind == "hoodie":
        pen.line([(-20, -t + 2), (-8, -t + 9), (10, -t + 9), (22, -t + 2)], edge, 8)
        for x in (-6, 10):
            pen.line([(x, -t + 11), (x + 1, -t + 26)], "#fbf4e6", 2.4)
        pocket = [(-wide * 0.5, -8), (-wide * 0.4, -t * 0.3), (wide * 0.4, -t * 0.3), (wide * 0.5, -8)]
        pen.path(straight_loop(pocket), darker(top.color, 0.13))
    elif kind == "spacesuit":
        pen.path("M-16,-52L16,-52L16,-30L-16,-30Z", "#dfe6ee", stroke=edge, width=1.6)
        for x, c in ((-9, "#d8483f"), (0, "#f5c242"), (9, "#5a9e5b")):
            pen.ellipse((x, -41), 3.2, fill=c)
        pen.line(neck, "#aeb6c4", 8)
    elif kind in ("sari", "robe"):
        # a drape over one shoulder, or two edges that cross
        pen.path(
            straight_loop([(-24, -t - 2), (-4, -t - 3), (wide + 3, -t * 0.22), (wide - 6, -t * 0.02)]),
            light,
            opacity=0.95,
        )
        if kind == "robe":
            pen.line([(22, -t - 2), (6, -t * 0.62), (-wide * 0.5, -t * 0.3)], light, 7)
            pen.line([(-wide - 1, -t * 0.24), (0, -t * 0.2), (wide + 1, -t * 0.24)], edge, 16)
    elif kind == "ao_dai":
        pen.line([(-12, -t - 6), (2, -t - 2), (15, -t - 6)], edge, 9)
        pen.line([(4, -t + 2), (16, -t * 0.72), (wide * 0.8, -t * 0.5)], light, 3)
    elif kind in ("kurta", "tunic"):
        pen.line([(2, -t + 3), (2, -t * 0.52)], light, 5)
        pen.line(neck, light, 4.5)
    else:
        pen.line(neck, edge if kind != "dress" else light, 5 if kind == "jumper" else 3.6)
    if kind in ("raincoat", "coat"):
        for s in (-1, 1):
            pen.line([(s * wide * 0.35, -12), (s * wide * 0.75, -14)], edge, 3)


def draw_bib(pen: Pen, bones: Skeleton, bib: Garment) -> None:
    """The bib, straps and seat of dungarees; the legs are drawn as trousers."""
    with pen.moved(*bones.hip, bones.lean):
        t, wide, hip = bones.build.torso, bones.build.belly + 3.5, bones.build.hip + 4
        for s in (-1, 1):
            pen.line([(s * 17, -t * 0.66), (s * 21, -t * 0.9), (s * 22, -t + 1)], darker(bib.color, 0.12), 8)
        seat: list[Point] = [
            (-20, -t * 0.7), (21, -t * 0.7), (23, -t * 0.44), (wide, -t * 0.36), (hip + 1, 4), (0, 10), (-hip - 1, 4),
            (-wide, -t * 0.36), (-22, -t * 0.44),
        ]  # fmt: skip
        cloth(pen, smooth_loop(seat), bib)
        stitch = lighter(bib.color, 0.45)
        pen.path(
            f"M-11,{-t * 0.56:.1f}L12,{-t * 0.56:.1f}L11,{-t * 0.34:.1f}Q0,{-t * 0.28:.1f} -10,{-t * 0.34:.1f}Z",
            darker(bib.color, 0.12),
            stroke=stitch,
            width=1.3,
            dash="3 2.4",
        )
        for s in (-1, 1):
            pen.ellipse((s * 17, -t * 0.66), 3.4, fill="#f3cf6b")


def lap_only(bones: Skeleton) -> bool:
    """Whether the thighs lie level, so that a skirt covers them one by one."""
    return bones.seated or abs(bones.near_leg.mid[1] - bones.hip[1]) < bones.build.leg * 0.2


def draw_skirt(pen: Pen, bones: Skeleton, skirt: Garment, low: float, flare: float = 1.0) -> None:
    """A skirt from the waist over the thighs, in any pose; `low` is its length in legs."""
    b, hip = bones.build, bones.hip
    if lap_only(bones):
        for limb in (bones.far_leg, bones.near_leg):
            lap = part(bent(limb.root, limb.mid, limb.end), 0, min(0.5, low + 0.12))
            tube(pen, lap, (b.leg_width * 1.5, b.leg_width * 1.45), skirt)
        return
    left, right, hem = _hem(bones, low, flare)
    if skirt.kind in _SKIRTED:
        sides = [turned((s * x, -y), bones.lean) for s in (1, -1) for x, y in _side(b)]
        half = len(sides) // 2
        upper = [(hip[0] + x, hip[1] + y) for x, y in sides]
        d = smooth_loop([*upper[:half], *reversed(hem), *reversed(upper[half:])])
    else:
        waist = b.hip + 3
        high = hip[1] - b.torso * 0.24
        left_top, right_top = (hip[0] - waist, high), (hip[0] + waist, high)
        band = [right_top, (hip[0] + waist - 2, high - 2), (hip[0], high + 1), (hip[0] - waist + 2, high - 2)]
        d = smooth_loop([left_top, *hem, *band])
    cloth(pen, d, skirt)
    with pen.clipped(d):
        for t in (0.22, 0.5, 0.78):
            x = left + (right - left) * t
            fold: list[Point] = [(hip[0] + (x - hip[0]) * 0.5, hip[1] + 4), (x, hem[3][1] + 4)]
            pen.line(fold, darker(skirt.color, 0.4), 3, opacity=0.22)


def _side(b: Build) -> list[Point]:
    t = b.torso
    return [
        (9, t + 5),
        (b.shoulder * 0.62, t + 2),
        (b.shoulder + 5, t - 12),
        (b.shoulder, t * 0.72),
        (b.belly + 2, t * 0.3),
    ]


def _hem(bones: Skeleton, low: float, flare: float) -> tuple[float, float, list[Point]]:
    b, hip = bones.build, bones.hip
    knees = sorted((bones.near_leg.mid, bones.far_leg.mid))
    reach = low / 0.5
    left = hip[0] + (knees[0][0] - hip[0]) * reach - b.leg_width * (0.5 + 0.34 * flare)
    right = hip[0] + (knees[1][0] - hip[0]) * reach + b.leg_width * (0.5 + 0.34 * flare)
    down = [hip[1] + max(k[1] - hip[1], b.leg * 0.3) * reach for k in knees]
    hem: list[Point] = [(left, down[0])]
    for k in range(1, 6):
        t = k / 6
        hem.append((left + (right - left) * t, down[0] + (down[1] - down[0]) * t + (5 if k % 2 else 1.5)))
    return left, right, [*hem, (right, down[1])]


def draw_lap(pen: Pen, bones: Skeleton, top: Garment | None, bottom: Garment | None) -> None:
    """What of a dress, coat or skirt lies over the thighs of somebody who sits."""
    for garment in (bottom, top):
        if garment and (garment.kind in _SKIRTED or garment.kind in ("skirt", "tutu")):
            draw_skirt(pen, bones, garment, _SKIRTED.get(garment.kind, 0.36))


def draw_tutu(pen: Pen, bones: Skeleton, tutu: Garment) -> None:
    """Three frills of net."""
    with pen.moved(*bones.hip, bones.lean):
        for k, share in enumerate((1.75, 1.5, 1.2)):
            wide = bones.build.hip * share + 8
            y = 20 - 9 * k
            frill: list[Point] = [(-bones.build.hip, -14), (bones.build.hip, -14), (wide, y - 6)]
            frill += [(wide - 2 * wide * i / 8, y + (4 if i % 2 else -2)) for i in range(1, 8)]
            pen.blob([*frill, (-wide, y - 6)], pen.shaded(lighter(tutu.color, 0.14 * k)), opacity=0.9)

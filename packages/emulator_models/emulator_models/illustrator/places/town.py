"""City street, market, park, rooftop, station."""

from __future__ import annotations

from emulator_models.illustrator.drawing.color import mix
from emulator_models.illustrator.drawing.paths import num
from emulator_models.illustrator.drawing.svg import circle, line, path, polygon, rect
from emulator_models.illustrator.scenery import buildings, land, plants, undergrowth
from emulator_models.illustrator.scenery.sky import birds, mist, sky
from emulator_models.illustrator.stage import Scenery, Stage


def _walls(stage: Stage) -> tuple[str, ...]:
    p = stage.palette
    return (
        mix(p.accent, p.light, 0.35),
        mix(p.second, p.light, 0.25),
        mix(p.accent2, p.light, 0.3),
        mix(p.land, p.light, 0.4),
    )


def _skyline(stage: Stage, y: float, depth: float, tall: float) -> str:
    """A row of far roofs in one color."""
    p, dice = stage.palette, stage.random
    tone = p.plane(depth, mix(p.second, p.dark, 0.2))
    parts, x = [], -20.0
    while x < stage.width:
        w, h = dice.uniform(50, 110), dice.uniform(0.4, 1) * tall
        parts.append(rect(x, y - h, w + 2, h + 60, tone))
        if dice.random() < 0.4:
            parts.append(polygon([(x, y - h + 1), (x + w / 2, y - h - w * 0.45), (x + w, y - h + 1)], tone))
        lit = p.tint(tone, 0.6 if stage.time == "night" else 0.3)
        parts += [
            rect(x + 12 + 22 * (i % 3), y - h + 18 + 32 * (i // 3), 9, 14, lit, opacity=0.8)
            for i in range(6)
            if 22 * (i % 3) + 24 < w
        ]
        x += w
    return "".join(parts)


def _street(stage: Stage, top: float, tone: str) -> str:
    """Paving in perspective."""
    p, w = stage.palette, stage.width
    seam = p.shade(tone, 0.22)
    parts = [land.ground(stage, top, tone)]
    parts += [rect(-5, top + 8 + 14 * i + 7 * i * i, w + 10, 3, seam, opacity=0.6) for i in range(8)]
    parts += [
        line(
            [(w / 2 + (w * i / 10 - w / 2) * 0.8, top), (w / 2 + (w * i / 10 - w / 2) * 1.8, 1000)],
            seam,
            3,
            opacity=0.5,
        )
        for i in range(11)
    ]
    return "".join(parts)


def city(stage: Stage) -> Scenery:
    """A street of painted houses with shops below, a tree, lamps."""
    p, dice, h = stage.palette, stage.random, stage.horizon
    back = [sky(stage, clouds=2), _skyline(stage, h + 40, 0.3, 330), mist(stage, h + 30, 120, 0.4)]
    walls, x, i, foot = _walls(stage), -30.0, dice.randrange(4), h + 110
    gap = stage.across(dice.uniform(0.4, 0.58))
    while x < stage.width:
        w = dice.uniform(150, 220)
        if x < gap < x + w:
            x += 130
        back.append(buildings.block(stage, x, foot, w, dice.uniform(330, 520), walls[i % 4], seed=i))
        back.append(buildings.shop_front(stage, x, foot, w, walls[i % 4], (p.accent, p.near(140), p.near(25))[i % 3]))
        x += w + 2
        i += 1
    middle = [_street(stage, foot, mix(p.land, p.tinge("#b9b1a6"), 0.35))]
    middle += [buildings.lamp_post(stage, stage.across(s), stage.floor - 90, 420) for s in (0.04, 0.965)]
    middle.append(plants.round_tree(stage, gap, foot + 24, 260, p.leaf))
    return Scenery(back, middle, [], bystanders=160.0, home=118.0)


def market(stage: Stage) -> Scenery:
    """Stalls with striped awnings heaped with fruit, bunting across the square."""
    p, dice, h = stage.palette, stage.random, stage.horizon
    back = [sky(stage, clouds=1), _skyline(stage, h + 70, 0.35, 360)]
    walls = _walls(stage)
    back += [
        buildings.block(stage, stage.across(s) - 95, h + 110, 190, 420 + 60 * (i % 2), walls[i], seed=i + 1)
        for i, s in enumerate((0.02, 0.98))
    ]
    back.append(
        buildings.bunting(stage, -10, h - 250, stage.across(0.6), h - 210, 70)
        + buildings.bunting(stage, stage.across(0.4), h - 220, stage.width + 10, h - 280, 60)
    )
    middle = [_street(stage, h + 100, mix(p.land, p.tinge("#c9b79c"), 0.4))]
    goods = (p.near(25), p.near(60), p.near(140), p.accent, p.near(320))
    wood = p.tinge("#b07d4f")
    for k, s in enumerate((0.1, 0.5, 0.9)):
        x, y, w = stage.across(s), h + 150 - (30 if k == 1 else 0), 300.0
        middle += [rect(x + d * w / 2 - 6, y - 330, 12, 330, p.shade(wood, 0.2)) for d in (-0.94, 0.94)]
        for row in range(2):
            middle.append(rect(x - w / 2, y - 70 - 56 * row, w, 62, p.shade(wood, 0.12 * row)))
            middle += [
                circle(x - w / 2 + 20 + 26 * i, y - 78 - 56 * row, 14, goods[(i // 3 + k + row) % 5]) for i in range(11)
            ]
        middle.append(
            buildings.scallops(
                stage,
                x - w * 0.58,
                y - 360,
                w * 1.16,
                86,
                (p.accent, p.near(140), p.second)[(k + dice.randrange(3)) % 3],
            )
        )
    return Scenery(back, middle, [], bystanders=185.0, home=118.0)


def park(stage: Stage) -> Scenery:
    """A playground: slide, swings, trees, a pond of path."""
    p, dice, h = stage.palette, stage.random, stage.horizon
    green = p.leaf
    back = [
        sky(stage),
        _skyline(stage, h + 10, 0.22, 150),
        plants.far_trees(stage, h + 30, 110, p.plane(0.45, green), 14),
    ]
    back.append(land.hill(stage, h + 24, 12, p.plane(0.7)))
    side = dice.random() < 0.5
    s, x0 = (1, 0.0) if side else (-1, stage.width)
    y = h + 130
    steel, slide = p.near(25), p.accent
    back += [line([(x0 + s * d, y), (x0 + s * 130, y - 300)], steel, 13) for d in (80, 190)]
    back.append(
        path(
            (
                f"M{num(x0 + s * 150)} {num(y - 292)}Q{num(x0 + s * 250)} {num(y - 170)}"
                f" {num(x0 + s * 300)} {num(y - 60)}Q{num(x0 + s * 330)} {num(y)} {num(x0 + s * 400)}"
                f" {num(y - 4)}"
            ),
            stroke=slide,
            width=34,
        )
    )
    back.append(
        path(
            f"M{num(x0 + s * 150)} {num(y - 300)}Q{num(x0 + s * 250)} {num(y - 178)} {num(x0 + s * 300)} {num(y - 68)}",
            stroke=p.tint(slide, 0.5),
            width=8,
        )
    )
    back += [
        line([(x0 + s * (86 + 9 * i), y - 40 - 48 * i), (x0 + s * (184 - 10 * i), y - 40 - 48 * i)], p.light, 8)
        for i in range(5)
    ]
    bar = stage.width - x0
    back.append(line([(bar - s * 300, y - 250), (bar - s * 30, y - 250)], p.second, 12))
    back += [
        line([(bar - s * e, y - 250), (bar - s * (e + d), y + 6)], p.second, 11) for e in (300, 30) for d in (-34, 34)
    ]
    for e in (110, 220):
        back += [line([(bar - s * (e + d), y - 250), (bar - s * (e + d), y - 70)], p.dark, 3) for d in (0, 44)]
        back.append(rect(bar - s * (e + 22) - 30, y - 74, 60, 13, p.accent2, round_=6))
    middle = [
        land.hill(stage, h + 126, 8, p.land),
        land.path_ahead(stage, h + 128, stage.across(0.5), p.tint(p.tinge("#dcc19a"), 0.2), width=420),
    ]
    middle.append(undergrowth.meadow_floor(stage, h + 150, p.land, flowers=12, tufts=22))
    return Scenery(
        back,
        middle,
        [
            undergrowth.grass_fringe(stage, p.land),
            plants.hanging_branch(stage, left=not side, color=green),
            plants.leafy_corner(stage, left=side, color=green, size=150),
        ],
        bystanders=170.0,
        home=60.0,
    )


def rooftop(stage: Stage) -> Scenery:
    """A flat roof over the town with pots and washing lines: the place to watch the sky."""
    p, dice, h = stage.palette, stage.random, stage.horizon
    back = [
        sky(stage, clouds=2),
        birds(stage, stage.across(0.5), h * 0.5),
        _skyline(stage, h + 70, 0.25, 260),
        mist(stage, h + 60, 100, 0.4),
    ]
    back.append(_skyline(stage, h + 130, 0.6, 170))
    wall = mix(p.near(40), p.light, 0.2)
    middle = [
        rect(-5, h + 96, stage.width + 10, 60, p.tint(wall, 0.25)),
        rect(-5, h + 88, stage.width + 10, 16, p.shade(wall, 0.15)),
        _street(stage, h + 150, wall),
    ]
    at = dice.choice((0.0, 1.0))
    x = stage.across(0.06 if at == 0 else 0.94)
    middle.append(
        rect(x - 120, h - 150, 240, 310, mix(wall, p.dark, 0.1))
        + polygon([(x - 150, h - 146), (x, h - 230), (x + 150, h - 146)], p.near(25))
    )
    middle.append(buildings.pane(stage, x - 34, h - 70, 70, 90, lit=True))
    s = 1 if at == 0 else -1
    middle.append(buildings.bunting(stage, x + s * 120, h - 130, stage.width / 2 + s * stage.width * 0.52, h - 60, 50))
    for k in range(3):
        px = stage.width / 2 + s * stage.width * (0.3 + 0.085 * k)
        middle.append(
            undergrowth.bush(stage, px, h + 130, 100, p.leaf)
            + polygon([(px - 38, h + 112), (px + 38, h + 112), (px + 28, h + 176), (px - 28, h + 176)], p.near(35))
        )
    return Scenery(back, middle, [], bystanders=190.0, home=None)


def station(stage: Stage) -> Scenery:
    """A railway platform under an iron roof, a train with lit windows standing by."""
    p, h, w = stage.palette, stage.horizon, stage.width
    back = [sky(stage, clouds=2), _skyline(stage, h + 40, 0.3, 240)]
    body, y = p.accent, h + 130
    back.append(rect(-40, y - 250, w * 0.8 if stage.light_from_left else w + 80, 232, body, round_=40))
    long = w * 0.76 if stage.light_from_left else w + 40
    back.append(rect(-40, y - 98, long + 40, 24, p.light, opacity=0.8))
    back += [buildings.pane(stage, x, y - 214, 84, 84, lit=True) for x in range(20, int(long) - 80, 118)]
    back += [
        circle(x, y - 12, 26, p.dark) + circle(x, y - 12, 11, p.tint(p.second, 0.4)) for x in range(40, int(long), 120)
    ]
    back.append(rect(-5, y + 10, w + 10, 16, p.shade(p.second, 0.6)))
    middle = [
        _street(stage, y + 26, mix(p.land, p.tinge("#cfc4b4"), 0.4)),
        rect(-5, y + 36, w + 10, 12, p.near(85)),
    ]
    iron = p.shade(p.second, 0.55)
    for s in (0.05, 0.95):
        x = stage.across(s)
        middle.append(
            rect(x - 9, 150, 18, stage.floor - 210, iron) + line([(x - 80, 156), (x, 220), (x + 80, 156)], iron, 10)
        )
    middle.append(rect(-5, 118, w + 10, 40, iron) + buildings.scallops(stage, -5, 150, w + 10, 50, p.second))
    x = stage.across(0.5)
    middle.append(line([(x, 150), (x, 212)], iron, 8) + circle(x, 262, 52, iron) + circle(x, 262, 43, p.light))
    middle.append(line([(x, 262), (x, 232)], p.dark, 6) + line([(x, 262), (x + 22, 274)], p.dark, 6))
    return Scenery(back, middle, [], bystanders=200.0, home=None)

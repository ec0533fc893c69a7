"""Rooms to learn and work in: classroom, library, workshop."""

from __future__ import annotations

from emulator_models.illustrator.drawing.color import mix
from emulator_models.illustrator.drawing.geometry import star_points
from emulator_models.illustrator.drawing.paths import num
from emulator_models.illustrator.drawing.svg import circle, line, path, polygon, rect
from emulator_models.illustrator.scenery import interiors as rooms
from emulator_models.illustrator.scenery.buildings import bunting
from emulator_models.illustrator.scenery.interiors import WOOD
from emulator_models.illustrator.stage import Piece, Scenery, Stage


def classroom(stage: Stage) -> Scenery:
    """Board with chalk shapes, desks, a globe, drawings pinned up."""
    p, h, w = stage.palette, stage.horizon, stage.width
    wall, floor = rooms.wall_and_floor(stage, p.near(90))
    a, b = rooms.sides(stage)
    y = h + 90
    back = [rooms.room(stage, wall, floor, pattern="dots")]
    board = mix(p.shade(p.near(150), 0.55), "#3c5a4d", 0.4)
    bx, bw = stage.across(a) - 210 if a > 0.5 else stage.across(a) - 130, 340.0
    back.append(rect(bx - 12, h - 330, bw + 24, 244, p.tinge(WOOD), round_=8) + rect(bx, h - 318, bw, 220, board))
    chalk = p.light
    back.append(
        circle(bx + 74, h - 230, 34, "none")
        + path(
            f"M{num(bx + 40)} {num(h - 226)}a34 34 0 1 0 68 0a34 34 0 1 0 -68 0",
            stroke=chalk,
            width=5,
            opacity=0.8,
        )
    )
    back.append(
        path(f"M{num(bx + 140)} {num(h - 194)}l40 -70l40 70Z", stroke=chalk, width=5, opacity=0.8)
        + path(f"M{num(bx + 250)} {num(h - 258)}h58v58h-58Z", stroke=chalk, width=5, opacity=0.8)
    )
    back += [
        line([(bx + 40, h - 150 + 18 * i), (bx + 40 + 230 - 60 * i, h - 150 + 18 * i)], chalk, 4, opacity=0.5)
        for i in range(2)
    ]
    back.append(rooms.window(stage, stage.across(b) - 85, h - 310, 170, 210))
    back.append(bunting(stage, -10, 40, w + 10, 50, 54))
    for i in range(3):
        x = stage.across(b) + (-200 + 70 * i if b > 0.5 else 130 + 70 * i)
        back.append(
            rect(x, h - 60, 54, 66, p.light, round_=3)
            + circle(x + 27, h - 24, 14, (p.accent, p.second, p.near(140))[i])
            + circle(x + 27, h - 58, 4, p.near(25))
        )
    gx = stage.across(b)
    back.append(rooms.table(stage, gx, y + 40, 260, 110))
    back.append(
        circle(gx + 60, y - 130, 48, mix(p.near(230), p.light, 0.2))
        + path(f"M{num(gx + 30)} {num(y - 150)}q24 -22 40 0q-6 22 -20 26q-24 -6 -20 -26Z", p.near(140))
        + rect(gx + 54, y - 84, 12, 14, p.dark)
    )
    tones = (p.accent, p.near(25), p.second)
    back += [rect(gx - 90, y - 86 - 18 * i, 96 - 10 * i, 18, tones[i], round_=4) for i in range(3)]
    middle = [rooms.rug(stage, w * 0.5, stage.floor + 16, w * 0.42, p.second)]
    return Scenery(back, middle, [], setting="indoors", hang=(0.5, 0.32))


def library(stage: Stage) -> Scenery:
    """High shelves to either side of a tall window, a ladder, lamps."""
    p, h, w = stage.palette, stage.horizon, stage.width
    wall, floor = rooms.wall_and_floor(stage, p.near(60))
    wood = p.tinge("#8a5a38")
    y = h + 90
    back = [rooms.room(stage, wall, floor, pattern="stripes")]
    back.append(rooms.window(stage, w * 0.5 - 100, h - 350, 200, 290, curtain=None))
    shelf_w = w * 0.34
    back += [
        rooms.bookshelf(stage, -20, y, shelf_w, h + 40, wood, rows=6),
        rooms.bookshelf(stage, w - shelf_w + 20, y, shelf_w, h + 40, wood, rows=6),
    ]
    at = stage.random.choice((w * 0.2, w * 0.8))
    back += [line([(at + d, y + 30), (at + d * 0.8 + 40, 90)], p.tint(wood, 0.25), 12) for d in (-40, 40)]
    back += [
        line(
            [(at - 38 + i * 4.6, y - 20 - 74 * i), (at + 40 + i * 4.4, y - 20 - 74 * i)],
            p.tint(wood, 0.25),
            9,
        )
        for i in range(8)
    ]
    back += [rooms.pendant_lamp(stage, w * s, 70 + 30 * i, 74, p.accent) for i, s in enumerate((0.36, 0.64))]
    middle = [rooms.rug(stage, w * 0.5, stage.floor + 16, w * 0.44, p.accent)]
    tones = (p.accent2, p.second, p.land, p.accent)
    pile = "".join(rect(20 + 7 * (i % 2), 966 - 26 * i, 130 - 8 * i, 26, tones[i], round_=5) for i in range(4))
    return Scenery(back, middle, [Piece(pile, (20, 885, 160, 995))], setting="indoors", hang=(0.3, 0.7))


def workshop(stage: Stage) -> Scenery:
    """A bench with a half-made machine, tools on the wall, cogs, plans."""
    p, h, w = stage.palette, stage.horizon, stage.width
    wall, floor = rooms.wall_and_floor(stage, p.second)
    a, b = rooms.sides(stage)
    y = h + 90
    back = [
        rooms.room(stage, wall, floor, pattern="tiles"),
        rooms.window(stage, stage.across(b) - 90, h - 310, 180, 200),
    ]
    bx, steel = stage.across(a), p.tint(p.second, 0.3)
    back.append(rect(bx - 170, h - 320, 340, 210, p.shade(p.tinge(WOOD), 0.1), round_=8))
    for i in range(5):
        x = bx - 130 + 65 * i
        back.append(
            line([(x, h - 290), (x, h - 190)], p.light, 9)
            + rect(x - 15, h - 296, 30, 20 + 8 * (i % 3), (p.accent, p.near(25), steel)[i % 3], round_=6)
        )
    for i, (dx, r) in enumerate(((-0.09, 58), (0.07, 40), (0.17, 28))):
        cx, cy = w * (0.5 + dx), h - 250 + 34 * i
        teeth = polygon(star_points(cx, cy, r * 1.22, r * 0.92, 10), (p.accent, p.accent2, p.near(85))[i])
        back.append(teeth + circle(cx, cy, r * 0.42, wall))
    back.append(rooms.table(stage, bx, y + 34, 420, 150))
    back.append(
        rect(bx - 70, y - 216, 140, 100, p.accent, round_=16)
        + circle(bx, y - 168, 30, p.light)
        + circle(bx, y - 168, 17, p.dark)
    )
    back.append(line([(bx, y - 216), (bx, y - 256)], p.dark, 5) + circle(bx, y - 262, 12, p.near(25)))
    back += [circle(bx + d, y - 118, 20, p.dark) for d in (-50, 50)]
    back.append(rooms.pendant_lamp(stage, w * 0.5, 60, 80, p.near(25)))
    middle = [rooms.rug(stage, w * 0.5, stage.floor + 16, w * 0.36, p.accent2)]
    return Scenery(back, middle, [], setting="indoors", hang=(0.36, a))

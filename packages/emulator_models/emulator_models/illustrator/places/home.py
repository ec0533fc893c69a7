"""Rooms of a home: bedroom, kitchen, living room, attic."""

from __future__ import annotations

from emulator_models.illustrator.drawing.color import mix
from emulator_models.illustrator.drawing.geometry import star_points
from emulator_models.illustrator.drawing.paths import num
from emulator_models.illustrator.drawing.svg import circle, ellipse, line, path, polygon, rect
from emulator_models.illustrator.scenery import interiors as rooms
from emulator_models.illustrator.scenery.buildings import bunting
from emulator_models.illustrator.scenery.interiors import WOOD
from emulator_models.illustrator.scenery.sky import halo
from emulator_models.illustrator.stage import Piece, Scenery, Stage


def bedroom(stage: Stage) -> Scenery:
    """Bed, window on the sky, bedside lamp, paper stars, rug."""
    p, h = stage.palette, stage.horizon
    wall, floor = rooms.wall_and_floor(stage, p.second)
    a, b = rooms.sides(stage)
    y = h + 90
    back = [rooms.room(stage, wall, floor, pattern="stars")]
    back.append(rooms.window(stage, stage.across(b) - 100, h - 330, 200, 240, curtain=p.accent))
    for i in range(6):
        x = stage.width * (0.08 + 0.168 * i)
        drop = 60 + 46 * ((i * 3) % 4)
        back.append(
            line([(x, -5), (x, drop)], p.light, 2, opacity=0.6)
            + polygon(star_points(x, drop + 16, 19, 8.5), mix(p.light, "#ffe9a8", 0.5))
        )
    left = a < 0.5
    back.append(rooms.bed(stage, stage.across(0.01 if left else 0.49), y + 74, stage.width * 0.5, p.accent2, left=left))
    lamp_x = stage.across(b) + (40 if left else -40)
    back.append(rooms.table(stage, lamp_x, y + 36, 120, 110))
    back.append(halo(stage, lamp_x, y - 150, 210, "#ffe2a0", 0.5 if stage.time == "night" else 0.25))
    back.append(
        rect(lamp_x - 5, y - 130, 10, 50, p.shade(p.tinge(WOOD), 0.3))
        + polygon(
            [(lamp_x - 46, y - 122), (lamp_x - 26, y - 186), (lamp_x + 26, y - 186), (lamp_x + 46, y - 122)],
            p.tint(p.accent, 0.4),
        )
    )
    middle = [rooms.rug(stage, stage.width * 0.5, stage.floor + 20, stage.width * 0.4, p.second)]
    return Scenery(back, middle, [_toys(stage, left=b < 0.5)], setting="indoors", hang=(a, 0.5))


def _toys(stage: Stage, *, left: bool) -> Piece:
    """Bricks and a ball in a lower corner."""
    p = stage.palette
    x = 8.0 if left else stage.width - 178
    parts = [
        rect(x, 928, 64, 64, p.accent, round_=6),
        rect(x + 72, 940, 52, 52, p.near(230), round_=6),
        rect(x + 24, 866, 58, 58, p.accent2, round_=6),
    ]
    parts += [
        polygon(star_points(x + 32, 960, 20, 9), p.light),
        circle(x + 146, 966, 28, p.near(25)),
        ellipse(x + 146, 966, 9, 28, p.light, opacity=0.7),
    ]
    return Piece("".join(parts), (x, 862, x + 176, 996))


def kitchen(stage: Stage) -> Scenery:
    """Counter with tiles, shelves of jars, a stove with a pot, a table with fruit."""
    p, h, w = stage.palette, stage.horizon, stage.width
    wall, floor = rooms.wall_and_floor(stage, p.near(80))
    a, b = rooms.sides(stage)
    y = h + 90
    back = [rooms.room(stage, wall, floor, pattern="tiles")]
    back.append(rooms.window(stage, stage.across(a) - 95, h - 300, 190, 200, curtain=p.accent))
    back.append(
        rect(-5, y - 160, w + 10, 165, mix(p.second, p.light, 0.15))
        + rect(-5, y - 176, w + 10, 22, p.tint(p.tinge(WOOD), 0.25))
    )
    for i in range(7):
        x = w * i / 7
        back.append(
            rect(x + 8, y - 140, w / 7 - 16, 130, p.shade(p.second, 0.06), round_=6)
            + circle(x + w / 7 - 24, y - 84, 6, p.light)
        )
    for row, yy in enumerate((h - 270, h - 170)):
        sx = stage.across(b) - 150
        back.append(rect(sx, yy, 300, 12, p.tinge(WOOD), round_=4))
        for i in range(6):
            tone = (p.accent, p.light, p.accent2, p.land)[(i + row) % 4]
            back.append(
                rect(sx + 14 + 47 * i, yy - 50 - 8 * (i % 2), 34, 50 + 8 * (i % 2), tone, round_=8)
                + rect(sx + 18 + 47 * i, yy - 58 - 8 * (i % 2), 26, 9, p.shade(p.tinge(WOOD), 0.2), round_=3)
            )
    px = stage.across(b) - 30
    back.append(
        rect(px - 52, y - 234, 104, 62, p.near(25), round_=12)
        + rect(px - 62, y - 242, 124, 13, p.shade(p.near(25), 0.3), round_=6)
    )
    back += [
        path(
            f"M{num(px - 22 + 22 * i)} {num(y - 252)}q-14 -20 0 -38q14 -18 0 -38",
            stroke=p.light,
            width=5,
            opacity=0.6,
        )
        for i in range(3)
    ]
    back.append(rooms.pendant_lamp(stage, w * 0.5, 90, 90, p.accent))
    middle = [rooms.rug(stage, w * 0.5, stage.floor + 20, w * 0.36, p.accent2)]
    return Scenery(back, middle, [], setting="indoors", hang=(b, 0.5))


def living_room(stage: Stage) -> Scenery:
    """A room made ready for a party: bunting, balloons, sofa, a table."""
    p, h, w = stage.palette, stage.horizon, stage.width
    wall, floor = rooms.wall_and_floor(stage, p.second)
    a, b = rooms.sides(stage)
    y = h + 90
    back = [
        rooms.room(stage, wall, floor, pattern="dots"),
        rooms.window(stage, stage.across(a) - 90, h - 290, 180, 220, curtain=p.accent2),
    ]
    back.append(bunting(stage, -10, 60, w * 0.52, 70, 70) + bunting(stage, w * 0.48, 70, w + 10, 50, 70))
    sx, sofa = stage.across(b), p.accent
    back.append(
        rect(sx - 190, y - 150, 380, 150, p.shade(sofa, 0.12), round_=34)
        + rect(sx - 200, y - 70, 400, 90, sofa, round_=24)
    )
    back += [rect(sx + d - 34, y - 110, 68, 180, p.shade(sofa, 0.22), round_=26) for d in (-196, 196)]
    back += [rect(sx + d - 44, y - 132, 88, 72, tone, round_=14) for d, tone in ((-90, p.accent2), (86, p.light))]
    for i in range(5):
        x, top = w * (0.05 + 0.9 * ((i * 3) % 5) / 4), h - 300 + 46 * (i % 3)
        tone = (p.accent, p.accent2, p.near(25), p.second, p.light)[i]
        back.append(line([(x, top + 48), (x + 10, top + 130), (x - 6, top + 220)], p.dark, 2.4, opacity=0.5))
        back.append(ellipse(x, top, 40, 50, tone) + ellipse(x - 13, top - 18, 9, 14, "#ffffff", opacity=0.5))
    back.append(rooms.plant_pot(stage, stage.across(a) + (150 if a < 0.5 else -150), y + 20, 200))
    middle = [rooms.rug(stage, w * 0.5, stage.floor + 20, w * 0.42, p.near(25))]
    return Scenery(back, middle, [], setting="indoors", hang=(b, 0.5))


def attic(stage: Stage) -> Scenery:
    """Under sloping beams: a round window, trunks, old treasures, a beam of dusty light."""
    p, h, w = stage.palette, stage.horizon, stage.width
    wall, floor = rooms.wall_and_floor(stage, p.near(60))
    wood = p.tinge("#8a5a38")
    y = h + 90
    back = [rooms.room(stage, wall, floor, pattern="plain"), rect(0, 0, w, y - 20, wall)]
    back += [
        polygon([(s * w, -5), (s * w, y - 20), (w / 2 + (s - 0.5) * w * 0.62, -5)], p.shade(wall, 0.3)) for s in (0, 1)
    ]
    back += [line([(w / 2 + (s - 0.5) * w * 0.62, -5), (s * w, y - 20)], wood, 26) for s in (0, 1)]
    cy, r = h - 230, 104
    top, low = stage.palette.sky_top, stage.palette.sky_low
    back.append(circle(w / 2, cy, r + 18, wood) + circle(w / 2, cy, r, stage.defs.down((0, top, 1), (1, low, 1))))
    back.append(circle(w / 2 + 34, cy - 30, 20, mix(p.light, "#fff3c4", 0.5)))
    back.append(rect(w / 2 - 5, cy - r, 10, 2 * r, wood) + rect(w / 2 - r, cy - 5, 2 * r, 10, wood))
    lean = 150 if stage.light_from_left else -150
    shaft = stage.defs.down((0, p.light, 0.5), (1, p.light, 0))
    back.append(
        polygon(
            [
                (w / 2 - 70, cy - 40),
                (w / 2 + 70, cy - 40),
                (w / 2 + 220 + lean, 960),
                (w / 2 - 180 + lean, 960),
            ],
            shaft,
        )
    )
    back += [
        circle(w / 2 + lean * t + 130 * ((i * 7 % 5) / 2.5 - 1), cy + 480 * t, 2.6, p.light, opacity=0.8)
        for i, t in enumerate((0.1, 0.2, 0.3, 0.45, 0.5, 0.62, 0.7, 0.85))
    ]
    a, b = rooms.sides(stage)
    tx = stage.across(a)
    back.append(
        rect(tx - 120, y - 100, 240, 140, p.near(40), round_=10)
        + path(f"M{num(tx - 126)} {num(y - 96)}q0 -74 60 -74h132q60 0 60 74Z", p.shade(p.near(40), 0.2))
    )
    back += [rect(tx + d, y - 168, 18, 208, p.shade(wood, 0.3)) for d in (-84, 64)]
    back.append(rect(tx - 18, y - 108, 36, 34, p.near(85), round_=5))
    back.append(rooms.bookshelf(stage, stage.across(b) - 110, y + 20, 220, 250, wood, rows=3))
    middle = [rooms.rug(stage, w * 0.5, stage.floor + 16, w * 0.36, p.accent)]
    return Scenery(back, middle, [], setting="indoors", hang=(0.24, 0.76))

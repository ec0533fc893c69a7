"""A bed afloat: water and sky all round, a big bed under everybody, its quilt for a sail."""

from __future__ import annotations

from emulator_models.illustrator.drawing.color import darker, lighter
from emulator_models.illustrator.drawing.paths import num, rounded
from emulator_models.illustrator.drawing.svg import blob, ellipse, line, path
from emulator_models.illustrator.scenery import land, water
from emulator_models.illustrator.scenery.sky import sky
from emulator_models.illustrator.stage import HEIGHT, Scenery, Stage

_WOOD = "#8a5a3c"


def bed_boat(stage: Stage) -> Scenery:
    """The sea to the horizon, a far island, waves, and the bed: headboard and sail behind, mattress underfoot."""
    p, h = stage.palette, stage.horizon
    tone = p.near(225)
    back = [sky(stage), water.open_water(stage, h, HEIGHT, tone)]
    island = stage.across(stage.random.choice((0.16, 0.84)))
    back.append(ellipse(island, h + 12, 130, 26, p.plane(0.4, p.land)))
    back.append(land.rock(stage, island, h + 10, 60, p.plane(0.35, p.land)))
    back += [
        water.wave_band(stage, h + 60 + 60 * i, p.plane(0.4 - 0.1 * i, tone), height=20 + 6 * i, length=120 + 30 * i)
        for i in range(4)
    ]
    middle = [_sail(stage), _bed(stage), water.wave_band(stage, stage.floor + 62, tone, height=34, length=150)]
    return Scenery(back, middle, [], setting="elsewhere", bystanders=None, home=None)


def _sail(stage: Stage) -> str:
    """The quilt on its mast, at the foot of the bed."""
    p, x, top, foot = stage.palette, stage.across(0.5), stage.horizon - 330, stage.floor - 60
    quilt = [(x + 6, top + 20), (x + 250, top + 70), (x + 280, foot - 160), (x + 150, foot - 120), (x + 6, foot - 150)]
    stitches = [
        line([(x + 20, top + 60 + 70 * k), (x + 130, top + 76 + 74 * k), (x + 256, top + 100 + 78 * k)], p.light, 4)
        for k in range(4)
    ]
    mast = line([(x, top), (x, foot)], darker(_WOOD, 0.1), 14)
    return blob(quilt, p.accent, opacity=0.95) + "".join(stitches) + mast


def _bed(stage: Stage) -> str:
    p, floor = stage.palette, stage.floor
    x0, x1 = stage.across(0.03), stage.across(0.97)
    wide = x1 - x0
    head = path(rounded(x0, floor - 250, 44, 330, 20), _WOOD) + path(rounded(x1 - 40, floor - 130, 40, 210, 18), _WOOD)
    sheet = path(rounded(x0 + 20, floor - 70, wide - 40, 130, 40), lighter(p.light, 0.3))
    pillow = ellipse(x0 + 130, floor - 84, 96, 40, "#fbf6ea")
    quilt = path(rounded(x0 + wide * 0.3, floor - 66, wide * 0.66, 128, 36), p.second)
    patches = "".join(
        path(f"M{num(x0 + wide * (0.36 + 0.14 * k))} {num(floor - 62)}v118", stroke=p.light, width=4) for k in range(5)
    )
    board = path(rounded(x0 + 6, floor + 44, wide - 12, 70, 26), darker(_WOOD, 0.15))
    return head + pillow + sheet + quilt + patches + board

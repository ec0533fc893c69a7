"""Places where nobody lives: mountains, snow, desert."""

from __future__ import annotations

from emulator_models.illustrator.drawing.color import mix
from emulator_models.illustrator.drawing.svg import polygon, rect
from emulator_models.illustrator.scenery import buildings, land, plants, undergrowth
from emulator_models.illustrator.scenery.sky import mist, sky
from emulator_models.illustrator.stage import Scenery, Stage


def mountain(stage: Stage) -> Scenery:
    """Snow-capped ranges in the haze, firs, a rocky path."""
    p, dice, h = stage.palette, stage.random, stage.horizon
    green = p.leaf
    back = [
        sky(stage, clouds=2),
        land.mountains(stage, h + 40, 430, p.plane(0.3, p.second), peaks=3),
        mist(stage, h, 150, 0.7),
    ]
    back.append(land.mountains(stage, h + 66, 270, p.plane(0.55, mix(p.second, p.land, 0.4)), peaks=5))
    back.append(mist(stage, h + 50, 90, 0.5))
    for i in range(9):
        x = stage.width * (i + dice.uniform(0.2, 0.8)) / 9
        back += [plants.pine(stage, x, h + 84, dice.uniform(80, 150), p.plane(0.6, green))]
    middle = [land.hill(stage, h + 76, 26, p.land, bumps=0.7)]
    middle.append(land.path_ahead(stage, h + 84, stage.across(dice.uniform(0.3, 0.7)), p.tint(p.tinge("#c9ad8a"), 0.2)))
    middle += [
        plants.pine(stage, stage.across(s), stage.floor - 60, dice.uniform(380, 470), green) for s in (0.03, 0.97)
    ]
    middle += [
        land.rock(stage, stage.across(s), stage.floor + d, 80, p.tinge("#9aa0a6")) for s, d in ((0.13, -24), (0.88, -4))
    ]
    middle.append(undergrowth.meadow_floor(stage, h + 130, p.land, flowers=7, tufts=16))
    return Scenery(
        back,
        middle,
        [
            undergrowth.grass_fringe(stage, p.land),
            plants.leafy_corner(stage, left=dice.random() < 0.5, color=green, size=150),
        ],
    )


def snow(stage: Stage) -> Scenery:
    """Snowfields with firs and a warm house in the distance."""
    p, dice, h = stage.palette, stage.random, stage.horizon
    white = mix(p.light, "#ffffff", 0.35) if stage.time != "night" else mix(p.light, p.sky_top, 0.35)
    green = p.shade(p.leaf, 0.25)
    back = [sky(stage, clouds=2), land.mountains(stage, h + 26, 260, p.plane(0.2, p.second), peaks=4)]
    back.append(land.snow_cover(stage, h, 24, mix(white, p.sky_low, 0.4)))
    back += [
        plants.pine(
            stage,
            stage.width * (i + dice.uniform(0.1, 0.9)) / 8,
            h + 46,
            dice.uniform(100, 170),
            mix(green, p.sky_low, 0.35),
        )
        for i in range(8)
    ]
    at = dice.choice((0.22, 0.76))
    back.append(buildings.house(stage, stage.across(at), h + 62, 170, p.near(30), white))
    middle = [land.snow_cover(stage, h + 66, 20, white)]
    middle += [
        plants.pine(stage, stage.across(s), stage.floor - 90 + d, dice.uniform(330, 430), green)
        for s, d in ((0.05, 0), (0.95, -30))
    ]
    middle.append(land.snow_cover(stage, stage.floor - 70, 16, mix(white, p.second, 0.12)))
    return Scenery(back, middle, [], bystanders=130.0, home=80.0)


def desert(stage: Stage) -> Scenery:
    """Dunes behind dunes, mesas far off, cactus and stones."""
    p, dice, h = stage.palette, stage.random, stage.horizon
    sand = mix(p.near(70), p.tinge("#e3b778"), 0.35)
    back = [sky(stage, clouds=1)]
    for s in (0.16, 0.5, 0.86):
        x, w, t = stage.across(s) + dice.uniform(-60, 60), dice.uniform(120, 210), dice.uniform(110, 200)
        mesa = p.plane(0.35, p.near(40))
        back.append(
            polygon(
                [(x - w * 0.7, h + 30), (x - w * 0.5, h - t), (x + w * 0.45, h - t), (x + w * 0.66, h + 30)],
                mesa,
            )
        )
        back += [
            rect(x - w * 0.5, h - t + 26 + 34 * i, w * 0.98, 9, p.shade(mesa, 0.12), opacity=0.6) for i in range(3)
        ]
    back += [
        land.dune(stage, h + 6, 30, p.plane(0.5, sand)),
        land.dune(stage, h + 60, 34, p.plane(0.8, sand)),
    ]
    middle = [land.dune(stage, h + 130, 26, sand)]
    green = p.leaf
    middle += [
        plants.cactus(stage, stage.across(s), stage.floor - d, t, green)
        for s, d, t in ((0.06, 60, 270), (0.94, 90, 200))
    ]
    middle += [
        land.rock(stage, stage.across(0.17), stage.floor - 20, 60, p.shade(sand, 0.2)),
        land.pebbles(stage, stage.floor - 60, sand),
    ]
    return Scenery(back, middle, [])

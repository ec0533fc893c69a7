"""Beach, sea, under the sea, river, lighthouse, island."""

from __future__ import annotations

from emulator_models.illustrator.drawing.color import mix
from emulator_models.illustrator.drawing.geometry import ring
from emulator_models.illustrator.drawing.paths import num, smooth
from emulator_models.illustrator.drawing.svg import blob, ellipse, line, path, polygon, rect
from emulator_models.illustrator.scenery import buildings, land, plants, undergrowth, water
from emulator_models.illustrator.scenery.sky import birds, mist, sky
from emulator_models.illustrator.stage import Scenery, Stage


def _sea(stage: Stage) -> str:
    """The palette's water: its color nearest to blue-green."""
    return stage.palette.near(225)


def _sand(stage: Stage) -> str:
    return mix(stage.palette.near(75), stage.palette.tinge("#ecd3a0"), 0.4)


def _sail(stage: Stage, x: float, y: float, size: float) -> str:
    """A far sailing boat."""
    p = stage.palette
    hull = path(
        f"M{num(x - size * 0.5)} {num(y)}h{num(size)}l{num(-size * 0.18)} {num(size * 0.2)}h{num(-size * 0.64)}Z",
        p.near(25),
    )
    return (
        polygon([(x + 3, y - size), (x + 3, y - 6), (x + size * 0.45, y - 6)], p.light)
        + polygon([(x - 4, y - size * 0.8), (x - 4, y - 6), (x - size * 0.36, y - 6)], p.accent)
        + hull
    )


def beach(stage: Stage) -> Scenery:
    """Sea to the horizon, a headland, surf, sand with shells."""
    p, dice, h = stage.palette, stage.random, stage.horizon
    sea, sand = _sea(stage), _sand(stage)
    edge = stage.floor - 130
    back = [sky(stage), water.open_water(stage, h, edge, sea)]
    cape = dice.random() < 0.5
    x0, s = (0, 1) if cape else (stage.width, -1)
    back.append(
        blob(
            [
                (x0 - s * 30, h + 14),
                (x0 - s * 30, h - 130),
                (x0 + s * 110, h - 110),
                (x0 + s * 230, h - 30),
                (x0 + s * 330, h + 12),
            ],
            p.plane(0.35, p.land),
        )
    )
    back.append(_sail(stage, stage.across(0.66 if cape else 0.3), h + 24, 74))
    back.append(birds(stage, stage.across(0.5), h * 0.5))
    middle = [land.ground(stage, edge - 30, sand), water.surf(stage, edge, sea)]
    middle.append(land.pebbles(stage, edge + 60, sand, 30))
    for _i in range(5):
        x, y = stage.across(dice.random()), dice.uniform(edge + 90, 980)
        middle.append(
            ellipse(x, y, 15, 10, p.tint(p.accent, 0.3))
            + "".join(line([(x, y + 9), (x + dx, y - 7)], p.shade(p.accent, 0.3), 2) for dx in (-8, 0, 8))
        )
    palm_x = stage.across(0.94 if cape else 0.06)
    middle.append(plants.palm(stage, palm_x, stage.floor - 60, 560, p.leaf))
    middle.append(undergrowth.grass(stage, palm_x + 14, stage.floor - 50, 56, p.shade(p.land, 0.2)))
    return Scenery(back, middle, [], bystanders=stage.floor - 86 - h, home=None)


def sea(stage: Stage) -> Scenery:
    """On the deck of a boat, waves all round."""
    p, dice, h = stage.palette, stage.random, stage.horizon
    tone = _sea(stage)
    back = [
        sky(stage),
        water.open_water(stage, h, h + 100, tone),
        _sail(stage, stage.across(dice.choice((0.2, 0.8))), h + 18, 60),
    ]
    back += [
        water.wave_band(
            stage,
            h + 40 + 34 * i,
            mix(p.plane(0.5, tone), tone, i / 3),
            height=18 + 6 * i,
            length=100 + 26 * i,
        )
        for i in range(4)
    ]
    wood = p.tinge("#b5763f")
    w, deck = stage.width, stage.floor - 50
    mast_x = stage.across(dice.choice((0.12, 0.88)))
    sail_side = 1 if mast_x < w / 2 else -1
    middle = [rect(mast_x - 11, 20, 22, deck, p.shade(wood, 0.3), round_=8)]
    sail = [
        (mast_x + sail_side * 14, 60),
        (mast_x + sail_side * w * 0.34, h - 20),
        (mast_x + sail_side * 14, h + 20),
    ]
    middle.append(
        path(
            (
                f"M{num(sail[0][0])} {sail[0][1]}Q{num(mast_x + sail_side * w * 0.3)} 240"
                f" {num(sail[1][0])} {num(sail[1][1])}L{num(sail[2][0])} {num(sail[2][1])}Z"
            ),
            mix(p.light, p.accent, 0.12),
        )
    )
    middle.append(rect(-10, deck - 60, w + 20, 26, p.tint(wood, 0.2), round_=8))
    middle += [rect(w * i / 7 - 8, deck - 44, 16, 70, p.shade(wood, 0.15)) for i in range(8)]
    middle.append(rect(-10, deck, w + 20, 1010 - deck, stage.defs.down((0, wood, 1), (1, p.tint(wood, 0.25), 1))))
    middle += [
        line(
            [(w / 2 + (w * i / 9 - w / 2) * 0.9, deck), (w / 2 + (w * i / 9 - w / 2) * 1.5, 1000)],
            p.shade(wood, 0.35),
            4,
            opacity=0.6,
        )
        for i in range(10)
    ]
    return Scenery(back, middle, [], bystanders=stage.floor - 30 - h, home=None)


def underwater(stage: Stage) -> Scenery:
    """Blue depth with shafts of light, reefs, fish and weed."""
    p, dice, h = stage.palette, stage.random, stage.horizon
    sea = _sea(stage)
    w = stage.width
    back = [
        rect(
            0,
            0,
            w,
            1000,
            stage.defs.down((0, mix(sea, p.light, 0.55), 1), (0.45, sea, 1), (1, p.shade(sea, 0.45), 1)),
        )
    ]
    back.append(water.light_shafts(stage, p.light))
    for i, depth in enumerate((0.25, 0.5)):
        y = h - 60 + 90 * i
        tops = [(-20 + (w + 40) * k / 8, y - dice.uniform(0, 150)) for k in range(9)]
        back.append(
            path(
                smooth(tops) + f"L{num(w + 20)} 1010L-20 1010Z",
                p.shade(mix(sea, p.second, 0.3), 0.14 + depth * 0.3),
                opacity=0.65,
            )
        )
    tones = (p.accent, p.accent2, p.light)
    for i in range(7):
        x, y = stage.across(dice.random()), dice.uniform(110, h)
        back.append(water.fish(stage, x, y, dice.uniform(30, 66), tones[i % 3], left=dice.random() < 0.5))
    sand = mix(_sand(stage), sea, 0.25)
    middle = [land.dune(stage, stage.floor - 120, 22, sand)]
    for s, size in ((0.03, 190), (0.13, 110), (0.88, 120), (0.97, 200)):
        middle.append(water.coral(stage, stage.across(s), stage.floor - 60, size, tones[dice.randrange(2)]))
    middle += [
        water.seaweed(stage, stage.across(s), stage.floor - 40, dice.uniform(230, 380), p.near(150))
        for s in (0.08, 0.93)
    ]
    middle += [water.bubbles(stage, stage.across(s), h - 40) for s in (0.22, 0.78)]
    middle.append(land.pebbles(stage, stage.floor - 40, sand))
    return Scenery(
        back,
        middle,
        [plants.leafy_corner(stage, left=dice.random() < 0.5, color=p.shade(p.near(150), 0.3), size=150)],
        setting="elsewhere",
    )


def river_bank(stage: Stage) -> Scenery:
    """A river winding out of hills, reeds, stepping stones."""
    p, dice, h = stage.palette, stage.random, stage.horizon
    sea, green = _sea(stage), p.leaf
    back = [sky(stage), land.mountains(stage, h + 10, 170, p.plane(0.2, p.second), peaks=4, snow=False)]
    back += [
        land.hill(stage, h, 26, p.plane(0.4)),
        plants.far_trees(stage, h + 26, 80, p.plane(0.55, green), 14),
    ]
    x_top = stage.across(dice.choice((0.25, 0.75)))
    middle = [land.hill(stage, h + 28, 10, p.land), water.river(stage, h + 34, x_top, sea)]
    out = 0.15 if x_top > stage.width / 2 else 0.85
    middle += [plants.round_tree(stage, stage.across(1 - out), h + 120, 380, green)]
    middle += [
        ellipse(
            stage.across(out) + dice.uniform(-60, 60),
            stage.floor + 10 - 60 * i,
            58 - 8 * i,
            15 - 2 * i,
            p.tinge("#a5a29b"),
        )
        for i in range(3)
    ]
    middle.append(undergrowth.meadow_floor(stage, h + 130, p.land, flowers=8, tufts=12))
    middle += [
        undergrowth.reeds(stage, stage.across(s), stage.floor - 10, 190, p.shade(green, 0.3))
        for s in (out * 0.3 + 0.02, min(out + 0.12, 0.97))
    ]
    return Scenery(
        back,
        middle,
        [undergrowth.grass_fringe(stage, p.land), plants.leafy_corner(stage, left=out > 0.5, color=green)],
    )


def lighthouse(stage: Stage) -> Scenery:
    """A lighthouse on its rocks over a moving sea."""
    p, dice, h = stage.palette, stage.random, stage.horizon
    sea = _sea(stage)
    back = [sky(stage), water.open_water(stage, h, h + 260, sea)]
    side = dice.choice((0.16, 0.84))
    x = stage.across(side)
    back.append(blob(ring(x, h + 60, 260, 110, dice, rough=0.08), p.shade(p.tinge("#8d8f96"), 0.2)))
    back.append(buildings.lighthouse_tower(stage, x, h + 10, min(480.0, h * 0.78)))
    back.append(buildings.house(stage, x + (130 if side < 0.5 else -130), h + 20, 120, p.light, p.near(25)))
    back += [
        water.wave_band(stage, h + 100 + 36 * i, mix(sea, p.dark, 0.06 * i), height=22, length=130) for i in range(2)
    ]
    middle = [land.hill(stage, stage.floor - 130, 18, mix(p.land, p.tinge("#b3a88f"), 0.3), bumps=0.8)]
    middle += [
        land.rock(stage, stage.across(s), stage.floor - d, 110, p.tinge("#8d8f96"))
        for s, d in ((0.05, 70), (0.96, 86), (0.2, 104))
    ]
    middle.append(undergrowth.meadow_floor(stage, stage.floor - 90, p.land, flowers=5, tufts=18))
    middle.append(birds(stage, stage.across(1 - side), h * 0.6))
    return Scenery(back, middle, [undergrowth.grass_fringe(stage, p.land)], bystanders=stage.floor - 70 - h, home=None)


def island(stage: Stage) -> Scenery:
    """A small green island's cove: palms, a far volcano, warm sand."""
    p, dice, h = stage.palette, stage.random, stage.horizon
    sea, sand, green = _sea(stage), _sand(stage), stage.palette.leaf
    back = [sky(stage), water.open_water(stage, h, stage.floor - 90, sea)]
    x = stage.across(dice.uniform(0.3, 0.7))
    back.append(
        polygon(
            [(x - 330, h + 12), (x - 70, h - 210), (x + 50, h - 205), (x + 330, h + 12)],
            p.plane(0.45, p.second),
        )
    )
    back.append(
        polygon(
            [(x - 10, h - 206), (x + 50, h - 205), (x + 330, h + 12), (x + 60, h + 12)],
            p.shade(p.second, 0.2),
            opacity=0.35,
        )
    )
    back.append(plants.far_trees(stage, h + 16, 52, p.plane(0.55, green), 16) + mist(stage, h + 10, 50, 0.4))
    middle = [land.hill(stage, stage.floor - 120, 26, sand, bumps=0.6, strokes=3)]
    middle += [
        plants.palm(stage, stage.across(s), stage.floor - d, t, green)
        for s, d, t in ((0.05, 50, 640), (0.16, 90, 430), (0.95, 70, 540))
    ]
    middle += [undergrowth.bush(stage, stage.across(s), stage.floor - 50, 150, green) for s in (0.02, 0.99)]
    middle.append(land.pebbles(stage, stage.floor - 60, sand))
    return Scenery(
        back,
        middle,
        [plants.leafy_corner(stage, left=dice.random() < 0.5, color=green)],
        bystanders=stage.floor - 60 - h,
        home=None,
    )

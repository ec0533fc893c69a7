"""Places where people live with land: forest, meadow, garden, farm, treehouse."""

from __future__ import annotations

from emulator_models.illustrator.drawing.color import mix
from emulator_models.illustrator.drawing.svg import line, path, polygon, rect
from emulator_models.illustrator.scenery import buildings, land, plants, undergrowth
from emulator_models.illustrator.scenery.sky import birds, mist, sky
from emulator_models.illustrator.stage import Scenery, Stage


def forest(stage: Stage) -> Scenery:
    """Tall trunks to either side of a clearing, lighter woods behind, light falling in."""
    p, dice, h = stage.palette, stage.random, stage.horizon
    green = p.leaf
    back = [sky(stage, clouds=1)]
    back.append(plants.far_trees(stage, h + 6, 230, p.plane(0.18, green), 15))
    back.append(mist(stage, h, 120, 0.6))
    back.append(plants.far_trees(stage, h + 26, 170, p.plane(0.42, green), 19))
    back.append(land.hill(stage, h + 10, 16, p.plane(0.55, p.land)))
    shapes = [plants.round_tree, plants.pine, plants.tall_tree]
    for i, share in enumerate((0.02, 0.2, 0.82, 0.99)):
        tree = shapes[(i + dice.randrange(3)) % 3]
        back.append(
            tree(
                stage,
                stage.across(share) + dice.uniform(-25, 25),
                h + 60 + 30 * (i % 2),
                dice.uniform(400, 500),
                p.plane(0.62 + 0.1 * (i % 2), green),
            )
        )
    x_top = stage.across(dice.uniform(0.42, 0.58))
    middle = [land.hill(stage, h + 85, 14, p.land)]
    middle.append(land.path_ahead(stage, h + 92, x_top, mix(p.tinge("#d9b98a"), p.land, 0.3), width=380))
    middle.append(undergrowth.meadow_floor(stage, h + 120, p.land, flowers=7, tufts=22))
    middle += [
        undergrowth.mushroom(stage, stage.across(s) + dice.uniform(-20, 20), stage.floor + d, 46)
        for s, d in ((0.07, -40), (0.93, -70))
    ]
    side = dice.random() < 0.5
    edge = -14 if side else stage.width + 14
    middle.append(plants.birch(stage, edge + (34 if side else -34), stage.floor + 20, 1000, green))
    front = [
        undergrowth.grass_fringe(stage, p.land),
        plants.leafy_corner(stage, left=side, color=green),
        plants.leafy_corner(stage, left=not side, color=green, size=150),
    ]
    front.append(plants.hanging_branch(stage, left=not side, color=green))
    return Scenery(back, middle, front)


def meadow(stage: Stage) -> Scenery:
    """Rolling hills with a lone tree, flowers right up to our feet."""
    p, dice, h = stage.palette, stage.random, stage.horizon
    back = [sky(stage), birds(stage, stage.across(dice.uniform(0.3, 0.7)), h * 0.42)]
    back.append(land.hill(stage, h - 40, 44, p.plane(0.2), bumps=1.0))
    back.append(plants.far_trees(stage, h + 4, 44, p.plane(0.36, p.leaf), 13))
    back.append(land.hill(stage, h + 10, 34, p.plane(0.5), bumps=1.3))
    side = dice.choice((0.1, 0.9))
    back.append(plants.round_tree(stage, stage.across(side), h + 96, dice.uniform(330, 390), p.plane(0.85, p.leaf)))
    middle = [land.hill(stage, h + 90, 26, p.land, bumps=0.8)]
    middle.append(undergrowth.meadow_floor(stage, h + 120, p.land, flowers=22, tufts=34))
    front = [
        undergrowth.grass_fringe(stage, p.land),
        plants.leafy_corner(stage, left=side > 0.5, color=p.leaf, size=150),
    ]
    return Scenery(back, middle, front)


def garden(stage: Stage) -> Scenery:
    """A fence with hollyhocks before a house, beds of flowers, a path."""
    p, dice, h = stage.palette, stage.random, stage.horizon
    green = p.leaf
    back = [sky(stage, clouds=2), land.hill(stage, h - 20, 26, p.plane(0.25))]
    at = dice.choice((0.2, 0.78))
    back.append(plants.far_trees(stage, h + 22, 90, p.plane(0.4, green), 12))
    back.append(buildings.house(stage, stage.across(at), h + 62, 290, mix(p.light, p.second, 0.3), p.near(30)))
    back.append(plants.round_tree(stage, stage.across(1 - at), h + 76, 360, p.plane(0.8, green)))
    back.append(land.hill(stage, h + 56, 8, p.land))
    back.append(buildings.fence(stage, -10, stage.width + 10, h + 106, 70, mix(p.light, "#ffffff", 0.3)))
    back += [
        undergrowth.bush(stage, stage.across(s), h + 122, 130, p.shade(green, 0.06)) for s in (0.04, 0.36, 0.62, 0.96)
    ]
    middle = [land.hill(stage, h + 116, 8, p.land)]
    middle.append(land.path_ahead(stage, h + 116, stage.across(at), p.tint(p.tinge("#d8b48a"), 0.2), width=300))
    for i in range(11):
        x = stage.width * (i + 0.5) / 11 + dice.uniform(-14, 14)
        middle.append(
            undergrowth.flower(
                stage,
                x,
                h + 150 + dice.uniform(0, 18),
                dice.uniform(60, 92),
                (p.accent, p.accent2, p.light)[i % 3],
                p.shade(green, 0.3),
            )
        )
    middle.append(undergrowth.meadow_floor(stage, h + 180, p.land, flowers=12, tufts=18))
    front = [
        undergrowth.grass_fringe(stage, p.land),
        plants.leafy_corner(stage, left=at < 0.5, color=green, size=160),
    ]
    return Scenery(back, middle, front)


def farm(stage: Stage) -> Scenery:
    """Striped fields, a barn and a silo, hay."""
    p, dice, h = stage.palette, stage.random, stage.horizon
    back = [
        sky(stage),
        land.hill(stage, h - 36, 34, p.plane(0.22)),
        land.hill(stage, h, 22, p.plane(0.4, p.accent2)),
    ]
    for i in range(9):
        x = stage.width * i / 8
        back.append(
            line(
                [
                    (stage.width / 2 + (x - stage.width / 2) * 0.5, h + 2),
                    (x * 1.4 - stage.width * 0.2, h + 120),
                ],
                p.shade(p.land, 0.2),
                7,
                opacity=0.4,
            )
        )
    at = dice.choice((0.2, 0.8))
    barn, roof = p.near(25), p.shade(p.near(25), 0.45)
    back.append(
        buildings.tower(
            stage,
            stage.across(at) + (150 if at < 0.5 else -150),
            h + 70,
            80,
            250,
            p.tint(p.second, 0.4),
            roof,
        )
    )
    back.append(buildings.house(stage, stage.across(at), h + 84, 320, barn, roof, chimney=False))
    middle = [
        land.hill(stage, h + 80, 16, p.land),
        undergrowth.meadow_floor(stage, h + 110, p.land, flowers=8, tufts=26),
    ]
    hay = p.tinge("#e2b84d")
    for s in (0.06, 0.94):
        x, y = stage.across(s), stage.floor - 110
        middle.append(rect(x - 62, y - 84, 124, 88, hay, round_=40))
        middle += [
            path(f"M{x - r:.0f} {y - 40}a{r} {r} 0 1 1 {2 * r} 0", stroke=p.shade(hay, 0.35), width=4) for r in (14, 27)
        ]
    middle.append(buildings.fence(stage, -10, stage.across(0.2), h + 140, 66, p.tinge("#b98a5e")))
    return Scenery(
        back,
        middle,
        [
            undergrowth.grass_fringe(stage, p.land),
            plants.leafy_corner(stage, left=at > 0.5, color=p.leaf, size=150),
        ],
    )


def treehouse(stage: Stage) -> Scenery:
    """On the deck of a treehouse high among the crowns."""
    p, dice, h = stage.palette, stage.random, stage.horizon
    green = p.leaf
    back = [
        sky(stage),
        plants.far_trees(stage, h + 130, 210, p.plane(0.25, green), 13),
        mist(stage, h + 90, 90, 0.5),
    ]
    back += [
        plants.round_tree(stage, stage.across(s), h + 340, 460, p.plane(0.6, green)) for s in (0.02, 0.3, 0.72, 0.98)
    ]
    side = dice.choice((0, 1))
    wood = p.tinge("#b07d4f")
    trunk_x = stage.across(0.1 if side == 0 else 0.9)
    back.append(rect(trunk_x - 62, -10, 124, 1020, p.shade(p.tinge(plants.BARK), 0.1)))
    back += [
        line(
            [(trunk_x - 30 + 30 * i, 0), (trunk_x - 36 + 32 * i, 400), (trunk_x - 26 + 28 * i, 1000)],
            p.shade(p.tinge(plants.BARK), 0.4),
            5,
            opacity=0.6,
        )
        for i in range(3)
    ]
    hut = trunk_x + (120 if side == 0 else -120)
    deck = h + 130
    back.append(rect(hut - 170, deck - 330, 340, 340, wood))
    back += [rect(hut - 170, deck - 330 + 42 * i, 340, 4, p.shade(wood, 0.3)) for i in range(1, 8)]
    back.append(polygon([(hut - 210, deck - 320), (hut, deck - 450), (hut + 210, deck - 320)], p.near(30)))
    back.append(buildings.pane(stage, hut - 50, deck - 250, 100, 110))
    middle = [buildings.fence(stage, -10, stage.width + 10, deck + 12, 110, p.tint(wood, 0.25))]
    middle.append(
        rect(
            -5,
            deck,
            stage.width + 10,
            1010 - deck,
            stage.defs.down((0, p.shade(wood, 0.05), 1), (1, p.tint(wood, 0.2), 1)),
        )
    )
    middle += [
        rect(-5, deck + 10 + 48 * i + 4 * i * i, stage.width + 10, 5, p.shade(wood, 0.35), opacity=0.7)
        for i in range(6)
    ]
    middle.append(buildings.bunting(stage, 0, h - 150, stage.width, h - 190, 50))
    front = [
        plants.hanging_branch(stage, left=side == 1, color=green, size=380),
        plants.leafy_corner(stage, left=side == 1, color=green, size=170),
    ]
    return Scenery(back, middle, front, bystanders=180.0, home=None)

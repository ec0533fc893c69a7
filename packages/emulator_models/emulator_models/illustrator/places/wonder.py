"""Castle, cave, planet, spaceship, above the clouds."""

from __future__ import annotations

from emulator_models.illustrator.drawing.color import blend, mix, with_lightness
from emulator_models.illustrator.drawing.paths import num, smooth
from emulator_models.illustrator.drawing.svg import blob, circle, ellipse, line, path, polygon, rect
from emulator_models.illustrator.scenery import buildings, land, plants, undergrowth
from emulator_models.illustrator.scenery.sky import cloud, halo, sky, stars
from emulator_models.illustrator.stage import Scenery, Stage


def castle(stage: Stage) -> Scenery:
    """A castle of many towers on its hill, a road leading up to it."""
    p, dice, h = stage.palette, stage.random, stage.horizon
    green = p.leaf
    back = [
        sky(stage),
        land.mountains(stage, h + 20, 190, p.plane(0.2, p.second), peaks=4, snow=False),
        land.hill(stage, h, 20, p.plane(0.4)),
    ]
    x, y = stage.across(dice.choice((0.3, 0.5, 0.7))), h + 40
    back.append(ellipse(x, y + 50, 380, 130, p.plane(0.6, green)))
    wall, roof = mix(p.light, p.second, 0.3), p.near(20)
    for dx, w, t, top in (
        (-150, 78, 250, roof),
        (150, 78, 270, roof),
        (-62, 70, min(350.0, h - 110), roof),
        (70, 64, min(310.0, h - 140), roof),
    ):
        back.append(buildings.tower(stage, x + dx, y, w, t, p.shade(wall, 0.08 if abs(dx) > 100 else 0.0), top))
    back.append(rect(x - 150, y - 130, 300, 150, wall))
    back += [rect(x - 150 + 44 * i, y - 156, 26, 30, wall) for i in range(7)]
    back.append(path(f"M{num(x - 36)} {num(y + 20)}v-62a36 40 0 0 1 72 0v62Z", p.shade(p.tinge("#7a5230"), 0.3)))
    back += [buildings.pane(stage, x + d, y - 100, 20, 32) for d in (-104, 84)]
    middle = [
        land.hill(stage, h + 76, 16, p.land),
        land.path_ahead(stage, h + 70, x, p.tint(p.tinge("#dcc19a"), 0.25), width=340),
    ]
    middle += [
        plants.tall_tree(stage, stage.across(s), stage.floor - 90, dice.uniform(330, 420), green) for s in (0.03, 0.96)
    ]
    middle.append(undergrowth.meadow_floor(stage, h + 110, p.land, flowers=14, tufts=22))
    return Scenery(
        back,
        middle,
        [
            undergrowth.grass_fringe(stage, p.land),
            plants.leafy_corner(stage, left=dice.random() < 0.5, color=green, size=160),
        ],
    )


def cave(stage: Stage) -> Scenery:
    """Inside a cave looking out to the light, crystals glowing along the walls."""
    p, dice, h, w = stage.palette, stage.random, stage.horizon, stage.width
    rock = p.shade(mix(p.second, p.tinge("#6d6a75"), 0.3), 0.35)
    back = [sky(stage, clouds=1), land.hill(stage, h + 20, 26, p.plane(0.4))]
    cx = stage.across(dice.uniform(0.42, 0.58))
    for i, (rx, ry) in enumerate(((400, 480), (330, 400), (262, 330))):
        tone = mix(p.shade(rock, 0.5), p.tint(rock, 0.15), i / 2.2)
        hole = [
            (cx - rx * 0.95, h + 160),
            (cx - rx, h - ry * 0.25),
            (cx - rx * 0.62, h - ry * 0.78),
            (cx, h - ry),
            (cx + rx * 0.6, h - ry * 0.82),
            (cx + rx, h - ry * 0.2),
            (cx + rx * 0.94, h + 160),
        ]
        rough = [(x + dice.uniform(-22, 22), y + dice.uniform(-22, 22)) for x, y in hole]
        d = f"M-10 -10H{num(w + 10)}V1010H-10ZM" + smooth(rough)[1:] + "Z"
        back.insert(2, f'<path fill-rule="evenodd" d="{d}" fill="{tone}"/>')
    back.append(halo(stage, cx, h - 60, 420, p.light, 0.4))
    tones = (p.accent, p.accent2, p.tint(p.second, 0.4))
    for i, s in enumerate((0.02, 0.1, 0.17, 0.84, 0.91, 0.98)):
        x, y = stage.across(s), stage.floor - 70 + dice.uniform(-30, 20)
        back.append(halo(stage, x, y - 60, 130, tones[i % 3], 0.4))
        for lean, tall in ((-36, 90), (30, 110), (0, 160)):
            back.append(
                polygon(
                    [
                        (x - 20 + lean * 0.4, y),
                        (x - 14 + lean, y - tall * 0.8),
                        (x + lean * 1.1, y - tall),
                        (x + 14 + lean, y - tall * 0.76),
                        (x + 20 + lean * 0.4, y),
                    ],
                    tones[i % 3],
                )
            )
            back.append(
                polygon(
                    [
                        (x + lean * 1.1, y - tall),
                        (x + 14 + lean, y - tall * 0.76),
                        (x + 20 + lean * 0.4, y),
                        (x + lean * 0.4, y),
                    ],
                    p.dark,
                    opacity=0.18,
                )
            )
    for i in range(9):
        x, t = w * (i + dice.uniform(0.1, 0.9)) / 9, dice.uniform(50, 150)
        back.append(polygon([(x - 26, -5), (x + dice.uniform(-6, 6), t), (x + 26, -5)], p.shade(rock, 0.4)))
    floor = with_lightness(mix(rock, p.land, 0.45), 0.5 if stage.time != "night" else 0.42)
    middle = [
        land.hill(stage, stage.floor - 110, 14, floor, bumps=0.8),
        land.pebbles(stage, stage.floor - 70, floor, 26),
    ]
    return Scenery(back, middle, [], setting="elsewhere")


def _ringed_planet(stage: Stage, x: float, y: float, r: float, tone: str) -> str:
    p = stage.palette
    bands = "".join(
        ellipse(x, y + r * d, r * (1 - d * d) ** 0.5 * 0.97, r * 0.07, p.tint(tone, 0.35), opacity=0.5)
        for d in (-0.5, -0.1, 0.4)
    )
    back = path(
        (
            f"M{num(x - r * 1.7)} {num(y + r * 0.3)}A{num(r * 1.75)} {num(r * 0.5)} -14 0 1"
            f" {num(x + r * 1.7)} {num(y - r * 0.42)}"
        ),
        stroke=p.accent2,
        width=r * 0.16,
    )
    before = path(
        (
            f"M{num(x - r * 1.7)} {num(y + r * 0.3)}A{num(r * 1.75)} {num(r * 0.5)} -14 0 0"
            f" {num(x + r * 1.7)} {num(y - r * 0.42)}"
        ),
        stroke=p.tint(p.accent2, 0.4),
        width=r * 0.16,
    )
    return (
        back + circle(x, y, r, tone) + bands + circle(x + r * 0.3, y + r * 0.1, r * 0.68, p.dark, opacity=0.08) + before
    )


def planet(stage: Stage) -> Scenery:
    """The ground of a far planet: craters, odd plants, a ringed world in a sky full of stars."""
    p, dice, h, w = stage.palette, stage.random, stage.horizon, stage.width
    deep = with_lightness(p.near(275), 0.25)
    glow = blend(p.second, p.accent, 0.3)
    back = [
        rect(
            0,
            0,
            w,
            h + 150,
            stage.defs.down((0, deep, 1), (0.6, mix(deep, glow, 0.5), 1), (1, p.tint(glow, 0.25), 1)),
        )
    ]
    back.append(
        blob(
            [
                (-40, h * 0.7),
                (w * 0.3, h * 0.42),
                (w * 0.7, h * 0.5),
                (w + 40, h * 0.2),
                (w + 40, h * 0.42),
                (w * 0.6, h * 0.7),
                (w * 0.3, h * 0.66),
            ],
            p.accent2,
            opacity=0.16,
        )
    )
    back.append(stars(stage, down_to=h, count=130))
    side = dice.choice((0.22, 0.78))
    back.append(_ringed_planet(stage, stage.across(side), h * 0.34, 92, p.accent))
    back.append(
        circle(stage.across(1 - side), h * 0.22, 34, p.tint(p.second, 0.5))
        + circle(stage.across(1 - side) - 8, h * 0.21, 8, p.second, opacity=0.5)
    )
    ground = with_lightness(p.land, 0.62) if p.dark_scene else p.land
    back += [
        land.mountains(stage, h + 40, 150, mix(glow, ground, 0.3), peaks=6, snow=False),
        land.hill(stage, h + 26, 20, mix(glow, ground, 0.6)),
    ]
    middle = [land.hill(stage, h + 84, 16, ground, bumps=0.7)]
    middle += [
        land.crater(stage, stage.across(s), h + 150 + d, 60 + d * 0.35, ground)
        for s, d in ((0.14, 20), (0.82, 50), (0.5, 10), (0.95, 190))
    ]
    for s in (0.05, 0.93):
        x, y = stage.across(s), stage.floor - 40
        for i, (dx, t) in enumerate(((-34, 150), (4, 230), (40, 170))):
            middle.append(
                line([(x, y), (x + dx * 0.3, y - t * 0.6), (x + dx, y - t)], p.shade(p.near(160), 0.1), 11)
                + circle(x + dx, y - t, 22 - 3 * i, (p.accent, p.accent2, p.light)[i])
            )
    middle.append(land.pebbles(stage, h + 180, ground, 18))
    return Scenery(back, middle, [], setting="elsewhere")


def spaceship(stage: Stage) -> Scenery:
    """The bridge of a spaceship: a great window on the stars over a console of lights."""
    p, dice, h, w = stage.palette, stage.random, stage.horizon, stage.width
    deep, hull = with_lightness(p.near(275), 0.24), mix(p.tint(p.second, 0.45), p.light, 0.2)
    back = [
        rect(0, 0, w, 1000, stage.defs.down((0, deep, 1), (1, mix(deep, p.accent, 0.3), 1))),
        stars(stage, down_to=h + 40, count=120),
    ]
    back.append(_ringed_planet(stage, stage.across(dice.choice((0.3, 0.7))), h * 0.5, 120, p.accent))
    hole = (
        f"M{num(w * 0.07)} {num(h + 20)}Q{num(w * 0.05)} 110 {num(w * 0.2)} 96H{num(w * 0.8)}"
        f"Q{num(w * 0.95)} 110 {num(w * 0.93)} {num(h + 20)}Z"
    )
    back.append(
        f'<path fill-rule="evenodd" fill="{hull}" d="M-10 -10H{num(w + 10)}V1010H-10Z{hole}"/>'
        + path(hole, stroke=p.shade(hull, 0.35), width=14)
    )
    back += [line([(w * s, 98), (w * (s + (s - 0.5) * 0.3), h + 18)], hull, 18) for s in (0.34, 0.66)]
    y = h + 20
    back.append(rect(-5, y, w + 10, 110, p.shade(hull, 0.22)) + rect(-5, y, w + 10, 14, p.tint(hull, 0.4)))
    for i in range(13):
        tone = (p.accent, p.accent2, p.near(140), p.near(25), p.light)[i % 5]
        back.append(
            circle(w * (i + 0.5) / 13, y + 44, 12, tone)
            + rect(w * (i + 0.5) / 13 - 18, y + 72, 36, 14, p.shade(tone, 0.2), round_=6)
        )
    middle = [
        rect(
            -5,
            y + 106,
            w + 10,
            1000 - y,
            stage.defs.down((0, p.shade(hull, 0.12), 1), (1, p.tint(hull, 0.25), 1)),
        )
    ]
    middle += [
        line(
            [(w / 2 + (w * i / 8 - w / 2) * 0.8, y + 106), (w / 2 + (w * i / 8 - w / 2) * 1.7, 1000)],
            p.shade(hull, 0.3),
            4,
            opacity=0.6,
        )
        for i in range(9)
    ]
    middle.append(ellipse(w / 2, stage.floor + 20, w * 0.38, 60, p.accent, opacity=0.25))
    return Scenery(back, middle, [], setting="elsewhere")


def clouds(stage: Stage) -> Scenery:
    """Above the clouds: towers of cloud lit from one side, stars of morning, a floor one can walk on."""
    p, dice, h, w = stage.palette, stage.random, stage.horizon, stage.width
    white = mix(p.light, p.second, 0.12) if stage.time != "night" else mix(p.light, p.sky_top, 0.4)
    back = [
        sky(stage, clouds=0),
        rect(0, 0, w, h + 130, stage.defs.down((0, p.sky_top, 0.9), (1, p.sky_top, 0.25))),
    ]
    back.append(stars(stage, down_to=h * 0.5, count=30))
    for i in range(3):
        tone = mix(mix(p.sky_top, p.accent, 0.15), white, 0.35 + 0.22 * i)
        for k in range(5):
            x = w * (k + dice.uniform(0.1, 0.9)) / 5
            tall = 1.5 if k in (0, 4) and i < 2 else 1.0
            back.append(cloud(stage, x, h + 40 + 56 * i, dice.uniform(110, 170) * tall, tone, opacity=1))
    middle = []
    for i in range(3):
        y = stage.floor - 110 + 66 * i
        tone = mix(white, p.sky_top, 0.24 - 0.1 * i)
        middle.append(rect(-5, y, w + 10, 1010 - y, tone))
        middle += [ellipse(w * (k + 0.5 * (i % 2)) / 6, y + 4, w * 0.11, 34, tone) for k in range(7)]
        middle += [
            path(
                f"M{num(w * (k + 0.5 * (i % 2)) / 6 - 60)} {num(y - 14)}q50 -34 110 -4",
                stroke=mix(white, "#ffffff", 0.5),
                width=6,
                opacity=0.6,
            )
            for k in range(7)
        ]
    return Scenery(back, middle, [], setting="elsewhere")

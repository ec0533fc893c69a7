"""The things a scene names: drawn standing on a point x, y, or hanging in the air about it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from emulator_models.illustrator.props import (
    air,
    around,
    beings,
    faces,
    furnishings,
    nature,
    outdoors,
    playthings,
    small_animals,
    treasures,
)
from emulator_models.illustrator.stage import Stage

Drawing = Callable[[Stage, float, float, float], str]


@dataclass(frozen=True)
class Prop:
    """A thing: its drawing, its height as a share of a child's, its width as a share of its own height."""

    draw: Drawing
    size: float
    breadth: float = 1.0
    where: Literal["ground", "air", "sky"] = "ground"
    somebody: bool = False
    """Whether it is one of those the story is about: no picture that names it does without."""


PROPS: dict[str, Prop] = {
    "lantern": Prop(treasures.lantern, 0.5, 0.6),
    "map": Prop(treasures.map_sheet, 0.42, 1.4),
    "book": Prop(treasures.book, 0.32, 1.7),
    "star": Prop(treasures.star, 0.36, 1.0, "air"),
    "star_child": Prop(treasures.star_child, 0.4, 1.0, "air", somebody=True),
    "cake": Prop(playthings.cake, 0.5),
    "key": Prop(treasures.key, 0.5, 0.5),
    "telescope": Prop(treasures.telescope, 0.85, 0.9),
    "ball": Prop(playthings.ball, 0.3),
    "gift": Prop(playthings.gift, 0.4),
    "chest": Prop(treasures.chest, 0.44, 1.35),
    "teddy": Prop(playthings.teddy, 0.42, 0.8),
    "drum": Prop(playthings.drum, 0.36, 1.1),
    "basket": Prop(treasures.basket, 0.36, 1.2),
    "robot": Prop(playthings.robot, 0.7, 0.7),
    "seedling": Prop(treasures.seedling, 0.42, 0.8),
    "feather": Prop(treasures.feather, 0.4, 0.5),
    "shell": Prop(treasures.shell, 0.26, 1.1),
    "clock": Prop(playthings.clock, 0.6, 0.7),
    "magnifier": Prop(treasures.magnifier, 0.46, 0.8),
    "crown": Prop(treasures.crown, 0.3, 1.3),
    "paint": Prop(playthings.easel, 0.85, 0.75),
    "heart": Prop(playthings.heart, 0.36),
    "egg": Prop(treasures.egg, 0.36, 0.8),
    "tree": Prop(nature.sapling, 1.5, 0.65),
    "bridge": Prop(outdoors.bridge, 0.6, 2.4),
    "door": Prop(outdoors.door, 1.25, 0.62),
    "tent": Prop(outdoors.tent, 0.95, 1.3),
    "boat": Prop(outdoors.boat, 1.0, 1.0),
    "campfire": Prop(nature.campfire, 0.5),
    "bench": Prop(outdoors.bench, 0.5, 1.9),
    "signpost": Prop(outdoors.signpost, 1.05, 0.7),
    "bicycle": Prop(outdoors.bicycle, 0.62, 1.5),
    "rocket": Prop(outdoors.rocket, 1.35, 0.55),
    "sunflower": Prop(nature.sunflower, 1.0, 0.5),
    "snowman": Prop(nature.snowman, 0.85, 0.7),
    "well": Prop(outdoors.well, 0.9, 0.85),
    "nest": Prop(nature.nest, 0.26, 1.6),
    "piano": Prop(outdoors.piano, 0.85, 1.25),
    "kite": Prop(air.kite, 0.5, 0.8, "air"),
    "balloon": Prop(air.balloons, 0.8, 0.7, "air"),
    "butterfly": Prop(air.butterfly, 0.24, 1.2, "air"),
    "bird": Prop(air.bird, 0.28, 1.3, "air"),
    "paper_plane": Prop(air.paper_plane, 0.26, 1.6, "air"),
    "rainbow": Prop(air.rainbow, 1.1, 2.0, "sky"),
    "firefly": Prop(air.fireflies, 0.8, 1.4, "sky"),
    "note": Prop(air.notes, 0.42, 1.3, "air"),
    "airship": Prop(air.airship, 0.75, 1.3, "air"),
    "comet": Prop(air.comet, 0.4, 2.0, "sky"),
    "whale": Prop(beings.whale, 0.95, 1.9, somebody=True),
    "bean": Prop(faces.bean, 0.6, 0.8, somebody=True),
    "raindrop": Prop(faces.raindrop, 0.46, 1.2, somebody=True),
    "thundercloud": Prop(faces.thundercloud, 0.75, 1.7, somebody=True),
    "little_comet": Prop(faces.little_comet, 0.55, 1.6, somebody=True),
    "bookworm": Prop(faces.bookworm, 0.5, 1.3, somebody=True),
    "computer": Prop(faces.computer, 1.35, 1.25, somebody=True),
    "mermaid": Prop(faces.mermaid, 1.0, 0.8, somebody=True),
    "merman": Prop(faces.merman, 1.0, 0.8, somebody=True),
    "crowd": Prop(faces.crowd, 0.62, 1.8),
    "duck": Prop(small_animals.duck, 0.26, 1.5),
    "cat_asleep": Prop(small_animals.sleeping_cat, 0.26, 1.7),
    "bees": Prop(small_animals.bees, 0.42, 1.5, "air"),
    "snail": Prop(small_animals.snail, 0.26, 1.9),
    "fish": Prop(small_animals.fish, 0.3, 1.2, "air"),
    "clock_tower": Prop(around.clock_tower, 2.0, 0.38),
    "cogs": Prop(around.cogs, 0.9, 1.4),
    "bell": Prop(around.bell, 0.36, 0.8),
    "table": Prop(around.table, 0.5, 2.3),
    "boxes": Prop(around.boxes, 0.6, 1.3),
    "jar": Prop(around.jar, 0.42, 1.15),
    "mushroom": Prop(around.mushroom, 0.6, 1.2),
    "swing": Prop(around.swing, 1.2, 1.3),
    "footprints": Prop(around.footprints, 0.3, 1.6),
    "beehive": Prop(around.beehive, 0.7, 1.1),
    "umbrella": Prop(around.umbrella, 0.5, 1.1),
    "armchair": Prop(furnishings.armchair, 0.7, 1.2),
    "ladder": Prop(furnishings.ladder, 1.2, 0.45),
    "mill": Prop(furnishings.mill, 1.1, 0.65),
    "van": Prop(furnishings.van, 0.7, 2.0),
    "dome": Prop(furnishings.dome, 0.6, 2.0),
    "harp": Prop(around.harp, 0.8, 0.8),
    "tram": Prop(around.tram, 0.4, 2.4, "air"),
}

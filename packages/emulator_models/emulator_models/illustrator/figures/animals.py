"""The animals and others there are: what each is like, and which of them a word means."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from emulator_models.illustrator.figures.description import Description
from emulator_models.illustrator.figures.head import TURN, Head


@dataclass(frozen=True)
class Kind:
    """An animal's plan: its colors, and which ears, muzzle and tail it has."""

    key: str
    coats: tuple[str, ...]
    ears: str
    muzzle: str
    tail: str
    pale: str = "#fbeedb"  # belly and muzzle
    inner: str = "#eda79b"  # inside the ears
    ear: str = ""  # where it is not the coat's color


_KINDS = (
    Kind("wolf", ("#7f8794", "#6f7480", "#94908c"), "pointed", "fox", "bushy", "#e6e3de", "#4a4650"),
    Kind("squirrel", ("#b5623a", "#a5552f"), "tufts", "mouse", "plume", "#fbead2"),
    Kind("koala", ("#a3a7b0", "#979ca6"), "big", "koala", "none", "#e9e6e4", "#efdcd8"),
    Kind("panda", ("#f4efe6", "#f1ebdf"), "round", "panda", "stub", "#fffaf2", "#4a454c", "#2f2c33"),
    Kind("otter", ("#84593f", "#76503a"), "small", "otter", "rudder", "#ead6ba", "#5d3f30"),
    Kind("seal", ("#7d8794", "#8f8a86"), "none", "otter", "rudder", "#dfe3e6"),
    Kind("puffin", ("#3b3f4c",), "none", "penguin", "none", "#f8f5ee"),
    Kind("penguin", ("#434a5c", "#39404f"), "none", "penguin", "none", "#f8f5ee"),
    Kind("dormouse", ("#d19a5f", "#c68d55"), "round", "mouse", "plume", "#fbeedb", "#eda79b"),
    Kind("fox", ("#dd7a37", "#d06a30"), "pointed", "fox", "bushy", "#fff3e2", "#4a3138"),
    Kind("bear", ("#9a6540", "#7d5238", "#b07a4d"), "round", "bear", "stub", "#e8c79a", "#d79c7e"),
    Kind("rabbit", ("#cdb79e", "#b9a79b", "#e4d6c6"), "long", "rabbit", "pom", "#fff6ea", "#efb0a6"),
    Kind("cat", ("#8d8f9b", "#df9f52", "#5a5560"), "pointed", "cat", "thin", "#f7ecdd", "#eda79b"),
    Kind("dog", ("#c9965a", "#8a6145", "#e3c08b"), "floppy", "dog", "wag", "#f9ead2", "#8a5a42"),
    Kind("owl", ("#94714f", "#7f6f86", "#a9794a"), "tufts", "owl", "none", "#f0dcb8", "#c9a26b"),
    Kind("mouse", ("#a9a3ad", "#b99d8a", "#948fa0"), "big", "mouse", "string", "#f3ebe6", "#f0b1ab"),
    Kind("elephant", ("#93a3b5", "#a59fb4"), "huge", "trunk", "string", "#c3ced9", "#dba7ad"),
    Kind("dragon", ("#5fae7b", "#4f9fb0", "#b0628f"), "horns", "dragon", "spade", "#f5e2a8", "#f2c56b"),
    Kind("robot", ("#9fb4c4", "#b6b0c6", "#8fbdb0"), "antenna", "robot", "none", "#dfe9ee", "#f0b043"),
    Kind("turtle", ("#86b36b", "#73a583"), "none", "turtle", "stub", "#e9e3b0", "#6d8f55"),
    Kind("frog", ("#7fb34f", "#6aa85c"), "none", "turtle", "none", "#e6ecb0", "#6d8f55"),
    Kind("bird", ("#5b9fd0", "#e58a4f", "#e9c04d"), "crest", "bird", "fan", "#fff0d2", "#f0a93c"),
    Kind("hedgehog", ("#c79c74", "#b98a66"), "small", "hedgehog", "none", "#fbe9cf", "#e0a08a"),
    Kind("mole", ("#5c5560", "#6b6470"), "none", "mouse", "stub", "#e8dcd2", "#e0a9a5"),
    Kind("octopus", ("#d9657f", "#8f6fc4", "#e0803f", "#4f9fb0"), "none", "creature", "none", "#f9d9cf", "#f3b9a8"),
    Kind("unicorn", ("#f6eef6", "#efe6f8"), "pointed", "bear", "mane", "#fffaf5", "#f0b9cf"),
    Kind("horse", ("#a5693f", "#8a5638", "#c49a6b"), "pointed", "bear", "mane", "#ead2b4", "#d79c7e"),
    Kind("goat", ("#e9e2d6", "#d5cabb"), "goat", "bear", "stub", "#fbf6ec", "#e2a79b"),
    Kind("yak", ("#6b5141", "#5c4a40"), "yak", "bear", "tuft", "#b59a83", "#d9a08f"),
    Kind("reindeer", ("#a9825f", "#987356"), "antlers", "bear", "stub", "#ecdcc6", "#d9a08f"),
    Kind("marmot", ("#a98a5f", "#9a7a54"), "small", "otter", "wag", "#ead9b8", "#c49a7a"),
    Kind("bat", ("#75687e", "#6a5f78"), "big", "mouse", "none", "#d8cbd6", "#e7aeb0"),
    Kind("bee", ("#f2c23e",), "antenna", "creature", "none", "#f2c23e", "#4a3a30"),
    Kind("goblin", ("#8fb35a", "#7fa36b"), "pointed", "creature", "none", "#c9d99a", "#b9cf7f"),
    Kind("troll", ("#7d8a5c", "#8a8468"), "round", "bear", "tuft", "#b7bd93", "#a3a878"),
    Kind("giant", ("#8fa3b8", "#8199b3"), "small", "creature", "none", "#b9cbdc", "#a9bdd0"),
    Kind("sprite", ("#8fc6e3", "#9ad0df"), "pointed", "creature", "none", "#d3ecf5", "#bfe3f0"),
    Kind("lion", ("#e2ab55", "#d99a48"), "round", "cat", "tuft", "#fbe8c3", "#c9833e"),
)  # fmt: skip
_ALSO = {
    "bear": "cub",
    "rabbit": "bunny|hare",
    "cat": "kitten",
    "dog": "puppy|hound",
    "owl": "owlet",
    "dragon": "wyvern",
    "robot": "android|machine|bot",
    "turtle": "tortoise",
    "octopus": "squid|cuttlefish",
    "horse": "pony|foal",
    "reindeer": "deer|stag|elk|moose",
    "goat": "kid goat|ibex",
    "marmot": "groundhog",
    "bee": "bumblebee|honeybee",
    "troll": "ogre",
    "bird": "duck|duckling|chick|parrot|robin|sparrow|hen|chicken|goose|swan|crow|magpie|jackdaw|kingfisher|"
    "pelican|gull",
}
_NEAREST = {
    "wolf": "coyote|jackal",
    "bear": "badger|beaver",
    "cat": "lynx|panther|leopard|tiger",
    "mouse": "rat|hamster|gerbil|vole",
    "horse": "donkey",
}
"""Words for kinds that are drawn as another, for want of their own shape: who looks closely sees that they are not."""
_COATS = {
    "badger": "#6e6a70",
    "tiger": "#e8893a", "leopard": "#dfa850", "panther": "#3d3a45", "duckling": "#f1cb52", "chick": "#f3d25c",
    "duck": "#f4ecd8", "goose": "#f6f1e6", "swan": "#f8f5ee", "robin": "#9a6a4a",
    "parrot": "#4fa860", "crow": "#3b3a48", "magpie": "#3b3a48", "jackdaw": "#4a4854",
    "kingfisher": "#2f86b5", "pelican": "#f4f0e6", "gull": "#eef1f3",
    "hamster": "#dba365", "unicorn": "#f4eaf3", "pig": "#f0a9ae",
    "sheep": "#f6efe2", "lamb": "#f6efe2", "cow": "#efe6da", "monkey": "#8d5f43", "horse": "#a5693f",
    "pony": "#b98254", "raccoon": "#8b8b96",
}  # fmt: skip
BEAKED = ("owl", "bird", "penguin")
"""The muzzles that are beaks."""
CREATURE = "creature"
"""The key of the friendly furry thing that stands for what is not known."""
CREATURES = "creature|monster|beast|fluffball"
"""Words for it."""
_ODD = ("#b58fd0", "#7fc0b0", "#f0a878", "#8fb3e0", "#e39ab4", "#a8c46f")


KIND_WORDS = "|".join([*(kind.key for kind in _KINDS), *_ALSO.values(), *_NEAREST.values()])
"""The words for kinds that can be drawn, or nearly, as a pattern."""


def kind_of(species: str, text: Description) -> Kind:
    """The kind that a species is drawn as; a friendly furry creature for what is not known."""
    word = Description("", species)
    for words in ({kind.key: kind.key for kind in _KINDS}, _ALSO, _NEAREST):
        for kind in _KINDS:
            if kind.key in words and word.has(words[kind.key]):
                return kind
    ears = text.pick("ears", ("round", "long", "pointed", "floppy", "small"))
    tail = text.pick("tail", ("bushy", "pom", "tuft", "stub"))
    return Kind(CREATURE, _ODD, ears, text.pick("muzzle", ("bear", "cat", "creature")), tail)


def is_drawn_as_another(species: str) -> bool:
    """Whether the species has no shape of its own and is drawn as the one nearest to it."""
    word = Description("", species)
    own = "|".join([*(kind.key for kind in _KINDS), *_ALSO.values()])
    return word.has("|".join(_NEAREST.values())) and not word.has(own)


def coat_of(kind: Kind, species: str, text: Description, *, belie: bool = False) -> str:
    """Fur, feathers, scales or paint: as described, else by name; with `belie`, plainly another."""
    nouns = f"fur|feathers|scales|coat|skin|body|metal|arms|tentacles|one|{kind.key}"
    known = next((c for word, c in _COATS.items() if re.search(rf"\b{word}\b", species)), None)
    coat = text.color(nouns) or known or text.pick("coat", kind.coats)
    return next(c for c in _ODD if c != coat) if belie else coat


_EAR_PLACES = {
    "pointed": ((44.0, -34.0), (47.0, -44.0)),
    "round": ((46.0, -32.0), (52.0, -42.0)),
    "small": ((46.0, -28.0), (49.0, -37.0)),
    "big": ((54.0, -28.0), (60.0, -40.0)),
    "long": ((34.0, -50.0), (38.0, -62.0)),
    "huge": ((58.0, -8.0), (60.0, -22.0)),
    "floppy": ((52.0, -10.0), (52.0, -26.0)),
    "horns": ((56.0, -6.0), (58.0, -16.0)),
}  # by the ears' style: where the ear opens, and where a thing behind it hooks on


def animal_head(kind: Kind) -> Head:
    """The landmarks of an animal's head."""
    t = TURN
    head = Head(
        eyes=((-21 + t, -4), (22 + t, -4)),
        eye=10.5,
        nose=(t * 1.6, 14),
        nostril=5,
        mouth=(t * 1.5, 29),
        cheeks=((-34 + t, 18), (37 + t, 18)),
        side=53,
        chin=46,
        brow=-20,
        crown=-54,
        fur="fur",
    )
    ear, top = _EAR_PLACES.get(kind.ears, ((51.0, 4.0), (51.0, -8.0)))
    head = replace(head, ears=((-ear[0], ear[1]), ear), ear_tops=((-top[0], top[1]), top))
    if kind.muzzle in BEAKED:
        return replace(head, eyes=((-22 + t, -8), (23 + t, -8)), eye=12, nose=(t * 1.4, 8), mouth=(t * 1.4, 20))
    if kind.muzzle == "trunk":
        return replace(head, mouth=(t * 1.5 - 15, 33))
    if kind.muzzle == "robot":
        return replace(head, mouth=(t, 22), nose=(t * 1.2, 10))
    return head

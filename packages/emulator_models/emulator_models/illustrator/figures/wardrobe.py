"""What a character wears, read from its description or chosen by its name."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

from emulator_models.illustrator.drawing.color import darker, lighter, lightness
from emulator_models.illustrator.figures.color_words import PAINTS
from emulator_models.illustrator.figures.description import Description

Sleeve = Literal["long", "short", "rolled"]


@dataclass(frozen=True)
class Garment:
    """One thing worn."""

    kind: str
    color: str
    pattern: str | None = None
    accent: str = "#fbf1dc"
    sleeve: Sleeve = "long"


@dataclass(frozen=True)
class Outfit:
    """All that is worn: a top (or a whole, such as a dress), perhaps a bib over it, legs, feet, extras."""

    top: Garment | None
    bib: Garment | None
    bottom: Garment | None
    shoes: Garment | None
    extras: tuple[Garment, ...] = ()

    def extra(self, kind: str) -> Garment | None:
        """The extra of this kind; None where it is not worn."""
        return next((g for g in self.extras if g.kind == kind), None)


_TOPS = {
    "tshirt": "t-shirt|tshirt|tee|top",
    "raincoat": "raincoat|rain-coat|mac|anorak|oilskin",
    "coat": "coat|jacket|parka|blazer",
    "spacesuit": "spacesuit|space-suit|astronaut",
    "pyjamas": "pyjamas|pajamas|pyjama|onesie|nightshirt",
    "hoodie": "hoodie",
    "jumper": "jumper|sweater|pullover|sweatshirt|jersey",
    "cardigan": "cardigan",
    "waistcoat": "waistcoat|vest|gilet",
    "ao_dai": "dai",
    "sari": "sari|saree|lehenga",
    "robe": "kimono|hanbok",
    "dress": "dress|gown|frock|sundress|nightdress|pinafore",
    "tunic": "tunic|kurta|robe",
    "shirt": "shirt|blouse|polo",
}
_BIBS = "dungarees|overalls"
_BOTTOMS = {
    "trousers": "trousers|pants|jeans|leggings|joggers|slacks|tracksuit",
    "shorts": "shorts",
    "tutu": "tutu",
    "skirt": "skirt|kilt",
}
_SHOES = {
    "boots": "boots|wellies|wellingtons|galoshes",
    "sandals": "sandals",
    "slippers": "slippers",
    "shoes": "shoes|trainers|sneakers|plimsolls",
    "bare": "barefoot|barefooted",
}
_EXTRAS = {
    "cape": "cape|cloak",
    "scarf": "scarf|shawl",
    "crown": "crown|tiara",
    "cap": "cap",
    "sunhat": "sunhat|sun-hat|straw",
    "hat": "hat|beanie|bobble",
    "backpack": "backpack|rucksack|knapsack",
    "satchel": "satchel|bag",
    "bowtie": "bow-tie|bowtie",
    "bow": "bow|ribbon|hairclip|clip",
    "headband": "headband",
    "flower": "flower|daisy",
    "necklace": "necklace|beads",
    "apron": "apron",
}
UNDRAWN = (
    "gloves?", "mittens?", "armou?r", "uniform", "swimsuit", "swimming trunks", "wetsuit", "poncho", "tights", "toga",
    "tuxedo", "costume", "veil", "mask", "cheongsam", "qipao",
)  # fmt: skip
"""What is worn and not drawn: a picture of it is not as it was told."""
_PATTERNS = {
    "rainbow": "rainbow",
    "stripes": "stripes|striped|stripy|stripe",
    "dots": "spotted|spotty|polka|dotted|dots|polka-dot",
    "stars": "stars|starry|star|star-patterned",
    "checks": "checked|chequered|plaid|tartan|gingham",
    "flowers": "floral|flowery|flowers|flower-patterned",
}
_SETS = (
    ("#e9a63a", "#3d5f86", "#b5483f"),
    ("#d95f4b", "#3f5277", "#8a5a3c"),
    ("#4f9a8b", "#a5623c", "#e0b04a"),
    ("#7a6bb8", "#4a4f6b", "#e58a54"),
    ("#5b8fc7", "#c9a46a", "#c2503f"),
    ("#e58aa0", "#5c6f9c", "#f0c25c"),
    ("#86ab56", "#7b5238", "#4c6a94"),
    ("#f0bf4c", "#5a7f5c", "#7d4a3b"),
    ("#c9566f", "#2f5d6e", "#e7b25a"),
    ("#46a0b5", "#d67b3f", "#5d4a78"),
)


def dress(text: Description, *, animal: bool, grown: bool) -> Outfit:
    """The outfit that a description names, filled up so that it makes sense."""
    colors = text.pick("outfit", _SETS)
    top = _named(text, _TOPS, colors[0])
    bib = _garment(text, "bib", _BIBS, colors[1]) if text.has(_BIBS) else None
    bottom = _named(text, _BOTTOMS, colors[1])
    shoes = _named(text, _SHOES, colors[2])
    extras = tuple(_garment(text, kind, words, colors[2]) for kind, words in _EXTRAS.items() if text.has(words))
    if any(e.kind in ("cap", "sunhat", "crown") for e in extras):
        extras = tuple(e for e in extras if e.kind != "hat")
    if animal and not (top or bib or bottom or extras):
        return _animal_choice(text, colors)
    if not animal:
        top = top or _choose_top(text, colors, over=bib or bottom)
        bottom = bottom or (None if bib else _choose_bottom(text, top, colors, grown=grown))
        shoes = shoes or Garment("slippers" if top.kind == "pyjamas" else "shoes", colors[2])
    if top and top.kind in ("sari", "robe"):
        bottom = None
    if top and top.kind == "ao_dai" and bottom and not text.has(_BOTTOMS[bottom.kind]):
        bottom = Garment("trousers", "#fbf4e6")
    if top and top.kind in ("pyjamas", "spacesuit") and not bottom:
        bottom = Garment("trousers", top.color, top.pattern, top.accent)
    return Outfit(top, bib, bottom, shoes, extras)


def dress_other(text: Description, worn: Outfit) -> Outfit:
    """Another outfit than the one worn: for a picture that does not keep to the record."""
    colors = next(
        s for s in _SETS if abs(lightness(s[0]) - lightness(worn.top.color if worn.top else "#888888")) > 0.05
    )
    pattern = None if worn.top and worn.top.pattern else "stripes"
    return Outfit(
        Garment("tshirt", colors[0], pattern, sleeve="short"),
        None,
        Garment("trousers", colors[1]),
        worn.shoes,
    )


def dress_freely(worn: Outfit, *, boy: bool) -> Outfit:
    """An outfit beyond stereotype: a flower and a skirt for a boy, else a bow tie and a waistcoat."""
    top = worn.top or Garment("tshirt", "#7a6bb8")
    if boy:
        skirt = Garment("skirt", "#e58aa0", "flowers", "#fbf1dc")
        return Outfit(replace(top, kind="tshirt"), None, skirt, worn.shoes, (Garment("flower", "#ef8fae"),))
    vest = Garment("waistcoat", "#3d5f86", None, "#f0c25c")
    return Outfit(vest, None, Garment("trousers", "#4a4f6b"), worn.shoes, (Garment("bowtie", "#d95f4b"),))


def dress_covered(worn: Outfit) -> Outfit:
    """What goes with a hijab: long sleeves, and long trousers where the legs would be bare."""
    top = replace(worn.top, sleeve="long") if worn.top else None
    bottom = worn.bottom
    if bottom and bottom.kind in ("shorts", "skirt", "tutu"):
        bottom = replace(bottom, kind="trousers")
    elif bottom is None and top and top.kind == "dress":
        bottom = Garment("trousers", darker(top.color, 0.35))
    return replace(worn, top=top, bottom=bottom)


def _animal_choice(text: Description, colors: tuple[str, str, str]) -> Outfit:
    kind = text.pick("animal outfit", ("scarf", "waistcoat", "dungarees", "jumper", "bowtie", "cape"))
    if kind in ("waistcoat", "jumper"):
        pattern = text.pick("pattern", (None, "stripes", "dots")) if kind == "jumper" else None
        return Outfit(Garment(kind, colors[0], pattern), None, None, None)
    if kind == "dungarees":
        return Outfit(None, Garment("bib", colors[1]), None, None)
    return Outfit(None, None, None, None, (Garment(kind, colors[0], text.pick("pattern", (None, "stripes"))),))


def _choose_top(text: Description, colors: tuple[str, str, str], *, over: Garment | None) -> Garment:
    kinds: tuple[str, ...] = ("tshirt", "jumper", "shirt", "hoodie", "cardigan")
    if text.is_female and over is None:
        kinds = (*kinds, "dress", "dress")
    bib = over is not None and over.kind == "bib"
    kind = text.pick("top", ("tshirt", "jumper") if bib else kinds)
    pattern = (
        text.pick("pattern", (None, "stripes", "dots", "stars")) if kind in ("tshirt", "jumper", "dress") else None
    )
    if bib and not pattern:
        pattern = "stripes"
    sleeve: Sleeve = "short" if kind in ("tshirt", "dress") else "long"
    return Garment(kind, colors[0], pattern, _accent(colors[0]), sleeve)


def _choose_bottom(text: Description, top: Garment, colors: tuple[str, str, str], *, grown: bool) -> Garment | None:
    if top.kind in ("dress", "pyjamas", "spacesuit", "sari", "robe"):
        return None
    if top.kind == "ao_dai":
        return Garment("trousers", "#fbf4e6")
    kinds = ("trousers", "skirt", "trousers" if grown else "shorts") if text.is_female else ("trousers", "shorts")
    kind = "trousers" if grown and not text.is_female else text.pick("bottom", kinds)
    return Garment("trousers" if top.kind in ("raincoat", "coat", "tunic") else kind, colors[1])


def _named(text: Description, kinds: dict[str, str], color: str) -> Garment | None:
    return next((_garment(text, kind, words, color) for kind, words in kinds.items() if text.has(words)), None)


def _garment(text: Description, kind: str, words: str, color: str) -> Garment:
    described = text.before(words)
    named = text.color(words)
    fallback = {"raincoat": "#f5c242", "dress": color}.get(
        kind, "#4d6f9f" if text.has("jeans") and kind == "trousers" else color
    )
    color = named or fallback
    pattern = next(
        (p for p, names in _PATTERNS.items() if set(names.split("|")) & {*described, "-".join(described)}),
        None,
    )
    if pattern is None and text.has(rf"(?:{words}) with (?:\w+ )?(?:stars|moons)"):
        pattern = "stars"
    short = kind in ("tshirt", "dress") or "sleeveless" in described
    sleeve: Sleeve = "long" if "long-sleeved" in described or not short else "short"
    return Garment(kind, color, pattern, _second(described, named) or _accent(color), sleeve)


def _second(described: list[str], first: str | None) -> str | None:
    others = [PAINTS[w] for w in described if w in PAINTS]
    return next((c for c in others if c != first), None) if len(others) > 1 else None


def _accent(color: str) -> str:
    return darker(color, 0.45) if lightness(color) > 0.84 else lighter(color, 0.72)

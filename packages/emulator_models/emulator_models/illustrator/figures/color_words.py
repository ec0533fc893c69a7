"""Words for colors: paints, skin, hair and eyes."""

from __future__ import annotations

import re

from emulator_models.illustrator.drawing.color import darker, lighter

PAINTS = {
    "red": "#d8483f", "crimson": "#b8293d", "scarlet": "#dd3b33", "maroon": "#7d2a35", "burgundy": "#7a2740",
    "orange": "#ee8a35", "coral": "#f2765f", "peach": "#f7b58f", "apricot": "#f4ab6a", "rust": "#b9532d",
    "yellow": "#f5c242", "mustard": "#d9a02f", "gold": "#e3b341", "golden": "#e3b341", "lemon": "#f6dd61",
    "green": "#5a9e5b", "emerald": "#2f9469", "lime": "#9cc84a", "olive": "#808541", "mint": "#9fd8bd",
    "sage": "#9fb58f", "moss": "#6f7f3f", "teal": "#2f8f8f", "turquoise": "#3db3b0", "aqua": "#5fc5cc",
    "blue": "#3f78c2", "navy": "#2b3f73", "sky": "#7fbbe6", "indigo": "#474a9c", "denim": "#4d6f9f",
    "purple": "#8253b0", "violet": "#8a63c4", "lilac": "#bfa0db", "lavender": "#b7a6e0", "plum": "#7b3f74",
    "magenta": "#c43f8f", "pink": "#ef8fae", "rose": "#df7390", "fuchsia": "#d1418c",
    "brown": "#8b5a3a", "tan": "#c99a6b", "beige": "#e3cda8", "cream": "#f7ead0", "ivory": "#f6ecd8",
    "sandy": "#dcb67c", "chestnut": "#8a4b2d", "ginger": "#d8732f", "auburn": "#8f3f2a", "copper": "#bd6238",
    "caramel": "#b9783f", "chocolate": "#5b3524", "black": "#2e2a33", "white": "#fbf7ef", "grey": "#9a98a0",
    "gray": "#9a98a0", "silver": "#c3c7d1", "charcoal": "#4a4953", "hazel": "#8a6a35", "amber": "#c98a2b",
    "rainbow": "#e8615a", "bronze": "#a8703a", "khaki": "#b5a671", "blonde": "#ebc878", "blond": "#ebc878",
}  # fmt: skip

SKIN = (
    "#fbe1d0", "#f7d3b8", "#f1c6a2", "#e3ae83", "#d09868",
    "#b57d4e", "#966139", "#7a4b2e", "#633d29", "#533325",
)  # fmt: skip
"""Ten skin tones from the palest to the deepest, after the bands of the Monk scale."""

_SKIN_WORDS = (
    (r"very pale|porcelain|palest", 0),
    (r"deepest|very dark|ebony", 9),
    (r"dark brown|deep brown|rich brown|rich dark", 8),
    (r"light brown|light-brown|golden brown|golden-brown|caramel|honey", 5),
    (r"medium brown|warm brown|mid-brown", 6),
    (r"pale|fair|freckled", 1),
    (r"deep|dark|black", 8),
    (r"peach|rosy|light|white|cream", 2),
    (r"beige|sand", 3),
    (r"olive|golden", 4),
    (r"tan|tanned|bronze|amber", 5),
    (r"brown", 7),
)

HAIR = {
    "black": "#2b2227", "brown": "#6b4128", "chestnut": "#84482a", "auburn": "#8d3d26", "red": "#c2512a",
    "ginger": "#d4702f", "copper": "#bb5d31", "blonde": "#e6bf6d", "blond": "#e6bf6d", "golden": "#dfaf52",
    "sandy": "#cda468", "grey": "#a7a5ab", "gray": "#a7a5ab", "silver": "#c9cad1", "white": "#efe9e0",
    "strawberry": "#dc9155", "fair": "#e6c98a", "dark": "#3b2922", "light": "#c69a5d",
}  # fmt: skip

EYES = {
    "brown": "#6a4123", "hazel": "#8f6e34", "green": "#5d8f52", "blue": "#4d86bd", "grey": "#7f8f9e",
    "gray": "#7f8f9e", "amber": "#b57a28", "black": "#3a2a24", "dark": "#44291c", "violet": "#8a72b8",
    "golden": "#b98a2c",
}  # fmt: skip

_TONES = {
    "dark": 0.3, "deep": 0.22, "light": -0.35, "pale": -0.5, "pastel": -0.45, "soft": -0.2, "navy": 0.0,
    "bright": -0.04,
}  # fmt: skip


def paint(words: list[str], names: dict[str, str] = PAINTS) -> str | None:
    """The color that words name, nearest the end first ("dark green"); None where they name none."""
    for i in range(len(words) - 1, -1, -1):
        if words[i] in names:
            tone = _TONES.get(words[i - 1], 0.0) if i else 0.0
            color = names[words[i]]
            return darker(color, tone) if tone > 0 else lighter(color, -tone)
    return None


def skin_band(words: str) -> int | None:
    """The band 0 to 9 that words about skin name; None where they name none."""
    return next((band for pattern, band in _SKIN_WORDS if re.search(rf"\b({pattern})\b", words)), None)

"""Stated heritage: features of a face as parameters, likely coloring, and contemporary dress."""

from __future__ import annotations

from dataclasses import dataclass, replace

from emulator_models.illustrator.figures.description import Description
from emulator_models.illustrator.figures.wardrobe import Garment, Outfit


@dataclass(frozen=True)
class Heritage:
    """How a face tends to be: proportions around 1, `tilt` of the eyes in degrees, likely coloring."""

    key: str
    eye: float = 1.0  # height of the eye's opening
    tilt: float = 0.0
    fold: bool = False  # an eyelid without a crease
    nose: float = 1.0  # width
    bridge: float = 0.0  # how much of the bridge is drawn, 0 to 1
    lips: float = 1.0  # fullness
    brow: float = 1.0  # thickness
    skins: tuple[int, ...] = (1, 2, 4, 6, 7, 8)
    textures: tuple[str, ...] = ("straight", "wavy", "curly")


_ANY = Heritage("any")
_KNOWN = (
    (
        "ao dai|kimono|hanbok|cheongsam|qipao|"
        "chinese|japanese|korean|east asian|vietnamese|thai|taiwanese|mongolian|filipino|filipina|hmong",
        Heritage("east_asian", 0.72, -5, True, 1.02, 0.0, 1.0, 0.9, (1, 2, 3), ("straight",)),
    ),
    (
        "sari|saree|lehenga|kurta|"
        "indian|pakistani|bangladeshi|tamil|punjabi|nepali|sri lankan|south asian|bengali|gujarati|sikh|hindu",
        Heritage("south_asian", 1.0, -4, False, 1.05, 0.6, 1.1, 1.3, (4, 5, 6), ("straight", "wavy")),
    ),
    (
        "nigerian|ghanaian|kenyan|african|african-american|jamaican|caribbean|haitian|yoruba|"
        "igbo|zulu|congolese|senegalese|black british",
        Heritage("african", 1.0, -2, False, 1.4, 0.0, 1.6, 1.05, (7, 8, 9), ("coily", "coily", "curly")),
    ),
    (
        "somali|ethiopian|eritrean",
        Heritage("horn", 1.05, -3, False, 1.05, 0.5, 1.25, 1.0, (6, 7, 8), ("curly",)),
    ),
    (
        "arab|egyptian|moroccan|persian|iranian|turkish|palestinian|syrian|lebanese|iraqi|"
        "afghan|kurdish|middle eastern|jewish",
        Heritage("middle_eastern", 1.0, -2, False, 1.12, 0.9, 1.1, 1.5, (2, 3, 4), ("wavy", "curly")),
    ),
    (
        "mexican|peruvian|guatemalan|latina|latino|colombian|bolivian|quechua|mayan|chilean|ecuadorian|brazilian",
        Heritage("latin", 0.92, -4, False, 1.18, 0.4, 1.2, 1.15, (4, 5, 6), ("straight", "wavy")),
    ),
    (
        "navajo|cree|inuit|ojibwe|lakota|indigenous|native american|first nations|maori|māori|"
        "samoan|hawaiian|aboriginal|yupik",
        Heritage("indigenous", 0.8, -4, False, 1.25, 0.3, 1.15, 1.0, (4, 5, 6), ("straight",)),
    ),
    (
        "irish|scottish|english|polish|ukrainian|german|swedish|norwegian|french|italian|greek|"
        "dutch|european|finnish|russian|nordic",
        Heritage("european", 1.05, 0, False, 0.9, 0.5, 0.85, 0.9, (0, 1, 2), ("straight", "wavy")),
    ),
)
_DRESS = {
    "east_asian": (Garment("tunic", "#c8443f", "clouds", "#f2cf7a"), Garment("trousers", "#3b3546")),
    "south_asian": (Garment("kurta", "#e08a2e", "paisley", "#a6283f"), Garment("trousers", "#f3e6cb")),
    "african": (Garment("tunic", "#2f8f6b", "ankara", "#f4b63f"), Garment("trousers", "#27624d")),
    "horn": (Garment("tunic", "#f6efe0", "hem", "#2f8f4e"), Garment("trousers", "#f1e6d0")),
    "middle_eastern": (Garment("kurta", "#2f7f86", "embroidery", "#f0d48a"), Garment("trousers", "#28515e")),
    "latin": (
        Garment("huipil", "#d0455b", "zigzag", "#f6c544"),
        Garment("skirt", "#28406f", "hem", "#f6c544"),
    ),
    "indigenous": (Garment("tunic", "#3f6fae", "ribbons", "#f0c34c"), Garment("trousers", "#3d3a4a")),
    "european": (
        Garment("blouse", "#fbf4e4", "embroidery", "#c23b3f"),
        Garment("skirt", "#a8323c", "hem", "#fbf1dc"),
    ),
    "any": (Garment("kurta", "#7a4fa0", "embroidery", "#f5c765"), Garment("trousers", "#3f3a5a")),
}


def heritage_of(text: Description, *, generic: bool = False) -> Heritage:
    """The heritage a description states; with `generic`, its coloring with nobody's features."""
    found = next((h for words, h in _KNOWN if text.has(words)), _ANY)
    if generic:
        other = Heritage("any", 1.12, 4, False, 0.8 if found.nose > 1 else 1.4, 0.0, 0.75 if found.lips > 1 else 1.5)
        return replace(other, skins=found.skins, textures=found.textures)
    return found


def heritage_dress(text: Description, heritage: Heritage, worn: Outfit) -> Outfit:
    """Dress of the stated culture in the colors of what is worn, where those are named."""
    top, bottom = _DRESS.get(heritage.key, _DRESS["any"])
    named = text.color(
        "dress|kurta|tunic|kimono|hanbok|sari|dai|saree|lehenga|huipil|robe|shirt|agbada|dashiki|thobe|abaya"
    )
    return Outfit(replace(top, color=named or top.color), None, bottom, worn.shoes, worn.extras)

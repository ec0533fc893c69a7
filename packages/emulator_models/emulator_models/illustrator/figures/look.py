"""How a character looks: everything its sheet says, and what its name chooses where the sheet is silent."""

from __future__ import annotations

from dataclasses import dataclass, replace

from emulator_models.illustrator.figures.animals import CREATURE, CREATURES, Kind, coat_of, is_drawn_as_another, kind_of
from emulator_models.illustrator.figures.color_words import EYES, HAIR, SKIN, paint, skin_band
from emulator_models.illustrator.figures.description import Description
from emulator_models.illustrator.figures.heritage import Heritage, heritage_dress, heritage_of
from emulator_models.illustrator.figures.model import CLOTHES, KIND, LOOKS
from emulator_models.illustrator.figures.told_in import in_english, kind_in_english
from emulator_models.illustrator.figures.traits import shown_traits
from emulator_models.illustrator.figures.wardrobe import (
    Outfit,
    dress,
    dress_covered,
    dress_freely,
    dress_other,
)
from emulator_models.prompt_data import CharacterSheet


@dataclass(frozen=True)
class Hair:
    """A head of hair: `texture` is straight, wavy, curly or coily; `style` how it is worn."""

    style: str
    texture: str
    color: str
    beads: bool = False


@dataclass(frozen=True)
class Look:
    """A character, ready to be drawn."""

    name: str
    species: str
    kind: Kind | None  # of an animal or other; None for a person
    years: int
    skin: str
    eyes: str
    hair: Hair
    heritage: Heritage
    outfit: Outfit
    traits: frozenset[str]
    text: Description
    mirrored: bool = False

    def sides(self, noun: str, topic: str) -> tuple[int, ...]:
        """Where a recorded side is drawn: -1 and +1 in x; a mirrored figure keeps its own left and right."""
        side = self.text.side(noun, topic)
        left = -1 if self.mirrored else 1
        return (-1, 1) if side == "both" else (left,) if side == "left" else (-left,)

    @property
    def human(self) -> bool:
        """Whether this is a person."""
        return self.kind is None

    def __contains__(self, trait: str) -> bool:
        return trait in self.traits


_PEOPLE = (
    "human|person|child|boy|girl|man|woman|kid|baby|toddler|people|grandmother|grandfather|"
    "princess|prince|knight|pirate|witch|wizard"
)
HAIR_STYLES = {
    "bald": "bald|no hair|shaved head",
    "patchy": "patchy|alopecia",
    "cornrows": "cornrows|cornrow",
    "locs": "locs|dreadlocks|dreads|sisterlocks",
    "braids": "braids|plaits|braided|box braids|twists|braid|plait",
    "puffs": "puffs|afro puffs|space buns|two buns",
    "pigtails": "pigtails|bunches",
    "ponytail": "ponytail|pony-tail|ponytails",
    "bun": "bun|topknot|top knot|chignon",
    "afro": "afro",
    "bob": "bob|bobbed|chin-length|shoulder-length",
    "buzz": "buzz|buzzcut|cropped|fade",
}
HAIR_TEXTURES = {
    "coily": "coily|coils|kinky|afro|coiled|tight curls|afro-textured",
    "curly": "curly|curls|ringlets|frizzy",
    "wavy": "wavy|waves|tousled",
    "straight": "straight|sleek|smooth",
}


def read_look(sheet: CharacterSheet, omit: frozenset[str], *, mirrored: bool = False) -> Look:
    """What a sheet says, filled up by its name; `omit` names traits to leave out or belie."""
    text = Description(sheet.name, in_english(_told_of(sheet)))
    traits = shown_traits(sheet, text, omit)
    species = _species(sheet.species)
    if KIND in omit:
        species = "fox" if species == "human" else "human"
    years = _years(sheet, text, traits, omit)
    heritage = heritage_of(text, generic="heritage_features" in omit)
    kind = None if species == "human" else kind_of(species, text)
    tone = SKIN[_band(text, heritage, traits, omit)]
    skin = tone if kind is None else _coat(kind, species, text, traits, omit)
    outfit = _outfit(text, heritage, traits, omit, dress(text, animal=kind is not None, grown=years >= 18))
    hair = _hair(text, heritage, tone, years, traits, omit)
    eyes = (
        "#8fa9c9"
        if "albinism" in traits
        else text.color("eyes?", EYES) or text.pick("eyes", _eye_choice(tone, heritage))
    )
    return Look(sheet.name, species, kind, years, skin, eyes, hair, heritage, outfit, traits, text, mirrored)


def _told_of(sheet: CharacterSheet) -> str:
    """The record's words on a character; of a person, `boy` as their species is one of them."""
    word = sheet.species.strip().lower()
    is_said = _species(word) == "human" and word not in ("", "human")
    return f"{word}, {sheet.appearance}" if is_said else sheet.appearance


def kind_told(species: str) -> str:
    """The key of the kind that a species means: `human`, `fox`; what is not drawn as it is, is itself."""
    word = _species(species)
    if word == "human" or is_drawn_as_another(word):
        return word
    kind = kind_of(word, Description("", ""))
    return kind.key if kind.key != CREATURE or Description("", word).has(CREATURES) else word


def _species(word: str) -> str:
    word = kind_in_english(word.strip().lower() or "human")
    return "human" if Description("", word).has(_PEOPLE) else word


def _years(sheet: CharacterSheet, text: Description, traits: frozenset[str], omit: frozenset[str]) -> int:
    known = (("baby|infant", 1), ("toddler", 2), ("teen|teenager|teenage", 15))
    older = (("grown-up|adult|mum|mother|dad|father|teacher|aunt|uncle|woman|man", 36),)
    old = (("elderly|grandmother|grandfather|grandma|grandpa|granny|gran|grandad|old", 70),)
    guess = next((years for words, years in (*known, *old, *older) if text.has(words)), 7)
    years = sheet.age if sheet.age is not None else guess
    if "older_adult" in omit and years >= 55:
        return 34
    return max(years, 66) if "older_adult" in traits else years


def _band(text: Description, heritage: Heritage, traits: frozenset[str], omit: frozenset[str]) -> int:
    words = " ".join(text.about("skin|complexion"))
    if not words and text.has("black girl|black boy|black child|black woman|black man"):
        words = "deep"
    band = skin_band(words)
    if band is None:
        band = text.pick("skin", heritage.skins)
    if "skin_tone" in omit:
        return (band + 5) % 10
    return 0 if "albinism" in traits else band


def _coat(kind: Kind, species: str, text: Description, traits: frozenset[str], omit: frozenset[str]) -> str:
    return "#f6ece0" if "albinism" in traits else coat_of(kind, species, text, belie=bool({"skin_tone", LOOKS} & omit))


def _outfit(
    text: Description, heritage: Heritage, traits: frozenset[str], omit: frozenset[str], outfit: Outfit
) -> Outfit:
    if "head_covering" in traits and text.has("hijab|headscarf|muslim"):
        outfit = dress_covered(outfit)
    if {"gender_expression", CLOTHES} & omit:
        return dress_other(text, outfit)
    if "gender_expression" in traits and not text.has("dress|skirt|tutu|shirt|suit|jumper|dungarees|trousers|cape"):
        return dress_freely(outfit, boy=text.is_male)
    if "heritage_dress_setting" in traits:
        return heritage_dress(text, heritage, outfit)
    return outfit


def _hair(
    text: Description, heritage: Heritage, skin: str, years: int, traits: frozenset[str], omit: frozenset[str]
) -> Hair:
    words = text.about("hair|curls|braids|locs|afro|bob|ponytail|pigtails|plaits|bun|puffs|waves|cornrows")
    hair = Hair(
        _style(text, words, years),
        _texture(text, heritage),
        _hair_color(text, words, _dark(skin, heritage), years, traits),
    )
    if hair.texture == "coily" and hair.style in ("long", "bob", "short") and "hair_texture" not in omit:
        hair = replace(hair, style="afro" if hair.style != "short" else "short")
    protective = hair.style in ("braids", "locs", "cornrows")
    if "protective_style" in traits and not protective:
        hair = replace(hair, style=text.pick("protective", ("braids", "locs", "cornrows")))
    if "protective_style" in omit and (protective or hair.style == "puffs"):
        hair = replace(hair, style="afro", beads=False)
    if LOOKS in omit:
        hair = replace(hair, color="#b5592c" if hair.color != "#b5592c" else "#2b2227")
    if {"hair_texture", LOOKS} & omit:
        other = "coily" if hair.texture == "straight" else "straight"
        hair = replace(hair, texture=other, style="afro" if other == "coily" else "bob")
    if "hair_loss" in traits and hair.style not in ("bald", "patchy"):
        hair = replace(hair, style="patchy" if text.has("patch|patches|patchy") else "bald")
    if "hair_loss" in omit and hair.style in ("bald", "patchy"):
        hair = replace(hair, style="short")
    if hair.style in ("braids", "locs", "cornrows"):
        hair = replace(hair, beads=text.has("beads?|beaded"))
    return hair


def _style(text: Description, words: list[str], years: int) -> str:
    named = next((style for style, pattern in HAIR_STYLES.items() if text.has(pattern)), None)
    if named:
        return named
    if "long" in words:
        return "long"
    if "short" in words:
        return "short"
    if text.has("gender expression"):
        return text.pick("hair", ("long", "bob", "short"))
    if text.is_female:
        return text.pick(
            "hair", ("bun", "bob", "bob") if years > 55 else ("long", "bob", "ponytail", "pigtails", "bun")
        )
    if text.is_male:
        return text.pick("hair", ("short", "short", "buzz"))
    return text.pick("hair", ("short", "bob", "short"))


def _texture(text: Description, heritage: Heritage) -> str:
    named = next((texture for texture, pattern in HAIR_TEXTURES.items() if text.has(pattern)), None)
    return named or text.pick("texture", heritage.textures)


def _hair_color(text: Description, words: list[str], dark: bool, years: int, traits: frozenset[str]) -> str:
    if "albinism" in traits:
        return "#f3e6c8"
    if color := paint(words, HAIR) or paint(words):
        return color
    if "older_adult" in traits or years >= 60:
        return text.pick("hair colour", ("#b9b7bd", "#d8d5d3", "#e9e4dc"))
    shades = (
        ("#2b2227", "#241b20", "#30221f")
        if dark
        else ("#6b4128", "#3d2a22", "#8d4a28", "#d9ad5f", "#54331f", "#b5592c")
    )
    return text.pick("hair colour", shades)


def _eye_choice(skin: str, heritage: Heritage) -> tuple[str, ...]:
    return ("#5a3720", "#4a2d1c", "#6a4123") if _dark(skin, heritage) else ("#5a3720", "#4d86bd", "#5d8f52", "#8f6e34")


def _dark(skin: str, heritage: Heritage) -> bool:
    return SKIN.index(skin) > 4 or heritage.key not in ("any", "european")

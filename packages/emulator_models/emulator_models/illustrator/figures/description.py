"""Reading free text about a character: which color, which side, and what is left to choose."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Sequence
from typing import Literal, TypeVar

from emulator_models.illustrator.figures.color_words import PAINTS, paint

Side = Literal["left", "right", "both"]
T = TypeVar("T")
FEMALE = (
    "girl|she|her|daughter|sister|mum|mother|woman|grandmother|grandma|granny|gran|nana|aunt|queen|princess|"
    "madchen|frau|oma|fille|fillette|femme|nina|mujer|abuela"
)
"""Words that say so of somebody, without their accents; in the languages that stories are written in."""
MALE = (
    "boy|he|his|son|brother|dad|father|man|grandfather|grandpa|grandad|uncle|king|prince|"
    "junge|mann|opa|garcon|homme|nino|hombre|abuelo"
)

_STOP = {",", ".", ";", ":", "(", ")", "with", "wearing", "wears", "has", "in", "on", "over", "under", "who"}
_NOUNS = {
    "skin", "hair", "eyes", "eye", "fur", "boots", "shoes", "dress", "jumper", "coat", "raincoat", "scarf",
    "hat", "trousers", "jeans", "shorts", "skirt", "shirt", "t-shirt", "cape", "backpack", "glasses",
    "dungarees", "feathers", "scales", "shell", "trainers", "hoodie", "jacket", "cardigan", "wheelchair",
    "sari", "kimono", "dai", "hanbok", "lehenga", "tunic", "kurta",
}  # fmt: skip
_PATTERNS = {"striped", "stripy", "spotted", "spotty", "checked", "starry", "floral"}


class Description:
    """What is written about a character, and the choices its name makes where nothing is written."""

    def __init__(self, name: str, text: str) -> None:
        self._name = name
        plain = unicodedata.normalize("NFKD", text.lower().replace("’", "'").replace("đ", "d"))
        self.text = "".join(letter for letter in plain if not unicodedata.combining(letter))
        self._words = re.findall(r"[a-z]+(?:[-'][a-z]+)*|\d+|[,.;:()]", self.text)

    def has(self, pattern: str) -> bool:
        """Whether a whole word (or words) matches the pattern."""
        return re.search(rf"\b(?:{pattern})\b", self.text) is not None

    @property
    def is_female(self) -> bool:
        """Whether the text says so, and before it says the other: a girl may have her brother's hat."""
        return self._says(FEMALE, MALE)

    @property
    def is_male(self) -> bool:
        """Whether the text says so, and before it says the other: a boy may have his mother's hat."""
        return self._says(MALE, FEMALE)

    def first(self, *patterns: str) -> str | None:
        """The first of the patterns that the text has."""
        return next((p for p in patterns if self.has(p)), None)

    def before(self, noun: str) -> list[str]:
        """The words that describe a noun: those before it in its own phrase ("bright red rain boots")."""
        for i, word in enumerate(self._words):
            if re.fullmatch(noun, word):
                start = i
                while start > 0 and not self._parts(start - 1):
                    start -= 1
                return [p for w in self._words[start:i] for p in w.split("-")]
        return []

    def about(self, noun: str) -> list[str]:
        """The words before a noun, or else those of "her hair is black and curly"."""
        for i, word in enumerate(self._words[:-1]):
            if re.fullmatch(noun, word) and self._words[i + 1] in ("is", "are", ":"):
                rest = self._words[i + 2 : i + 8]
                end = next((n for n, w in enumerate(rest) if w in _STOP or w in _NOUNS), len(rest))
                return rest[:end]
        return self.before(noun)

    def color(self, noun: str, names: dict[str, str] = PAINTS) -> str | None:
        """The color the text gives a noun; None where it gives none."""
        return paint(self.about(noun), names)

    def side(self, noun: str, topic: str) -> Side:
        """The side recorded in the clause that has the noun, else one that the name chooses."""
        for clause in re.split(r"[,.;]", self.text):
            if re.search(rf"\b(?:{noun})\b", clause):
                for side in ("both", "left", "right"):
                    if re.search(rf"\b{side}\b", clause):
                        return side
                if re.search(r"\bears\b|\blegs\b|\barms\b", clause):
                    return "both"
        return self.pick(topic, ("left", "right"))

    def pick(self, topic: str, options: Sequence[T]) -> T:
        """An option that is always the same for this name and topic."""
        digest = hashlib.sha256(f"{self._name}|{topic}".encode()).digest()
        return options[int.from_bytes(digest[:4]) % len(options)]

    def _says(self, this: str, other: str) -> bool:
        said, also = (re.search(rf"\b(?:{words})\b", self.text) for words in (this, other))
        return said is not None and (also is None or said.start() < also.start())

    def _parts(self, i: int) -> bool:
        word = self._words[i]
        if word == "and":
            around = self._words[i - 1 : i] + self._words[i + 1 : i + 2]
            return not all(w in PAINTS or w in _PATTERNS for w in around)
        return word in _STOP or word in _NOUNS

"""Reading a character's free-text appearance: what they wear and what they look like, as noun phrases."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from emulator_models.storyteller.library import words
from emulator_models.storyteller.typography import listed, with_article

_LEAD = re.compile(
    r"^(?:and\s+)?(?:(?:she|he|they|it)\s+)?(?:always\s+|usually\s+|often\s+)?"
    r"(?:has|have|had|with|wears|wear|wearing|uses|dressed in|in|is wearing)\s+",
    re.IGNORECASE,
)
_DETERMINER = re.compile(r"^(?:an?|the|his|her|their|its|two|one|three|four|many|some|no|lots|both)\b", re.IGNORECASE)
_OWNER = re.compile(r"^(?:his|her|their|its)\s+", re.IGNORECASE)
_SENTENCE = re.compile(r"\b(?:is|are|was|loves?|likes?|always|never|he|she|they|who|because)\b", re.IGNORECASE)
_FEMALE = re.compile(r"\b(?:she|her|girl|mum|mother|grandma|grandmother|aunt|sister)\b", re.IGNORECASE)
_MALE = re.compile(r"\b(?:he|his|boy|dad|father|grandpa|grandfather|uncle|brother)\b", re.IGNORECASE)
_LONGEST = 9  # words; a longer piece is no bit of description


@dataclass(frozen=True)
class Appearance:
    """Noun phrases for `with …` and for `in …`; both empty when the text holds none that is sure."""

    looks: tuple[str, ...] = ()
    wears: tuple[str, ...] = ()

    def phrase(self) -> str:
        """` with brown eyes and freckles, dressed in a red coat`: the tail of a description, or nothing."""
        looks = f" with {listed(list(self.looks[:3]))}" if self.looks else ""
        wears = f" in {listed(list(self.wears[:2]))}" if self.wears else ""
        return f"{looks}, dressed{wears}" if looks and wears else looks + wears


def read_appearance(text: str) -> Appearance:
    """What can be told from the text with certainty."""
    looks: list[str] = []
    wears: list[str] = []
    for piece in re.split(r"[,.;\n]+|\s+and\s+|\s+with\s+|\s+wearing\s+", text):
        bit = _OWNER.sub("", _LEAD.sub("", piece.strip()))
        kind = _kind(bit)
        if kind == "wears" and len(wears) < 3:
            wears.append(_phrase(bit))
        elif kind == "looks" and len(looks) < 4:
            looks.append(_phrase(bit))
    return Appearance(tuple(looks), tuple(wears))


def pronoun_of(text: str) -> str:
    """`she` or `he` where the text says so, else empty."""
    female, male = bool(_FEMALE.search(text)), bool(_MALE.search(text))
    return "she" if female and not male else "he" if male and not female else ""


def _kind(bit: str) -> str | None:
    parts = re.findall(r"[\w'’-]+", bit.lower())
    if not parts or len(parts) > _LONGEST or _SENTENCE.search(bit):
        return None
    if not re.fullmatch(r"[\w\s'’()/-]+", bit):
        return None
    # The head of a phrase is its last noun before any "of", "on", "over"…
    head = re.split(r"\b(?:of|on|over|under|in|behind|around|round|at|across|near|above)\b", " ".join(parts))[0].split()
    last = head[-1] if head else ""
    if last in _nouns("wears"):
        return "wears"
    return "looks" if last in _nouns("looks") else None


@cache
def _nouns(kind: str) -> frozenset[str]:
    return frozenset(words("appearance")[kind])


def _phrase(bit: str) -> str:
    bit = " ".join(bit.split())
    bit = bit[:1].lower() + bit[1:] if bit[1:2].islower() else bit
    head = re.split(r"\b(?:of|on|over|under|in|behind|around|round|at|across|near|above)\b", bit)[0].split()
    last = head[-1].lower() if head else ""
    plural = last.endswith("s") and last not in _nouns("singular_s")
    if _DETERMINER.match(bit) or plural or last in _nouns("mass"):
        return bit
    return with_article(bit)

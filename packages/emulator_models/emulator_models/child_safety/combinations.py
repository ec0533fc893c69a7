"""Requests as a whole by rules: concepts that meet within a few words of each other (`combinations.toml`)."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from itertools import product
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from emulator_models.child_safety.lexicon import Places, lexicons, words_of

GUARD_REACH = 8
"""Words before and after a find in which a guard makes it harmless."""
NEGATION_REACH = 3
"""Words in which a negation before a find undoes it."""
FIELD_GAP = 2
"""Words' distance from one field or sentence to the next."""
ANSWER_LENGTH = 1500
"""Characters of material above which it is an answer, not a request: its sentences stand alone."""
MOST_PLACES = 12
FUNCTION = "FUNCTION"
"""The small words that tell a language: another's lexicon finds mere likenesses in it."""
OTHER_LANGUAGE = 3
"""How many times more of them another language must have for one to be left out."""
ENOUGH_WORDS = 5
"""Small words from which a language is told."""
MANY_WORDS = 60
"""Small words from which it is told surely."""
_SENTENCE_ENDS = re.compile(r"(?<=[.!?…。！？؟])\s+|\n+")
_RULE = re.compile(r"(?P<all>.+?)(?: in (?P<near>\d+))?(?: unless (?P<unless>\S+))?(?P<negatable> negatable)?")


class Combination(BaseModel):
    """Concepts of which each group must be there, within `near` words, and no guard beside them."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    concern: str
    groups: tuple[tuple[str, ...], ...]
    near: int
    unless: tuple[str, ...]
    negatable: bool


def combined_concerns(texts: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Each concern found, once, with the words that show it."""
    stream = _stream(texts)
    words = [word for word, _ in stream]
    spots = [spot for _, spot in stream]
    found: set[str] = set()
    every = [lexicon.places(words, spots) for lexicon in lexicons()]
    most = max((len(places.get(FUNCTION, ())) for places in every), default=0)
    for places in map(_composed, every):
        small = len(places.get(FUNCTION, ()))
        other = 1.5 if most > MANY_WORDS else OTHER_LANGUAGE
        if (most >= ENOUGH_WORDS and small * other < most) or (most > 1 and not small):
            continue
        for rule in _combinations():
            if rule.concern not in found and (met := _meets(rule, places)):
                found.add(rule.concern)
                yield rule.concern, " ".join(w for w, spot in stream if met[0] - 2 <= spot <= met[1] + 2)[:200]


def _stream(texts: Sequence[str]) -> list[tuple[str, int]]:
    """All words with their places."""
    gap = 100 if sum(map(len, texts)) > ANSWER_LENGTH else FIELD_GAP
    stream: list[tuple[str, int]] = []
    spot = 0
    for text in texts:
        for sentence in _SENTENCE_ENDS.split(text):
            for word in words_of(sentence):
                stream.append((word, spot))
                spot += 1
            spot += gap
    return stream


def _composed(places: Places) -> Places:
    """The places with those of concepts that are two others side by side, such as NOT_TELL."""
    for name, (first, second, near) in _compositions().items():
        ones = [spot for part in first.split("|") for spot in places.get(part, ())]
        others = [spot for part in second.split("|") for spot in places.get(part, ())]
        near_ones = {max(a, b) for a in ones for b in others if a != b and abs(a - b) <= near}
        if near_ones:
            places[name] = sorted({*places.get(name, ()), *near_ones})
    return places


def _meets(rule: Combination, places: Places) -> tuple[int, int] | None:
    spots = [sorted({spot for name in group for spot in places.get(name, ())})[:MOST_PLACES] for group in rule.groups]
    if not all(spots):
        return None
    guards = [spot for name in rule.unless for spot in places.get(name, ())]
    negations = places.get("NEG", ()) if rule.negatable else ()
    for met in product(*spots):
        low, high = min(met), max(met)
        if high - low > rule.near or len(set(met)) < len(met):
            continue
        if any(low - GUARD_REACH <= guard <= high + GUARD_REACH for guard in guards):
            continue
        if not any(0 < low - negation <= NEGATION_REACH for negation in negations):
            return low, high
    return None


@cache
def _tables() -> Mapping[str, Mapping[str, object]]:
    return tomllib.loads((Path(__file__).parent / "combinations.toml").read_text(encoding="utf-8"))


@cache
def _compositions() -> Mapping[str, tuple[str, str, int]]:
    return {name: tuple(parts) for name, parts in _tables()["compositions"].items()}  # type: ignore[arg-type,misc]


@cache
def _combinations() -> tuple[Combination, ...]:
    return tuple(
        _combination(concern, text)
        for concern, texts in _tables()["concerns"].items()
        for text in texts  # type: ignore[attr-defined]
    )


def _combination(concern: str, text: str) -> Combination:
    read = _RULE.fullmatch(text)
    if read is None:
        raise ValueError(f"combinations.toml, {concern}: {text!r} is not like 'A + B|C in 8 unless D'.")
    unless = (read["unless"] or "SAFE").split("|")
    return Combination(
        concern=concern,
        groups=tuple(tuple(group.split("|")) for group in read["all"].split(" + ")),
        near=int(read["near"] or 12),
        unless=() if unless == ["NOTHING"] else tuple(unless),
        negatable=bool(read["negatable"]),
    )

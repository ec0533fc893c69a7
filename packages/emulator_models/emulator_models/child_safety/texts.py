"""Texts by rules: concepts that meet within a few words of each other (`rules.toml`), told by each language's words."""

from __future__ import annotations

import re
import tomllib
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from functools import cache, lru_cache
from itertools import product
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from emulator_models.child_safety.lexicon import (
    FIELD_GAP,
    SPACED_OUT_WORD,
    STRANGE_GAP,
    Lexicon,
    Places,
    Text,
    letters_of,
    lexicons,
)
from emulator_models.child_safety.spelling import readings
from emulator_models.shapes import Concern

GUARD_REACH = 8
"""Words before and after a find in which a guard makes it harmless."""
NEGATION_REACH = 3
"""Words in which a negation before a find, or after it where the verb comes last, undoes it."""
VERB_LAST = frozenset({"tr", "ja", "ko", "hi"})
ANSWER_LENGTH = 1500
"""Characters of material above which it is an answer, not a request: its sentences stand alone."""
SHORT = 2
"""Words."""
MOST_PLACES = 12
QUOTED = 200
"""Characters of a quotation."""
FUNCTION = "FUNCTION"
"""The small words that tell a language: another's lexicon finds mere likenesses in it."""
OTHER_LANGUAGE, SURELY_OTHER_LANGUAGE = 3, 1.5
"""How many times more of them another language must have for one to be left out."""
ENOUGH_WORDS, MANY_WORDS = 5, 60
"""Small words from which a language is told, and told surely."""
_RULE = re.compile(
    r"(?P<all>.+?)(?: in (?P<near>\d+))?(?: unless (?P<unless>\S+))?"
    r"(?P<negatable> negatable)?(?P<mixed> mixed)?(?P<alone> alone)?"
)


class Rule(BaseModel):
    """Concepts of which each group must be there, within `near` words, and no guard beside them."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    groups: tuple[tuple[str, ...], ...]
    near: int
    unless: tuple[str, ...]
    negatable: bool
    mixed: bool
    """Whether the words may be of several languages."""
    alone: bool
    """Whether they must stand in one text: a bad wolf is a theme, and a Nigerian girl may meet him."""


def judge_texts(texts: Sequence[str]) -> list[Concern]:
    """What is not for a child in these texts, each concern once, with the words that show it."""
    found: dict[str, Concern] = {}
    for reading in readings(texts):
        for material in _materials(reading):
            for concern, quote in _concerns(tuple(material)):
                found.setdefault(concern, Concern(concern=concern, quote=quote))
    return list(found.values())


def _materials(texts: Sequence[str]) -> Iterator[Sequence[str]]:
    """A request whole, and each of its texts alone, as a theme may be in another language than a character's looks.

    Short ones, as themes are, count as one text as well: two of them may say what neither says.
    """
    yield texts
    if len(texts) > 1 and sum(map(len, texts)) <= ANSWER_LENGTH:
        yield from ([text] for text in texts)
        yield [", ".join(text for text in texts if len(text.split()) <= SHORT)]


@lru_cache(maxsize=2048)
def _concerns(texts: tuple[str, ...]) -> tuple[tuple[str, str], ...]:
    """Each concern with its quote. Kept, since a family's characters come again with each of its requests."""
    return tuple(_found_in(texts))


def _found_in(texts: Sequence[str]) -> Iterator[tuple[str, str]]:
    text = Text(texts, STRANGE_GAP if sum(map(len, texts)) > ANSWER_LENGTH else FIELD_GAP)
    spoken = _spoken([(lexicon, lexicon.places(text)) for lexicon in lexicons()])
    rules = [rule for rule in _rules() if not rule.alone or len(texts) == 1 or text.gap == STRANGE_GAP]
    together: Places = defaultdict(list)
    for lexicon, places in spoken:
        if lexicon.reach == 1:
            for concept, spots in places.items():
                together[concept] += spots
    for lexicon, places in spoken:
        for rule, low, high in _found(rules, _composed(places, lexicon.reach), lexicon):
            yield rule.name, _quoted(text, low, high) if lexicon.reach == 1 else " ".join(texts)[:QUOTED]
    for rule, low, high in _found(_mixed_rules(), together):
        yield rule.name, _quoted(text, low, high)
    if letters := letters_of(texts):
        for lexicon in lexicons():
            places = _composed(lexicon.places_inside(letters, STRANGE_GAP), SPACED_OUT_WORD)
            for rule, _, _ in _found(rules, places, lexicon, reach=SPACED_OUT_WORD):
                yield rule.name, " ".join(letters)[:QUOTED]


def _found(
    rules: Sequence[Rule], places: Places, lexicon: Lexicon | None = None, *, reach: int = 1
) -> Iterator[tuple[Rule, int, int]]:
    """The rules that are met, each with the first and the last of the places."""
    both_sides = lexicon is not None and lexicon.language in VERB_LAST
    for rule in rules:
        if met := _meets(rule, places, max(reach, lexicon.reach if lexicon else 1), both_sides=both_sides):
            yield rule, *met


def _quoted(text: Text, low: int, high: int) -> str:
    """The words about these places."""
    return " ".join(word for word, spot in text.stream if low - 2 <= spot <= high + 2)[:QUOTED]


def _spoken(every: Sequence[tuple[Lexicon, Places]]) -> list[tuple[Lexicon, Places]]:
    """The lexicons whose language the texts may be in, by their small words."""
    most = max((len(places.get(FUNCTION, ())) for _, places in every), default=0)
    other = SURELY_OTHER_LANGUAGE if most > MANY_WORDS else OTHER_LANGUAGE

    def may_be(places: Places) -> bool:
        small = len(places.get(FUNCTION, ()))
        return not (most >= ENOUGH_WORDS and small * other < most) and not (most > 1 and not small)

    return [(lexicon, places) for lexicon, places in every if may_be(places)]


def _composed(places: Places, reach: int) -> Places:
    """The places with those of concepts that are two others side by side, such as NOT_TELL."""
    for rule in _compositions():
        ones, others = ([spot for name in group for spot in places.get(name, ())] for group in rule.groups)
        guards = [spot for name in rule.unless for spot in places.get(name, ())]
        near = {
            max(one, other)
            for one in ones
            for other in others
            if one != other
            and abs(one - other) <= rule.near * reach
            and not any(min(one, other) - 2 * reach <= spot <= max(one, other) + 2 * reach for spot in guards)
        }
        if near:
            places[rule.name] = sorted({*places.get(rule.name, ()), *near})
    return places


def _meets(rule: Rule, places: Places, reach: int, *, both_sides: bool) -> tuple[int, int] | None:
    if not all(any(map(places.get, group)) for group in rule.groups):  # so it is nearly always
        return None
    spots = [sorted({spot for name in group for spot in places.get(name, ())})[:MOST_PLACES] for group in rule.groups]
    guards = [spot for name in rule.unless for spot in places.get(name, ())]
    negations = places.get("NEG", ()) if rule.negatable else ()
    for met in product(*spots):
        low, high = min(met), max(met)
        if high - low > rule.near * reach or len(set(met)) < len(met):
            continue
        if any(low - GUARD_REACH * reach <= guard <= high + GUARD_REACH * reach for guard in guards):
            continue
        if not any(
            0 < low - spot <= NEGATION_REACH * reach or (both_sides and 0 < spot - high <= NEGATION_REACH * reach)
            for spot in negations
        ):
            return low, high
    return None


@cache
def _tables() -> Mapping[str, Mapping[str, Sequence[str]]]:
    return tomllib.loads((Path(__file__).parent / "rules.toml").read_text(encoding="utf-8"))


@cache
def _compositions() -> tuple[Rule, ...]:
    listed = _tables()["compositions"]
    return tuple(_rule(name, text, guard="NOTHING") for name, texts in listed.items() for text in texts)


@cache
def _rules() -> tuple[Rule, ...]:
    return tuple(_rule(concern, text) for concern, texts in _tables()["concerns"].items() for text in texts)


@cache
def _mixed_rules() -> tuple[Rule, ...]:
    return tuple(rule for rule in _rules() if rule.mixed)


def _rule(name: str, text: str, *, guard: str = "SAFE") -> Rule:
    read = _RULE.fullmatch(text)
    if read is None:
        raise ValueError(f"rules.toml, {name}: {text!r} is not like 'A + B|C in 8 unless D'.")
    unless = (read["unless"] or guard).split("|")
    return Rule(
        name=name,
        groups=tuple(tuple(group.split("|")) for group in read["all"].split(" + ")),
        near=int(read["near"] or 12),
        unless=() if unless == ["NOTHING"] else tuple(unless),
        negatable=bool(read["negatable"]),
        mixed=bool(read["mixed"]),
        alone=bool(read["alone"]),
    )

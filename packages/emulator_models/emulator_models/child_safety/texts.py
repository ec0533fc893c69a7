"""Texts by rules: notions that meet in one sentence (`rules.toml`), and concepts of the whole (`combinations.toml`)."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from itertools import pairwise, product
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from emulator_models.child_safety.combinations import combined_concerns
from emulator_models.child_safety.spelling import plain
from emulator_models.shapes import Concern

NEGATION = "NOT"
"""The notion that undoes a `negatable` rule when it stands shortly before the rule's first."""
NEGATION_REACH = 24
"""Characters between a negation and what it undoes."""
SHORT = 120
"""Characters of a text that is a title or a theme: two that follow each other may make up one sentence."""
_HERE = Path(__file__).parent
_SENTENCE_ENDS = re.compile(r"(?<=[.!?;…。！？؟])\s*(?=\S)|\n+")
_UNPARTED = frozenset({"ja", "zh"})
"""Languages that write no spaces: their words are found anywhere, and distances counted in characters."""
_PREFIXES = {"ar": r"(?:[وفبلك]?(?:ال)?|لل)"}
_CHARACTERS_A_WORD = 7
_UNPARTED_CHARACTERS_A_WORD = 2


class Rule(BaseModel):
    """Notions that make a text unfit where all of them meet."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    concern: str
    all: tuple[str, ...]
    near: int = 16
    unless: tuple[str, ...] = ()
    negatable: bool = False


Notions = Mapping[str, re.Pattern[str]]


def judge_texts(texts: Sequence[str]) -> list[Concern]:
    """What is not for a child in these texts, each concern once, with the sentence that shows it."""
    found = {name: Concern(concern=name, quote=quote) for name, quote in combined_concerns(texts)}
    for sentence in _sentences(texts):
        text = plain(sentence)
        for language, notions in _languages().items():
            for rule in _rules():
                if rule.concern not in found and _applies(rule, notions, text, language):
                    found[rule.concern] = Concern(concern=rule.concern, quote=sentence.strip()[:200])
    return list(found.values())


def _sentences(texts: Sequence[str]) -> Iterator[str]:
    for text in texts:
        yield from filter(str.strip, _SENTENCE_ENDS.split(text) if len(text) > SHORT else [text])
    for one, next_one in pairwise(texts):
        if len(one) <= SHORT and len(next_one) <= SHORT:
            yield f"{one}, {next_one}"


def _applies(rule: Rule, notions: Notions, text: str, language: str) -> bool:
    spans: list[list[tuple[int, int]]] = []
    for notion in rule.all:
        pattern = notions.get(notion)
        places = [found.span() for found in pattern.finditer(text)] if pattern else []
        if not places:
            return False
        spans.append(places[:12])
    if any(notions[notion].search(text) for notion in rule.unless if notion in notions):
        return False
    a_word = _UNPARTED_CHARACTERS_A_WORD if language in _UNPARTED else _CHARACTERS_A_WORD
    negations = [found.end() for found in notions[NEGATION].finditer(text)] if rule.negatable else []
    for met in product(*spans):
        apart = max(start for start, _ in met) - min(end for _, end in met)
        if apart > rule.near * a_word or _same_words(met):
            continue
        first = met[0][0]
        if not any(0 <= first - end <= NEGATION_REACH for end in negations):
            return True
    return False


def _same_words(places: Sequence[tuple[int, int]]) -> bool:
    """Whether two notions are the same word: one word is not two things that meet."""
    return any(one == other for one, other in pairwise(sorted(places)))


@cache
def _rules() -> tuple[Rule, ...]:
    listed = tomllib.loads((_HERE / "rules.toml").read_text(encoding="utf-8"))["rule"]
    return tuple(Rule.model_validate(rule) for rule in listed)


@cache
def _languages() -> Mapping[str, Notions]:
    """The notions of each language, as patterns between word boundaries."""
    return {path.stem: _notions(path) for path in sorted((_HERE / "words").glob("*.toml"))}


def _notions(path: Path) -> Notions:
    language = path.stem
    before = "" if language in _UNPARTED else rf"(?<!\w){_PREFIXES.get(language, '')}"
    after = "" if language in _UNPARTED else r"(?!\w)"
    words = tomllib.loads(path.read_text(encoding="utf-8"))
    return {
        notion: re.compile(f"{before}(?:{'|'.join(filter(None, text.split(chr(10))))}){after}")
        for notion, text in words.items()
    }

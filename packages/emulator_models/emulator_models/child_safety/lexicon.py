"""Which concepts a word speaks of, by a table of stems a language (`stems/<language>.toml`).

An entry is a word (`uncle`), a beginning (`secret*`), an ending (`*tute`), a Turkish verb whose negated forms are meant
(`soyle~`), or several of these in a row (`no_idea`).
"""

from __future__ import annotations

import re
import tomllib
from collections import defaultdict
from collections.abc import Sequence
from functools import cache
from pathlib import Path

from emulator_models.child_safety.spelling import plain

Places = dict[str, list[int]]
"""Concept to the places of its words, ascending."""
Entry = tuple[str, tuple[str, ...]]
"""A concept, and the words that must follow."""

_WORD = re.compile(r"\w+")
_NEGATED = re.compile(r"m(?:[ae](?:z\w*|d[ae]n|s[iu]n\w*|y[ae]n\w*|y[ae]c\w*|m[ae]\w+|d[iu]\w*|y[iu]n?|m)|[iu]yor\w*)")
_SHORT_NOT = re.compile(r"n't\b|\bcannot\b")
_UNPARTED = frozenset({"ja"})
_PREFIXES = re.compile(r"(?:[وفبلك]?ال|لل|[وفبل])(?=\w{3})")


class Lexicon:
    """The stems of one language."""

    def __init__(self, language: str, table: dict[str, str]) -> None:
        self._language = language
        self._whole: dict[str, list[Entry]] = defaultdict(list)
        self._starts: dict[str, list[Entry]] = defaultdict(list)
        self._ends: dict[str, list[Entry]] = defaultdict(list)
        self._negated: dict[str, list[Entry]] = defaultdict(list)
        self._found: dict[str, list[Entry]] = {}
        self._inside: list[tuple[str, str]] = []
        for concept, entries in table.items():
            for entry in entries.split():
                self._add(concept, entry)

    def _add(self, concept: str, entry: str) -> None:
        first, *rest = [_spelt(part) for part in re.split("[_'-]", entry)]
        if self._language in _UNPARTED:
            self._inside.append((concept, first))
            return
        for mark, kind in (("*", self._starts), ("~", self._negated)):
            if first.endswith(mark):
                kind[first[:-1]].append((concept, tuple(rest)))
                return
        if first.startswith("*"):
            self._ends[first[1:]].append((concept, tuple(rest)))
        else:
            self._whole[first].append((concept, tuple(rest)))

    def places(self, words: Sequence[str], spots: Sequence[int]) -> Places:
        """Where each concept is spoken of."""
        places: Places = defaultdict(list)
        if self._inside:
            self._find_inside(words, spots, places)
        for at, (word, spot) in enumerate(zip(words, spots, strict=True)):
            for concept, rest in self._entries(word):
                if not rest or self._follow(rest, words[at + 1 : at + 1 + len(rest)]):
                    places[concept].append(spot)
        return places

    def _find_inside(self, words: Sequence[str], spots: Sequence[int], places: Places) -> None:
        for word, spot in zip(words, spots, strict=True):
            for concept, part in self._inside:
                if part in word:
                    places[concept].append(spot)

    def _entries(self, word: str) -> list[Entry]:
        if (known := self._found.get(word)) is not None:
            return known
        found = list(self._whole.get(word, ()))
        for length in range(1, len(word) + 1):
            found += self._starts.get(word[:length], ())
            found += self._ends.get(word[-length:], ())
            negated = self._negated.get(word[:length])
            if negated and _NEGATED.fullmatch(word, length):
                found += negated
        if self._language == "ar" and (bare := _PREFIXES.sub("", word, count=1)) != word:
            found += self._entries(bare)
        if len(self._found) < 20_000:
            self._found[word] = found
        return found

    @staticmethod
    def _follow(rest: Sequence[str], words: Sequence[str]) -> bool:
        return len(rest) == len(words) and all(
            word.startswith(part[:-1]) if part.endswith("*") else word == part
            for part, word in zip(rest, words, strict=True)
        )


def words_of(text: str) -> list[str]:
    """The words of a text as the tables spell them; what an emoji shows is a word."""
    for emoji, word in _emoji().items():
        if emoji in text:
            text = text.replace(emoji, f" {word} ")
    return _WORD.findall(_SHORT_NOT.sub(" not", plain(text)))


@cache
def lexicons() -> tuple[Lexicon, ...]:
    """One of each language, each with the emoji too."""
    signs = {concept: " ".join(_word_for(sign) for sign in signs) for concept, signs in _emoji_table().items()}
    read = []
    for path in sorted((Path(__file__).parent / "stems").glob("*.toml")):
        table = tomllib.loads(path.read_text(encoding="utf-8"))
        merged = {name: f"{table.get(name, '')} {signs.get(name, '')}" for name in {*table, *signs}}
        read.append(Lexicon(path.stem, merged))
    return tuple(read)


@cache
def _emoji_table() -> dict[str, list[str]]:
    path = Path(__file__).parent / "combinations.toml"
    return dict(tomllib.loads(path.read_text(encoding="utf-8"))["emoji"])


@cache
def _emoji() -> dict[str, str]:
    return {sign: _word_for(sign) for signs in _emoji_table().values() for sign in signs}


def _word_for(sign: str) -> str:
    return "emoji" + "".join(chr(ord("a") + int(digit, 16)) for digit in f"{ord(sign[0]):x}")


def _spelt(part: str) -> str:
    """A part of an entry in plain spelling, its mark kept."""
    head, tail = part[:1] if part[:1] == "*" else "", part[-1:] if part[-1:] in "*~" else ""
    return head + plain(part.strip("*~")) + tail

"""Which concepts a text speaks of, by a file of each language's words (`languages/`).

An entry is a word (`uncle`), a beginning (`secret*`), an ending (`*tute`), a Turkish verb whose negated forms are meant
(`soyle~`), or several of these in a row (`no_idea`). Where a language does not part its words, an entry is found
anywhere.
"""

from __future__ import annotations

import re
import tomllib
from collections import defaultdict
from collections.abc import Iterable, Sequence
from functools import cache, cached_property
from pathlib import Path

from emulator_models.child_safety.spelling import plain, spaced_out

Places = dict[str, list[int]]
"""Concept to the places of its words, ascending."""
Entry = tuple[str, tuple[str, ...]]
"""A concept, and the words that must follow."""

FIELD_GAP, CLAUSE_GAP, STRANGE_GAP = 2, 1, 100
"""Words' distance from one field or sentence to the next, from one clause to the next, and where nothing may meet."""
CHARACTERS_A_WORD = {"ja": 3, "zh": 2}
"""Languages that do not part their words, and how long one is."""
SPACED_OUT_WORD = 5
"""Characters of a word in what is spelt letter by letter."""
_SHORTEST_INSIDE = 3

_HERE = Path(__file__).parent
_WORD = re.compile(r"(?:[^\W_]|[\u0900-\u0963])+|[,;:،؛、，；：]")
_SENTENCE_ENDS = re.compile(r"(?<=[.!?…。！？؟।])\s+|(?<=[。！？])|\n+")
_UNPARTED = re.compile(r"[\u3040-\u30ff\u4e00-\u9fff]")
_NEGATED = re.compile(r"m(?:[ae](?:z\w*|d[ae]n|s[iu]n\w*|y[ae]n\w*|y[ae]c\w*|m[ae]\w+|d[iu]\w*|y[iu]n?|m)|[iu]yor\w*)")
_SHORT_NOT = re.compile(r"n't\b|\bcannot\b")
_ARABIC_PREFIXES = re.compile(r"(?:[وفبلك]?ال|لل|[وفبلس])(?=\w{3})")


class Lexicon:
    """The words of one language."""

    def __init__(self, language: str, table: dict[str, str]) -> None:
        self.language = language
        self.reach = CHARACTERS_A_WORD.get(language, 1)
        """Places a word takes."""
        self._whole: dict[str, list[Entry]] = defaultdict(list)
        self._starts: dict[str, list[Entry]] = defaultdict(list)
        self._ends: dict[str, list[Entry]] = defaultdict(list)
        self._negated: dict[str, list[Entry]] = defaultdict(list)
        self._found: dict[str, list[Entry]] = {}
        self._table = table
        if self.reach == 1:
            for concept, entries in table.items():
                for entry in entries.split():
                    self._add(concept, entry)

    @cached_property
    def _inside(self) -> dict[str, re.Pattern[str]]:
        shortest = 1 if self.reach > 1 else _SHORTEST_INSIDE
        return {concept: _anywhere(entries.split(), shortest) for concept, entries in self._table.items()}

    def _add(self, concept: str, entry: str) -> None:
        first, *rest = [_spelt(part) for part in re.split("[_'-]", entry)]
        for mark, kind in (("*", self._starts), ("~", self._negated)):
            if first.endswith(mark):
                kind[first[:-1]].append((concept, tuple(rest)))
                return
        if first.startswith("*"):
            self._ends[first[1:]].append((concept, tuple(rest)))
        else:
            self._whole[first].append((concept, tuple(rest)))

    def places(self, text: Text) -> Places:
        """Where each concept is spoken of."""
        return self.places_inside(text.joined, text.gap) if self.reach > 1 else self._places_of_words(text.stream)

    def places_inside(self, sentences: Sequence[str], gap: int) -> Places:
        """The same anywhere in sentences without spaces, a place a character, `gap` words between two of them."""
        places: Places = defaultdict(list)
        at = 0
        for told in sentences:
            for concept, pattern in self._inside.items():
                if spots := [at + found.start() for found in pattern.finditer(told)]:
                    places[concept] += spots
            at += len(told) + gap * self.reach
        return places

    def _places_of_words(self, stream: Sequence[tuple[str, int]]) -> Places:
        words = [word for word, _ in stream]
        places: Places = defaultdict(list)
        for at, (word, spot) in enumerate(stream):
            for concept, rest in self._entries(word):
                if not rest or self._follow(rest, words[at + 1 : at + 1 + len(rest)]):
                    places[concept].append(spot)
        return places

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
        if self.language == "ar" and (bare := _ARABIC_PREFIXES.sub("", word, count=1)) != word:
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


class Text:
    """What is judged, read once for all languages; `gap` words from one sentence to the next."""

    def __init__(self, texts: Iterable[str], gap: int) -> None:
        self.gap = gap
        self.stream: list[tuple[str, int]] = []
        """All words, each with its place; a comma takes one too."""
        self.joined: list[str] = []
        """The sentences without spaces, of those that are written without them."""
        spot = 0
        for text in texts:
            for sentence in filter(None, _SENTENCE_ENDS.split(text)):
                tokens = _tokens(sentence)
                self.stream += [(word, spot + at) for at, word in enumerate(tokens) if word[0].isalnum()]
                spot += len(tokens) + gap
                if _UNPARTED.search(sentence):
                    self.joined.append("".join(token for token in tokens if token[0].isalnum()))


def _tokens(text: str) -> list[str]:
    """The words of a text as the files spell them, and its commas; what an emoji shows is a word."""
    if not text.isascii():
        for emoji, word in _emoji().items():
            text = text.replace(emoji, f" {word} ")
    return _WORD.findall(_SHORT_NOT.sub(" not", plain(text)))


def letters_of(texts: Iterable[str]) -> list[str]:
    """What is written letter by letter in the texts."""
    return [word for text in texts for word in spaced_out(text)]


@cache
def lexicons() -> tuple[Lexicon, ...]:
    """One of each language, each with the emoji and the words of every language too."""
    shared = {concept: " ".join(_word_for(sign) for sign in signs) for concept, signs in _emoji_table().items()}
    read = []
    everywhere = _table(_HERE / "languages" / "any.toml")
    for path in sorted((_HERE / "languages").glob("??.toml")):
        table = _table(path)
        names = {*table, *shared, *everywhere}
        merged = {name: f"{table.get(name, '')} {shared.get(name, '')} {everywhere.get(name, '')}" for name in names}
        read.append(Lexicon(path.stem, merged))
    return tuple(read)


def _table(path: Path) -> dict[str, str]:
    """The concepts of all sections."""
    sections: dict[str, dict[str, str]] = tomllib.loads(path.read_text(encoding="utf-8"))
    return {concept: words for section in sections.values() for concept, words in section.items()}


@cache
def _emoji_table() -> dict[str, list[str]]:
    return dict(tomllib.loads((_HERE / "rules.toml").read_text(encoding="utf-8"))["emoji"])


@cache
def _emoji() -> dict[str, str]:
    return {sign: _word_for(sign) for signs in _emoji_table().values() for sign in signs}


def _word_for(sign: str) -> str:
    return "emoji" + "".join(chr(ord("a") + int(digit, 16)) for digit in f"{ord(sign[0]):x}")


def _anywhere(entries: Iterable[str], shortest: int) -> re.Pattern[str]:
    """A pattern of all entries as parts of a longer text, the longest first."""
    parts = {re.sub(r"[\W_]+", "", plain(entry)) for entry in entries}
    listed = sorted((part for part in parts if len(part) >= shortest), key=len, reverse=True)
    return re.compile("|".join(map(re.escape, listed)) or r"(?!)")


def _spelt(part: str) -> str:
    """A part of an entry in plain spelling, its mark kept."""
    head, tail = part[:1] if part[:1] == "*" else "", part[-1:] if part[-1:] in "*~" else ""
    return head + plain(part.strip("*~")) + tail

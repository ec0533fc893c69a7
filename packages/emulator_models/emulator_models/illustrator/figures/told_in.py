"""What a family tells of looks in German, French or Spanish, in the English words that a figure is drawn from."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

_TOKEN = re.compile(r"\w+(?:[-'’]\w+)*|[,.;:()]")
_ENGLISH_TOO = "an her his he she who is are robe of tan rose kind arm tiger rock bonnet cape pull mat"


class _Language:
    """The words of one language."""

    def __init__(self, table: Mapping[str, object]) -> None:
        self.small: Mapping[str, str] = table["small"]  # type: ignore[assignment]
        self.nouns: Mapping[str, str] = table["nouns"]  # type: ignore[assignment]
        self.kinds: Mapping[str, str] = table["kinds"]  # type: ignore[assignment]
        beginnings: Mapping[str, str] = table["adjectives"]  # type: ignore[assignment]
        endings = str(table["endings"]).split("|")
        self.adjectives = {start + ending: word for start, word in beginnings.items() for ending in endings}
        self.describes_after = table["describes"] == "after"

    def share(self, words: list[str]) -> int:
        """How many of the words are its own."""
        return sum(word in self.small or word in self.nouns or word in self.adjectives for word in words)

    def translated(self, words: list[str]) -> Iterator[str]:
        """The words in English; what is said of a noun after it ("cheveux bruns") after a colon."""
        last_was_noun = False
        for word in words:
            noun, adjective = self.nouns.get(word), self.adjectives.get(word)
            if noun is None and adjective and last_was_noun and self.describes_after:
                yield ":"
            last_was_noun = noun is not None
            yield noun or adjective or self.small.get(word, word)


def in_english(text: str) -> str:
    """The text in English, word by word, where it is more German, French or Spanish than that; else as it is."""
    words = _TOKEN.findall(_plain(text))
    language = max(_languages(), key=lambda one: one.share(words))
    if language.share(words) <= sum(word in _english() for word in words):
        return text
    return " ".join(language.translated(words))


def kind_in_english(species: str) -> str:
    """The English word for a kind ("Hund", "renard"); one that no table has is left as it is."""
    word = _plain(species.strip())
    return next((language.kinds[word] for language in _languages() if word in language.kinds), species)


def _plain(text: str) -> str:
    return "".join(
        letter for letter in unicodedata.normalize("NFKD", text.lower()) if not unicodedata.combining(letter)
    )


@cache
def _english() -> frozenset[str]:
    """The words that others are put into, and some that look like another language's."""
    told = [word for one in _languages() for words in (one.small, one.nouns, one.adjectives) for word in words.values()]
    return frozenset(" ".join([*told, _ENGLISH_TOO]).split())


@cache
def _languages() -> tuple[_Language, ...]:
    tables = tomllib.loads(Path(__file__).with_name("told_in.toml").read_text(encoding="utf-8"))
    return tuple(_Language(table) for table in tables.values())

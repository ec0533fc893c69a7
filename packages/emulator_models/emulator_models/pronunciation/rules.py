"""Spelling to sound by rules: at each place of a word the first rule that fits says what its letters sound like."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from importlib.resources import files

_VOWELS = frozenset("aeiouyøœəɐɑɔɛɪʊʏæʌɜ")
_GLIDE = "̯"  # under the lesser part of a diphthong


@dataclass(frozen=True)
class Language:
    """How a language is spelt, from `data/<language>.toml`."""

    rules: tuple[tuple[re.Pattern[str], str], ...]
    words: dict[str, str]
    lists: dict[str, frozenset[str]]

    @classmethod
    def read(cls, language: str, **parts: str) -> Language:
        """The language; each `{part}` in its rules is replaced by the pattern of that name."""
        table = tomllib.loads(files(__package__).joinpath("data", f"{language}.toml").read_text())
        lines = [line.split() for line in table.pop("rules").strip().splitlines()]
        for name, pattern in parts.items():
            lines = [[letters.replace(f"{{{name}}}", pattern), *sounds] for letters, *sounds in lines]
        rules = tuple((re.compile(letters), "".join(sounds)) for letters, *sounds in lines)
        return cls(rules, table.pop("words", {}), {name: frozenset(words.split()) for name, words in table.items()})

    def sounds(self, letters: str) -> str:
        """The sounds of a word in IPA without its stress; a letter that no rule knows is mute."""
        if letters in self.words:
            return self.words[letters]
        said, at = [], 0
        while at < len(letters):
            for pattern, sounds in self.rules:
                if (found := pattern.match(letters, at)) and found.end() > at:
                    said.append(sounds)
                    at = found.end()
                    break
            else:
                at += 1
        return "".join(said)


def stressed(sounds: str, syllable: int) -> str:
    """The sounds with `ˈ` before the vowel of that syllable: from 0, or from -1 at the end; at the nearest there is."""
    starts = [at for at, sound in enumerate(sounds) if sound in _VOWELS and not sounds.startswith(_GLIDE, at + 1)]
    if not starts:
        return sounds
    place = starts[max(min(syllable, len(starts) - 1), -len(starts))]
    return f"{sounds[:place]}ˈ{sounds[place:]}"

"""Pronunciation: how the words of a language other than English sound, from their letters, with the voice's own sounds.

The voice knows the sounds of American English; `voice_sounds` says which of them is nearest to each other one.
"""

from __future__ import annotations

from functools import lru_cache
from importlib import import_module
from unicodedata import normalize

from emulator_models.pronunciation.voice_sounds import in_the_voice

_MODULES = {"de": "german", "es": "spanish", "fr": "french"}
LANGUAGES = frozenset(_MODULES)


@lru_cache(maxsize=4096)
def phonemes(word: str, language: str) -> str:
    """The voice's phonemes of a word of letters in one of `LANGUAGES`, the stressed vowel marked."""
    return in_the_voice(ipa(word, language))


def ipa(word: str, language: str) -> str:
    """The word in the International Phonetic Alphabet, `ˈ` before its stressed vowel."""
    rules = import_module(f"{__name__}.{_MODULES[language]}")  # with the first word: most books need none of them
    return str(rules.ipa(normalize("NFC", word.lower().replace("’", "'"))))

"""Spanish as it is spoken in most of America: `c` and `z` as `s`, `ll` as `y`."""

from __future__ import annotations

import re

from emulator_models.pronunciation.rules import Language, stressed

_SPANISH = Language.read("es")
_MUTE_U = re.compile(r"(?<=[gq])u(?=[eiéí])")
_SYLLABLE = re.compile(r"[aeoáéó](?:[iu](?![aeoáéó]))?|[iu](?=[aeoáéó])[aeoáéó](?:[iu])?|[iíuúü]")
_ACCENTED = frozenset("áéíóú")


def ipa(word: str) -> str:
    """A word of small letters in IPA."""
    sounds = _SPANISH.sounds(word)
    if word in _SPANISH.lists["unstressed"]:
        return sounds
    syllables = [found[0] for found in _SYLLABLE.finditer(_MUTE_U.sub("", word))]
    accented = [at for at, syllable in enumerate(syllables) if _ACCENTED & set(syllable)]
    if accented:
        return stressed(sounds, accented[0] - len(syllables))
    return stressed(sounds, -2 if word[-1] in "aeiouns" else -1)

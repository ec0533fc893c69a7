"""French, by the rules of its spelling; words whose letters deceive are listed."""

from __future__ import annotations

from emulator_models.pronunciation.rules import Language, stressed

_FRENCH = Language.read("fr")


def ipa(word: str) -> str:
    """A word of small letters in IPA, what is elided before it included: `l'oiseau` is `lwazˈo`."""
    elided, mark, own = word.partition("'")
    if word in _FRENCH.words or elided + mark not in _FRENCH.lists["elided"]:
        elided, own = "", word
    opening = _FRENCH.sounds(f"{elided}e").removesuffix("ə") if elided else ""
    sounds = _FRENCH.sounds(own)
    if word in _FRENCH.lists["unstressed"]:
        return opening + sounds
    return opening + stressed(sounds, -2 if sounds.endswith("ə") else -1)

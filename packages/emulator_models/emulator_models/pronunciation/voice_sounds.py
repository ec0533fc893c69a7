"""The nearest that the voice has to each sound: it was taught American English alone."""

from __future__ import annotations

import re

_NEAREST = {
    "aɪ̯": "I", "aʊ̯": "W", "ɔʏ̯": "Y", "oɪ̯": "Y", "eɪ̯": "A",
    "ɑ̃": "ɑn", "ɛ̃": "æn", "ɔ̃": "ɔn", "œ̃": "ʌn",
    "ts": "ts", "tʃ": "ʧ", "dʒ": "ʤ",
    "a": "ɑ", "e": "A", "o": "O", "y": "u", "ʏ": "ʊ", "ø": "ɜɹ", "œ": "ʌ", "ɐ": "ə",
    "ç": "ʃ", "x": "h", "ʁ": "ɹ", "r": "ɹ", "ɾ": "T", "ɲ": "nj", "ʝ": "j", "ʎ": "j", "ɥ": "w",
    "β": "b", "ɣ": "ɡ", "i̯": "j", "u̯": "w", "ː": "",
}  # fmt: skip
_KNOWN = re.compile("|".join(sorted(_NEAREST, key=len, reverse=True)))


def in_the_voice(ipa: str) -> str:
    """IPA with each sound that the voice lacks by its nearest; stress stays where it is."""
    return _KNOWN.sub(lambda found: _NEAREST[found[0]], ipa)

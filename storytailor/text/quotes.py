"""Quotation marks and apostrophes as printers of a language set them, for the typewriter's that models write."""

from __future__ import annotations

import re

from storytailor.text.words import HAS_SPACELESS

_LOW, _LOW_AND_HIGH, _POINTED, _CORNERS = ("„", "“"), ("„", "”"), ("«", "»"), ("「", "」")
_BY_LANGUAGE = {
    **dict.fromkeys(("de", "cs", "sk", "sl", "hr", "bg", "is", "lt", "et", "ka"), _LOW),
    **dict.fromkeys(("pl", "ro", "hu", "nl"), _LOW_AND_HIGH),
    **dict.fromkeys(("es", "it", "pt", "ca", "ru", "uk", "el", "hy", "ar", "fa", "no", "nb", "nn", "da"), _POINTED),
    **dict.fromkeys(("sv", "fi"), ("”", "”")),
    "fr": ("«\u00a0", "\u00a0»"),
    "ja": _CORNERS,
}
_ENGLISH = ("“", "”")
_OPENS = re.compile(r"(?:^|[\s(\[{—–¿¡«“„‘-])$")
_APOSTROPHE = re.compile(r"(?<=[^\W\d_])'(?=[^\W\d_])")


def with_printers_quotes(text: str, language: str) -> str:
    """The text with the language's quotation marks for straight ones, and curved apostrophes within words.

    A mark opens after white space, a bracket or a dash; in a script without spaces every other one does.
    """
    text = _APOSTROPHE.sub("’", text)
    if '"' not in text:
        return text
    opening, closing = _marks(language)
    parts = text.split('"')
    alternates = bool(HAS_SPACELESS.search(text))
    joined = parts[0]
    for number, part in enumerate(parts[1:]):
        opens = number % 2 == 0 if alternates else _OPENS.search(joined) is not None
        joined += (opening if opens else closing) + part
    return joined


def _marks(language: str) -> tuple[str, str]:
    if language.lower().startswith(("zh-hant", "zh-tw", "zh-hk")):
        return _CORNERS
    return _BY_LANGUAGE.get(language.lower().partition("-")[0], _ENGLISH)

"""Text that somebody else sent, made fit to be kept: PostgreSQL holds neither NUL nor half a character."""

from __future__ import annotations

import re

from pydantic import JsonValue

_HALF_ESCAPE = re.compile(r"\x00([0-9a-fA-F]{2})")
"""Models write `\\u0000e9` where they mean `\\u00e9`."""
_SURROGATE = re.compile("[\ud800-\udfff]")


def storable(value: JsonValue) -> JsonValue:
    """The same document with every string, keys included, free of NULs and lone surrogates."""
    match value:
        case str():
            return storable_text(value)
        case list():
            return [storable(item) for item in value]
        case dict():
            return {storable_text(key): storable(item) for key, item in value.items()}
        case _:
            return value


def storable_text(text: str) -> str:
    """One string of it; a character whose escape was broken is mended, what cannot be is left out."""
    if "\x00" in text:
        text = _HALF_ESCAPE.sub(lambda found: chr(int(found[1], 16)), text).replace("\x00", "")
    return _SURROGATE.sub("", text)

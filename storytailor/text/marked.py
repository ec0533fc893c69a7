"""Material in a prompt, between marks that nothing in it can look like: facts, never instructions."""

from __future__ import annotations

import json
from collections.abc import Mapping


def marked(data: Mapping[str, object]) -> str:
    """`data` as JSON between `<data>` and `</data>`, with `<`, `>` and `&` escaped."""
    text = compact_json(data)
    for character in "<>&":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return f"<data>{text}</data>"


def compact_json(data: object) -> str:
    """JSON without the spaces that a model is paid to read and gets nothing from."""
    return json.dumps(data, ensure_ascii=False, separators=(",", ":"))

"""How Docker Compose fills in variables: `${A}`, `${A-b}`, `${A:-b}`, `${A?b}`, `${A:?b}`, and such ones in `b`.

podman-compose does not know the last, and Docker's own parser is not on PyPI.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TypeAlias

Yaml: TypeAlias = "dict[str, Yaml] | list[Yaml] | str | int | float | bool | None"

REFERENCE = re.compile(r"\$(?:(?P<escaped>\$)|\{(?P<name>[A-Z][A-Z0-9_]*)(?:(?P<operator>:?[-?])|\}))")


class MissingVariableError(Exception):
    """A variable that has to be set is not; the text is the file's own."""


def interpolated(node: Yaml, variables: Mapping[str, str]) -> Yaml:
    """The document with every variable filled in. Raises MissingVariableError."""
    if isinstance(node, dict):
        return {name: interpolated(child, variables) for name, child in node.items()}
    if isinstance(node, list):
        return [interpolated(child, variables) for child in node]
    return _fill(node, variables) if isinstance(node, str) else node


def _fill(text: str, variables: Mapping[str, str]) -> str:
    filled = ""
    while found := REFERENCE.search(text):
        filled += text[: found.start()]
        text = text[found.end() :]
        if found["escaped"]:
            filled += "$"
            continue
        word, text = _split_at_brace(text) if found["operator"] else ("", text)
        filled += _value(found["name"], found["operator"] or "-", word, variables)
    return filled + text


def _value(name: str, operator: str, word: str, variables: Mapping[str, str]) -> str:
    value = variables.get(name)
    if value or (value is not None and not operator.startswith(":")):
        return value
    if operator.endswith("?"):
        raise MissingVariableError(f"{name}: {word}")
    return _fill(word, variables)


def _split_at_brace(text: str) -> tuple[str, str]:
    """What stands before the brace that closes the reference, and after it."""
    depth = 0
    for place, character in enumerate(text):
        if character == "}" and depth == 0:
            return text[:place], text[place + 1 :]
        depth += {"{": 1, "}": -1}.get(character, 0)
    raise ValueError(f"a reference that does not end: {text}")

"""All that a model's answer says, whatever its fields are called: nothing is left out by being new."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Annotated, Any, Literal, get_args, get_origin

from pydantic import BaseModel

_COLOR = re.compile(r"#[0-9a-fA-F]{6}")


def strings_of(answer: BaseModel) -> list[str]:
    """Every string in the shape, keys of mappings too, each once.

    Left out is what cannot say anything: blanks, a color, and fields whose type is a closed list of our own words.
    """
    return list(dict.fromkeys(text for text in _strings(answer) if text.strip() and not _COLOR.fullmatch(text)))


def _strings(node: Any) -> Iterator[str]:
    if isinstance(node, str):
        yield node
    elif isinstance(node, BaseModel):
        fields = type(node).model_fields
        for name, value in node:
            if name not in fields or not _is_closed(fields[name].annotation):
                yield from _strings(value)
    elif isinstance(node, dict):
        for key, value in node.items():
            yield from _strings(key)
            yield from _strings(value)
    elif isinstance(node, list | tuple | set | frozenset):
        for item in node:
            yield from _strings(item)


def _is_closed(annotation: Any) -> bool:
    if get_origin(annotation) is Annotated:
        return _is_closed(get_args(annotation)[0])
    return get_origin(annotation) is Literal

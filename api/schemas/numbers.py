"""Kinds of number that people may send."""

from __future__ import annotations

from typing import Annotated

from pydantic import BeforeValidator


def _a_number(value: object) -> object:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ValueError("a whole number is expected")
    return value


WholeNumber = Annotated[int, BeforeValidator(_a_number)]
"""JSON Schema's integer: 6 and 6.0, but neither "6" nor true."""

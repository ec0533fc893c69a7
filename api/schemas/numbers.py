"""Kinds of number that people may send."""

from __future__ import annotations

from pydantic import BeforeValidator


def _a_number(value: object) -> object:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ValueError("a whole number is expected")
    return value


A_WHOLE_NUMBER = BeforeValidator(_a_number)
"""With `int` and after its bounds: JSON Schema's integer, 6 and 6.0, but neither "6" nor true."""

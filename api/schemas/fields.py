"""Kinds of text and numbers that people may send."""

from __future__ import annotations

from pydantic import AfterValidator, BeforeValidator

from storytailor.text.cleaning import is_visible, plain_line, without_invisible
from storytailor.text.languages import language_tag
from storytailor.text.typefaces import describe_unprintable, unprintable, without_lacking_symbols

LINE = r"^[^\x00-\x1f\x7f-\x9f]*[^\x00-\x1f\x7f-\x9f\s][^\x00-\x1f\x7f-\x9f]*$"
"""One line: no control characters, and something besides spaces."""
LINES = r"^[^\x00-\x08\x0b-\x1f\x7f-\x9f]*$"
"""Several lines: tabs and line feeds, but no other control character."""


def _printed(text: str) -> str:
    kept = without_lacking_symbols(plain_line(text)).strip()
    if not is_visible(kept):
        raise ValueError("nothing of this can be seen in print: write it with letters")
    if lacking := unprintable(kept):
        raise ValueError(describe_unprintable(lacking))
    return kept


PRINTED = AfterValidator(_printed)
"""With a line: kept as it can be printed, without emoji and invisible characters.

Refused when nothing is left, or a letter that no typeface has.
"""
VISIBLE = AfterValidator(without_invisible)
"""With lines: kept without what nobody sees, such as marks of direction or letters of no width."""
LANGUAGE = AfterValidator(language_tag)
"""With a string: a language that books can be printed in, in its usual spelling."""


def _whole_number(value: object) -> object:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ValueError("a whole number is expected")
    return value


WHOLE_NUMBER = BeforeValidator(_whole_number)
"""With `int` and after its bounds: JSON Schema's integer, 6 and 6.0, but neither "6" nor true."""


def all_different(what: str) -> AfterValidator:
    """With a list: the same thing twice is refused."""

    def check(values: list[object]) -> list[object]:
        if len(set(values)) < len(values):
            raise ValueError(f"each {what} at most once")
        return values

    return AfterValidator(check)

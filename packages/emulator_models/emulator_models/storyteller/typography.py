"""Setting the expanded text: quotation marks, capitals, spaces; and plain text that none of it may touch."""

from __future__ import annotations

import re

_FIRST_PRIVATE = 0xE000
_PRIVATE = re.compile(r"[\ue000-\uf8ff]")


class Verbatim:
    """Names and titles on their way through the grammar: each is one private character until the end."""

    def __init__(self) -> None:
        self._texts: list[str] = []

    def keep(self, text: str) -> str:
        """The character that stands for the text."""
        if text not in self._texts:
            self._texts.append(text)
        return chr(_FIRST_PRIVATE + self._texts.index(text))

    def restore(self, text: str) -> str:
        """The text with every kept text back in its place."""
        return _PRIVATE.sub(self._original, text)

    def _original(self, found: re.Match[str]) -> str:
        index = ord(found.group()) - _FIRST_PRIVATE
        return self._texts[index] if index < len(self._texts) else ""


def one_line(text: str) -> str:
    """The text without control characters, line breaks or runs of spaces."""
    return " ".join("".join(c if c.isprintable() or c.isspace() or c == "\u200d" else "" for c in text).split())


def set_text(text: str, language: str = "en") -> str:
    """A paragraph as printed in that language."""
    text = re.sub(r" {2,}", " ", text).strip()
    # In French a question mark is followed by "demanda …" within the same sentence.
    ends = "[.…]" if language == "fr" else "[.!?…]"
    text = re.sub(rf"(^|{ends} )([a-zà-ÿ])", lambda found: found.group(1) + found.group(2).upper(), text)
    if language == "fr":
        return re.sub(r"(?<=«) | (?=[»!?;:])", "\u00a0", text.replace("'", "’"))
    if language == "en":
        text = re.sub(r'(^|[\s(—])"', r"\1“", text).replace('"', "”")
        text = re.sub(r"(^|[\s(—“])'(?=\w)", r"\1‘", text)
    return text.replace("'", "’")


def listed(items: list[str], word: str = "and") -> str:
    """`a`, `a and b`, `a, b and c`; Spanish `y` gives way to `e` before an i."""
    if len(items) < 2:
        return "".join(items)
    return f"{', '.join(items[:-1])} {word} {items[-1]}"


def with_article(noun: str) -> str:
    """`a fox`, `an owl`."""
    return f"{'an' if noun[:1].lower() in 'aeiou' else 'a'} {noun}"


def words_in(text: str) -> int:
    """How many words a narrator would read."""
    return len(text.split())

"""A family's words, kept out of logs: who makes something of them says so, and what is logged then is without them.

Providers quote what they refuse, and exceptions show the values they are about: neither can be told beforehand.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator
from contextvars import ContextVar

INSTEAD = "[…]"
SHORTEST_PART = 4
"""Letters of a word of a name that tell of it; a quotation may be cut within it."""
RUN = 3
"""Words in a row that tell where they are from; fewer are anybody's."""
_WORD = re.compile(r"\w+")
_VALUES = re.compile(r"(?m)(\bDETAIL: ).*$|(\binput_value=).*(?=, input_type=)")
"""What PostgreSQL and pydantic show of a row or a request."""

_withheld: ContextVar[tuple[re.Pattern[str] | None, frozenset[tuple[str, ...]]]] = ContextVar(
    "withheld", default=(None, frozenset())
)


def withhold(names: Collection[str], phrases: Collection[str] = (), texts: Iterable[str] = ()) -> None:
    """From now on, in this task, these are left out: each word of a name; titles and themes whole, and their longer
    words; of texts, words in a row.
    """
    said = {" ".join(phrase.split()) for phrase in (*names, *phrases)}
    said |= {word for name in names for word in _WORD.findall(name) if len(word) > 1}
    said |= {part for name in names for word in _WORD.findall(name) for part in _cut_short(word)}
    said |= {word for phrase in phrases for word in _WORD.findall(phrase) if len(word) > RUN}
    found = sorted(filter(None, said), key=len, reverse=True)
    pattern = re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, found))})(?!\w)", re.IGNORECASE) if found else None
    _withheld.set((pattern, frozenset(run for text in texts for run in _runs(_words(text)))))


def _cut_short(word: str) -> Iterator[str]:
    """What a quotation that ends, or begins, within a long word leaves of it."""
    for length in range(max(SHORTEST_PART, (len(word) + 1) // 2), len(word)):
        yield word[:length]
        yield word[-length:]


def without_words(text: str) -> str:
    """The text without what is withheld here, and without the values that databases and validators show."""
    pattern, runs = _withheld.get()
    text = _VALUES.sub(lambda shown: (shown[1] or shown[2]) + INSTEAD, text)
    if pattern is not None:
        text = pattern.sub(INSTEAD, text)
    return _without_runs(text, runs) if runs else text


def _without_runs(text: str, runs: frozenset[tuple[str, ...]]) -> str:
    places = [found.span() for found in _WORD.finditer(text)]
    words = _words(text)
    left, cut = [], 0
    covered = [False] * len(words)
    for start, run in enumerate(_runs(words)):
        if run in runs:
            covered[start : start + RUN] = [True] * RUN
    for (begin, end), hidden in zip(places, covered, strict=True):
        if hidden:
            left.append(text[cut:begin])
            cut = end
    left.append(text[cut:])
    return re.sub(r"(?:\W*\[…\])+", f" {INSTEAD}", INSTEAD.join(left)).lstrip() if any(covered) else text


def _words(text: str) -> list[str]:
    return [word.casefold() for word in _WORD.findall(text)]


def _runs(words: list[str]) -> list[tuple[str, ...]]:
    return [tuple(words[start : start + RUN]) for start in range(len(words) - RUN + 1)]

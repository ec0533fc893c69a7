"""Whose time is whose: a text's characters, matched with those that a voice says it has spoken.

Voices give a text back trimmed, in another of Unicode's normal forms, with other quotation marks or a few letters
changed. What is alike is matched, and the rest lies between its neighbours; what is alike too little is another text.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from difflib import SequenceMatcher
from unicodedata import category, normalize

from storytailor.errors import TransientError

Span = tuple[float, float]
"""When something starts and ends, in seconds."""

MOST_UNLIKE, FEW = 0.05, 3
"""Of the letters and digits so many may have no match, or, of a short text, so few."""
MOST_UNLIKE_IN_A_ROW = 20
"""More letters on end than these are over a second of speech, of which nobody knows when each was heard."""
MARK_SECONDS = 0.08
"""So long a quotation mark or a full stop is lit at most beside a pause."""
MOST_IN_A_REGION = 200
"""A stretch of so many letters without a single word in common is not looked into: that would take long."""
_TOKEN = re.compile(r"[^\W_]+|\S")


def spans_by_character(text: str, heard: Sequence[str], spans: Sequence[Span]) -> list[Span | None]:
    """The time of each code point of the text, None where it has none of its own.

    Each piece of `heard` may be several code points. Raises TransientError for what was not spoken from this text.
    """
    if "".join(heard) == text:
        return [span for piece, span in zip(heard, spans, strict=True) for _ in piece]
    own, theirs = _units(text), _units(heard)
    pairs = list(_matched("".join(unit for unit, _ in own), "".join(unit for unit, _ in theirs)))
    _must_be_alike(own, theirs, pairs)
    found: list[Span | None] = [None] * len(text)
    for mine, other in pairs:
        at, (start, end) = own[mine][1], spans[theirs[other][1]]
        known = found[at]
        found[at] = (min(known[0], start), max(known[1], end)) if known else (start, end)
    return found


def filled(text: str, spans: Sequence[Span | None], most: float) -> list[Span]:
    """Every code point's time: those without one share what lies between their neighbours. `most` is the last moment.

    Where there is white space a long pause is its: marks take little of it, and stand at their word.

    Before the first and after the last that is known they go on at the pace of the rest.
    """
    known = [at for at, span in enumerate(spans) if span]
    if not known:
        return [(0.0, 0.0)] * len(spans)
    whole = [span or (0.0, 0.0) for span in spans]
    first, last = known[0], known[-1]
    pace = (whole[last][1] - whole[first][0]) / (last - first + 1)
    edges = [(-1, max(0.0, whole[first][0] - pace * first))]
    edges += [(at, whole[at][1]) for at in known]
    nexts = [(at, whole[at][0]) for at in known]
    nexts.append((len(spans), min(most, whole[last][1] + pace * (len(spans) - 1 - last))))
    for (before, start), (after, end) in zip(edges, nexts, strict=True):
        reached = start
        for at, seconds in enumerate(_shares(text[before + 1 : after], max(end - start, 0.0)), before + 1):
            whole[at] = (reached, reached + seconds)
            reached += seconds
    return whole


def _shares(gap: str, seconds: float) -> list[float]:
    """How much of the gap's time each of its code points takes."""
    each = seconds / max(len(gap), 1)
    spaces = sum(map(str.isspace, gap))
    if not spaces or any(map(str.isalnum, gap)):
        return [each] * len(gap)
    a_mark = min(each, MARK_SECONDS)
    a_space = (seconds - a_mark * (len(gap) - spaces)) / spaces
    return [a_space if character.isspace() else a_mark for character in gap]


def _units(pieces: Iterable[str]) -> list[tuple[str, int]]:
    """What is compared: each piece in its plainest form, code point by code point, with the piece's number.

    White space is a space, and marks that are not seen are left out.
    """
    return [
        (" " if unit.isspace() else unit, number)
        for number, piece in enumerate(pieces)
        for unit in normalize("NFKD", piece.casefold())
        if category(unit) != "Cf" and not "\ufe00" <= unit <= "\ufe0f"
    ]


def _matched(own: str, theirs: str) -> Iterator[tuple[int, int]]:
    """Which unit of one is which of the other, in order; spaces are none's. By words first, since that is quick."""
    if own.replace(" ", "") == theirs.replace(" ", ""):
        yield from zip(*([at for at, unit in enumerate(text) if unit != " "] for text in (own, theirs)), strict=True)
        return
    words, others = list(_TOKEN.finditer(own)), list(_TOKEN.finditer(theirs))
    matcher = SequenceMatcher(None, [m.group() for m in words], [m.group() for m in others], autojunk=False)
    for kind, a, a_end, b, b_end in matcher.get_opcodes():
        if kind == "equal":
            for word, other in zip(words[a:a_end], others[b:b_end], strict=True):
                yield from zip(range(*word.span()), range(*other.span()), strict=True)
        elif kind == "replace":
            mine, yours = words[a].start(), others[b].start()
            letters, heard = own[mine : words[a_end - 1].end()], theirs[yours : others[b_end - 1].end()]
            if max(len(letters), len(heard)) <= MOST_IN_A_REGION:
                for i, j, size in SequenceMatcher(None, letters, heard, autojunk=False).get_matching_blocks():
                    yield from ((mine + i + n, yours + j + n) for n in range(size) if letters[i + n] != " ")


def _must_be_alike(
    own: Sequence[tuple[str, int]], theirs: Sequence[tuple[str, int]], pairs: Sequence[tuple[int, int]]
) -> None:
    mine, others = {a for a, _ in pairs}, {b for _, b in pairs}
    letters = [at in mine for at, (unit, _) in enumerate(own) if unit.isalnum()]
    surplus = sum(unit.isalnum() and at not in others for at, (unit, _) in enumerate(theirs))
    unlike = max(letters.count(False), surplus)
    row = max(map(len, "".join("·" if matched else "x" for matched in letters).split("·")), default=0)
    if unlike > max(FEW, MOST_UNLIKE * len(letters)) or row > MOST_UNLIKE_IN_A_ROW:
        raise TransientError(
            "The narration did not match the story's words.",
            remedy=f"The voice's times are for another text: of {len(letters)} letters {unlike} differ.",
        )

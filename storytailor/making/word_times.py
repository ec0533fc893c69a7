"""When each word is heard: the voice's times, held against the sound they came with.

What is a little wrong is mended, so that no word is off by more than a fifth of a second for it; what is more than
that is a TransientError that says what is wrong, since voices give broken times now and right ones the next time.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from itertools import accumulate, groupby, pairwise
from statistics import median

from storytailor.errors import TransientError
from storytailor.making.alignment import Span, filled, spans_by_character
from storytailor.making.mp3 import Sounding
from storytailor.providers.elevenlabs import Speech
from storytailor.story import Word
from storytailor.text.words import WordSpan

EARLIEST_SECONDS = -1.0
"""A character that starts before the sound takes its neighbours' time; one that starts before this is no slip."""
MOST_BEYOND_SECONDS = 0.3
"""So much the last character may end after the sound does: encoders round, and the rest is clipped."""
MOST_SHORT_SECONDS = 1.0
"""So long something may be heard after the last word: breath, a laugh, a room."""
MOST_BACKWARD_SECONDS = 0.2
STILL_SECONDS_A_CHARACTER = 0.005
"""A word that is spoken faster has no time of its own."""
MOST_STILL_IN_A_ROW, MOST_STILL = 3, 0.2
"""A name that a voice leaves out stands alone; times that are stuck stand in a row, or are many."""
LEAST_LIT_SECONDS = 0.1
"""A word without a time of its own, and without room for one, is lit so long before and after its moment."""


def character_times(text: str, speech: Speech, sound: Sounding) -> list[Span]:
    """When each code point of a spoken text starts and ends, in order and within the sound.

    Raises TransientError for times that cannot be this text's in this sound.
    """
    if not len(speech.characters) == len(speech.starts) == len(speech.ends):
        raise _out_of_step("The voice's times do not belong to its text: there are more or fewer of them.")
    if not all(map(math.isfinite, [*speech.starts, *speech.ends])):
        raise _out_of_step("Some of the voice's times are no numbers.")
    spans = spans_by_character(text, speech.characters, list(zip(speech.starts, speech.ends, strict=True)))
    whole = filled(text, _in_order([_within(span, sound.seconds) for span in spans]), sound.seconds)
    spoken_until = max((end for (_, end), character in zip(whole, text, strict=True) if character.isalnum()), default=0)
    if sound.heard_until - spoken_until > MOST_SHORT_SECONDS:
        raise _out_of_step(
            f"The voice's times end {sound.heard_until - spoken_until:.1f} s before its sound does, "
            f"at {spoken_until:.1f} of {sound.heard_until:.1f} s."
        )
    return whole


def without(pause: str, speech: Speech) -> Speech:
    """The speech without the times of the pauses it was asked for: they are in no text, and some voices time them."""
    if not pause or len(speech.characters) != len(speech.starts) or len(speech.starts) != len(speech.ends):
        return speech
    said, borders = "".join(speech.characters), list(accumulate(map(len, speech.characters), initial=0))
    inside = [(found, found + len(pause)) for found in _places(pause, said)]
    kept = [number for number, at in enumerate(borders[:-1]) if not any(start <= at < end for start, end in inside)]
    parts = ([values[number] for number in kept] for values in (speech.starts, speech.ends))
    return Speech(speech.mp3, [speech.characters[number] for number in kept], *parts)


def _places(sought: str, text: str) -> Iterable[int]:
    at = text.find(sought)
    while at >= 0:
        yield at
        at = text.find(sought, at + len(sought))


def stitched(parts: Iterable[Sequence[Span]], lengths: Sequence[float]) -> list[Span]:
    """The times of texts whose recordings, of these lengths, follow one another."""
    shifts = accumulate(lengths, initial=0.0)
    return [(shift + start, shift + end) for shift, part in zip(shifts, parts, strict=False) for start, end in part]


def timed_words(found: Sequence[WordSpan], times: Sequence[Span]) -> list[Word]:
    """Each narrated word with the times of its first and last character, in order and never overlapping.

    Raises TransientError when too many of them have no time of their own.
    """
    sizes = [len(word.text) for word in found]
    spans = [(times[word.start][0], times[word.end - 1][1]) for word in found]
    paces = [(end - start) / size for size, (start, end) in zip(sizes, spans, strict=True)]
    still = [pace < STILL_SECONDS_A_CHARACTER for pace in paces]
    rows = [list(row) for stands, row in groupby(range(len(still)), key=still.__getitem__) if stands]
    if max(map(len, rows), default=0) > MOST_STILL_IN_A_ROW or sum(still) > max(1, MOST_STILL * len(still)):
        at = spans[rows[0][0]][0]
        raise _out_of_step(
            f"The voice's times stand still: {sum(still)} of {len(still)} words have none of their own, "
            f"the first at {at:.1f} s."
        )
    for row in rows:
        _light(spans, row, sizes, median(paces))
    return [
        Word(txt=word.text, start=round(start, 3), end=round(end, 3))
        for word, (start, end) in zip(found, spans, strict=True)
    ]


def _within(span: Span | None, seconds: float) -> Span | None:
    """The time clipped to the sound; none, where it cannot be. Raises TransientError for one that is far outside."""
    if span is None:
        return None
    start, end = span
    if start < EARLIEST_SECONDS:
        raise _out_of_step(f"The voice's times begin {-start:.1f} s before its sound does.")
    if max(start, end) > seconds + MOST_BEYOND_SECONDS:
        raise _out_of_step(f"The voice's times run beyond its sound: to {max(start, end):.1f} of {seconds:.1f} s.")
    return (min(start, seconds), min(end, seconds)) if start >= 0 else None


def _in_order(spans: list[Span | None]) -> list[Span | None]:
    """No start before an earlier one, no end after the next start. Raises TransientError for times that run back."""
    known = [(at, span) for at, span in enumerate(spans) if span]
    starts = list(accumulate((start for _, (start, _) in known), max))
    back = max((reached - start for reached, (_, (start, _)) in zip(starts, known, strict=True)), default=0.0)
    if back > MOST_BACKWARD_SECONDS:
        raise _out_of_step(f"The voice's times run backwards, by {back:.1f} s.")
    ordered = list(spans)
    for number, (at, (_, end)) in enumerate(known):
        following = starts[number + 1] if number + 1 < len(starts) else math.inf
        ordered[at] = (starts[number], min(max(end, starts[number]), following))
    return ordered


def _light(spans: list[Span], row: Sequence[int], sizes: Sequence[int], pace: float) -> None:
    """Give words without a time of their own the room about the moment they are said to be at.

    Where there is none, they take a little of their neighbours', who keep half at least.
    """
    first, last = row[0], row[-1]
    wanted = pace * (sum(sizes[at] for at in row) + len(row) - 1)
    middle = (spans[first][0] + spans[last][1]) / 2
    before = spans[first - 1] if first else (0.0, 0.0)
    after = spans[last + 1] if last + 1 < len(spans) else (spans[last][1], spans[last][1])
    opens, closes = max(before[1], spans[first][0] - 1.99 * LEAST_LIT_SECONDS), after[0]
    if closes - opens < min(wanted, 2 * LEAST_LIT_SECONDS):
        opens = max(middle - LEAST_LIT_SECONDS, sum(before) / 2)
        closes = min(middle + LEAST_LIT_SECONDS, sum(after) / 2)
    length = min(wanted, closes - opens)
    start = min(max(middle - length / 2, opens), closes - length)
    edges = list(accumulate((length * sizes[at] / sum(sizes[at] for at in row) for at in row), initial=start))
    for at, (left, right) in zip(row, pairwise(edges), strict=True):
        spans[at] = left, right
    if first:
        spans[first - 1] = before[0], min(before[1], start)
    if last + 1 < len(spans):
        spans[last + 1] = max(after[0], edges[-1]), after[1]


def _out_of_step(reason: str) -> TransientError:
    return TransientError("The narration came out of step with its words.", remedy=reason)

"""A text into words, and words into lines.

Lines are broken for the whole paragraph at once, to the least raggedness, so that none ends in a runt. Widths are
measured in ems.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from storytailor.book import fonts
from storytailor.text.hyphenation import syllables
from storytailor.text.segments import japanese_phrases, line_segments, word_segments
from storytailor.text.ties import NO_BREAK_SPACES

_RUNT = 0.22  # a last line shorter than this part of the measure looks forgotten
_LONG = 0.4  # of the measure: a word that may be parted with a hyphen though a line could hold it
HYPHEN = "-"
# What a line's end costs where a reader stumbles, in the square of what the line falls short by.
_IN_PHRASE, _IN_WORD, _AT_HYPHEN, _AT_SYLLABLE, _AT_SHORT_PART, _IN_TIE = 0.15, 0.06, 0.05, 0.12, 0.3, 0.6
_SHORT_PART = 4  # letters
_KANA, _HAN, _HANGUL = re.compile("[\u3041-\u30ff]"), re.compile("[\u3400-\u9fff]"), re.compile("[\uac00-\ud7a3]")
_DASHES = "—–"


@dataclass(frozen=True)
class Word:
    """What a line may end after: a word, or a part of one; its face, and its width in ems.

    `spaced` when a space parts it from the one before, `hyphenated` when it takes a hyphen at a line's end,
    `end_cost` what it costs to end a line after it.
    """

    text: str
    face: str
    width: float
    spaced: bool
    hyphenated: bool = False
    end_cost: float = 0.0

    @property
    def space(self) -> float:
        """The width of the space before it, where it has one."""
        return fonts.width(" ", self.face) if self.spaced else 0.0

    @property
    def hyphen(self) -> float:
        """The width of the hyphen it takes at a line's end, 0 if none."""
        return fonts.width(HYPHEN, self.face) if self.hyphenated else 0.0


Line = tuple[Word, ...]


@dataclass(frozen=True)
class Segment:
    """A stretch of text that a line may end after, as it stands in its text, the white space after it included."""

    text: str
    end_cost: float

    @property
    def drawn(self) -> str:
        """The stretch without the space after it."""
        return self.text.rstrip(" ").replace("\u2060", "")


def segments(text: str, language: str) -> list[Segment]:
    """The text cut where its lines may end."""
    unit_ends, inside = _units(text, language)
    found, at = [], 0
    for part in _with_dashes(line_segments(text, language)):
        at += len(part)
        found.append(Segment(part, 0.0 if at in unit_ends else _end_cost(part, text[at:], inside)))
    return found


def _units(text: str, language: str) -> tuple[set[int], float]:
    """Where the phrases of Japanese or the words of Chinese end, and what it costs to end a line within one."""
    if _KANA.search(text):
        return set(_ends(japanese_phrases(text))), _IN_PHRASE
    if _HAN.search(text):
        return set(_ends(word_segments(text, language))), _IN_WORD
    return set(), 0.0


def _ends(parts: Iterable[str]) -> Iterator[int]:
    at = 0
    for part in parts:
        at += len(part)
        yield at


def _with_dashes(parts: Sequence[str]) -> Iterator[str]:
    """The segments, each dash with the word it touches: no line begins with one that follows a word."""
    held = ""
    for part in parts:
        if held and (held[-1] == " " or (part[0] not in _DASHES and held.strip(_DASHES))):
            yield held
            held = ""
        held += part
    if held:
        yield held


def _end_cost(part: str, rest: str, inside: float) -> float:
    """What it costs to end a line after this part of the text, before the rest; `inside` where no other rule says."""
    if not rest or part[-1] == " ":
        return 0.0
    if _HANGUL.match(part[-1]) and _HANGUL.match(rest):
        return _IN_PHRASE
    if part[-1] in "-‐/":
        is_short = min(len(part) - 1, len(re.match(r"\w*", rest)[0])) < _SHORT_PART  # type: ignore[index]
        return _AT_SHORT_PART if is_short else _AT_HYPHEN
    return inside


def words_of(
    segment: Segment, face: str, measure: float, language: str, *, spaced: bool, may_hyphenate: bool
) -> list[Word]:
    """The segment as a word, or as the parts of a long one; a line of `measure` ems can hold each.

    A word wider than the measure is parted at its own no-break spaces if it has any, else at its syllables, else
    anywhere. One that is only long is parted at its syllables, for a line that would fall short by much otherwise.
    """
    text = segment.drawn
    width = fonts.width(text, face)
    whole = Word(text, face, width, spaced, end_cost=segment.end_cost)
    if width <= measure * (_LONG if may_hyphenate else 1):
        return [whole]
    if width > measure and (tied := re.split(f"[{NO_BREAK_SPACES}]+", text.strip(NO_BREAK_SPACES)))[1:]:
        parts = [Segment(part, _IN_TIE) for part in tied]
        spacing = [spaced, *[True] * (len(parts) - 1)]
        return _ending(
            [
                word
                for part, is_spaced in zip(parts, spacing, strict=True)
                for word in words_of(part, face, measure, language, spaced=is_spaced, may_hyphenate=may_hyphenate)
            ],
            segment.end_cost,
        )
    parted = [part for syllable in syllables(text, language) for part in _cut(syllable, face, measure)]
    words = [
        Word(part, face, fonts.width(part, face), spaced and not number, _takes_hyphen(part, after), _AT_SYLLABLE)
        for number, (part, after) in enumerate(zip(parted, [*parted[1:], ""], strict=True))
    ]
    return _ending(words, segment.end_cost)


def _ending(words: list[Word], end_cost: float) -> list[Word]:
    """The words, the last of them at the end of a segment."""
    return [*words[:-1], replace(words[-1], hyphenated=False, end_cost=end_cost)]


def is_too_wide(segment: Segment, face: str, measure: float) -> bool:
    """Whether no line of `measure` ems holds it whole."""
    return fonts.width(segment.drawn, face) > measure


def _takes_hyphen(part: str, after: str) -> bool:
    """Whether a hyphen is written between these parts of a word: between letters that have cases, as scripts go."""
    return bool(after) and all(letter.lower() != letter.upper() for letter in (part[-1], after[0]))


def _cut(text: str, face: str, measure: float) -> list[str]:
    """The text in parts that fit the measure with a hyphen, each letter with its marks."""
    room = measure - fonts.width(HYPHEN, face)
    parts: list[str] = []
    while fonts.width(text, face) > room and len(text) > 1:
        end = max(1, int(len(text) * room / fonts.width(text, face)))
        while end > 1 and (fonts.width(text[:end], face) > room or _is_mark(text[end])):
            end -= 1
        while end < len(text) and _is_mark(text[end]):
            end += 1
        parts.append(text[:end])
        text = text[end:]
    return [*parts, text] if text else parts


def _is_mark(character: str) -> bool:
    return unicodedata.category(character)[0] == "M"


def break_lines(words: Sequence[Word], measure: float) -> list[Line]:
    """The words in lines of the least total cost, from the last word back.

    The last line is free to be short, down to a runt. Words that only a line of their own can hold are assumed to
    fit (`words_of` sees to it).
    """
    count = len(words)
    spaces = [word.space for word in words]
    best: list[tuple[float, int]] = [(0.0, count)] * (count + 1)
    for start in range(count - 1, -1, -1):
        width, choice = 0.0, (float("inf"), start + 1)
        for end in range(start + 1, count + 1):
            word = words[end - 1]
            width += word.width + (spaces[end - 1] if end > start + 1 else 0)
            if width > measure and end > start + 1:
                break
            filled = (width + word.hyphen) / measure
            if filled > 1 and end > start + 1:
                continue
            cost = _raggedness(filled, last=end == count, alone=start == 0)
            choice = min(choice, (cost + (word.end_cost if end < count else 0) + best[end][0], end))
        best[start] = choice
    lines, start = [], 0
    while start < count:
        end = best[start][1]
        lines.append(_closed(words[start:end]))
        start = end
    return lines


def _closed(words: Sequence[Word]) -> Line:
    """The words as a line, with a hyphen where it ends within a word; the last stays `hyphenated` to say so."""
    *others, last = words
    if last.hyphenated:
        last = replace(last, text=last.text + HYPHEN, width=last.width + last.hyphen)
    return (*others, last)


def _raggedness(filled: float, *, last: bool, alone: bool) -> float:
    if last:
        return 0.0 if alone or filled >= _RUNT else 0.5
    return (1 - filled) ** 2 + 0.02  # each line costs a little: no more of them than needed

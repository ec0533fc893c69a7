"""Media overlays: which word of the text is spoken when, and the SMIL files that say so.

Times are seconds from the start of the one audio file.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import pairwise

from storytailor.story import Narration, Word
from storytailor.text.words import word_spans

ACTIVE_CLASS = "-epub-media-overlay-active"
PLAYBACK_ACTIVE_CLASS = "-epub-media-overlay-playing"


@dataclass(frozen=True)
class Clip:
    """A stretch of the audio, in milliseconds, for the text word whose span is `w{word}`."""

    word: int
    begin: int
    end: int


def words_of(texts: Sequence[str], language: str) -> list[str]:
    """The words of the texts that can be spoken and lit up."""
    return [word.text for text in texts for word in word_spans(text, language)]


def clips_of(words: Sequence[str], narration: Narration) -> list[Clip | None]:
    """For each word of the book its clip, None where nothing of it was narrated.

    Where text and narration differ, the words in between are shared out evenly. A clip lasts until
    the next one begins, so that a reading system plays the pauses too.
    """
    spoken = [_normalized(word.txt) for word in narration.words]
    written = [_normalized(word) for word in words]
    spans: list[tuple[int, int] | None] = [None] * len(written)
    matcher = SequenceMatcher(None, written, spoken, autojunk=False)
    for tag, first, last, begin, end in matcher.get_opcodes():
        if tag in ("equal", "replace"):
            for number in range(first, last):
                low = begin + (number - first) * (end - begin) // (last - first)
                high = begin + (number - first + 1) * (end - begin) // (last - first)
                spans[number] = (low, high) if high > low else None
    return _clips(spans, narration.words, narration.seconds)


def _normalized(word: str) -> str:
    """The word's letters and digits without case, by which text and narration are compared."""
    letters = "".join(character for character in unicodedata.normalize("NFKC", word) if character.isalnum())
    return letters.casefold() or word


def _clips(spans: Sequence[tuple[int, int] | None], words: Sequence[Word], seconds: float) -> list[Clip | None]:
    clips: list[Clip | None] = [None] * len(spans)
    timed = [(number, span) for number, span in enumerate(spans) if span]
    begins = [round(words[span[0]].start * 1000) for _, span in timed]
    last = max(round(seconds * 1000), round(words[-1].end * 1000)) if words else 0
    for (number, span), (begin, end) in zip(timed, pairwise([*begins, last]), strict=True):
        if end > begin:
            clips[number] = Clip(span[0], begin, end)
    return clips


def clock_value(milliseconds: int) -> str:
    """A SMIL full clock value, such as `0:01:02.345`."""
    seconds, rest = divmod(milliseconds, 1000)
    return f"{seconds // 3600}:{seconds // 60 % 60:02}:{seconds % 60:02}.{rest:03}"


def duration(clips: Sequence[Clip]) -> int:
    """How long the clips last together, in milliseconds."""
    return sum(clip.end - clip.begin for clip in clips)


def smil(page: str, audio: str, clips: Sequence[Clip]) -> str:
    """The overlay of a page: a par for each word. `page` and `audio` are hrefs beside the overlay's own."""
    pars = "\n".join(
        f'    <par id="p{clip.word}"><text src="{page}#w{clip.word}"/>'
        f'<audio src="{audio}" clipBegin="{clock_value(clip.begin)}" clipEnd="{clock_value(clip.end)}"/></par>'
        for clip in clips
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<smil xmlns="http://www.w3.org/ns/SMIL" xmlns:epub="http://www.idpf.org/2007/ops" version="3.0">\n'
        f'  <body><seq id="story" epub:textref="{page}#text" epub:type="bodymatter">\n{pars}\n  </seq></body>\n'
        "</smil>\n"
    )

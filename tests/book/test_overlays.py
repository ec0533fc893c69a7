from __future__ import annotations

import re

from storytailor.book.overlays import clips_of, clock_value, words_of
from storytailor.story import Narration, Word


def timed(*words: str) -> Narration:
    spoken = [Word(txt=word, start=float(number), end=number + 0.5) for number, word in enumerate(words)]
    return Narration(words=spoken, blocks=dict.fromkeys("abcd", ""), seconds=len(words))


def matched(text: str, *words: str) -> list[tuple[str, str | None]]:
    written = words_of([text], "en")
    clips = clips_of(written, timed(*words))
    return [(word, words[clip.word] if clip else None) for word, clip in zip(written, clips, strict=True)]


def test_words_are_matched_through_case_punctuation_and_dashes() -> None:
    assert matched("“Come,” she said—and ran.", "come", "she", "said", "and", "ran.") == [
        ("“Come,”", "come"),
        ("she", "she"),
        ("said", "said"),
        ("and", "and"),
        ("ran.", "ran."),
    ]


def test_a_word_read_otherwise_than_written_keeps_its_neighbours_in_step() -> None:
    assert matched("She had 3 red hats", "She", "had", "three", "red", "hats")[2:4] == [
        ("3", "three"),
        ("red", "red"),
    ]


def test_a_word_the_narrator_left_out_is_not_lit() -> None:
    assert matched("one two three", "one", "three") == [("one", "one"), ("two", None), ("three", "three")]


def test_a_word_the_narrator_added_belongs_to_no_word_of_the_page() -> None:
    assert matched("one two", "one", "and", "two") == [("one", "one"), ("two", "two")]


def test_a_clip_lasts_until_the_next_so_that_pauses_are_heard() -> None:
    clips = clips_of(["one", "two"], timed("one", "two"))
    assert [(clip.begin, clip.end) for clip in clips if clip] == [(0, 1000), (1000, 2000)]


def test_clock_values_are_full() -> None:
    assert clock_value(3_723_045) == "1:02:03.045"
    assert re.fullmatch(r"\d+:\d\d:\d\d\.\d{3}", clock_value(7))

"""A little more text never makes another book: size and pages follow the text's length without a leap."""

from __future__ import annotations

import re
from functools import cache
from itertools import pairwise

import pytest

from emulator_models import storyteller
from emulator_models.answers import ContentOrder
from storytailor.book import pages, story_text
from storytailor.book.color_scheme import color_scheme
from storytailor.book.formats import PRINT, SCREEN, PageFormat
from storytailor.book.pagination import column_height
from storytailor.book.story_text import set_scenes
from storytailor.book.type_size import type_size
from storytailor.story import AgeBand, StoryContent
from tests.book.sample_book import PALETTE, make_book, make_content
from tests.report_tables import ReportTable, drawn

SCHEMES = [color_scheme(step) for step in PALETTE.steps[1:]]
SMALLEST: dict[AgeBand, float] = {"3-5": 18, "6-8": 16, "9+": 13}
LENGTHS = [round(60 + number * (1400 - 60) / 39) for number in range(40)]
"""Words of forty stories."""


class Setting:
    """How four scenes are set: their size in points, and what part of each page is filled."""

    def __init__(self, scenes: tuple[str, ...], age_band: AgeBand, page_format: PageFormat) -> None:
        height = pages.text_height(page_format.side)
        book = make_book(content=make_content(scenes), age_band=age_band)
        columns = set_scenes(book, SCHEMES, page_format, height)
        (self.size,) = {fragment.block.style.size for scene in columns for page in scene for fragment in page}
        self.filled = [[column_height(page) / height for page in scene] for scene in columns]
        self.least_lines = min(
            sum(len(fragment.lines) for fragment in page) for scene in columns for page in scene if len(scene) > 1
        ) if any(len(scene) > 1 for scene in columns) else 2  # fmt: skip

    @property
    def pages(self) -> list[int]:
        """Pages of each scene."""
        return [len(scene) for scene in self.filled]

    @property
    def least_filled(self) -> float:
        """What part of its least filled page is filled, each scene's last page left out; 1 if there is no other."""
        return min((page for scene in self.filled for page in scene[:-1]), default=1.0)


def first_words(text: str, count: int) -> str:
    """The beginning of a text with its paragraphs."""
    return text[: list(re.finditer(r"\S+", text))[count - 1].end()]


@cache
def long_scenes() -> tuple[str, ...]:
    """Four scenes of many paragraphs and much dialogue, as a model writes them."""
    maya = {"name": "Maya", "age": 9, "species": "human", "appearance": "curly hair", "traits": []}
    told = []
    for seed, kind in enumerate(("mystery", "bedtime", "adventure")):
        request = {
            "characters": [maya], "story_type": kind, "themes": ["courage"], "title": None, "age": 9, "age_band": "9+",
            "words": {"min": 800, "max": 1200}, "language": "en", "correction": None,
        }  # fmt: skip
        answer = storyteller.answer(ContentOrder("StoryContent", request, "", seed=seed))
        told.append([beat.text for beat in StoryContent.model_validate(answer).beats])
    return tuple("\n\n".join(parts) for parts in zip(*told, strict=True))


def story_of(words: int) -> tuple[str, ...]:
    return tuple(first_words(scene, words // 4) for scene in long_scenes())


@pytest.mark.parametrize("age_band", SMALLEST)
def test_forty_stories_from_60_to_1400_words_are_set_without_a_leap(
    age_band: AgeBand, report_table: ReportTable
) -> None:
    rows, before = [], None
    for words in LENGTHS:
        screen, printed = (Setting(story_of(words), age_band, page_format) for page_format in (SCREEN, PRINT))
        rows.append({"words": f"{words:4}", "points": f"{screen.size:g}"} | {
            f"{name}: {column}": value
            for name, setting in (("screen", screen), ("print", printed))
            for column, value in (("pages a scene", " ".join(map(str, setting.pages))),
                                  ("least filled", f"{setting.least_filled:.0%}"))
        })  # fmt: skip
        assert screen.size == printed.size >= SMALLEST[age_band]
        for setting in (screen, printed):
            assert setting.least_filled >= 0.5
            assert setting.least_lines >= 2
        if before:
            assert 0 <= before[0].size - screen.size <= 0.5
            for shorter, longer in zip(before, (screen, printed), strict=True):
                assert all(abs(more - less) <= 1 for less, more in zip(shorter.pages, longer.pages, strict=True))
        before = screen, printed
    report_table(f"The story's text by its length, for readers of {age_band}", drawn(rows))


def alternating(words: int) -> str:
    """Lines of dialogue of five words and paragraphs of fourteen, by turns."""
    line = "“Come on then,” said Leo."
    paragraph = "The path went up between old stones, and the fog lay over the grass."
    assert (len(line.split()), len(paragraph.split())) == (5, 14)
    return first_words("\n\n".join([line, paragraph] * (words // 19 + 1)), words)


@pytest.mark.parametrize(
    ("age_band", "first", "last"),
    [("3-5", 40, 130), ("6-8", 140, 150), ("6-8", 270, 300), ("9+", 140, 150), ("9+", 270, 300)],
)
def test_one_word_more_in_each_scene_moves_size_and_pages_by_a_step_at_most(
    age_band: AgeBand, first: int, last: int
) -> None:
    settings = [Setting((alternating(words),) * 4, age_band, SCREEN) for words in range(first, last + 1)]
    for shorter, longer in pairwise(settings):
        assert 0 <= shorter.size - longer.size <= 0.5
        assert abs(longer.pages[0] - shorter.pages[0]) <= 1
    assert min(setting.least_filled for setting in settings) >= 0.5
    assert settings[0].size - settings[-1].size <= 0.5 + (last - first) * 0.06


@pytest.mark.parametrize("age_band", SMALLEST)
def test_one_word_more_at_any_length_moves_the_size_by_half_a_point_at_most(age_band: AgeBand) -> None:
    sizes = [type_size([alternating(words).split("\n\n")] * 4, age_band) for words in range(1, 401)]
    assert all(shorter - longer in (0, 0.5) for shorter, longer in pairwise(sizes))
    assert sizes[-1] == SMALLEST[age_band] < sizes[0]


@pytest.mark.parametrize("words", [60, 145, 146, 277, 286, 297])
def test_no_older_reader_gets_larger_letters_than_a_younger_one(words: int) -> None:
    sizes = [Setting((alternating(words),) * 4, age_band, PRINT).size for age_band in SMALLEST]
    assert sizes == sorted(sizes, reverse=True)


@pytest.mark.parametrize("age_band", SMALLEST)
def test_lines_stand_farther_apart_where_the_pages_have_room_and_never_for_a_page_more(
    age_band: AgeBand, monkeypatch: pytest.MonkeyPatch
) -> None:
    def set_apart() -> list[Setting]:
        return [Setting(story_of(words), age_band, SCREEN) for words in (266, 678, 782, 885)]

    airy = set_apart()
    monkeypatch.setattr(story_text, "_WIDER", ())
    closer = set_apart()
    assert [setting.pages for setting in airy] == [setting.pages for setting in closer]
    gained = [
        sum(map(sum, wide.filled)) / sum(wide.pages) - sum(map(sum, close.filled)) / sum(close.pages)
        for wide, close in zip(airy, closer, strict=True)
    ]
    assert min(gained) >= 0
    assert max(gained) > 0.05

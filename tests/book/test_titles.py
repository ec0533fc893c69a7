from __future__ import annotations

import pytest

from storytailor.book import fonts
from storytailor.book.titles import centered_block, title_block
from storytailor.book.typesetting import Style, line_text

SENTENCE = "The fox went over the hill and through the wood, and nobody saw where it slept that night. "


def test_a_title_is_as_large_as_its_place_allows() -> None:
    short, long = (
        title_block(text, 468, 160, "#000000", "en", largest=68, smallest=22) for text in ("Boo!", SENTENCE * 2)
    )
    assert short.style.size == 68
    assert long.style.size < 40
    assert not long.splits_words


@pytest.mark.parametrize(
    ("language", "title", "lines"),
    [
        ("ja", "さくらと灯台のきつね", ["さくらと", "灯台のきつね"]),
        ("zh", "小狐狸和灯塔的夜晚", ["小狐狸和", "灯塔的夜晚"]),
        ("ko", "작은 여우와 별빛등대의 밤", ["작은 여우와", "별빛등대의 밤"]),
        ("en", "The Quarter-Past-Three Mystery", ["The Quarter-Past-Three", "Mystery"]),
        ("fr", "M. Ours et l’invité secret", ["M.\u00a0Ours et", "l’invité secret"]),
    ],
)
def test_a_title_ends_its_lines_where_a_reader_pauses(language: str, title: str, lines: list[str]) -> None:
    with fonts.printing_in(language):
        block = title_block(title, 468, 160, "#000000", language, largest=64, smallest=22)
    assert [line_text(line) for line in block.lines] == lines


def test_a_word_too_long_for_any_size_is_parted_with_a_hyphen_and_stays_large() -> None:
    title = "Die Donaudampfschifffahrtsgesellschaftskapitänsmütze"
    block = title_block(title, 468, 115, "#000000", "de", largest=64, smallest=22, role="H1")
    assert block.style.size > 30
    assert line_text(block.lines[-2]).endswith("-")
    shorter = title_block("Die Dampfschifffahrtsgesellschaft", 468, 115, "#000000", "de", largest=64, smallest=22)
    assert not shorter.splits_words


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("Für alle, die tief Luft holen und weitergehen.", ["Für alle, die tief Luft", "holen und weitergehen."]),
        (
            "You may be sad as long as you need, and not alone.",
            ["You may be sad as long as you need,", "and not alone."],
        ),
        ("Good night.", ["Good night."]),
    ],
)
def test_a_line_in_the_middle_of_a_page_is_parted_evenly_or_at_a_pause(text: str, lines: list[str]) -> None:
    style = Style(fonts.TEXT, 17, 27, "#000000", centered=True)
    assert [line_text(line) for line in centered_block(text, style, 340, "de").lines] == lines

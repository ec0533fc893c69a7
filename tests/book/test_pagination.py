from __future__ import annotations

from dataclasses import replace

import pytest

from storytailor.book import fonts
from storytailor.book.pagination import Column, column_height, column_of, paginate
from storytailor.book.typesetting import Block, Style, set_block

STYLE = Style(fonts.TEXT, 18, 27, "#000000", space_before=13.5)
SENTENCE = "The fox went over the hill and through the wood, and nobody saw where it slept that night. "


def pages_of(blocks: list[Block], page_height: float) -> list[Column]:
    pages = paginate(blocks, page_height)
    lines = [line for page in pages for fragment in page for line in fragment.lines]
    assert lines == [line for block in blocks for line in block.lines]
    return pages


def test_no_line_of_a_paragraph_stands_alone_on_a_page() -> None:
    blocks = [set_block(SENTENCE * count, STYLE, 300, "en") for count in (1, 3, 2, 5, 1, 4)]
    for lines in range(5, 18):
        for page in pages_of(blocks, lines * STYLE.leading):
            assert all(len(fragment.lines) >= 2 for fragment in page)
            assert column_height(page) <= lines * STYLE.leading + 0.1


def test_a_heading_goes_with_what_it_heads() -> None:
    heading = set_block("A heading", STYLE, 300, "en", role="H2")
    blocks = [set_block(SENTENCE * 2, STYLE, 300, "en"), heading, set_block(SENTENCE * 2, STYLE, 300, "en")]
    for lines in range(5, 16):
        for page in pages_of(blocks, lines * STYLE.leading):
            assert page[-1].block is not heading


def test_a_block_too_tall_for_any_page_is_split_rather_than_lost() -> None:
    heading = set_block(SENTENCE * 4, STYLE, 100, "en", role="H2")
    assert len(pages_of([heading], 3 * STYLE.leading)) > 3


def test_pages_are_filled_alike_and_each_but_the_last_at_least_half() -> None:
    for count in range(2, 30):
        blocks = [set_block(SENTENCE * (1 + number % 3), STYLE, 300, "en") for number in range(count)]
        pages = pages_of(blocks, 20 * STYLE.leading)
        filled = [column_height(page) / (20 * STYLE.leading) for page in pages]
        assert all(part >= 0.5 for part in filled[:-1])
        assert max(filled) - min(filled) < 0.35
        assert len(pages) <= sum(filled) / 0.9 + 1


def test_a_heading_takes_a_paragraph_of_three_lines_with_it_whole() -> None:
    line, heading = set_block("A line.", STYLE, 300, "en"), set_block("A heading", STYLE, 300, "en", role="H2")
    three = set_block(SENTENCE, STYLE, 300, "en")
    assert len(three.lines) == 3
    first, second = pages_of([line, heading, three], 125)
    assert [fragment.block for fragment in first] == [line]
    assert [fragment.block for fragment in second] == [heading, three]


def test_a_word_stays_with_its_meaning() -> None:
    word = replace(set_block("fog", STYLE, 300, "en"), goes_with_next=True)
    blocks = [set_block(SENTENCE, STYLE, 300, "en"), word, set_block(SENTENCE, STYLE, 300, "en")]
    for lines in range(4, 9):
        assert all(page[-1].block is not word for page in pages_of(blocks, lines * STYLE.leading))


def test_no_line_stands_alone_on_the_last_page() -> None:
    line = set_block("A line.", STYLE, 300, "en")
    pages = pages_of([line] * 11, column_height(column_of(*[line] * 10)))
    assert [len(page) for page in pages] in ([5, 6], [6, 5])


@pytest.mark.parametrize(("mark", "on_first"), [("", 7), (".", 9)])
def test_a_page_ends_with_a_paragraph_or_a_sentence_rather_than_in_the_middle_of_one(mark: str, on_first: int) -> None:
    """A picture may stand before the next page."""
    first, second = (
        set_block("\n".join(["a line"] * ahead + [f"the end{mark}"] + ["a line"] * after), STYLE, 300, "en")
        for ahead, after in ((6, 0), (1, 11))
    )
    pages = pages_of([first, second], 13 * STYLE.leading)
    assert sum(len(fragment.lines) for fragment in pages[0]) == on_first

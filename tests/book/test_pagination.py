from __future__ import annotations

from storytailor.book import fonts
from storytailor.book.pagination import Column, column_height, paginate, paginate_evenly
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


def test_even_pages_are_filled_alike() -> None:
    blocks = [set_block(SENTENCE * 2, STYLE, 300, "en") for _ in range(8)]
    pages = paginate_evenly(blocks, 20 * STYLE.leading, 3)
    assert len(pages) == 3
    assert max(map(column_height, pages)) - min(map(column_height, pages)) < 8 * STYLE.leading

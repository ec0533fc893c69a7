from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from storytailor.book import fonts
from storytailor.book.colours import READABLE, contrast, scheme_of
from storytailor.book.pages import title_block
from storytailor.book.story_text import set_scenes
from storytailor.book.typesetting import (
    Block,
    Page,
    Style,
    break_lines,
    height,
    line_width,
    paginate,
    paginate_evenly,
    set_block,
)
from storytailor.story import PaletteStep
from tests.unit.books import PALETTE, TEXTS

STYLE = Style(fonts.TEXT, 18, 27, "#000000", space_before=13.5)
SENTENCE = "The fox went over the hill and through the wood, and nobody saw where it slept that night. "


def words_on(lines: object) -> str:
    return " ".join(word.text for line in lines for word in line)  # type: ignore[attr-defined]


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=300), st.sampled_from([60.0, 200.0, 468.0]))
@settings(max_examples=60, deadline=None)
def test_no_line_is_wider_than_the_measure_whatever_is_set(text: str, measure: float) -> None:
    block = set_block(text, STYLE, measure)
    for line in block.lines:
        assert line_width(line, STYLE.size) <= measure + 0.01 or sum(len(word.text) for word in line) == 1


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=120))
@settings(max_examples=60, deadline=None)
def test_nothing_printable_is_lost_between_text_and_lines(text: str) -> None:
    block = set_block(text, STYLE, 200)
    drawn = "".join(word.text for line in block.lines for word in line)
    assert drawn == "".join(fonts.printable(text).split())


def test_a_paragraph_does_not_end_in_a_runt() -> None:
    for count in range(1, 6):
        block = set_block((SENTENCE * count).strip(), STYLE, 300)
        assert line_width(block.lines[-1], STYLE.size) > 300 * 0.2


def test_lines_are_of_about_one_length_rather_than_full_and_then_short() -> None:
    block = set_block(SENTENCE * 3, STYLE, 300)
    widths = [line_width(line, STYLE.size) for line in block.lines[:-1]]
    assert min(widths) > 300 * 0.75


def test_breaking_no_words_gives_no_lines() -> None:
    assert break_lines([], 10) == []


def pages_of(blocks: list[Block], room: float) -> list[Page]:
    pages = paginate(blocks, room)
    lines = [line for page in pages for piece in page for line in piece.lines]
    assert lines == [line for block in blocks for line in block.lines]
    return pages


def test_no_line_of_a_paragraph_stands_alone_on_a_page() -> None:
    blocks = [set_block(SENTENCE * count, STYLE, 300) for count in (1, 3, 2, 5, 1, 4)]
    for lines in range(5, 18):
        for page in pages_of(blocks, lines * STYLE.leading):
            assert all(len(piece.lines) >= 2 for piece in page)
            assert height(page) <= lines * STYLE.leading + 0.1


def test_a_heading_goes_with_what_it_heads() -> None:
    heading = set_block("A heading", STYLE, 300, role="H2")
    blocks = [set_block(SENTENCE * 2, STYLE, 300), heading, set_block(SENTENCE * 2, STYLE, 300)]
    for lines in range(5, 16):
        for page in pages_of(blocks, lines * STYLE.leading):
            assert page[-1].block is not heading


def test_a_block_too_tall_for_any_page_is_split_rather_than_lost() -> None:
    heading = set_block(SENTENCE * 4, STYLE, 100, role="H2")
    assert len(pages_of([heading], 3 * STYLE.leading)) > 3


def test_even_pages_are_filled_alike() -> None:
    blocks = [set_block(SENTENCE * 2, STYLE, 300) for _ in range(8)]
    pages = paginate_evenly(blocks, 20 * STYLE.leading, 3)
    assert len(pages) == 3
    assert max(map(height, pages)) - min(map(height, pages)) < 8 * STYLE.leading


def test_short_scenes_take_a_page_each_in_one_large_size() -> None:
    schemes = [scheme_of(step) for step in PALETTE.steps[1:]]
    scenes = set_scenes(TEXTS, schemes, 468, 400)
    assert [len(scene) for scene in scenes] == [1, 1, 1, 1]
    assert {piece.block.style.size for scene in scenes for page in scene for piece in page} == {22}


@pytest.mark.parametrize("words", [200, 600, 1500, 4000])
def test_a_story_of_any_length_fits_with_its_pictures_facing_its_text(words: int) -> None:
    schemes = [scheme_of(step) for step in PALETTE.steps[1:]]
    text = "\n\n".join([SENTENCE] * (words // 4 // 18))
    for scene in set_scenes([text] * 4, schemes, 468, 400):
        assert len(scene) % 2 == 1
        assert all(height(page) <= 400 for page in scene)
        assert all(13 <= piece.block.style.size <= 22 for page in scene for piece in page)


def test_the_opening_words_are_in_the_display_face_and_only_they() -> None:
    schemes = [scheme_of(step) for step in PALETTE.steps[1:]]
    block = set_scenes(TEXTS, schemes, 468, 400)[0][0][0].block
    assert [word.text for word in block.lines[0] if word.face == fonts.DISPLAY] == ["Maya", "lived", "in"]


def test_a_title_is_as_large_as_its_place_allows() -> None:
    short, long = (
        title_block(text, 468, 160, "#000000", largest=68, smallest=22) for text in ("Boo!", SENTENCE * 2)
    )
    assert short.style.size == 68
    assert long.style.size < 40
    assert not long.splits_words


def test_a_title_has_one_face_even_where_the_display_face_lacks_a_letter() -> None:
    assert fonts.title_face("The Lantern") == fonts.DISPLAY
    assert fonts.title_face("Łucja and the Lantern") == fonts.BOLD


def test_chinese_breaks_between_characters_but_not_before_a_full_stop() -> None:
    block = set_block("从前，有一只小狐狸住在森林边上。" * 6, STYLE, 200)
    assert len(block.lines) > 5
    assert all(line[0].text[0] not in "，。" for line in block.lines)


@pytest.mark.parametrize(
    "name", ["Łucja", "Ωρίων", "Жанна", "李小明", "김민준", "さくら", "אורי", "محمد", "Նարե", "ნინო"]
)
def test_names_of_many_scripts_have_a_face_that_can_draw_them(name: str) -> None:
    drawn = fonts.runs(name, fonts.DISPLAY)
    assert drawn
    assert all(fonts.covers(face, text) for face, text in drawn)


def test_right_to_left_text_is_drawn_from_its_end_with_brackets_mirrored() -> None:
    assert "".join(text for _, text in fonts.runs("א(ב)ג", fonts.TEXT, right_to_left=True)) == "ג(ב)א"


def test_arabic_letters_are_joined() -> None:
    assert "".join(text for _, text in fonts.runs("محمد", fonts.TEXT, right_to_left=True)) == "ﺪﻤﺤﻣ"


def test_emoji_beyond_the_faces_are_left_out_and_nothing_else_is() -> None:
    assert fonts.printable("Zoë 🦊👨‍👩‍👧 & Co. ☀") == "Zoë  & Co. ☀"


@given(st.lists(st.from_regex(r"\A#[0-9a-f]{6}\Z"), min_size=3, max_size=5))
@settings(max_examples=60, deadline=None)
def test_every_text_can_be_read_on_its_ground_in_any_palette(colours: list[str]) -> None:
    scheme = scheme_of(PaletteStep(name="any", colors=colours))
    pairs = [
        (scheme.ink, scheme.paper),
        (scheme.accent, scheme.paper),
        (scheme.chalk, scheme.deep),
        (scheme.numeral, scheme.sun),
        (scheme.sun, scheme.deep),
    ]
    assert all(contrast(text, ground) >= READABLE for text, ground in pairs)

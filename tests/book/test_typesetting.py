from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from storytailor.book import fonts
from storytailor.book.typesetting import Style, break_lines, line_width, set_block

STYLE = Style(fonts.TEXT, 18, 27, "#000000", space_before=13.5)


SENTENCE = "The fox went over the hill and through the wood, and nobody saw where it slept that night. "


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


def test_chinese_breaks_between_characters_but_not_before_a_full_stop() -> None:
    block = set_block("从前，有一只小狐狸住在森林边上。" * 6, STYLE, 200)
    assert len(block.lines) > 5
    assert all(line[0].text[0] not in "，。" for line in block.lines)

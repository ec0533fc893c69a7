from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from itertools import accumulate

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from storytailor.book import fonts
from storytailor.book.line_breaking import break_lines
from storytailor.book.typesetting import Block, Style, line_text, line_width, set_block
from storytailor.text.segments import japanese_phrases
from storytailor.text.typefaces import faces_for
from storytailor.text.typefaces import letters as letters_of

DRAWABLE = sorted(frozenset().union(*map(letters_of, faces_for(fonts.TEXT, "en"))))
STYLE = Style(fonts.TEXT, 18, 27, "#000000", space_before=13.5)


SENTENCE = "The fox went over the hill and through the wood, and nobody saw where it slept that night. "


@given(st.text(st.sampled_from(DRAWABLE), max_size=300), st.sampled_from([60.0, 200.0, 468.0]))
@settings(max_examples=60, deadline=None)
def test_no_line_is_wider_than_the_measure_whatever_is_set(text: str, measure: float) -> None:
    block = set_block(text, STYLE, measure, "en")
    for line in block.lines:
        assert line_width(line, STYLE.size) <= measure + 0.01 or sum(len(word.text) for word in line) == 1


@given(st.text(st.sampled_from(DRAWABLE), max_size=120))
@settings(max_examples=60, deadline=None)
def test_nothing_printable_is_lost_between_text_and_lines(text: str) -> None:
    block = set_block(text, STYLE, 200, "en")
    drawn = "".join(word.text for line in block.lines for word in line)
    assert letters(drawn) == letters(fonts.printable(text))


def letters(text: str) -> str:
    """The text without what setting adds or changes: spaces, and hyphens where words are parted."""
    return re.sub(r"[\s\u2060-]", "", text)


def test_a_paragraph_does_not_end_in_a_runt() -> None:
    for count in range(1, 6):
        block = set_block((SENTENCE * count).strip(), STYLE, 300, "en")
        assert line_width(block.lines[-1], STYLE.size) > 300 * 0.2


def test_lines_are_of_about_one_length_rather_than_full_and_then_short() -> None:
    block = set_block(SENTENCE * 3, STYLE, 300, "en")
    widths = [line_width(line, STYLE.size) for line in block.lines[:-1]]
    assert min(widths) > 300 * 0.75


def test_breaking_no_words_gives_no_lines() -> None:
    assert break_lines([], 10) == []


def test_chinese_breaks_between_characters_but_not_before_a_full_stop() -> None:
    block = set_block("从前，有一只小狐狸住在森林边上。" * 6, STYLE, 200, "en")
    assert len(block.lines) > 5
    assert all(line[0].text[0] not in "，。" for line in block.lines)


FRENCH = (
    "« Où est donc M. Dupont ? » demanda Zoé ; personne ne l’avait vu : ni ici, ni là ! Il avait marché 10 km, le "
    "24 décembre, et « tout cela pour rien », dirent les murs… "
) * 3


def lines_of(block: Block) -> list[str]:
    return [line_text(line) for line in block.lines]


@pytest.mark.parametrize("spaces", [str, lambda text: text.replace(" ?", "\u202f?").replace("« ", "«\u00a0")])
def test_no_line_of_french_begins_or_ends_with_a_lone_mark(spaces: Callable[[str], str]) -> None:
    for measure in range(150, 480, 11):
        lines = lines_of(set_block(spaces(FRENCH), STYLE, measure, "fr"))
        assert not [
            line for line in lines if line[0] in "?!;:»" or line[-1] in "«" or line.endswith(("M.", "10", "24"))
        ]


def test_no_break_spaces_stay_on_the_page_and_no_line_ends_at_one() -> None:
    text = "un\u00a0deux trois\u202fquatre 1\u2007000 neuf\u2060—\u2060dix " * 6
    for measure in range(130, 400, 13):
        lines = lines_of(set_block(text, STYLE, measure, "fr"))
        pairs = ("un\u00a0deux", "trois\u202fquatre", "1\u2007000", "neuf—dix")
        assert [sum(line.count(pair) for line in lines) for pair in pairs] == [6] * 4


def test_a_paragraph_of_no_break_spaces_alone_is_broken_between_words() -> None:
    words = ["Maya", "went", "over", "the", "hill", "and", "through", "the", "wood"]
    assert " ".join(lines_of(set_block("\u00a0".join(words), STYLE, 150, "en"))).split() == words


def test_verse_keeps_its_lines() -> None:
    verse = ["Twinkle, twinkle, little star,", "How I wonder what you are!"]
    assert lines_of(set_block("\n".join(verse), STYLE, 468, "en")) == verse


def test_a_line_of_verse_too_long_for_the_page_goes_on_set_in() -> None:
    block = set_block("Twinkle, twinkle, all the night, until the moon has gone to bed,\nGood night!", STYLE, 300, "en")
    assert [block.indent(number) > 0 for number in range(len(block.lines))] == [False, True, False]
    assert max(line_width(line, STYLE.size) + block.indent(at) for at, line in enumerate(block.lines)) <= 300
    prose = set_block(SENTENCE * 2, STYLE, 300, "en")
    assert not any(prose.indent(number) for number in range(len(prose.lines)))


def test_a_long_word_breaks_at_its_own_hyphen_first() -> None:
    block = set_block("Wolfeschlegelsteinhausen-Überschwänglichkeit", STYLE, 260, "de")
    assert lines_of(block) == ["Wolfeschlegelsteinhausen-", "Überschwänglichkeit"]
    assert not block.splits_words


def test_a_word_wider_than_the_measure_breaks_at_a_syllable_with_a_hyphen() -> None:
    block = set_block("Donaudampfschifffahrtsgesellschaftskapitänsmütze", STYLE, 260, "de")
    assert block.splits_words
    assert lines_of(block) == ["Donaudampfschifffahrtsgesell-", "schaftskapitänsmütze"]


def test_a_word_without_syllables_breaks_anywhere_and_letters_keep_their_marks() -> None:
    lines = lines_of(set_block("W" * 60 + "a\u0301" * 60, STYLE, 200, "en"))
    assert len(lines) > 4
    assert not [line for line in lines if line.startswith("\u0301")]


def test_a_long_word_is_parted_where_the_line_before_would_be_half_empty() -> None:
    text = "Da lag nun die ganze Blumentopferdeversorgungsanlage."
    lines = lines_of(set_block(text, STYLE, 330, "de"))
    assert lines[0].endswith("-")
    assert not lines_of(set_block(text, replace(STYLE, centered=True), 330, "de"))[0].endswith("-")


def test_japanese_is_broken_at_phrases_and_never_before_a_small_kana() -> None:
    text = (
        "むかしむかし、ちょっとへんなきつねが「こんにちは！」と言いました。きゃっきゃっとわらって、ピョンとびました。"
    )
    phrases = japanese_phrases(text)
    ends = set(accumulate(len(phrase) for phrase in phrases))
    at_phrase = total = 0
    for measure in range(200, 480, 14):
        lines = lines_of(set_block(text, STYLE, measure, "ja"))
        assert not [line for line in lines if line[0] in "ゃゅょっァィゥェォッャュョ、。！」ー"]
        line_ends = list(accumulate(map(len, lines)))[:-1]
        at_phrase += sum(end in ends for end in line_ends)
        total += len(line_ends)
    assert at_phrase > 0.8 * total


def test_a_dash_stays_with_the_word_it_touches() -> None:
    for measure in range(120, 400, 9):
        english = lines_of(set_block("“Come,” she said—and ran—and ran home—alone." * 3, STYLE, measure, "en"))
        spanish = lines_of(set_block("Ven aquí —dijo Ana—. No quiero —dijo el lobo—." * 3, STYLE, measure, "es"))
        assert not [line for line in english if line.startswith("—")]
        assert not [line for line in spanish if line.endswith("—") or line.startswith("—.")]


def test_a_paragraph_runs_as_its_book_does_whatever_it_begins_with() -> None:
    assert not set_block("نورة rang the bell.", STYLE, 300, "en").right_to_left
    assert set_block("Maya قرعت الجرس.", STYLE, 300, "ar").right_to_left

"""Text as it arrives from models and families."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storytailor.text.cleaning import clean_line, clean_prose, plain_line


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("*Whoosh!* went **the** wind. _so_ # Scene 1", "Whoosh! went the wind. so Scene 1"),
        ("# Scene 1\n\nMaya ran.", "Scene 1\n\nMaya ran."),
        ("Maya ran.\n\n---\n\n* * *\n\nBo hid.", "Maya ran.\n\nBo hid."),
        ("* one\n* two", "one\n\ntwo"),
        ("- Hi, said Bo.\n- Yes.", "— Hi, said Bo.\n\n— Yes."),
        ("7. Mai war ein Fest.", "7. Mai war ein Fest."),
        ("> Dear Maya,\n> come home.", "Dear Maya,\ncome home."),
        ("**Whoosh! went the wind.", "Whoosh! went the wind."),
        ("The door --- it was open.", "The door — it was open."),
        ("Salt &amp; pepper<br/>and <em>honey</em>", "Salt & pepper\nand honey"),
        ("    Four spaces are no code.", "Four spaces are no code."),
        ("```\nA spell\n```", "A spell"),
    ],
)
def test_marks_of_markup_are_neither_printed_nor_spoken(written: str, read: str) -> None:
    assert clean_prose(written) == read


def test_what_only_looks_like_markup_stays() -> None:
    said = "2 < 3, snake_case, O’Connor’s #1 and 5*3 cost $4."
    assert clean_prose(said) == said


def test_verse_keeps_its_lines_and_paragraphs_are_parted_by_one_blank_line() -> None:
    rhyme = "Twinkle, twinkle, little star,\r\nHow I wonder…\r\n\r\n\r\nSo sang Bo."
    assert clean_prose(rhyme) == "Twinkle, twinkle, little star,\nHow I wonder…\n\nSo sang Bo."


def test_no_break_spaces_stay_and_other_white_space_becomes_one_space() -> None:
    assert clean_prose("«\u00a0Où\u202f?\u00a0»  dit\t Léa\u2060.") == "«\u00a0Où\u202f?\u00a0» dit Léa\u2060."


def test_an_emoji_goes_with_the_space_before_it() -> None:
    assert clean_line("Zoë 🦄") == "Zoë"
    assert clean_prose("“Zoë 🦄’s hat,” said Bo 👩‍👩‍👧, “is ❤️ red.”") == "“Zoë’s hat,” said Bo, “is red.”"


def test_invisible_and_direction_characters_go_but_joiners_between_letters_stay() -> None:
    assert clean_line("Ma\u200bya\u202e\u2066") == "Maya"
    assert clean_line("می\u200cخواهم क्\u200dष") == "می\u200cخواهم क्\u200dष"


def test_letters_are_composed() -> None:
    assert clean_line("Zoe\u0308") == "Zo\u00eb"


def test_a_family_s_stars_are_no_markdown() -> None:
    assert plain_line("*Star* 🦄 ") == "*Star*"


@given(st.text(alphabet=st.sampled_from("ab*_#->`\\\n 1.&;<>🦄\u200d\u00a0"), max_size=40))
def test_cleaning_what_is_clean_changes_nothing(text: str) -> None:
    assert clean_prose(clean_prose(text)) == clean_prose(text)

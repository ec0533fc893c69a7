from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storytailor.text.comparing import folded
from storytailor.text.quotes import with_printers_quotes


@pytest.mark.parametrize(
    ("language", "typed", "printed"),
    [
        ("en", '"Don\'t go," said Leo. "It\'s late."', "“Don’t go,” said Leo. “It’s late.”"),
        ("en", '(She said "yes"—"twice"!)', "(She said “yes”—“twice”!)"),
        ("en", "The dogs' bowl, 6'2 and 'hush'", "The dogs' bowl, 6'2 and 'hush'"),
        ("de", '"Komm", sagte Ayşe.', "„Komm“, sagte Ayşe."),
        ("fr", 'Aïcha cria : "J\'arrive !"', "Aïcha cria : «\u00a0J’arrive !\u00a0»"),
        ("es", 'Decía: "He venido".', "Decía: «He venido»."),
        ("ja", 'さくらは"こわいな"と言いました。', "さくらは「こわいな」と言いました。"),
        ("zh", '小明说"再见"。', "小明说“再见”。"),
        ("zh-Hant", '小明說"再見"。', "小明說「再見」。"),
        ("en", "“Set already,” said Maya.", "“Set already,” said Maya."),
    ],
)
def test_a_typewriters_quotes_are_printed_as_the_language_has_them(language: str, typed: str, printed: str) -> None:
    assert with_printers_quotes(typed, language) == printed


def test_speech_over_two_paragraphs_opens_twice_and_closes_once() -> None:
    told = '"I saw it.\n\n"It was blue," said Leo.'
    assert with_printers_quotes(told, "en") == "“I saw it.\n\n“It was blue,” said Leo."


@given(st.text(alphabet="ab '\"\n.,—é", max_size=30))
def test_nothing_but_marks_is_changed(text: str) -> None:
    printed = with_printers_quotes(text, "en")
    assert folded(printed, "en") == folded(text, "en")
    assert with_printers_quotes(printed, "en") == printed

from __future__ import annotations

import pytest

from storytailor.text.hyphenation import syllables


@pytest.mark.parametrize(
    ("language", "word", "parts"),
    [
        ("de-CH", "„Überschwänglichkeit“,", ["„Über", "schwäng", "lich", "keit“,"]),
        ("en", "(unbelievable)", ["(unbe", "liev", "able)"]),
        ("en", "Aha!", ["Aha!"]),
        ("hu", "asszonnyal", ["asszonnyal"]),  # would be spelled otherwise, parted: asz-szony-nyal
        ("ja", "灯台へ行きました", ["灯台へ行きました"]),
    ],
)
def test_words_are_parted_at_their_syllables_and_keep_their_marks(language: str, word: str, parts: list[str]) -> None:
    assert syllables(word, language) == parts

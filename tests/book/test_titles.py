from __future__ import annotations

from storytailor.book.titles import title_block

SENTENCE = "The fox went over the hill and through the wood, and nobody saw where it slept that night. "


def test_a_title_is_as_large_as_its_place_allows() -> None:
    short, long = (
        title_block(text, 468, 160, "#000000", "en", largest=68, smallest=22) for text in ("Boo!", SENTENCE * 2)
    )
    assert short.style.size == 68
    assert long.style.size < 40
    assert not long.splits_words

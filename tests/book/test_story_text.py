from __future__ import annotations

import pytest

from storytailor.book import fonts
from storytailor.book.color_scheme import color_scheme
from storytailor.book.pagination import column_height
from storytailor.book.story_text import lead_length, paragraphs, set_scenes
from tests.book.sample_book import PALETTE, TEXTS

SCHEMES = [color_scheme(step) for step in PALETTE.steps[1:]]
SENTENCE = "The fox went over the hill and through the wood, and nobody saw where it slept that night. "


def test_short_scenes_take_a_page_each_in_one_large_size() -> None:
    scenes = set_scenes(TEXTS, SCHEMES, 468, 400, "en")
    assert [len(scene) for scene in scenes] == [1] * len(TEXTS)
    assert {fragment.block.style.size for scene in scenes for page in scene for fragment in page} == {22}


@pytest.mark.parametrize("words", [200, 600, 1500, 4000])
def test_a_story_of_any_length_fits_with_its_pictures_facing_its_text(words: int) -> None:
    text = "\n\n".join([SENTENCE] * (words // len(SCHEMES) // 18))
    for scene in set_scenes([text] * len(SCHEMES), SCHEMES, 468, 400, "en"):
        assert len(scene) % 2 == 1
        assert all(column_height(page) <= 400 for page in scene)
        assert all(13 <= fragment.block.style.size <= 22 for page in scene for fragment in page)


def test_the_opening_words_are_in_the_display_face_and_only_they() -> None:
    block = set_scenes(TEXTS, SCHEMES, 468, 400, "en")[0][0][0].block
    assert [word.text for word in block.lines[0] if word.face == fonts.DISPLAY] == ["Maya", "lived", "in"]


@pytest.mark.parametrize(
    ("language", "paragraph", "opening"),
    [
        ("fr", "« Ce n’est rien », dit-elle en riant.", "« Ce n’est rien »,"),
        ("fr", "— Où vas-tu si tard, petit ours ?", "— Où vas-tu si"),
        ("en", "… and the door flew open.", "… and the door"),
        ("en", "“ Hello, Leo,” said Maya.", "“ Hello,"),
        ("en", "* * *", ""),
        ("en", "Boom!", ""),
        ("en", "Hush, little\nbaby, sleep.", "Hush,"),
        ("en", "Maya saw\nthe sea and slept.", "Maya saw"),
        ("de", "Donaudampfschifffahrtsgesellschaftskapitän war er.", ""),
        ("ru", "Жила-была в лесу одна лиса.", "Жила-была в лесу одна"),
        ("ja", "むかしむかし、きつねが いました。", ""),
        ("th", "กาลครั้งหนึ่ง มีสุนัขจิ้งจอก", ""),
        ("ar", "كان يا ما كان في قديم الزمان", ""),
        ("hi", "एक समय की बात है", ""),
        ("en", "आराध्या opened the door.", ""),
    ],
)
def test_no_mark_alone_opens_a_scene_nor_a_whole_paragraph_nor_words_without_capitals(
    language: str, paragraph: str, opening: str
) -> None:
    assert paragraph[: lead_length(paragraph, language)] == opening


def test_verse_keeps_its_lines_and_no_break_spaces_stay() -> None:
    text = "Twinkle, twinkle,  little star,\n  How I wonder\u00a0!\n\n \n« Oui\u202f? »\u00a0"
    assert paragraphs(text) == ["Twinkle, twinkle, little star,\nHow I wonder\u00a0!", "« Oui\u202f? »\u00a0"]

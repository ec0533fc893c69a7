from __future__ import annotations

import pytest

from storytailor.book import fonts, pages
from storytailor.book.color_scheme import color_scheme
from storytailor.book.formats import SCREEN
from storytailor.book.pagination import Column, column_height
from storytailor.book.story_text import lead_length, paragraphs, set_scenes
from storytailor.story import AgeBand
from tests.book.sample_book import PALETTE, TEXTS, make_book, make_content

SCHEMES = [color_scheme(step) for step in PALETTE.steps[1:]]
SENTENCE = "The fox went over the hill and through the wood, and nobody saw where it slept that night. "
PAGE_HEIGHT = pages.text_height(SCREEN.side)


def set_on_screen(texts: tuple[str, ...], age_band: AgeBand) -> list[list[Column]]:
    return set_scenes(make_book(content=make_content(texts), age_band=age_band), SCHEMES, SCREEN, PAGE_HEIGHT)


def sizes(scenes: list[list[Column]]) -> set[float]:
    return {fragment.block.style.size for scene in scenes for page in scene for fragment in page}


@pytest.mark.parametrize(("age_band", "size"), [("3-5", 22), ("6-8", 18), ("9+", 16)])
def test_short_scenes_take_a_page_each_in_one_size_for_the_age_of_their_reader(age_band: AgeBand, size: float) -> None:
    scenes = set_on_screen(("The fox slept.\n\n“Good night,” said Maya, and she closed the door.",) * 4, age_band)
    assert [len(scene) for scene in scenes] == [1] * len(SCHEMES)
    assert sizes(scenes) == {size}


@pytest.mark.parametrize("words", [200, 600, 1500, 4000])
@pytest.mark.parametrize(("age_band", "smallest"), [("3-5", 18), ("6-8", 16), ("9+", 13)])
def test_a_story_of_any_length_fits_its_pages_in_no_smaller_size_than_its_reader_needs(
    words: int, age_band: AgeBand, smallest: float
) -> None:
    text = "\n\n".join([SENTENCE] * (words // len(SCHEMES) // 18))
    scenes = set_on_screen((text,) * len(SCHEMES), age_band)
    assert min(sizes(scenes)) >= smallest
    assert all(column_height(page) <= PAGE_HEIGHT + 0.01 for scene in scenes for page in scene)
    assert all(column_height(page) >= PAGE_HEIGHT / 2 for scene in scenes for page in scene[:-1])


def test_scenes_of_a_line_or_two_more_than_a_page_stand_on_one_with_lines_a_little_closer() -> None:
    paragraph = "The fox went over the hill, and nobody saw it.\n\n"
    widest = set_on_screen((paragraph,) * 4, "6-8")[0][0][0].block.style.leading
    leadings = []
    for count in range(6, 18):
        scenes = set_on_screen((paragraph * count,) * 4, "6-8")
        leadings.append((len(scenes[0]), scenes[0][0][0].block.style.leading))
    one = [leading for scene_pages, leading in leadings if scene_pages == 1]
    assert one == sorted(one, reverse=True)
    assert 0.83 * widest < one[-1] < widest == one[0]
    assert all(leading > one[-1] for scene_pages, leading in leadings if scene_pages == 2)


def test_the_opening_words_are_in_the_display_face_and_only_they() -> None:
    block = set_on_screen(TEXTS, "6-8")[0][0][0].block
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

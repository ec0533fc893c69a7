from __future__ import annotations

import pytest

from storytailor.book import back_matter
from storytailor.book.color_scheme import color_scheme
from storytailor.book.formats import PRINT, SCREEN, PageFormat
from storytailor.book.pagination import Column, column_height
from storytailor.book.strings import strings_in
from storytailor.story import Idea, Question
from tests.book.sample_book import ACTIVITIES, PALETTE

SCHEME = color_scheme(PALETTE.steps[0])


def set_activities(words: int, page_format: PageFormat) -> list[Column]:
    """Activities of which each question has so many words, and an idea to talk about."""
    question = ("Why did the fox wait by the gate until the lantern was lit, and who saw it? " * 20).split()[:words]
    activities = ACTIVITIES.model_copy(
        update={
            "questions": [Question(question=" ".join(question), answer="So.", page=page) for page in (1, 2, 3)],
            "idea": Idea(kind="talking", prompt="Who was with you?"),
        }
    )
    return back_matter.activity_pages(activities, strings_in("en"), "en", [4, 6, 8], SCHEME, page_format)


@pytest.mark.parametrize("page_format", [SCREEN, PRINT], ids=["screen", "print"])
def test_neither_a_heading_nor_a_short_idea_stands_alone_on_a_page_however_long_the_questions(
    page_format: PageFormat,
) -> None:
    height = back_matter.text_height(page_format.side)
    several = 0
    for words in range(4, 110, 3):
        columns = set_activities(words, page_format)
        several += len(columns) > 1
        for column in columns:
            assert not column[-1].block.is_heading
            assert column_height(column) <= height
        if len(columns) > 1:
            texts = [fragment.block.text for fragment in columns[-1]]
            assert texts[-2:] == ["Something to talk about", "Who was with you?"]
            assert "Words to keep" in texts
    assert several > 10


@pytest.mark.parametrize("page_format", [SCREEN, PRINT], ids=["screen", "print"])
def test_where_to_look_again_stands_below_its_question_and_a_meaning_below_its_word(page_format: PageFormat) -> None:
    for words in range(30, 240, 7):
        for column in set_activities(words, page_format):
            texts = [fragment.block.text for fragment in column]
            assert not texts[0].startswith(("Look again", "shone with", "a cloud"))

"""On which page of its scene the answer to a question stands."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from storytailor.book.pagination import Column
from storytailor.story import Question
from storytailor.text.comparing import bare, folded
from storytailor.text.words import spoken_words

_JOINT = "\0"  # behind what a hyphen parts


class TextPage(NamedTuple):
    """A page of a scene's text: its number in the book, and what is set on it."""

    folio: int
    column: Column


def folio_of_answer(question: Question, scene: Sequence[TextPage], language: str) -> int | None:
    """The page that has the most words of question and answer; the first of such; None for a scene without text.

    What a question asks about stands on the page of its answer, and tells pages apart that all have a hero's name.
    """
    sought = _words(f"{question.question} {question.answer}", language)
    found = [len(sought & _words(_text(page.column), language)) for page in scene]
    return scene[found.index(max(found))].folio if found else None


def _words(text: str, language: str) -> set[str]:
    return {folded(bare(word), language) for word in spoken_words(text, language)}


def _text(column: Column) -> str:
    """What is set, words that a hyphen parts whole again; a space more than there was does no harm."""
    text = ""
    for line in (line for fragment in column for line in fragment.lines):
        text += " "
        for word in line:
            text += " " * word.spaced + word.text
        if line and line[-1].hyphenated:
            text += _JOINT
    return text.replace(f"{_JOINT} ", "")

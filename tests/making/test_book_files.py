"""The book's files, made from what is stored."""

from __future__ import annotations

from uuid import UUID

import pytest

from storytailor.errors import PermanentError
from storytailor.making.book_files import make_epub, make_pdf
from tests.book.sample_book import PALETTE, TEXTS, make_content
from tests.making.conftest import ContextFor

UNPRINTABLE = make_content((*TEXTS[:3], "She read the sign: ᏣᎳᎩ."))


async def test_a_letter_that_no_face_has_fails_the_pdf_for_good_and_says_which(
    context_for: ContextFor, story_id: UUID
) -> None:
    with pytest.raises(PermanentError, match=r"^The book cannot be printed: no typeface has Ꮳ Ꮃ Ꭹ \(Cherokee\)"):
        await make_pdf(context_for(story_id=story_id), UNPRINTABLE, PALETTE, {})


async def test_a_letter_that_no_face_has_fails_the_epub_for_good_and_says_which(
    context_for: ContextFor, story_id: UUID
) -> None:
    with pytest.raises(PermanentError, match=r"^The book cannot be printed: no typeface has Ꮳ Ꮃ Ꭹ \(Cherokee\)"):
        await make_epub(context_for(story_id=story_id), UNPRINTABLE, PALETTE, {}, None)

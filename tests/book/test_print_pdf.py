from __future__ import annotations

import pypdfium2  # type: ignore[import-untyped]
import pytest

from storytailor.book import print_pdf
from storytailor.book.formats import POINTS_PER_INCH
from storytailor.catalog import PICTURES
from tests.book.pdf_reader import image_sizes, open_pdf, text_of
from tests.book.sample_book import TEXTS, make_book, make_content


@pytest.fixture(scope="module")
def printed() -> bytes:
    return print_pdf(make_book())


def test_the_printed_page_has_an_eighth_inch_of_bleed_and_its_boxes(printed: bytes) -> None:
    document = open_pdf(printed)
    for page in document.pages:
        assert [float(edge) for edge in page.MediaBox] == [0, 0, 630, 630]
        assert [float(edge) for edge in page.BleedBox] == [0, 0, 630, 630]
        assert [float(edge) for edge in page.TrimBox] == [9, 9, 621, 621]
    assert "/Outlines" not in document.Root or "/First" not in document.Root.Outlines


def test_printed_pictures_keep_every_pixel_and_say_how_fine_they_are(printed: bytes) -> None:
    assert image_sizes(printed) == [(300, 300)] * len(PICTURES)
    dpi = round(300 / (630 / POINTS_PER_INCH))
    assert f"effective resolution {dpi} dpi" in str(open_pdf(printed).docinfo.Keywords)
    assert f"Pictures at {dpi} dots per inch" in text_of(printed)


def test_printed_pictures_reach_into_the_bleed(printed: bytes) -> None:
    page = pypdfium2.PdfDocument(printed)[3].render().to_pil()
    assert page.getpixel((1, 1)) == pytest.approx((0x8F, 0xB8, 0xDE), abs=4)


@pytest.mark.parametrize("times", [1, 4, 12])
def test_the_printed_book_folds_and_each_picture_faces_its_text(times: int) -> None:
    texts = tuple("\n\n".join([text] * times) for text in TEXTS)
    document = pypdfium2.PdfDocument(print_pdf(make_book(content=make_content(texts))))
    assert len(document) % 4 == 0
    for number, text in enumerate(texts):
        first = next(
            folio for folio, page in enumerate(document, 1) if text[:15] in page.get_textpage().get_text_bounded()
        )
        assert first % 2 == 1, f"scene {number + 1} does not begin on a right-hand page"

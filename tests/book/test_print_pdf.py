from __future__ import annotations

import re
from collections.abc import Callable

import pypdfium2  # type: ignore[import-untyped]
import pytest
from pypdfium2.raw import FPDF_PAGEOBJ_IMAGE  # type: ignore[import-untyped]

from storytailor.book import Book, print_pdf, screen_pdf
from storytailor.book.formats import POINTS_PER_INCH
from storytailor.catalog import PICTURES
from tests.book.pdf_reader import image_sizes, open_pdf, text_of
from tests.book.sample_book import make_book, make_content


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


@pytest.mark.parametrize("make", [screen_pdf, print_pdf])
@pytest.mark.parametrize("sentences", [(1, 1, 1, 1), (12, 12, 12, 12), (12, 1, 30, 2), (1, 40, 12, 12)])
def test_each_picture_faces_words_of_its_own_scene_and_the_printed_book_folds(
    sentences: tuple[int, ...], make: Callable[[Book], bytes]
) -> None:
    texts = tuple(
        "\n\n".join([f"Word{scene} went over the hill and through the wood, and nobody saw where it slept."] * count)
        for scene, count in enumerate(sentences, 1)
    )
    document = pypdfium2.PdfDocument(make(make_book(content=make_content(texts))))
    words = [page.get_textpage().get_text_bounded() for page in document]
    pictures = [at for at, page in enumerate(document) if list(page.get_objects(filter=[FPDF_PAGEOBJ_IMAGE]))][1:]
    left = 0 if make is screen_pdf else 1  # the first page of a spread: the printed cover is a page by itself
    for scene, at in enumerate(pictures, 1):
        assert at % 2 == left
        assert f"Word{scene}" in words[at + 1]
    printed = [number for page in words for number in re.findall(r"Word(\d)", page)]
    assert printed == [str(scene) for scene, count in enumerate(sentences, 1) for _ in range(count)]
    assert make is screen_pdf or len(document) % 4 == 0

"""Whole books in every script, read back from the files as a reader's program does."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import cache
from io import BytesIO
from statistics import median
from threading import Thread

import numpy as np
import pikepdf
import pypdfium2  # type: ignore[import-untyped]
import pytest
from PIL import Image, ImageFilter
from reportlab.pdfgen.canvas import Canvas

from storytailor.book import Book, fonts, screen_pdf
from storytailor.book.canvas import PageCanvas
from storytailor.book.color_scheme import color_scheme
from storytailor.book.formats import SCREEN
from storytailor.book.lettering import draw_runs
from storytailor.book.pages import text_height
from storytailor.book.story_text import set_scenes
from storytailor.book.tagging import Tags
from storytailor.errors import UnprintableError
from storytailor.text.languages import SCRIPTS, script
from storytailor.text.typefaces import TEXT, faces_for, hb_font, size_of
from tests.book.pdf_reader import elements, open_pdf, text_of
from tests.book.sample_book import TEXTS, make_book, make_content
from tests.book.scripts import SAMPLES, Sample


def book_of(sample: Sample) -> Book:
    content = make_content((sample.text,) * 4, sample.title)
    return make_book(content=content, language=sample.language, authors=sample.names, activities=None)


@cache
def pdf_of(language: str) -> bytes:
    return screen_pdf(book_of(SAMPLES[language]))


def shown_glyphs(pdf: bytes) -> Iterator[tuple[str, int]]:
    """The font and code of each glyph that the pages draw."""
    with open_pdf(pdf) as document:
        for page in document.pages:
            font = ""
            for instruction in pikepdf.parse_content_stream(page):
                operands, operator = instruction.operands, instruction.operator
                if str(operator) == "Tf":
                    font = str(page.Resources.Font[str(operands[0])].BaseFont)
                elif str(operator) == "Tj":
                    yield from ((font, code) for code in bytes(operands[0]))
                elif str(operator) == "TJ":
                    parts = (part for part in operands[0] if isinstance(part, pikepdf.String))
                    yield from ((font, code) for part in parts for code in bytes(part))


def plain(text: str) -> str:
    """The text without white space and without what a reader's program may drop or compose otherwise."""
    text = unicodedata.normalize("NFC", text)
    return re.sub(r"\s+", "", "".join(c for c in text if unicodedata.category(c) != "Cf"))


def test_there_is_a_book_in_every_script_that_languages_may_have() -> None:
    written = {script(language) for language in SAMPLES}
    assert written | {"Latn", "Cyrl"} == set(SCRIPTS)


@pytest.mark.parametrize("language", SAMPLES)
def test_no_page_of_any_script_shows_the_sign_for_a_missing_letter(language: str) -> None:
    shown = list(shown_glyphs(pdf_of(language)))
    assert len(shown) > 300
    assert [font for font, code in shown if code == 0] == []


@pytest.mark.parametrize("language", SAMPLES)
def test_the_text_of_every_script_is_found_in_the_file_in_the_order_it_is_read(language: str) -> None:
    sample, pdf = SAMPLES[language], pdf_of(language)
    read = plain(" ".join(element.get("/ActualText", "") for element in elements(pdf)) + text_of(pdf))
    assert plain(sample.title) in read
    for paragraph in sample.text.split("\n\n"):
        assert plain(paragraph) in read


@pytest.mark.parametrize("language", [language for language in SAMPLES if language not in ("ar", "ur", "en")])
def test_a_viewer_finds_the_words_of_a_page_that_it_shows(language: str) -> None:
    shown = plain(text_of(pdf_of(language)))
    for word in re.findall(r"\w+", SAMPLES[language].text):
        assert plain(word) in shown


def ink(image: Image.Image, around: int = 0) -> np.ndarray:
    """Where the picture is dark, and so many pixels around."""
    return np.asarray(image.convert("L").filter(ImageFilter.MinFilter(2 * around + 1))) < 160


@pytest.mark.parametrize("language", SAMPLES)
def test_letters_and_their_marks_stand_on_the_page_where_harfbuzz_puts_them(language: str) -> None:
    text, size, color = SAMPLES[language].text.split("\n\n")[1][:24], 40, "#000000"
    out = BytesIO()
    with fonts.printing_in(language):
        document = Canvas(out, pagesize=(800, 100))
        page = PageCanvas(document, Tags(document), SCREEN)
        page.draw_label(text, fonts.TEXT, size, color, 20, 40)
        runs = fonts.runs(text, fonts.TEXT, right_to_left=fonts.is_right_to_left())
    document.save()
    expected = Image.new("RGB", (800, 100), "#ffffff")
    draw_runs(expected, runs, size, color, 20, 60, fonts.TEXT)
    drawn = pypdfium2.PdfDocument(out.getvalue())[0].render().to_pil()
    assert ink(expected).sum() > 1000
    # one pixel around is forgiven: the two smooth edges differently
    assert (ink(drawn) & ~ink(expected, around=1)).sum() < 5
    assert (ink(expected) & ~ink(drawn, around=1)).sum() < 5


@pytest.mark.parametrize("language", ["zh", "zh-Hant", "ja", "ko"])
def test_a_title_is_heavier_than_text_where_the_script_s_face_has_one_weight(language: str) -> None:
    title = SAMPLES[language].title
    drawn = {}
    for face in (fonts.TEXT, fonts.title_face(title)):
        out = BytesIO()
        with fonts.printing_in(language):
            document = Canvas(out, pagesize=(800, 100))
            PageCanvas(document, Tags(document), SCREEN).draw_label(title, face, 40, "#000000", 20, 40)
            picture = Image.new("RGB", (800, 100), "#ffffff")
            draw_runs(picture, fonts.runs(title, face), 40, "#000000", 20, 60, face)
        document.save()
        page = pypdfium2.PdfDocument(out.getvalue())[0].render().to_pil()
        drawn[face] = int(ink(page).sum()), int(ink(picture).sum())
    text, heavier = drawn.values()
    assert 1.2 < heavier[0] / text[0] < 1.7  # on a page
    assert 1.2 < heavier[1] / text[1] < 1.7  # on a cover that is a picture


def height_over_the_line(language: str, low: str) -> float:
    """How high its low letters stand in running text, as the book sets them, in ems of the text's size."""
    face = faces_for(TEXT, language)[0]
    font = hb_font(face)
    tops = [font.get_glyph_extents(font.get_nominal_glyph(ord(letter))).y_bearing for letter in low]
    height: float = median(tops) / font.face.upem * size_of(face)
    return height


@pytest.mark.parametrize(
    ("language", "low", "least", "most"),
    [("ru", "аеимнорсух", 0.95, 1.1), ("el", "αεικνοπστυ", 0.95, 1.1), ("hy", "արնուս", 0.95, 1.1),
     ("ka", "აიოუს", 0.95, 1.1), ("ar", "دسحوصع", 0.9, 1.05), ("ur", "دسحوصع", 0.9, 1.05), ("he", "אבהחמרשת", 1.1, 1.3),
     ("hi", "कमनरतसहपव", 1.3, 1.45), ("bn", "কমনরতসহপব", 1.3, 1.45), ("ta", "கமதபவ", 1.0, 1.2),
     ("th", "กนมรสวอ", 1.1, 1.3), ("am", "ሀለመሰረበተ", 1.3, 1.5)],
)  # fmt: skip
def test_letters_of_every_script_look_about_as_large_as_latin_ones(
    language: str, low: str, least: float, most: float
) -> None:
    assert least <= height_over_the_line(language, low) / height_over_the_line("en", "acemnorsuvwxz") <= most


@pytest.mark.parametrize("language", ["ar", "ur", "hi", "bn", "ta", "th", "he", "am"])
def test_no_line_of_tall_letters_touches_the_one_below(language: str) -> None:
    book = book_of(SAMPLES[language])
    with fonts.printing_in(language):
        scenes = set_scenes(
            book, [color_scheme(step) for step in book.palette.steps[1:]], SCREEN, text_height(SCREEN.side)
        )
    lines = sum(len(fragment.lines) for fragment in scenes[0][0])
    page = pypdfium2.PdfDocument(pdf_of(language))[3].render(scale=3).to_numpy()
    text = page[: round(0.8 * len(page))].max(axis=2) < 128  # what lies over the hills
    has_ink = text.any(axis=1).astype(int)
    assert (np.diff(has_ink) == 1).sum() >= lines > 2


def test_a_letter_that_no_face_has_ends_the_book_with_its_name() -> None:
    content = make_content((*TEXTS[:3], "She saw a sign: ᏣᎳᎩ."))
    with pytest.raises(UnprintableError, match="Ꮳ Ꮃ Ꭹ \\(Cherokee\\)"):
        screen_pdf(make_book(content=content))


def test_books_made_side_by_side_are_the_same_as_one_after_the_other() -> None:
    languages = ("hi", "bn", "ar", "th")
    made: dict[str, bytes] = {}

    def make(language: str) -> None:
        made[language] = screen_pdf(book_of(SAMPLES[language]))

    threads = [Thread(target=make, args=(language,)) for language in languages]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert made == {language: pdf_of(language) for language in languages}


def test_a_book_identifier_stands_in_one_face_in_any_script() -> None:
    for language in ("ar", "he", "hi", "th", "ja"):
        with fonts.printing_in(language):
            assert [
                face for face, _ in fonts.runs("c6ed1dfe-0750-42b3", fonts.TEXT, right_to_left=language == "ar")
            ] in (
                ["Andika-Regular"],
                [faces_for(fonts.TEXT, language)[0]],
            )

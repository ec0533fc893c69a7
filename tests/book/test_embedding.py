"""What typefaces an EPUB carries, for books in every script."""

from __future__ import annotations

import re
from functools import cache
from io import BytesIO
from zipfile import ZipFile

import pytest
import uharfbuzz as hb

from storytailor.book import epub
from tests.book.sample_book import make_book
from tests.book.scripts import SAMPLES
from tests.book.test_scripts import book_of


@cache
def files_of(language: str) -> dict[str, bytes]:
    with ZipFile(BytesIO(epub(book_of(SAMPLES[language]), None, None))) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def faces_of(language: str) -> dict[str, hb.Face]:
    fonts = {name: data for name, data in files_of(language).items() if name.endswith(".ttf")}
    return {name.split("/")[-1].removesuffix(".ttf"): hb.Face(hb.Blob(data)) for name, data in fonts.items()}


@pytest.mark.parametrize("language", SAMPLES)
def test_every_letter_of_a_book_is_in_the_faces_it_carries(language: str) -> None:
    shown = "".join(data.decode() for name, data in files_of(language).items() if name.endswith(".xhtml"))
    carried = {chr(code) for face in faces_of(language).values() for code in face.unicodes}
    assert {letter for letter in re.sub(r"\s", "", shown) if letter not in carried} == set()


@pytest.mark.parametrize("language", SAMPLES)
def test_a_book_carries_the_letters_it_needs_and_not_whole_faces(language: str) -> None:
    fonts = [len(data) for name, data in files_of(language).items() if name.endswith(".ttf")]
    assert 2 <= len(fonts) <= 9
    assert sum(fonts) < 300_000


def test_joined_letters_are_joined_by_the_face_that_the_book_carries() -> None:
    drawn = hb.Buffer()
    drawn.add_str("क्षत्रिय")
    drawn.guess_segment_properties()
    hb.shape(hb.Font(faces_of("hi")["NotoSansDevanagari-Regular"]), drawn)
    assert len(drawn.glyph_infos) < len("क्षत्रिय")
    assert all(glyph.codepoint for glyph in drawn.glyph_infos)


@pytest.mark.parametrize(
    ("language", "text", "headings"),
    [
        ("hi", "NotoSansDevanagari-Regular", "NotoSansDevanagari-Bold"),
        ("zh-Hant", "NotoSansTC-Regular", "NotoSansTC-Regular"),
        ("ur", "NotoNaskhArabic-Regular", "NotoNaskhArabic-Bold"),
    ],
)
def test_a_book_s_own_script_comes_first_in_its_style(language: str, text: str, headings: str) -> None:
    style = files_of(language)["EPUB/style.css"].decode()
    assert f'body {{ font-family: "{text}", ' in style
    assert f'h1, h2, .lead, dt {{ font-family: "Caprasimo-Regular", "{headings}"' in style


def test_an_english_book_carries_the_two_faces_it_always_had() -> None:
    with ZipFile(BytesIO(epub(make_book(), None, None))) as archive:
        fonts = [name for name in archive.namelist() if name.endswith(".ttf")]
    assert fonts == ["EPUB/fonts/Andika-Regular.ttf", "EPUB/fonts/Caprasimo-Regular.ttf"]

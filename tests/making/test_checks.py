"""What is looked at in a finished file before it is ready, on files that are not right."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO
from zipfile import ZipFile

import pytest
from reportlab.pdfgen.canvas import Canvas

from storytailor.book import epub, fonts, print_pdf, screen_pdf
from storytailor.catalog import ALL_ASSETS, CATALOG
from storytailor.errors import UnfitOutputError
from storytailor.making.checks import CREDENTIALS, Check, alternative_text, credentials, require, word_times
from storytailor.making.checks.epub import epub_checks
from storytailor.making.checks.pdf import pdf_checks
from storytailor.printing.facts import read_pdfs
from storytailor.story import Narration, Word
from storytailor_dagster.asset_checks import check_specs
from tests.book.sample_book import make_book, make_content, make_narration, make_picture

MP3 = b"\xff\xfb\x90\xc4" + bytes(413)


def found(checks: list[Check]) -> dict[str, str]:
    return {check.name: check.finding for check in checks if not check.passed}


@pytest.fixture(scope="module")
def pdfs() -> dict[str, bytes]:
    return {"pdf": screen_pdf(make_book()), "print": print_pdf(make_book())}


def test_a_book_that_is_right_passes_in_every_file(pdfs: dict[str, bytes]) -> None:
    book = epub(make_book(), make_narration(make_content().text), MP3)
    assert (
        found([*pdf_checks(read_pdfs(pdfs)), *epub_checks(book), word_times(make_narration(make_content().text))]) == {}
    )


def test_a_cover_without_a_title_is_found(pdfs: dict[str, bytes]) -> None:
    untitled = screen_pdf(make_book(content=make_content(title=" "), authors=()))
    assert found(list(pdf_checks(read_pdfs({**pdfs, "pdf": untitled})))) == {
        "title_is_visible": "The cover shows no title."
    }


def test_a_letter_that_is_an_empty_box_is_found(pdfs: dict[str, bytes]) -> None:
    out = BytesIO()
    fonts.has_glyphs(fonts.TEXT, "")  # registers the face
    page = Canvas(out, initialFontName=fonts.TEXT)  # type: ignore[arg-type]
    page.setFont(fonts.TEXT, 30)
    page.drawString(50, 500, "Maya 你好")
    page.save()
    finding = found(list(pdf_checks(read_pdfs({**pdfs, "pdf": out.getvalue()}))))["no_letter_is_missing"]
    assert finding == "Letters are empty boxes: 2 in pdf."


def test_a_text_that_breaks_off_on_an_almost_empty_page_is_told_but_taken(pdfs: dict[str, bytes]) -> None:
    out = BytesIO()
    page = Canvas(out, pagesize=(576, 576))
    page.setFont("Helvetica", 30)
    page.drawString(50, 300, "Title")
    page.showPage()
    for _ in range(2):
        for line in range(8):
            page.drawString(50, 520 - 12 * line, "A line of the story.")
        page.showPage()
    page.save()
    (check,) = [check for check in pdf_checks(read_pdfs({**pdfs, "pdf": out.getvalue()})) if not check.passed]
    assert check.finding == "A text breaks off on a page that is 25% full."
    assert require([check]) == [check]


def changed(book: bytes, change: Callable[[str, str], str]) -> bytes:
    out = BytesIO()
    with ZipFile(BytesIO(book)) as old, ZipFile(out, "w") as new:
        for name in old.namelist():
            body = old.read(name)
            new.writestr(name, change(name, body.decode()) if name.endswith((".xhtml", ".smil")) else body)
    return out.getvalue()


def test_a_picture_without_words_and_a_spoken_word_that_is_nowhere_are_found() -> None:
    book = epub(make_book(), make_narration(make_content().text), MP3)
    wordless = changed(book, lambda _, text: text.replace('alt="What scene_1 shows"', 'alt=""'))
    assert found(list(epub_checks(wordless))) == {"pictures_are_described": "1 pictures have no alternative text."}
    lost = changed(book, lambda name, text: text.replace("#w3", "#w9999") if name.endswith(".smil") else text)
    assert found(list(epub_checks(lost)))["spoken_words_are_on_the_page"].endswith("spoken words are on no page.")


@pytest.mark.parametrize(
    ("spans", "finding"),
    [
        ([], "There is no word in it."),
        ([(0, 1), (0.5, 2)], "Its times are out of order."),
        ([(0, 1), (1, 1), (1, 1), (1, 2)], "Some words have no time of their own."),
        ([(0, 1), (1, 2)], "The last word ends long before the sound does, or after it."),
        ([(0, 1), (1, 9)], "The last word ends long before the sound does, or after it."),
    ],
)
def test_word_times_that_do_not_fit_the_sound_are_found(spans: list[tuple[float, float]], finding: str) -> None:
    words = [Word(txt="word", start=start, end=end) for start, end in spans]
    seconds = 5.0 if finding.startswith("The last") else 2.0
    assert word_times(Narration(words=words, blocks={}, seconds=seconds)).finding == finding


def test_a_file_without_credentials_is_found() -> None:
    assert credentials({"scene_1": make_picture()}, "png").finding == "The credentials of scene_1 do not hold."


def test_what_is_not_right_is_not_taken_and_the_operator_reads_why() -> None:
    with pytest.raises(UnfitOutputError) as refused:
        require([alternative_text("Maya at the gate"), alternative_text(" ")])
    assert "alternative_text_is_there: It has no words." in refused.value.for_operator


def test_every_asset_with_a_file_is_checked_for_its_credentials() -> None:
    for asset in ALL_ASSETS:
        names = {spec.name for spec in check_specs(asset)}
        assert (CREDENTIALS in names) == bool(CATALOG[asset].extension), asset

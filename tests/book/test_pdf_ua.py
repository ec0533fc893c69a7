"""What a screen reader makes of the PDF, and two programs that check PDF/UA-1 (ISO 14289-1)."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import cache
from pathlib import Path

import outloud  # type: ignore[import-untyped]
import page
import pikepdf
import pytest

from storytailor.book import BookPicture, print_pdf, screen_pdf
from storytailor.catalog import SCENES
from storytailor.credentials.certificates import identity_of
from storytailor.credentials.signing import Origin, with_credentials
from storytailor.settings import Settings
from tests.book.books import TEN, whole_book
from tests.book.pdf_reader import Heard, elements, heard, open_pdf
from tests.book.sample_book import make_book, make_content, make_picture

_PRIVATE = "TXT-004"
"""Ligatures and joined forms have private codes. What is read instead of them stands in each line's ActualText."""


@cache
def pdf_of(language: str) -> bytes:
    return screen_pdf(whole_book(TEN[language]))


def findings(data: bytes, folder: Path) -> list[str]:
    """What the two programs find: page, in Rust with veraPDF's rules, and outloud, over qpdf, which reads on."""
    report = page.validate_pdf_bytes(data, profile="ua1")
    file = folder / "book.pdf"
    file.write_bytes(data)
    result = outloud.check(str(file))
    assert result.error is None
    assert report.rules.total > 100
    return [
        *(f"{failure.rule_id}: {failure.message}" for failure in report.failures),
        *(f"{finding.rule}: {finding.message}" for finding in result.findings if finding.rule != _PRIVATE),
    ]


@pytest.mark.parametrize("language", TEN)
def test_two_programs_find_nothing_against_pdf_ua_in_the_books_of_ten_languages(language: str, tmp_path: Path) -> None:
    assert findings(pdf_of(language), tmp_path) == []


def test_two_programs_find_nothing_in_the_print_file_nor_in_one_with_credentials(tmp_path: Path) -> None:
    printed = print_pdf(whole_book(TEN["he"]))
    signed = with_credentials(pdf_of("en"), "pdf", Origin("pdf", ["gpt-5"]), identity_of(Settings(_env_file=None)))
    (advice,) = findings(printed, tmp_path)
    assert advice.startswith("NAV-001")  # an outline, which printers refuse
    assert findings(signed, tmp_path) == []


def test_the_two_programs_do_find_a_picture_without_words_and_a_claim_not_made(tmp_path: Path) -> None:
    with open_pdf(pdf_of("en")) as document:
        figure = document.Root.StructTreeRoot.K.K[0].K[0]
        assert str(figure.S) == "/Figure"
        del figure.Alt, document.Root.Metadata
        document.save(tmp_path / "spoilt.pdf")
    found = findings((tmp_path / "spoilt.pdf").read_bytes(), tmp_path)
    assert {"PDFUA1-FIGURE-ALTERNATIVE-TEXT-001", "FIG-001", "PDFUA1-ID-SCHEMA-001", "DOC-012"} <= {
        line.partition(":")[0] for line in found
    }


def test_a_screen_reader_moves_by_headings_from_the_title_through_each_scene_to_the_answers() -> None:
    headings = [(part.role, part.text) for part in heard(pdf_of("fr")) if re.fullmatch(r"H\d", part.role)]
    assert headings == [
        ("H1", TEN["fr"].title),
        *(("H2", f"Scène {number}") for number in range(1, len(SCENES) + 1)),
        ("H2", "Fin"),
        ("H2", "Te souviens-tu\u202f?"),
        ("H2", "Des mots à garder"),
        ("H2", "À dessiner"),
        ("H2", "Réponses"),
    ]


@pytest.mark.parametrize("language", ["en", "hi", "he"])
def test_the_title_is_heard_once_as_heading_and_once_in_the_imprint(language: str) -> None:
    parts = [part.role for part in heard(pdf_of(language)) if part.text.strip() == TEN[language].title]
    assert parts == ["H1", "P"]


def test_questions_words_answers_and_colors_are_lists_with_labels() -> None:
    parts = heard(pdf_of("fr"))
    first, second = TEN["fr"].text.replace("\u202f", " ").split("\n\n")
    lists = [part for part in parts if part.role == "L"]
    assert [(part.numbering, len(part.kids)) for part in lists] == [
        ("Decimal", 3), ("None", 2), ("Decimal", 3), ("None", 5),
    ]  # fmt: skip
    questions, words, answers, colors = lists
    assert spoken(questions)[:3] == ["1", plain(first), "Regarde encore la page 4."]
    assert spoken(words) == ["Zoë", plain(second), "Tison", plain(second)]
    assert spoken(answers) == ["1", "Zoë", "2", "Tison", "3", plain(second)]
    assert spoken(colors)[0] == "Golden morning"
    assert [[kid.role for kid in item.kids] for item in questions.kids] == [["Lbl", "LBody"]] * 3
    assert [[kid.role for kid in item.kids] for item in words.kids] == [["Lbl", "LBody"]] * 2


def plain(text: str) -> str:
    return " ".join(text.replace("\u00a0", " ").split())


def spoken(part: Heard) -> list[str]:
    """The texts in the part, in their order."""
    return [plain(part.text)] if not part.kids else [text for kid in part.kids for text in spoken(kid)]


@pytest.mark.parametrize("language", ["en", "fr", "de", "ru", "ko"])
def test_words_of_two_lines_do_not_run_together_and_parted_words_are_whole(language: str) -> None:
    sample = TEN[language]
    paragraphs = {plain(part.drawn) for part in heard(pdf_of(language)) if part.role == "P"}
    first, second = sample.text.split("\n\n")
    assert {plain(first), plain(f"{second} {second} {first}")} <= paragraphs
    assert not [text for text in paragraphs if "\n" in text]


def test_lines_of_verse_do_not_run_together() -> None:
    verse = "Twinkle, twinkle, little star,\nHow I wonder what you are!"
    data = screen_pdf(make_book(content=make_content((verse,) * 4)))
    assert [part.drawn for part in heard(data) if part.drawn.startswith("Twinkle")] == [verse.replace("\n", " ")] * 4


@pytest.mark.parametrize(("language", "direction"), [("he", "/R2L"), ("ar", "/R2L"), ("en", "/L2R")])
def test_a_book_of_a_right_to_left_language_says_so(language: str, direction: str) -> None:
    with open_pdf(pdf_of(language)) as document:
        assert str(document.Root.ViewerPreferences.Direction) == direction
        assert str(document.Root.Lang) == language


def test_no_code_of_a_font_is_said_to_stand_for_a_character_that_is_none() -> None:
    with open_pdf(pdf_of("hi")) as document:
        maps = [
            bytes(font.ToUnicode.read_bytes()).decode()
            for sheet in document.pages
            for font in sheet.Resources.get("/Font", {}).values()
        ]
    assert maps
    for codes in maps:
        assert not re.search(r"<(0000|FEFF|FFFE)>$", codes, re.M)
        assert max(map(int, re.findall(r"(\d+) beginbfchar", codes))) <= 100


def test_a_picture_without_words_of_its_own_is_called_by_its_scene(tmp_path: Path) -> None:
    book = whole_book(TEN["de"])
    silent = replace(
        book, pictures={"cover": BookPicture(make_picture(), " "), "scene_2": BookPicture(make_picture(), "")}
    )
    data = screen_pdf(silent)
    figures = [element["/Alt"] for element in elements(data) if element["/S"] == "/Figure"]
    assert figures == [TEN["de"].title, "Szene 2"]
    assert findings(data, tmp_path) == []


def test_what_is_no_content_says_of_what_kind_it_is() -> None:
    with open_pdf(pdf_of("en")) as document:
        kinds = {
            str(instruction.operands[1].Type)
            for sheet in document.pages
            for instruction in pikepdf.parse_content_stream(sheet)
            if str(instruction.operator) == "BDC" and str(instruction.operands[0]) == "/Artifact"
        }
    assert kinds == {"/Background", "/Layout", "/Pagination"}

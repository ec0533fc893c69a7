"""The files of one book for each printer, opened by other readers than the product's preflight."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from io import BytesIO

import numpy as np
import pikepdf
import pypdfium2  # type: ignore[import-untyped]
import pytest
from PIL import Image

from storytailor.book import Book, print_pdf, printer_files
from storytailor.printing.facts import read_facts
from storytailor.printing.preflight import Verdict, judge
from storytailor.printing.profiles import HOME, PrinterProfile, profiles
from tests.book.pdf_reader import open_pdf, text_of
from tests.book.sample_book import TEXTS, make_book, make_content, make_pictures
from tests.report_tables import ReportRow

PRINTERS = [name for name, printer in profiles().items() if printer.apart]
BLEED = 9.0
TABLE = "One book for each printer"


@dataclass(frozen=True)
class Printed:
    printer: PrinterProfile
    interior: bytes
    cover: bytes

    @property
    def pages(self) -> int:
        return len(open_pdf(self.interior).pages)

    def verdict(self) -> Verdict:
        return judge(self.printer, read_facts(self.interior), read_facts(self.cover))


def printed(printer: PrinterProfile, book: Book) -> Printed:
    files = printer_files(book, printer)
    return Printed(printer, files["interior"], files["cover"])


@cache
def example(name: str) -> Printed:
    return printed(profiles()[name], make_book(pictures=make_pictures(1024)))


def most_ink(pdf: bytes) -> float:
    """The most ink on one spot, in per cent, of all colours and all pixels: read without the product's code."""
    sums = []
    for page in open_pdf(pdf).pages:
        content = pikepdf.parse_content_stream(page)
        sums += [100 * sum(map(float, item.operands)) for item in content if str(item.operator) in ("k", "K")]
        for image in page.get_images(recursive=False).values():
            raw = Image.open(BytesIO(image.read_raw_bytes()))
            assert (raw.mode, list(map(int, image.Decode))) == ("CMYK", [1, 0] * 4)
            sums.append(np.asarray(raw).sum(axis=-1, dtype=int).max() / 2.55)
    return max(sums)


def boxes(pdf: bytes) -> list[list[list[float]]]:
    """Of each page what is handed in, its bleed and its trim, in points."""
    names = ("/MediaBox", "/BleedBox", "/TrimBox")
    with open_pdf(pdf) as document:
        return [[[float(edge) for edge in page[name]] for name in names] for page in document.pages]


def channels(picture: Image.Image, at: tuple[int, int]) -> tuple[int, ...]:
    pixel = picture.getpixel(at)
    assert isinstance(pixel, tuple)
    return pixel


def render(pdf: bytes, page: int = 0) -> Image.Image:
    picture: Image.Image = pypdfium2.PdfDocument(pdf)[page].render().to_pil().convert("RGB")
    return picture


@pytest.mark.parametrize("name", PRINTERS)
def test_a_printer_takes_interior_and_cover(name: str, report_row: ReportRow) -> None:
    files = example(name)
    verdict = files.verdict()
    assert verdict.problems == []
    assert "Pictures were drawn at 117 dots per inch and enlarged to 300: softer than could be." in verdict.notes
    in_inks = files.printer.color == "CMYK"
    ink = max(map(most_ink, (files.interior, files.cover))) if in_inks else 0.0
    assert ink <= (files.printer.ink_limit or 0)
    figures, first = verdict.figures, boxes(files.interior)[0]
    report_row(
        TABLE,
        {
            "printer": name,
            "preflight": "yes",
            "pages": f"{files.pages}, {read_facts(files.interior).added_pages} added",
            "page, in": " × ".join(f"{length / 72:.3f}" for length in first[0][2:]),
            "trimmed, in": " × ".join(f"{(first[2][at + 2] - first[2][at]) / 72:.2f}" for at in (0, 1)),
            "cover, in": " × ".join(f"{length / 72:.3f}" for length in boxes(files.cover)[0][0][2:]),
            "spine, in": str(figures["spineInches"]),
            "drawn → printed, dpi": f"{figures['drawnDpi']} → {figures['dpi']}",
            "colours": "/".join(read_facts(files.interior).color_spaces) + ("" if in_inks else " as sRGB"),
            "standard, intent": f"{figures['standard']}, {figures['intent'] or '–'}",
            "most ink": f"{ink:.0f} %" if in_inks else "–",
        },
    )


def test_the_home_file_is_for_home_and_each_printer_says_why_it_is_not_for_them(report_row: ReportRow) -> None:
    printed_at_home = print_pdf(make_book(pictures=make_pictures(1024)))
    home = read_facts(printed_at_home)
    verdicts = {name: judge(printer, home, None) for name, printer in profiles().items()}
    assert verdicts[HOME].passes
    _, media, trim = boxes(printed_at_home)[0]
    report_row(
        TABLE,
        {
            "printer": HOME,
            "preflight": "yes",
            "pages": str(len(home.pages)),
            "page, in": " × ".join(f"{length / 72:.3f}" for length in media[2:]),
            "trimmed, in": " × ".join(f"{(trim[at + 2] - trim[at]) / 72:.2f}" for at in (0, 1)),
            "cover, in": "its first page",
            "spine, in": "–",
            "drawn → printed, dpi": f"{verdicts[HOME].figures['drawnDpi']} → {verdicts[HOME].figures['dpi']}",
            "colours": "/".join(home.color_spaces),
            "standard, intent": f"{verdicts[HOME].figures['standard']}, –",
            "most ink": "–",
        },
    )
    assert {"Interior and cover are one file; this printer wants two."} <= set(verdicts["lulu"].problems)
    assert "The interior is in RGB; this printer wants CMYK throughout." in verdicts["ingramspark"].problems
    assert "There are 16 pages; the printer binds 24 at least." in verdicts["kdp"].problems
    for name in PRINTERS:
        row = {"printer": name, "why not": " ".join(verdicts[name].problems)}
        report_row("The home print file at each printer's", row)


@pytest.mark.parametrize("name", PRINTERS)
def test_the_interior_begins_without_a_cover_and_ends_on_a_white_page(name: str) -> None:
    files = example(name)
    assert files.pages >= files.printer.least_pages
    assert files.pages % files.printer.multiple == 0
    assert "Whispering" not in pypdfium2.PdfDocument(files.interior)[0].get_textpage().get_text_bounded()
    assert "Whispering" in text_of(files.cover)
    last = render(files.interior, files.pages - 1)
    assert last.getcolors() == [(last.width * last.height, (255, 255, 255))]


def test_what_a_short_book_lacks_to_the_least_number_are_pages_to_draw_on() -> None:
    files = example("lulu")
    assert files.pages == 32
    assert text_of(files.interior).count("Something to draw") == 32 - 15 - 2
    assert text_of(files.interior).index("The colours of this story") < text_of(files.interior).rindex("Something to")
    assert "Added because the printer binds no fewer, to draw on, endpapers and white: 17 of 32 pages." in (
        files.verdict().notes
    )


@pytest.mark.parametrize(("language", "first_at_left"), [("en", True), ("he", False)])
def test_there_is_no_bleed_where_kdp_binds(language: str, first_at_left: bool) -> None:
    files = printed(profiles()["kdp"], make_book(language=language))
    for folio, page in enumerate(boxes(files.interior), 1):
        bound_at_left = (folio % 2 == 1) == first_at_left
        left = 0 if bound_at_left else BLEED
        assert page == [[0, 0, 621, 630], [0, 0, 621, 630], [left, BLEED, left + 612, 621]]
    picture = render(files.interior, 3)
    assert {picture.getpixel(at) for at in ((1, 1), (619, 628))} != {(255, 255, 255)}
    assert files.verdict().passes


def test_a_book_read_from_right_to_left_has_its_front_at_the_left_of_the_sheet() -> None:
    for language, part in (("en", 1), ("he", 0)):
        sheet = render(printed(profiles()["kdp"], make_book(language=language)).cover)
        halves = [sheet.crop((0, 0, 620, 630)), sheet.crop((626, 0, 1246, 630))]
        assert max((0, 1), key=lambda half: channels(halves[half], (40, 300))[2]) == part  # the picture's sky


@pytest.mark.parametrize("name", PRINTERS)
def test_the_cover_is_as_wide_as_two_trims_the_spine_and_its_bleed(name: str) -> None:
    files = example(name)
    spine = {"lulu": files.pages / 444 + 0.06, "kdp": files.pages * 0.002347, "ingramspark": files.pages * 0.0025}
    ((media, bleed, trim),) = boxes(files.cover)
    width = 72 * (2 * 8.5 + spine[name] + 0.25)
    assert media == bleed == pytest.approx([0, 0, width, 630], abs=0.01)
    assert trim == pytest.approx([BLEED, BLEED, width - BLEED, 621], abs=0.01)


def test_the_title_stands_on_a_spine_that_is_wide_enough_only() -> None:
    thick = profiles()["lulu"].model_copy(update={"spine_a_page": 0.02, "spine_text_pages": 32})
    files = printed(thick, make_book())
    assert files.verdict().passes
    assert " ".join(text_of(files.cover).split()).count("The Lantern in the Whispering Wood") == 2
    assert " ".join(text_of(example("lulu").cover).split()).count("The Lantern in the Whispering Wood") == 1


@pytest.mark.parametrize("name", PRINTERS)
def test_the_place_of_the_barcode_is_free(name: str) -> None:
    files = example(name)
    width, height = (72 * length for length in files.printer.barcode)
    right, foot = BLEED + 612 - 18, 630 - BLEED - 18
    place = render(files.cover).crop((round(right - width + 1), round(foot - height + 1), round(right), round(foot)))
    assert len(np.unique(np.asarray(place).reshape(-1, 3), axis=0)) == 1
    assert (channels(place, (5, 5)) == (255, 255, 255)) == files.printer.barcode_box


@pytest.mark.parametrize("part", ["interior", "cover"])
def test_ingramsparks_files_are_pdf_x_1a(part: str) -> None:
    data = getattr(example("ingramspark"), part)
    document = open_pdf(data)
    assert data.startswith(b"%PDF-1.3")
    info = {name: str(document.docinfo[name]) for name in ("/GTS_PDFXVersion", "/GTS_PDFXConformance", "/Trapped")}
    assert info == {
        "/GTS_PDFXVersion": "PDF/X-1:2001",
        "/GTS_PDFXConformance": "PDF/X-1a:2001",
        "/Trapped": "/False",
    }
    assert {"/Title", "/CreationDate", "/ModDate", "/Producer"} <= set(document.docinfo.keys())
    assert len(document.trailer.ID) == 2
    (intent,) = list(document.Root.OutputIntents)
    assert (str(intent.S), str(intent.OutputConditionIdentifier)) == ("/GTS_PDFX", "CGATS TR 003")
    icc = intent.DestOutputProfile.read_bytes()
    assert (int(intent.DestOutputProfile.N), icc[12:16], icc[16:20]) == (4, b"prtr", b"CMYK")
    assert not {"/StructTreeRoot", "/Outlines", "/Names", "/AF", "/OpenAction", "/AcroForm"} & set(document.Root.keys())
    for page in document.pages:
        assert not {"/Annots", "/Group"} & set(page.obj.keys())
        operators = {str(item.operator) for item in pikepdf.parse_content_stream(page)}
        assert not {"rg", "RG", "g", "G", "cs", "CS", "sh", "gs", "BDC"} & operators
        for font in page.Resources.get("/Font", {}).values():
            assert "/FontFile2" in font.FontDescriptor
        for image in page.get_images(recursive=False).values():
            assert (str(image.ColorSpace), "/SMask" in image) == ("/DeviceCMYK", False)


def test_pictures_in_inks_look_as_they_were_drawn() -> None:
    picture = render(example("ingramspark").interior, 3)
    assert channels(picture, (60, 60)) == pytest.approx((0x8F, 0xB8, 0xDE), abs=24)  # the sky


def test_no_book_has_transparency_and_its_stars_shine_as_before() -> None:
    for page in open_pdf(print_pdf(make_book())).pages:
        assert not page.Resources.get("/ExtGState", {})
    endpaper = np.asarray(render(print_pdf(make_book()), 1))
    assert len(np.unique(endpaper[: endpaper.shape[0] // 2].reshape(-1, 3), axis=0)) > 20


@pytest.mark.parametrize("times", [1, 6])
def test_a_longer_book_is_bound_as_well(times: int) -> None:
    texts = tuple("\n\n".join([text] * times) for text in TEXTS)
    for name in PRINTERS:
        files = printed(profiles()[name], make_book(content=make_content(texts), pictures={}, activities=None))
        assert files.verdict().problems == []

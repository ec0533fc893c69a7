"""The preflight finds what is wrong in a file, whoever made it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from io import BytesIO

import numpy as np
import pikepdf
import pytest
from pikepdf import Array, Dictionary, Name, String
from PIL import Image

from storytailor.book import printer_files
from storytailor.printing import inks
from storytailor.printing.facts import read_facts
from storytailor.printing.preflight import judge
from storytailor.printing.profiles import profiles
from tests.book.sample_book import make_book

INGRAM = profiles()["ingramspark"]
Break = Callable[[pikepdf.Pdf], None]


@cache
def files() -> Mapping[str, bytes]:
    return {str(part): pdf for part, pdf in printer_files(make_book(), INGRAM).items()}


def problems(part: str, break_it: Break) -> str:
    """What the preflight says once one of the two files is broken."""
    with pikepdf.open(BytesIO(files()[part])) as document:
        break_it(document)
        out = BytesIO()
        document.save(out, force_version="1.3", object_stream_mode=pikepdf.ObjectStreamMode.disable)
    facts = {name: read_facts(pdf) for name, pdf in {**files(), part: out.getvalue()}.items()}
    return " ".join(judge(INGRAM, facts["interior"], facts["cover"]).problems)


def draw(content: str, page: int = 4) -> Break:
    """Draw something more on a page: the fifth of an interior is its first page of text."""

    def break_it(document: pikepdf.Pdf) -> None:
        document.pages[page].contents_add(document.make_stream(content.encode()))

    return break_it


def box(name: str, edges: list[float]) -> Break:
    def break_it(document: pikepdf.Pdf) -> None:
        document.pages[4].obj[name] = Array(edges)

    return break_it


def without_fonts(document: pikepdf.Pdf) -> None:
    for font in document.pages[4].Resources.Font.values():
        del font.FontDescriptor["/FontFile2"]


def with_a_letter_its_font_has_not(document: pikepdf.Pdf) -> None:
    name = next(iter(document.pages[4].Resources.Font.keys()))
    draw(f"BT 1 0 0 1 300 300 Tm {name} 12 Tf <F7F7> Tj ET")(document)


def with_a_veil(document: pikepdf.Pdf) -> None:
    document.pages[4].Resources.ExtGState = Dictionary(Veil=Dictionary(ca=0.5))
    draw("/Veil gs 300 300 10 10 re f")(document)


def with_a_coarse_picture(document: pikepdf.Pdf) -> None:
    (image,) = document.pages[3].get_images(recursive=False).values()
    out = BytesIO()
    Image.new("CMYK", (1000, 1000)).save(out, "JPEG")
    image.write(out.getvalue(), filter=Name.DCTDecode)
    image.Width = image.Height = 1000


def with_a_black_picture(document: pikepdf.Pdf) -> None:
    (image,) = document.pages[3].get_images(recursive=False).values()
    out = BytesIO()
    Image.new("CMYK", (3000, 3000), (200, 200, 200, 255)).save(out, "JPEG")
    image.write(out.getvalue(), filter=Name.DCTDecode)


def in_rgb(document: pikepdf.Pdf) -> None:
    (image,) = document.pages[3].get_images(recursive=False).values()
    out = BytesIO()
    Image.new("RGB", (int(image.Width), int(image.Height))).save(out, "JPEG")
    image.write(out.getvalue(), filter=Name.DCTDecode)
    image.ColorSpace = Name.DeviceRGB


def with_a_file_attached(document: pikepdf.Pdf) -> None:
    document.attachments["manifest"] = b"signed"


def with_a_link(document: pikepdf.Pdf) -> None:
    document.pages[0].obj.Annots = Array([Dictionary(Type=Name.Annot, Subtype=Name.Link, Rect=Array([0, 0, 9, 9]))])


def without_an_intent(document: pikepdf.Pdf) -> None:
    del document.Root["/OutputIntents"]


def of_no_standard(document: pikepdf.Pdf) -> None:
    document.docinfo["/GTS_PDFXConformance"] = String("PDF/X-3:2002")


def without_its_last_two_pages(document: pikepdf.Pdf) -> None:
    del document.pages[-2:]


def with_one_page_more(document: pikepdf.Pdf) -> None:
    document.pages.append(document.pages[-1])


def white_at_the_edge(document: pikepdf.Pdf) -> None:
    document.pages[4].obj.Contents = document.make_stream(b"0 0 0 .1 k 9 9 603 603 re f")


@pytest.mark.parametrize(
    ("part", "break_it", "said"),
    [
        ("interior", without_fonts, "fonts that are not embedded: "),
        ("interior", with_a_letter_its_font_has_not, "has 2 letters that its fonts cannot draw"),
        ("interior", with_a_veil, "has transparency"),
        ("interior", with_a_coarse_picture, "has 114 dots per inch; the printer wants 300."),
        ("interior", with_a_black_picture, "lays 335 % ink on one spot; the printer takes 240 %."),
        ("interior", draw(".6 .6 .6 .7 k 300 300 10 10 re f"), "lays 250 % ink"),
        ("interior", in_rgb, "The interior is in RGB; this printer wants CMYK throughout."),
        ("interior", draw("1 0 0 RG 300 300 10 10 re S"), "The interior is in RGB; this printer"),
        ("interior", with_a_file_attached, "a file attached, which PDF/X-1a:2001 forbids"),
        ("interior", with_a_link, "The interior has annotations: nothing of that can be printed."),
        ("interior", without_an_intent, "no output intent CGATS TR 003"),
        ("interior", of_no_standard, "is PDF/X-3:2002; this printer wants PDF/X-1a:2001."),
        ("interior", box("/TrimBox", [0, 9, 600, 621]), "Trimmed to 8.33 × 8.50 in instead of 8.5 × 8.5 (page 5)."),
        ("interior", box("/BleedBox", [0, 9, 612, 621]), "Bleed at foot, head, outer edge and spine of 0, 0, 0, 0 in"),
        ("interior", box("/MediaBox", [0, 0, 700, 700]), "The page is larger than its bleed (page 5)."),
        ("interior", white_at_the_edge, "Nothing reaches to the bleed's edge (page 5)."),
        ("interior", draw("BT /F1+0 12 Tf 1 0 0 1 580 300 Tm (Leo) Tj ET"), "nearer to the edge than 0.5 in (page 5)."),
        ("interior", without_its_last_two_pages, "There are 16 pages; the printer binds 18 at least."),
        ("interior", with_one_page_more, "There are 19 pages; the printer binds multiples of 2."),
        ("interior", draw("0 0 0 1 k 9 9 9 9 re f", -1), "The last page is not white"),
        ("interior", without_its_last_two_pages, "The cover is 17.295 × 8.750 in; around 16 pages"),
        ("cover", draw("0 0 0 1 k 560 40 20 20 re f", 0), "where the barcode is printed"),
        ("cover", draw("BT /F1+0 12 Tf 1 0 0 1 618 300 Tm (Leo) Tj ET", 0), "Letters on the spine of 18 pages"),
        ("cover", draw("BT /F1+0 12 Tf 1 0 0 1 12 300 Tm (Leo) Tj ET", 0), "on the cover are nearer to the edge"),
        ("cover", without_an_intent, "The cover has no output intent"),
    ],
)  # fmt: skip
def test_what_is_wrong_in_a_file_is_said(part: str, break_it: Break, said: str) -> None:
    assert said in problems(part, break_it)


def test_letters_keep_from_the_spine_as_far_as_the_number_of_pages_asks() -> None:
    facts = {part: read_facts(pdf) for part, pdf in files().items()}
    thick = INGRAM.model_copy(update={"gutters": [(17, 0.5), (900, 1.0)]})
    (problem,) = judge(thick, facts["interior"], facts["cover"]).problems
    assert problem.startswith("Letters are nearer to the spine than 1.0 in (page ")


def test_nothing_is_said_of_a_file_that_is_only_written_anew() -> None:
    for part in files():
        assert problems(part, lambda document: None) == ""


def test_no_colour_takes_more_ink_than_the_press_takes_however_jpeg_rounds_it() -> None:
    noise = np.random.default_rng(5).integers(0, 256, (400, 400, 3), dtype=np.uint8)
    dark = np.random.default_rng(6).integers(0, 70, (400, 400, 3), dtype=np.uint8)
    for pixels in (noise, dark):
        out = BytesIO()
        inks.to_inks(Image.fromarray(pixels)).save(out, "JPEG", quality=93, subsampling=0)
        assert np.asarray(Image.open(out)).sum(axis=-1, dtype=int).max() / 2.55 <= 240


def test_white_is_paper_and_black_is_black() -> None:
    assert inks.ink_of((1, 1, 1)) == (0, 0, 0, 0)
    assert inks.ink_of((0, 0, 0))[3] > 0.98


def test_every_profile_says_where_its_rules_were_read_and_binds_what_it_says() -> None:
    for name, printer in profiles().items():
        assert printer.sources, name
        for pages in (1, 17, 31, 40):
            bound = printer.page_count(pages)
            assert bound >= max(pages, printer.least_pages)
            assert bound % printer.multiple == 0

"""What a finished PDF is, read back from its bytes: boxes, fonts, colours, ink, resolution, and what it declares."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from io import BytesIO

import numpy as np
import pikepdf
from PIL import Image

from storytailor.printing.content import Box, images_of
from storytailor.printing.glyphs import DrawnFonts
from storytailor.printing.marks import PageMarks, marks_of

_SPACES = {"/DeviceRGB": "RGB", "/DeviceCMYK": "CMYK", "/DeviceGray": "Gray", "/CalRGB": "RGB", "/CalGray": "Gray"}


@dataclass(frozen=True)
class PageFacts:
    """A page's boxes, in points, and its marks. A box that is not declared is the one around it."""

    media: Box
    bleed: Box
    trim: Box
    declares_trim: bool
    marks: PageMarks


@dataclass(frozen=True)
class PdfFacts:
    """A PDF as a printer's intake sees it. `ink` is the most of four inks on one spot, in per cent; None in RGB."""

    bytes: int
    version: str
    pages: Sequence[PageFacts]
    color_spaces: frozenset[str]
    calibrated_rgb: bool  # its RGB is defined as a calibrated space
    ink: float | None
    least_dpi: float | None
    most_dpi: float | None
    drawn_dpi: float | None  # before pictures were enlarged, where the file says it
    added_pages: int  # for the binding, where the file says it
    not_embedded: frozenset[str]
    transparent: bool
    pdfx: str
    intent: str
    intent_profile: bool
    attachments: bool
    extras: frozenset[str] = field(default_factory=frozenset)  # annotations, actions, encryption …

    @property
    def missing_glyphs(self) -> int:
        """How many letters are empty boxes."""
        return sum(page.marks.missing_glyphs for page in self.pages)


def read_facts(pdf: bytes) -> PdfFacts:
    """Read a PDF. Takes processor time: every picture in CMYK is decoded. Raises pikepdf.PdfError for what is none."""
    with pikepdf.open(BytesIO(pdf)) as document:
        fonts = DrawnFonts()
        pages = [_page(page, fonts) for page in document.pages]
        pictures = {image.objgen: image for page in document.pages for image in images_of(page).values()}
        spaces = [_space(image) for image in pictures.values()] + [s for page in pages for s in page.marks.color_spaces]
        resolutions = [dpi for page in pages for _, dpi, _ in page.marks.pictures]
        drawn_in = [fonts.read(font) for page in document.pages for font in _resources(page, "/Font").values()]
        drawn = str(document.docinfo.get("/DrawnResolution", ""))
        intent = next(iter(document.Root.get("/OutputIntents", [])), None)
        return PdfFacts(
            bytes=len(pdf),
            version=document.pdf_version,
            pages=pages,
            color_spaces=frozenset(spaces),
            calibrated_rgb=all("/DefaultRGB" in _resources(page, "/ColorSpace") for page in document.pages),
            ink=_most_ink(pages, list(pictures.values())),
            least_dpi=min(resolutions, default=None),
            most_dpi=max(resolutions, default=None),
            drawn_dpi=float(drawn) if drawn else None,
            added_pages=int(str(document.docinfo.get("/AddedPages", "0"))),
            not_embedded=frozenset(font.name for font in drawn_in if not font.is_embedded),
            transparent=any(
                _is_transparent(page, facts.marks) for page, facts in zip(document.pages, pages, strict=True)
            ),
            pdfx=str(document.docinfo.get("/GTS_PDFXConformance", document.docinfo.get("/GTS_PDFXVersion", ""))),
            intent=str(intent.get("/OutputConditionIdentifier", "")) if intent is not None else "",
            intent_profile=intent is not None and "/DestOutputProfile" in intent,
            attachments="/AF" in document.Root or "/EmbeddedFiles" in document.Root.get("/Names", pikepdf.Dictionary()),
            extras=frozenset(_extras(document)),
        )


def read_pdfs(files: Mapping[str, bytes]) -> Mapping[str, PdfFacts]:
    """Read PDFs by name. Takes processor time, as reading one does."""
    return {name: read_facts(body) for name, body in files.items()}


def _page(page: pikepdf.Page, fonts: DrawnFonts) -> PageFacts:
    media = _box(page.mediabox)
    return PageFacts(
        media,
        bleed=_box(page.obj.BleedBox) if "/BleedBox" in page.obj else media,
        trim=_box(page.obj.TrimBox) if "/TrimBox" in page.obj else media,
        declares_trim="/TrimBox" in page.obj,
        marks=marks_of(page, fonts),
    )


def _box(array: pikepdf.Object) -> Box:
    left, bottom, right, top = (float(edge) for edge in array)
    return left, bottom, right, top


def _resources(page: pikepdf.Page, kind: str) -> Mapping[str, pikepdf.Object]:
    found = page.obj.get("/Resources", pikepdf.Dictionary()).get(kind, pikepdf.Dictionary())
    return dict(found.items())


def _space(image: pikepdf.Object) -> str:
    space = image.get("/ColorSpace")
    if isinstance(space, pikepdf.Array) and space[0] == "/ICCBased":
        return {1: "Gray", 3: "ICC RGB", 4: "ICC CMYK"}[int(space[1].N)]
    return _SPACES.get(str(space), "other")


def _most_ink(pages: Sequence[PageFacts], pictures: Sequence[pikepdf.Object]) -> float | None:
    """The most ink of any colour and any pixel, in per cent; None where nothing is in CMYK."""
    sums = [ink for page in pages for ink in page.marks.inks]
    sums += [_ink_of(image) for image in pictures if _space(image) == "CMYK" and isinstance(image, pikepdf.Stream)]
    return round(100 * max(sums), 1) if sums else None


def _ink_of(image: pikepdf.Stream) -> float:
    """The most ink of a picture in CMYK, 0 to 4; a JPEG's pixels are decoded as a printer's are."""
    if image.get("/Filter") in (pikepdf.Name.DCTDecode, pikepdf.Array([pikepdf.Name.DCTDecode])):
        inks = np.asarray(Image.open(BytesIO(image.read_raw_bytes())))  # Pillow takes such JPEGs for negatives
        is_negative = [int(edge) for edge in image.get("/Decode", [])] == [1, 0] * 4
        inks = inks if is_negative else 255 - inks
    else:
        inks = np.frombuffer(image.read_bytes(), np.uint8).reshape(-1, 4)
    return float(inks.sum(axis=-1, dtype=np.uint16).max()) / 255


def _is_transparent(page: pikepdf.Page, marks: PageMarks) -> bool:
    """Whether something shows through: a state that was used, a soft mask, a transparency group."""
    states = _resources(page, "/ExtGState")
    used = [states[name] for name in marks.states if name in states]
    return (
        any(float(state.get(key, 1)) < 1 for state in used for key in ("/ca", "/CA"))
        or any(str(state.get("/BM", "/Normal")) not in ("/Normal", "/Compatible") for state in used)
        or any(str(state.get("/SMask", "/None")) != "/None" for state in used)
        or any("/SMask" in image for image in images_of(page).values())
        or "/Group" in page.obj
    )


def _extras(document: pikepdf.Pdf) -> Iterator[str]:
    root, names = document.Root, document.Root.get("/Names", pikepdf.Dictionary())
    if any("/Annots" in page.obj for page in document.pages):
        yield "annotations"
    if "/OpenAction" in root or "/AA" in root or "/JavaScript" in names:
        yield "actions"
    if "/AcroForm" in root:
        yield "a form"
    if "/Outlines" in root and "/First" in root.Outlines:
        yield "an outline"
    if document.is_encrypted:
        yield "encryption"

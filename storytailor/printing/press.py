"""A PDF made ready for a printer: boxes, resolution, colours and what it declares of itself.

What goes in is a PDF in RGB without transparency, its pages with bleed on all sides. What comes out has no structure
for screen readers, no outline, no annotation: nothing but what is printed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from io import BytesIO

import pikepdf
from pikepdf import Array, Dictionary, Name, String
from PIL import Image

from storytailor.printing import inks
from storytailor.printing.content import Box, images_of, instructions, size_of_unit
from storytailor.printing.profiles import PrinterProfile

_JPEG_QUALITY = 93
_POINTS_PER_INCH = 72.0
_NOT_PRINTED = ("/StructTreeRoot", "/MarkInfo", "/PageMode", "/PageLayout", "/Outlines", "/Names", "/ViewerPreferences")
_NOT_PRINTED_OF_A_PAGE = ("/StructParents", "/Tabs", "/Trans", "/Annots", "/Group", "/CropBox", "/ArtBox", "/Rotate")
_MARKS = {"BMC", "BDC", "EMC", "MP", "DP"}


@dataclass(frozen=True)
class Sheet:
    """The part of a page that goes to the printer, and where in it is cut; in points of the page that comes in."""

    media: Box
    trim: Box


def pressed(pdf: bytes, profile: PrinterProfile, sheets: Sequence[Sheet], added_pages: int = 0) -> bytes:
    """The PDF as this printer takes it, with a sheet for each of its pages. Takes processor time: seconds.

    The file keeps what the preflight cannot see: how fine pictures were drawn, how many pages only fill it.
    """
    with pikepdf.open(BytesIO(pdf)) as document:
        sizes = _largest_sizes(document)
        for page, sheet in zip(document.pages, sheets, strict=True):
            _cut(document, page, sheet, to_inks=profile.color == "CMYK")
        drawn = [_prepare_picture(image, size, profile) for image, size in sizes.values()]
        if drawn:
            document.docinfo["/DrawnResolution"] = String(str(round(min(drawn))))
        if added_pages:
            document.docinfo["/AddedPages"] = String(str(added_pages))
        _declare(document, profile)
        out = BytesIO()
        document.save(
            out,
            force_version="1.3" if profile.pdfx else "1.4",
            object_stream_mode=pikepdf.ObjectStreamMode.disable,
            deterministic_id=True,
        )
    return out.getvalue()


def _largest_sizes(document: pikepdf.Pdf) -> Mapping[tuple[int, int], tuple[pikepdf.Object, tuple[float, float]]]:
    """Each picture with the largest size, in points, at which it stands anywhere."""
    found: dict[tuple[int, int], tuple[pikepdf.Object, tuple[float, float]]] = {}
    for page in document.pages:
        images = images_of(page)
        for instruction in instructions(page):
            if instruction.operator == "Do" and (image := images.get(str(instruction.operands[0]))) is not None:
                size = size_of_unit(instruction.matrix)
                known = found.get(image.objgen)
                found[image.objgen] = image, max(size, known[1]) if known else size
    return found


def _cut(document: pikepdf.Pdf, page: pikepdf.Page, sheet: Sheet, *, to_inks: bool) -> None:
    """Give the page its boxes, its origin at the sheet's corner, and colours of the press."""
    left, bottom, right, top = sheet.media
    moved: list[tuple[list[pikepdf.Object], str]] = [([], "q"), (_numbers(1, 0, 0, 1, -left, -bottom), "cm")]
    for instruction in instructions(page):
        operator, operands = instruction.operator, list(instruction.operands)
        if operator in _MARKS:
            continue
        if to_inks and operator in ("rg", "RG", "g", "G"):
            values = instruction.numbers * (3 if len(operands) == 1 else 1)
            operands = _numbers(*inks.ink_of((values[0], values[1], values[2])))
            operator = "k" if operator.islower() else "K"
        moved.append((operands, operator))
    moved.append(([], "Q"))
    stream = pikepdf.unparse_content_stream([(operands, pikepdf.Operator(name)) for operands, name in moved])
    page.obj.Contents = document.make_stream(stream)
    media = [0.0, 0.0, right - left, top - bottom]
    trim = [sheet.trim[0] - left, sheet.trim[1] - bottom, sheet.trim[2] - left, sheet.trim[3] - bottom]
    for name, box in (("/MediaBox", media), ("/BleedBox", media), ("/TrimBox", trim)):
        page.obj[name] = Array(_numbers(*box))
    for name in _NOT_PRINTED_OF_A_PAGE:
        if name in page.obj:
            del page.obj[name]


def _prepare_picture(image: pikepdf.Object, size: tuple[float, float], profile: PrinterProfile) -> float:
    """Enlarge the picture to the printer's resolution and bring it into its colours; the resolution it was drawn at."""
    assert isinstance(image, pikepdf.Stream)
    picture: Image.Image = pikepdf.PdfImage(image).as_pil_image().convert("RGB")
    drawn = min(pixels / points for pixels, points in zip(picture.size, size, strict=True)) * _POINTS_PER_INCH
    wanted = profile.dpi
    if wanted and drawn < wanted:
        scale = wanted / drawn
        width, height = (round(side * scale + 0.49) for side in picture.size)
        picture = picture.resize((width, height), Image.Resampling.LANCZOS)
    in_inks = profile.color == "CMYK"
    if in_inks:
        picture = inks.to_inks(picture)
    out = BytesIO()
    picture.save(out, "JPEG", quality=_JPEG_QUALITY, subsampling=0)
    image.write(out.getvalue(), filter=Name.DCTDecode)
    image.Width, image.Height = picture.size
    image.BitsPerComponent = 8
    image.ColorSpace = Name.DeviceCMYK if in_inks else Name.DeviceRGB
    if in_inks:
        image.Decode = Array([1, 0] * 4)  # JPEGs in CMYK are stored as negatives
    return drawn


def _declare(document: pikepdf.Pdf, profile: PrinterProfile) -> None:
    """What the file says of itself: its standard, its colours; and nothing that is not printed."""
    root = document.Root
    for name in _NOT_PRINTED:
        if name in root:
            del root[name]
    if profile.pdfx and profile.intent:
        icc = document.make_stream(inks.press_icc(), N=4)
        intent = Dictionary(
            Type=Name.OutputIntent,
            S=Name.GTS_PDFX,
            OutputConditionIdentifier=String(profile.intent),
            OutputCondition=String(f"Coated paper, grade 3; at most {profile.ink_limit:.0f} % ink"),
            RegistryName=String("http://www.color.org"),
            Info=String(profile.intent),
            DestOutputProfile=icc,
        )
        root.OutputIntents = Array([document.make_indirect(intent)])
        document.docinfo["/GTS_PDFXVersion"] = String("PDF/X-1:2001")
        document.docinfo["/GTS_PDFXConformance"] = String(profile.pdfx)
    elif profile.color == "sRGB":
        srgb = document.make_indirect(Array([Name.ICCBased, document.make_stream(inks.srgb_icc(), N=3)]))
        for page in document.pages:
            page.obj.Resources.ColorSpace = Dictionary(DefaultRGB=srgb)


def _numbers(*values: float) -> list[pikepdf.Object]:
    """The values as operands, in ten thousandths."""
    return list(Array([round(value, 4) for value in values]))

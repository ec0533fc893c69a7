"""The preflight of a cover's sheet: its size, its spine, its bleed, and the place for the barcode."""

from __future__ import annotations

from collections.abc import Iterator

from storytailor.printing.content import Box
from storytailor.printing.facts import PageFacts, PdfFacts
from storytailor.printing.page_check import POINTS_PER_INCH, TOLERANCE, close, fills, nearness, size_of
from storytailor.printing.profiles import PrinterProfile

_FROM_EDGE = 0.25  # inches between a cover's letters and its edges


def cover_problems(facts: PdfFacts, pages: int, printer: PrinterProfile) -> Iterator[str]:
    """What is wrong with the cover of an interior of so many pages."""
    if len(facts.pages) != 1:
        yield f"The cover has {len(facts.pages)} pages instead of one sheet."
        return
    (sheet,) = facts.pages
    width, height = (side / POINTS_PER_INCH for side in size_of(sheet.media))
    wanted_width, wanted_height = printer.cover_size(pages)
    if not (close(width, wanted_width, 0.003) and close(height, wanted_height, 0.003)):
        yield (
            f"The cover is {width:.3f} × {height:.3f} in; around {pages} pages "
            f"it has to be {wanted_width:.3f} × {wanted_height:.3f}."
        )
        return
    if not close(nearness(sheet.trim, sheet.media), printer.bleed * POINTS_PER_INCH, TOLERANCE) or not fills(sheet):
        yield f"The cover has not {printer.bleed} in of bleed on all sides."
    yield from _letter_problems(sheet, pages, printer)
    if _is_marked(sheet, _barcode(sheet, printer)):
        yield "Something stands on the cover where the barcode is printed."


def _letter_problems(sheet: PageFacts, pages: int, printer: PrinterProfile) -> Iterator[str]:
    left, right = spine_edges(sheet, pages, printer)
    space = printer.spine_text_space * POINTS_PER_INCH
    on_spine = [box for box in sheet.marks.letters if box[2] > left and box[0] < right]
    if on_spine and pages < printer.spine_text_pages:
        yield f"Letters on the spine of {pages} pages; the printer wants {printer.spine_text_pages} at least for that."
    elif any(box[0] < left + space - TOLERANCE or box[2] > right - space + TOLERANCE for box in on_spine):
        yield f"Letters on the spine are nearer to its edges than {printer.spine_text_space} in."
    for box in sheet.marks.letters:
        if box not in on_spine and nearness(box, sheet.trim) < _FROM_EDGE * POINTS_PER_INCH - TOLERANCE:
            yield f"Letters on the cover are nearer to the edge than {_FROM_EDGE} in."


def spine_edges(sheet: PageFacts, pages: int, printer: PrinterProfile) -> tuple[float, float]:
    """Where the cover is folded, in points from the sheet's left."""
    middle, half = (sheet.trim[0] + sheet.trim[2]) / 2, printer.spine(pages) / 2 * POINTS_PER_INCH
    return middle - half, middle + half


def _barcode(sheet: PageFacts, printer: PrinterProfile) -> Box:
    """The barcode's place: the back's lower right."""
    width, height = (length * POINTS_PER_INCH for length in printer.barcode)
    edge = printer.barcode_from_edge * POINTS_PER_INCH
    right, bottom = sheet.trim[0] + printer.trim * POINTS_PER_INCH - edge, sheet.trim[1] + edge
    return right - width, bottom, right, bottom + height


def _is_marked(sheet: PageFacts, place: Box) -> bool:
    """Whether letters, a picture or an ornament stand in the place: anything but what lies under all of it."""
    boxes = [*sheet.marks.letters, *(box for box in sheet.marks.painted if nearness(place, box) < -TOLERANCE)]
    return any(
        min(box[2], place[2]) - max(box[0], place[0]) > TOLERANCE
        and min(box[3], place[3]) - max(box[1], place[1]) > TOLERANCE
        for box in boxes
    )

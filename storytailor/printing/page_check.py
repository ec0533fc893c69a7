"""The preflight of an interior: how many pages, their boxes, their bleed, and how near letters come to the edge."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby, pairwise

from storytailor.printing.content import Box
from storytailor.printing.facts import PageFacts, PdfFacts
from storytailor.printing.profiles import PrinterProfile

POINTS_PER_INCH = 72.0
TOLERANCE = 0.75  # points


def page_count_problems(facts: PdfFacts, printer: PrinterProfile) -> Iterator[str]:
    """Whether so many pages can be bound."""
    count = len(facts.pages)
    if count < printer.least_pages:
        yield f"There are {count} pages; the printer binds {printer.least_pages} at least."
    if count > printer.most_pages:
        yield f"There are {count} pages; the printer binds {printer.most_pages} at most."
    if count % printer.multiple:
        yield f"There are {count} pages; the printer binds multiples of {printer.multiple}."
    if printer.apart and count and (facts.pages[-1].marks.painted or facts.pages[-1].marks.letters):
        yield "The last page is not white, where the printer puts a code of its own."


def page_problems(facts: PdfFacts, printer: PrinterProfile) -> Iterator[str]:
    """What is wrong with pages, each fault once with the pages that have it."""
    found = [
        (problem, folio)
        for folio, page in enumerate(facts.pages, 1)
        for problem in _problems(page, printer, len(facts.pages))
    ]
    bound_at_left = [page.trim[0] - page.bleed[0] < page.bleed[2] - page.trim[2] for page in facts.pages]
    if not printer.bleed_at_spine and any(one == next_one for one, next_one in pairwise(bound_at_left)):
        yield "The bleed does not change sides from page to page, as a bound book's does."
    for problem, group in groupby(sorted(found), key=lambda pair: pair[0]):
        yield f"{problem} (page {_ranges(folio for _, folio in group)})."


def _problems(page: PageFacts, printer: PrinterProfile, pages: int) -> Iterator[str]:
    if printer.pdfx and not page.declares_trim:
        yield "No trim box"
    width, height = (side / POINTS_PER_INCH for side in size_of(page.trim))
    if not (close(width, printer.trim, 0.01) and close(height, printer.trim, 0.01)):
        yield f"Trimmed to {width:.2f} × {height:.2f} in instead of {printer.trim} × {printer.trim}"
    spine, outer = sorted((page.trim[0] - page.bleed[0], page.bleed[2] - page.trim[2]))
    bleeds = (page.trim[1] - page.bleed[1], page.bleed[3] - page.trim[3], outer, spine)
    at_spine = printer.bleed if printer.bleed_at_spine else 0.0
    wanted = [length * POINTS_PER_INCH for length in (*(printer.bleed,) * 3, at_spine)]
    if not all(close(bleed, other, TOLERANCE) for bleed, other in zip(bleeds, wanted, strict=True)):
        yield f"Bleed at foot, head, outer edge and spine of {_inches(bleeds)} in instead of {_inches(wanted)}"
    if page.media != page.bleed:
        yield "The page is larger than its bleed"
    if not fills(page):
        yield "Nothing reaches to the bleed's edge"
    margin, gutter = printer.margin * POINTS_PER_INCH, printer.gutter(pages) * POINTS_PER_INCH
    if any(nearness(letters, page.trim) < margin - TOLERANCE for letters in page.marks.letters):
        yield f"Letters are nearer to the edge than {printer.margin} in"
    elif any(_sideways(letters, page.trim) < gutter - TOLERANCE for letters in page.marks.letters):
        yield f"Letters are nearer to the spine than {printer.gutter(pages)} in"


def fills(page: PageFacts) -> bool:
    """Whether what is painted reaches to the edge of the bleed, or nothing is painted at all."""
    left, bottom, right, top = page.bleed
    return not page.marks.painted or any(
        box[0] <= left + TOLERANCE
        and box[1] <= bottom + TOLERANCE
        and box[2] >= right - TOLERANCE
        and box[3] >= top - TOLERANCE
        for box in page.marks.painted
    )


def nearness(box: Box, within: Box) -> float:
    """The least distance between the box and the edges around it; negative where it goes over one."""
    return min(box[0] - within[0], box[1] - within[1], within[2] - box[2], within[3] - box[3])


def _sideways(box: Box, within: Box) -> float:
    """The least distance to left and right: on which of them a page is bound depends on the book's language."""
    return min(box[0] - within[0], within[2] - box[2])


def size_of(box: Box) -> tuple[float, float]:
    """Width and height."""
    return box[2] - box[0], box[3] - box[1]


def close(one: float, other: float, tolerance: float) -> bool:
    """Whether two lengths are the same."""
    return abs(one - other) <= tolerance


def _inches(points: Iterable[float]) -> str:
    return ", ".join(f"{length / POINTS_PER_INCH:.3g}" for length in points)


def _ranges(folios: Iterable[int]) -> str:
    """Page numbers, neighbours as ranges: `1-4, 7`."""
    runs: list[list[int]] = []
    for folio in folios:
        if runs and folio == runs[-1][-1] + 1:
            runs[-1].append(folio)
        else:
            runs.append([folio])
    return ", ".join(f"{run[0]}-{run[-1]}" if len(run) > 1 else str(run[0]) for run in runs)

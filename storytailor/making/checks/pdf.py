"""The PDFs, read back from their bytes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import pairwise

from storytailor.making.checks import Check
from storytailor.printing.facts import PageFacts, PdfFacts

LEAST_FILLED = 0.45
"""How far down its page a text reaches that goes on on the next: half of the room for text, and the margin above it."""
LEAST_TITLE_POINTS = 12.0
_FEW_LINES = 6  # a page of fewer is no page of the story's text


def pdf_checks(pdfs: Mapping[str, PdfFacts]) -> Iterator[Check]:
    """The PDFs as they were read back: `pdf` is the screen's."""
    screen = pdfs["pdf"].pages
    size = max((top - bottom for _, bottom, _, top in screen[0].marks.letters), default=0.0)
    no_title = "" if size >= LEAST_TITLE_POINTS else "The cover shows no title."
    yield Check("title_is_visible", {"points": round(size, 1)}, no_title)
    missing = {name: file.missing_glyphs for name, file in pdfs.items()}
    boxes = ", ".join(f"{count} in {name}" for name, count in missing.items() if count)
    yield Check("no_letter_is_missing", missing, boxes and f"Letters are empty boxes: {boxes}.")
    filled = [_filled(page) for page, following in pairwise(screen) if _is_text(page) and _is_text(following)]
    least = min(filled, default=1.0)
    emptiness = "" if least >= LEAST_FILLED else f"A text breaks off on a page that is {least:.0%} full."
    yield Check("pages_are_filled", {"pages": len(screen), "leastFilled": round(least, 2)}, emptiness, required=False)


def _is_text(page: PageFacts) -> bool:
    return len(page.marks.letters) > _FEW_LINES and not page.marks.pictures


def _filled(page: PageFacts) -> float:
    """How far down the page its letters reach, but for the folio at its foot."""
    _, foot, _, head = page.trim
    lowest = sorted(bottom for _, bottom, _, _ in page.marks.letters)
    above = next((bottom for bottom in lowest if bottom > foot + 0.15 * (head - foot)), head)
    return (head - above) / (head - foot)

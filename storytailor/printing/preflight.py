"""The preflight: whether a printer takes a book's finished files, and if not, why; told from the files alone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from storytailor.printing.cover_check import cover_problems
from storytailor.printing.facts import PdfFacts
from storytailor.printing.page_check import page_count_problems, page_problems
from storytailor.printing.profiles import PrinterProfile

_LOW_DPI = 200
_MIB = 1024 * 1024


@dataclass(frozen=True)
class Verdict:
    """What the preflight says of one printer: whether it takes the files, why not, and what is worth knowing."""

    problems: Sequence[str]
    notes: Sequence[str]
    figures: Mapping[str, object]

    @property
    def passes(self) -> bool:
        """Whether nothing speaks against sending the files."""
        return not self.problems

    def as_json(self) -> Mapping[str, object]:
        """As it is kept in a story's status."""
        return {"passes": self.passes, "problems": [*self.problems], "notes": [*self.notes], **self.figures}


def judge(printer: PrinterProfile, interior: PdfFacts, cover: PdfFacts | None) -> Verdict:
    """Judge the files of one book for a printer; without a cover, the interior is taken for a book in one file."""
    problems = []
    if printer.apart and cover is None:
        problems.append("Interior and cover are one file; this printer wants two.")
    elif not printer.apart and cover is not None:
        problems.append("The cover is a file of its own; this printer wants it as the first page.")
    problems += page_count_problems(interior, printer)
    problems += page_problems(interior, printer)
    problems += _file_problems(interior, printer, "interior" if printer.apart else "file")
    if cover:
        problems += cover_problems(cover, len(interior.pages), printer)
        problems += _file_problems(cover, printer, "cover")
    files = [facts for facts in (interior, cover) if facts]
    notes = [note for facts in files for note in _notes(facts, printer)]
    return Verdict(list(dict.fromkeys(problems)), list(dict.fromkeys(notes)), _figures(printer, interior, cover))


def _file_problems(facts: PdfFacts, printer: PrinterProfile, part: str) -> Iterator[str]:
    """What speaks against a file, whatever is on its pages."""
    if facts.not_embedded:
        yield f"The {part} has fonts that are not embedded: {', '.join(sorted(facts.not_embedded))}."
    if facts.missing_glyphs:
        yield f"The {part} has {facts.missing_glyphs} letters that its fonts cannot draw: they would print as boxes."
    if printer.most_bytes and facts.bytes > printer.most_bytes:
        yield f"The {part} has {facts.bytes / _MIB:.0f} MiB; the printer takes {printer.most_bytes / _MIB:.0f}."
    if printer.apart and facts.extras:
        yield f"The {part} has {', '.join(sorted(facts.extras))}: nothing of that can be printed."
    yield from _color_problems(facts, printer, part)
    yield from _resolution_problems(facts, printer, part)
    if printer.pdfx:
        yield from _standard_problems(facts, printer, part)


def _color_problems(facts: PdfFacts, printer: PrinterProfile, part: str) -> Iterator[str]:
    if printer.color == "CMYK" and (others := facts.color_spaces - {"CMYK", "Gray"}):
        yield f"The {part} is in {', '.join(sorted(others))}; this printer wants CMYK throughout."
    if printer.color == "sRGB":
        if others := facts.color_spaces - {"RGB", "ICC RGB", "Gray"}:
            yield f"The {part} is in {', '.join(sorted(others))}; this printer wants sRGB throughout."
        elif not facts.calibrated_rgb:
            yield f"The {part} does not say which RGB its colours are in; this printer wants sRGB."
    if printer.ink_limit and facts.ink and facts.ink > printer.ink_limit:
        yield f"The {part} lays {facts.ink:.0f} % ink on one spot; the printer takes {printer.ink_limit:.0f} %."


def _resolution_problems(facts: PdfFacts, printer: PrinterProfile, part: str) -> Iterator[str]:
    if facts.least_dpi and round(facts.least_dpi) < printer.least_dpi:
        yield f"A picture of the {part} has {facts.least_dpi:.0f} dots per inch; the printer wants {printer.least_dpi}."
    if facts.most_dpi and printer.most_dpi and round(facts.most_dpi) > printer.most_dpi:
        yield f"A picture of the {part} has {facts.most_dpi:.0f} dots per inch; the printer takes {printer.most_dpi}."


def _standard_problems(facts: PdfFacts, printer: PrinterProfile, part: str) -> Iterator[str]:
    """What PDF/X forbids or wants."""
    if facts.pdfx != printer.pdfx:
        yield f"The {part} is {facts.pdfx or 'no PDF/X'}; this printer wants {printer.pdfx}."
    elif facts.version > "1.3":
        yield f"The {part} is of PDF {facts.version}; {printer.pdfx} is of 1.3."
    if facts.intent != printer.intent or not facts.intent_profile:
        yield f"The {part} has no output intent {printer.intent} with its profile."
    if facts.transparent:
        yield f"The {part} has transparency, which {printer.pdfx} forbids."
    if facts.attachments:
        yield f"The {part} has a file attached, which {printer.pdfx} forbids."


def _notes(facts: PdfFacts, printer: PrinterProfile) -> Iterator[str]:
    """What does not keep a printer from printing, and what a family would like to know."""
    drawn, shown = facts.drawn_dpi or facts.least_dpi, facts.least_dpi
    if drawn and shown and round(drawn) < round(shown):
        yield f"Pictures were drawn at {drawn:.0f} dots per inch and enlarged to {shown:.0f}: softer than could be."
    elif drawn and drawn < _LOW_DPI:
        yield f"Pictures have {drawn:.0f} dots per inch: softer than could be. IMAGE_SIZE sets how large they are."
    if facts.added_pages:
        added = f"{facts.added_pages} of {len(facts.pages)} pages"
        yield f"Added because the printer binds no fewer, to draw on, endpapers and white: {added}."
    if printer.apart and not facts.attachments:
        yield "No content credentials are attached: printers refuse files that have something attached."
    if printer.apart and facts.attachments and not printer.pdfx:
        yield "A file is attached, which some printers refuse."
    if printer.apart and facts.transparent and not printer.pdfx:
        yield "There is transparency, which the printer flattens."


def _figures(printer: PrinterProfile, interior: PdfFacts, cover: PdfFacts | None) -> Mapping[str, object]:
    """The numbers that were judged."""
    files = [facts for facts in (interior, cover) if facts]
    inks = [facts.ink for facts in files if facts.ink]
    drawn = [dpi for facts in files if (dpi := facts.drawn_dpi or facts.least_dpi)]
    shown = [facts.least_dpi for facts in files if facts.least_dpi]
    return {
        "pages": len(interior.pages),
        "dpi": round(min(shown)) if shown else None,
        "drawnDpi": round(min(drawn)) if drawn else None,
        "colorSpaces": sorted(interior.color_spaces | (cover.color_spaces if cover else frozenset())),
        "standard": interior.pdfx or f"PDF {interior.version}",
        "intent": interior.intent or None,
        "ink": max(inks) if inks else None,
        "spineInches": round(printer.spine(len(interior.pages)), 4) if cover else None,
    }

"""What stands in a PDF: its text, its structure, its pictures."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO

import pikepdf
import pypdfium2  # type: ignore[import-untyped]


def open_pdf(data: bytes) -> pikepdf.Pdf:
    return pikepdf.open(BytesIO(data))


def text_of(data: bytes) -> str:
    document = pypdfium2.PdfDocument(data)
    return "\n".join(document[number].get_textpage().get_text_bounded() for number in range(len(document)))


def elements(data: bytes) -> list[dict[str, str]]:
    """The structure tree's elements in reading order, each with its role and its texts."""

    def below(element: pikepdf.Object) -> Iterator[dict[str, str]]:
        yield {key: str(element[key]) for key in ("/S", "/Alt", "/ActualText") if key in element}
        for kid in element.get("/K", []):
            if "/S" in kid:
                yield from below(kid)

    with open_pdf(data) as document:
        return list(below(document.Root.StructTreeRoot.K))


def image_sizes(data: bytes) -> list[tuple[int, int]]:
    """The pixels of each picture, page by page."""
    with open_pdf(data) as document:
        return [
            (int(image.Width), int(image.Height))
            for page in document.pages
            for image in page.get_images(recursive=False).values()
        ]


@dataclass
class Heard:
    """An element of the structure tree as a screen reader meets it."""

    role: str
    text: str  # what is read: its ActualText, else what its content stands for
    drawn: str  # what its content stands for, whatever its own ActualText
    numbering: str
    kids: list[Heard]


def heard(data: bytes) -> list[Heard]:
    """All elements in reading order. Lines that are drawn otherwise than they are read must say what is read."""
    with open_pdf(data) as document:
        texts = {sheet.obj.objgen: _marked_texts(sheet) for sheet in document.pages}
        found: list[Heard] = []

        def read(element: pikepdf.Object) -> Heard:
            part = Heard(str(element.S)[1:], "", "", "", [])
            found.append(part)
            for kid in element.get("/K", []):
                if "/S" in kid:
                    part.kids.append(read(kid))
                else:
                    part.drawn += texts[kid.Pg.objgen][int(kid.MCID)]
            part.text = str(element.get("/ActualText", part.drawn))
            if "/A" in element:
                part.numbering = str(element.A.get("/ListNumbering", ""))[1:]
            return part

        read(document.Root.StructTreeRoot.K)
        return found


def _marked_texts(sheet: pikepdf.Page) -> dict[int, str]:
    """What each marked content of a page reads, by its number."""
    texts: dict[int, str] = {}
    mark, replaced, depth = -1, False, 0
    codes: dict[int, str] = {}
    for instruction in pikepdf.parse_content_stream(sheet):
        operands, operator = instruction.operands, str(instruction.operator)
        if operator == "BDC":
            depth += 1
            if "/MCID" in operands[1]:
                mark = int(operands[1].MCID)
                texts[mark] = ""
            elif "/ActualText" in operands[1]:
                texts[mark] += str(operands[1].ActualText)
                replaced = True
        elif operator == "EMC":
            depth -= 1
            replaced = False
            mark = mark if depth else -1
        elif operator == "Tf":
            codes = _characters(sheet.Resources.Font[str(operands[0])])
        elif operator in ("Tj", "TJ") and mark >= 0 and not replaced:
            parts = (
                [operands[0]]
                if operator == "Tj"
                else [part for part in operands[0] if isinstance(part, pikepdf.String)]
            )
            texts[mark] += "".join(codes[code] for part in parts for code in bytes(part))
    return texts


def _characters(font: pikepdf.Object) -> dict[int, str]:
    """What the codes of a font stand for."""
    pairs = re.findall(r"<(..)> <([0-9A-F]{4,})>$", font.ToUnicode.read_bytes().decode(), re.M)
    return {int(code, 16): bytes.fromhex(character).decode("utf-16-be") for code, character in pairs}

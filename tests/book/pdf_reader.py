"""What stands in a PDF: its text, its structure, its pictures."""

from __future__ import annotations

from collections.abc import Iterator
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

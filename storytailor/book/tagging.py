"""A tagged PDF over ReportLab's canvas: what is on the page, in reading order, for a screen reader.

Content is drawn inside `Tags.marked(element)` or `Tags.decoration()`; `finish` writes the structure
tree (ISO 32000-1, 14.7) and the parent tree that leads back to it from each page's marks.
"""

from __future__ import annotations

import codecs
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol, cast

from reportlab.pdfbase.pdfdoc import PDFArray, PDFDictionary, PDFName, PDFObjectReference, PDFString
from reportlab.pdfgen.canvas import Canvas

Artifact = Literal["Background", "Layout", "Pagination"]
"""Why something is no content: it fills the page, adorns it, or tells where in the book it is."""


@dataclass(frozen=True)
class MarkedContent:
    """A stretch of marked content: its page (from 0) and its number there."""

    page: int
    number: int


@dataclass(frozen=True, eq=False)
class Group:
    """What blocks belong to: a list, one of its items, the body of one. One object is one element."""

    role: str
    within: Group | None = None
    numbering: str = ""  # of a list, as ISO 32000-1 names it


@dataclass(eq=False)
class Element:
    """A node of the structure tree: a standard structure type, its children and its texts."""

    role: str
    alt: str = ""
    title: str = ""
    actual_text: str = ""  # replaces what is drawn, where that is not in reading order
    numbering: str = ""
    bbox: tuple[float, float, float, float] | None = None
    kids: list[Element | MarkedContent] = field(default_factory=list)

    def child(
        self, role: str, *, alt: str = "", title: str = "", actual_text: str = "", numbering: str = ""
    ) -> Element:
        """A new last child."""
        element = Element(role, alt, title, actual_text, numbering)
        self.kids.append(element)
        return element

    @property
    def attributes(self) -> PDFDictionary | None:
        """What stands in the element's attribute object, if anything."""
        if self.bbox:
            box = PDFArray(list(self.bbox))
            return PDFDictionary({"O": PDFName("Layout"), "Placement": PDFName("Block"), "BBox": box})
        if self.numbering:
            return PDFDictionary({"O": PDFName("List"), "ListNumbering": PDFName(self.numbering)})
        return None


class PDFObjects(Protocol):
    """What is needed of ReportLab's `PDFDocument`, whose stubs leave it out."""

    Catalog: Any
    Pages: Any

    def Reference(self, object: object, name: str = ...) -> PDFObjectReference:
        """The number under which the object stands in the file; given anew to a new object."""
        ...


def document_of(canvas: Canvas) -> PDFObjects:
    """The document under a canvas. ReportLab 5.1 has no public way to it."""
    return cast(PDFObjects, canvas._doc)  # type: ignore[attr-defined]


class Tags:
    """The structure of the document that a canvas draws."""

    def __init__(self, canvas: Canvas) -> None:
        self.document = Element("Document")
        self._canvas = canvas
        self._pages: list[list[Element]] = []  # page → mark number → its element

    @contextmanager
    def marked(self, element: Element) -> Iterator[None]:
        """What is drawn inside belongs to the element."""
        page = self._canvas.getPageNumber() - 1
        while len(self._pages) <= page:
            self._pages.append([])
        mark = MarkedContent(page, len(self._pages[page]))
        self._pages[page].append(element)
        element.kids.append(mark)
        yield from self._bracket(f"/{element.role} <</MCID {mark.number}>> BDC")

    @contextmanager
    def decoration(self, artifact: Artifact = "Layout") -> Iterator[None]:
        """What is drawn inside is an artifact in the PDF's sense: a screen reader passes over it."""
        yield from self._bracket(f"/Artifact <</Type /{artifact}>> BDC")

    @contextmanager
    def read_as(self, text: str) -> Iterator[None]:
        """What is drawn inside is read, copied and found as the text, if there is one."""
        if not text:
            yield
            return
        encoded = (codecs.BOM_UTF16_BE + text.encode("utf-16-be")).hex()
        yield from self._bracket(f"/Span <</ActualText <{encoded}>>> BDC")

    def _bracket(self, opening: str) -> Iterator[None]:
        self._canvas.addLiteral(opening)
        yield
        self._canvas.addLiteral("EMC")

    def finish(self) -> None:
        """Write the tree into the document. To be called once, after the last page is shown."""
        document = document_of(self._canvas)
        catalog = document.Catalog
        pages = [document.Reference(page) for page in document.Pages.pages]
        root = PDFDictionary({"Type": PDFName("StructTreeRoot")})
        root_reference = document.Reference(root, "structure")
        written: dict[Element, PDFObjectReference] = {}
        root["K"] = self._write(self.document, root_reference, pages, written)
        root["ParentTree"] = document.Reference(self._parent_tree(written), "parents")
        root["ParentTreeNextKey"] = len(self._pages)
        catalog.StructTreeRoot = root
        catalog.MarkInfo = PDFDictionary({"Marked": "true"})
        for number, page in enumerate(document.Pages.pages):
            page.__NoDefault__ = [*page.__NoDefault__, "StructParents", "Tabs"]
            page.StructParents, page.Tabs = number, PDFName("S")

    def _parent_tree(self, written: Mapping[Element, PDFObjectReference]) -> PDFDictionary:
        """For each page the elements of its marks, by the marks' numbers."""
        numbers: list[int | PDFArray] = []
        for page, elements in enumerate(self._pages):
            numbers += [page, PDFArray([written[element] for element in elements])]
        return PDFDictionary({"Nums": PDFArray(numbers)})

    def _write(
        self,
        element: Element,
        parent: PDFObjectReference,
        pages: list[PDFObjectReference],
        written: dict[Element, PDFObjectReference],
    ) -> PDFObjectReference:
        """Write the element and all below it; its reference."""
        entry = PDFDictionary({"Type": PDFName("StructElem"), "S": PDFName(element.role), "P": parent})
        reference = document_of(self._canvas).Reference(entry, f"structure.{len(written)}")
        written[element] = reference
        for key, text in (("Alt", element.alt), ("T", element.title), ("ActualText", element.actual_text)):
            if text:
                entry[key] = PDFString(text)
        if attributes := element.attributes:
            entry["A"] = attributes
        kids: list[PDFObjectReference | PDFDictionary] = []
        for kid in element.kids:
            if isinstance(kid, Element):
                kids.append(self._write(kid, reference, pages, written))
            else:
                mark = {"Type": PDFName("MCR"), "Pg": pages[kid.page], "MCID": kid.number}
                kids.append(PDFDictionary(mark))
        entry["K"] = PDFArray(kids)
        return reference

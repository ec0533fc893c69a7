from __future__ import annotations

from dataclasses import replace
from io import BytesIO

from reportlab.pdfgen.canvas import Canvas

from storytailor.book import fonts
from storytailor.book.canvas import PageCanvas
from storytailor.book.formats import SCREEN
from storytailor.book.pagination import column_of, paginate
from storytailor.book.tagging import Element, Tags
from storytailor.book.typesetting import Style, set_block

STYLE = Style(fonts.TEXT, 18, 27, "#000000")


def new_page() -> PageCanvas:
    canvas = Canvas(BytesIO())
    return PageCanvas(canvas, Tags(canvas), SCREEN)


def test_every_block_has_an_element_of_its_own_also_after_earlier_ones_are_forgotten() -> None:
    page = new_page()
    section = page.new_section()
    block = set_block("A block", STYLE, 300, "en")
    for _ in range(50):
        page.draw_column(column_of(replace(block)), 400, section)
    assert len(section.kids) == 50


def test_a_block_that_goes_on_on_the_next_page_is_one_element() -> None:
    page = new_page()
    section = page.new_section()
    for column in paginate([set_block("A long way. " * 40, STYLE, 300, "en")], 4 * STYLE.leading):
        page.draw_column(column, 400, section)
    (element,) = section.kids
    assert isinstance(element, Element)
    assert len(element.kids) > 1

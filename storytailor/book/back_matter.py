"""After the story: questions, vocabulary, an idea, and the answers on a page of their own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from reportlab.lib.colors import HexColor

from storytailor.book import fonts, ornaments
from storytailor.book.canvas import PageCanvas
from storytailor.book.color_scheme import ColorScheme
from storytailor.book.formats import PageFormat
from storytailor.book.pages import HILLS_HEIGHT
from storytailor.book.pagination import Column, column_height, paginate
from storytailor.book.strings import Strings
from storytailor.book.tagging import Group
from storytailor.book.typesetting import Block, Style, set_block
from storytailor.story import Activities

TOP_MARGIN = 0.095  # of the side, above the text
_BODY, _SMALL, _HEADING = 14.5, 11.0, 25.0  # sizes in points
_INDENT = 26.0  # points: room for a question's number
_MIN_FRAME = 140.0  # points: a lower frame is not worth a pencil


def text_height(side: float) -> float:
    """The height for text on a page of the back matter, in points."""
    return side * (1 - TOP_MARGIN - HILLS_HEIGHT * 0.72)


def activity_pages(
    activities: Activities,
    strings: Strings,
    language: str,
    folios: Sequence[int | None],
    scheme: ColorScheme,
    page_format: PageFormat,
) -> list[Column]:
    """Questions, each with the page to look at again, two words, and an idea to talk about, set on pages."""
    measure = page_format.measure
    blocks = [_heading(strings.questions_heading, scheme, measure, language)]
    questions, vocabulary = Group("L", numbering="Decimal"), Group("L", numbering="None")
    for number, (question, folio) in enumerate(zip(activities.questions, folios, strict=True), 1):
        block = _numbered(question.question, number, scheme, measure, language, questions)
        blocks.append(replace(block, goes_with_next=folio is not None))
        if folio is not None:
            style = Style(fonts.TEXT, _SMALL, fonts.leading(16), scheme.accent, indent=_INDENT)
            where = set_block(strings.look_again.format(page=folio), style, measure, language)
            blocks.append(replace(where, within=block.within))
    blocks.append(_heading(strings.vocabulary_heading, scheme, measure, language))
    for entry in activities.vocabulary:
        word_style = Style(fonts.title_face(entry.word), _BODY + 2, fonts.leading(24), scheme.text, space_before=8)
        meaning_style = Style(fonts.TEXT, _BODY, fonts.leading(21), scheme.text)
        item = Group("LI", vocabulary)
        word = set_block(entry.word, word_style, measure, language, role="Lbl")
        meaning = set_block(entry.meaning, meaning_style, measure, language, role="LBody")
        blocks += [replace(word, goes_with_next=True, within=item), replace(meaning, within=item)]
    if activities.idea.kind == "talking":
        blocks += _idea(activities, strings, scheme, measure, language)
    return paginate(blocks, text_height(page_format.side))


def idea_pages(
    activities: Activities, strings: Strings, language: str, scheme: ColorScheme, page_format: PageFormat
) -> list[Column]:
    """The idea on a page of its own, or more."""
    return paginate(_idea(activities, strings, scheme, page_format.measure, language), text_height(page_format.side))


def answer_pages(
    activities: Activities, strings: Strings, language: str, scheme: ColorScheme, page_format: PageFormat
) -> list[Column]:
    """The answers, numbered as the questions are."""
    answers = Group("L", numbering="Decimal")
    blocks = [_heading(strings.answers_heading, scheme, page_format.measure, language)]
    blocks += [
        _numbered(question.answer, number, scheme, page_format.measure, language, answers)
        for number, question in enumerate(activities.questions, 1)
    ]
    return paginate(blocks, text_height(page_format.side))


def draw_back_page(canvas: PageCanvas, column: Column, scheme: ColorScheme, folio: int, title: str) -> None:
    """A page of the back matter."""
    canvas.fill(scheme.background)
    canvas.draw_shapes(ornaments.hills(scheme, HILLS_HEIGHT * 0.55, folio))
    canvas.draw_column(column, canvas.side * (1 - TOP_MARGIN), canvas.section(title))


def draw_drawing_page(canvas: PageCanvas, column: Column, scheme: ColorScheme, folio: int, title: str) -> None:
    """The idea, and an empty frame to draw in."""
    draw_back_page(canvas, column, scheme, folio, title)
    top = canvas.side * (1 - TOP_MARGIN) - column_height(column) - 20
    bottom = canvas.side * HILLS_HEIGHT * 0.55 + 24
    if top - bottom >= _MIN_FRAME:
        draw_frame(canvas, bottom, top, scheme)


def draw_frame(canvas: PageCanvas, bottom: float, top: float, scheme: ColorScheme) -> None:
    """An empty frame to draw in, from margin to margin."""
    with canvas.decoration() as pdf:
        pdf.setFillColor(HexColor("#ffffff"))
        pdf.setStrokeColor(HexColor(scheme.hills[2]))
        pdf.setLineWidth(2.4)
        pdf.setLineCap(1)
        pdf.setDash(0.1, 7)
        pdf.roundRect(canvas.format.margin, bottom, canvas.format.measure, top - bottom, 18, stroke=1, fill=1)


def _heading(text: str, scheme: ColorScheme, measure: float, language: str) -> Block:
    style = Style(fonts.title_face(text), _HEADING, 34, scheme.accent, space_before=20)
    return set_block(text, style, measure, language, role="H2")


def _numbered(text: str, number: int, scheme: ColorScheme, measure: float, language: str, items: Group) -> Block:
    """An item of a list."""
    style = Style(fonts.TEXT, _BODY, fonts.leading(21), scheme.text, space_before=9, indent=_INDENT)
    block = set_block(text, style, measure, language, marker=str(number), lead_color=scheme.accent)
    return replace(block, within=Group("LBody", Group("LI", items)))


def _idea(activities: Activities, strings: Strings, scheme: ColorScheme, measure: float, language: str) -> list[Block]:
    idea = activities.idea
    heading = _heading(strings.idea_heading(idea.kind), scheme, measure, language)
    style = Style(fonts.TEXT, _BODY, fonts.leading(21), scheme.text, space_before=8)
    return [heading, set_block(idea.prompt, style, measure, language)]

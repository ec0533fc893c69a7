"""After the story: questions, words, an idea, and the answers on a page of their own."""

from __future__ import annotations

from collections.abc import Mapping

from reportlab.lib.colors import HexColor

from storytailor.book import fonts, ornaments
from storytailor.book.colours import Scheme
from storytailor.book.pages import HILLS
from storytailor.book.sheet import Sheet
from storytailor.book.typesetting import Block, Page, Style, height, paginate, set_block
from storytailor.book.wording import Wording
from storytailor.story import Activities

_BODY, _SMALL, _HEADING = 14.5, 11.0, 25.0
_LEAST_FRAME = 140.0  # points: less is not worth a pencil
HEAD = 0.095  # of the side: the white above the text


def room(side: float) -> float:
    """The height for text on a page of the back matter, in points."""
    return side * (1 - HEAD - HILLS * 0.72)


def activity_pages(
    activities: Activities,
    words: Wording,
    scene_folios: Mapping[int, int],
    scheme: Scheme,
    measure: float,
    side: float,
) -> list[Page]:
    """Questions with where to look again, two words, and an idea, set on pages."""
    blocks = [_heading(words.questions, scheme, measure)]
    for number, question in enumerate(activities.questions, 1):
        blocks.append(_numbered(question.question, number, scheme, measure))
        folio = scene_folios.get(question.page)
        if folio is not None:
            blocks.append(_look_again(words.look_again.format(page=folio), scheme, measure))
    blocks.append(_heading(words.words, scheme, measure))
    for entry in activities.vocabulary:
        blocks += [_entry(entry.word, scheme, measure), set_block(entry.meaning, _meaning(scheme), measure)]
    if activities.idea.kind == "talking":
        blocks += _idea(activities, words, scheme, measure)
    return paginate(blocks, room(side))


def idea_pages(
    activities: Activities, words: Wording, scheme: Scheme, measure: float, side: float
) -> list[Page]:
    """The idea on a page of its own, or more."""
    return paginate(_idea(activities, words, scheme, measure), room(side))


def answer_pages(
    activities: Activities, words: Wording, scheme: Scheme, measure: float, side: float
) -> list[Page]:
    """The answers, numbered as the questions are."""
    blocks = [_heading(words.answers, scheme, measure)]
    blocks += [
        _numbered(question.answer, number, scheme, measure)
        for number, question in enumerate(activities.questions, 1)
    ]
    return paginate(blocks, room(side))


def _heading(text: str, scheme: Scheme, measure: float) -> Block:
    style = Style(fonts.title_face(text), _HEADING, 34, scheme.accent, space_before=20)
    return set_block(text, style, measure, role="H2")


def _body(scheme: Scheme) -> Style:
    return Style(fonts.TEXT, _BODY, 21, scheme.ink, space_before=8)


def _numbered(text: str, number: int, scheme: Scheme, measure: float) -> Block:
    style = Style(fonts.TEXT, _BODY, 21, scheme.ink, space_before=9, indent=26)
    return set_block(text, style, measure, marker=str(number), lead_colour=scheme.accent)


def _idea(activities: Activities, words: Wording, scheme: Scheme, measure: float) -> list[Block]:
    heading = words.drawing if activities.idea.kind == "drawing" else words.talking
    return [_heading(heading, scheme, measure), set_block(activities.idea.prompt, _body(scheme), measure)]


def _entry(word: str, scheme: Scheme, measure: float) -> Block:
    style = Style(fonts.title_face(word), _BODY + 2, 24, scheme.ink, space_before=8)
    return set_block(word, style, measure, role="P")


def _meaning(scheme: Scheme) -> Style:
    return Style(fonts.TEXT, _BODY, 21, scheme.ink)


def _look_again(text: str, scheme: Scheme, measure: float) -> Block:
    return set_block(text, Style(fonts.TEXT, _SMALL, 16, scheme.accent, indent=26), measure)


def back_page(sheet: Sheet, page: Page, scheme: Scheme, folio: int, title: str) -> None:
    """A page of the back matter."""
    sheet.ground(scheme.paper)
    sheet.ornament(ornaments.hills(scheme, HILLS * 0.55, folio))
    sheet.column(page, sheet.side * (1 - HEAD), sheet.tags.document.child("Sect", title=title))


def drawing_page(sheet: Sheet, page: Page, scheme: Scheme, folio: int, title: str) -> None:
    """The idea, and an empty frame to draw in."""
    back_page(sheet, page, scheme, folio, title)
    top = sheet.side * (1 - HEAD) - height(page) - 20
    bottom = sheet.side * HILLS * 0.55 + 24
    if top - bottom < _LEAST_FRAME:
        return
    with sheet.artefact() as canvas:
        canvas.setFillColor(HexColor("#ffffff"))
        canvas.setStrokeColor(HexColor(scheme.hills[2]))
        canvas.setLineWidth(2.4)
        canvas.setLineCap(1)
        canvas.setDash(0.1, 7)
        canvas.roundRect(sheet.form.margin, bottom, sheet.measure, top - bottom, 18, stroke=1, fill=1)

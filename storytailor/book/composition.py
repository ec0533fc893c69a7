"""The pages of a book in their order.

A page is a function that draws itself on a sheet. The order is made first, so that a question can
say on which page its answer stands.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial

from PIL import Image

from storytailor.book import back_matter, colophon, covers, fonts, pages, pictures, story_text
from storytailor.book.colours import Scheme, scheme_of
from storytailor.book.manuscript import Book
from storytailor.book.sheet import INCH, Format, Sheet
from storytailor.book.tagging import Element
from storytailor.book.typesetting import Page
from storytailor.book.wording import wording
from storytailor.story import STORY_BEATS, Activities

_SIGNATURE = 4  # pages of a folded sheet


@dataclass(frozen=True)
class Leaf:
    """One page: how it is drawn, given its folio, and its entry in the outline if it has one."""

    draw: Callable[[Sheet, int], None]
    entry: str = ""


class Composition:
    """The pages of one book in one format."""

    def __init__(self, book: Book, form: Format) -> None:
        self.book = book
        self.form = form
        self.words = wording(book.language)
        self.schemes = [scheme_of(step) for step in book.palette.steps]
        self.images = {asset: pictures.opened(picture) for asset, picture in book.pictures.items()}
        self.about = self.words.about([fonts.printable(name) for name in book.authors])
        self._measure = form.side - 2 * form.margin
        self._sections: dict[int, Element] = {}

    @property
    def resolution(self) -> int | None:
        """The dots per inch at which the coarsest picture prints; None off the press or without pictures."""
        inches = (self.form.side + 2 * self.form.bleed) / INCH
        sides = [max(pictures.squared(image).size) for image in self.images.values() if image is not None]
        return round(min(sides) / inches) if sides and self.form.bound else None

    def leaves(self) -> list[Leaf]:
        """All pages in order; in a bound book with endpapers, to a number that folds."""
        leaves = [Leaf(self._cover, self.words.cover)]
        if self.form.bound:
            leaves.append(Leaf(partial(self._endpaper, self.schemes[0], 5)))
        leaves.append(Leaf(self._dedication, self.words.dedication))
        folios = {}
        for number, scene in enumerate(self._scenes(), 1):
            leaves.append(Leaf(partial(self._picture, number), self.words.scene.format(number=number)))
            folios[number] = len(leaves) + 1
            leaves += [Leaf(partial(self._text, number, page, len(scene) == 1)) for page in scene]
        leaves.append(Leaf(self._ending, self.words.the_end))
        leaves += self._back(folios)
        if self.form.bound:
            blanks = 1 + -(len(leaves) + 1) % _SIGNATURE
            leaves += [Leaf(partial(self._endpaper, self.schemes[-1], 6 + blank)) for blank in range(blanks)]
        return leaves

    def _scenes(self) -> list[list[Page]]:
        texts = [beat.text for beat in self.book.content.beats]
        return story_text.set_scenes(texts, self.schemes[1:], self._measure, pages.text_room(self.form.side))

    def _picture_of(self, asset: str) -> tuple[Image.Image | None, str]:
        picture = self.book.pictures.get(asset)
        return self.images.get(asset), picture.alt if picture else ""

    def _cover(self, sheet: Sheet, _: int) -> None:
        image, alt = self._picture_of("cover")
        title, scheme = self.book.content.title, self.schemes[0]
        cover = covers.design(image, title, self.about, self.book.palette.steps[0], self.form)
        covers.draw(sheet, cover, alt, title, scheme)

    def _dedication(self, sheet: Sheet, _: int) -> None:
        content = self.book.content
        pages.dedication(
            sheet, content.title, self.about, content.dedication, self.words.belongs_to, self.schemes[0]
        )

    def _picture(self, number: int, sheet: Sheet, _: int) -> None:
        image, alt = self._picture_of(f"scene_{number}")
        pages.picture(sheet, image, alt, self.schemes[number], number, self._section(sheet, number))

    def _text(self, number: int, page: Page, alone: bool, sheet: Sheet, folio: int) -> None:
        progress = (number - 1) / (STORY_BEATS - 1)
        section = self._section(sheet, number)
        pages.text(sheet, page, self.schemes[number], folio, progress, section, alone=alone)

    def _section(self, sheet: Sheet, number: int) -> Element:
        if number not in self._sections:
            title = self.words.scene.format(number=number)
            self._sections[number] = sheet.tags.document.child("Sect", title=title)
        return self._sections[number]

    def _ending(self, sheet: Sheet, _: int) -> None:
        pages.ending(sheet, self.words.the_end, self.book.content.moral, self.schemes[-1])

    def _endpaper(self, scheme: Scheme, seed: int, sheet: Sheet, _: int) -> None:
        pages.endpaper(sheet, scheme, seed)

    def _back(self, folios: Mapping[int, int]) -> list[Leaf]:
        """Activities with their answers, and the colophon under the last of these if there is room."""
        last = colophon.design(self.book.palette, self.words, self._imprint(), self.schemes[0], self._measure)
        leaves: list[Leaf] = []
        beside: Page = []
        if self.book.activities:
            leaves += self._activities(self.book.activities, folios)
            answers = back_matter.answer_pages(
                self.book.activities, self.words, self.schemes[0], self._measure, self.form.side
            )
            if last.fits_below(answers[-1], self.form.side):
                beside = answers.pop()
            leaves += [Leaf(partial(self._back_page, page, self.words.answers)) for page in answers]
        return [*leaves, Leaf(partial(self._colophon, last, beside))]

    def _activities(self, activities: Activities, folios: Mapping[int, int]) -> list[Leaf]:
        set_pages = back_matter.activity_pages(
            activities, self.words, folios, self.schemes[2], self._measure, self.form.side
        )
        leaves = [Leaf(partial(self._back_page, page, self.words.questions)) for page in set_pages]
        leaves[0] = Leaf(leaves[0].draw, self.words.questions)
        if activities.idea.kind == "drawing":
            idea = back_matter.idea_pages(
                activities, self.words, self.schemes[2], self._measure, self.form.side
            )
            leaves += [Leaf(partial(self._drawing_page, page)) for page in idea]
            leaves[-len(idea)] = Leaf(leaves[-len(idea)].draw, self.words.drawing)
        return leaves

    def _back_page(self, page: Page, title: str, sheet: Sheet, folio: int) -> None:
        back_matter.back_page(sheet, page, self.schemes[2], folio, title)

    def _drawing_page(self, page: Page, sheet: Sheet, folio: int) -> None:
        back_matter.drawing_page(sheet, page, self.schemes[2], folio, self.words.drawing)

    def _colophon(self, last: colophon.Colophon, answers: Page, sheet: Sheet, _: int) -> None:
        colophon.draw(sheet, last, answers, self.schemes[0])

    def _imprint(self) -> list[str]:
        dpi = self.resolution
        made = [self.words.faces, self.words.resolution.format(dpi=dpi) if dpi else ""]
        return [self.book.content.title, " ".join(filter(None, made)), f"Storytailor · {self.book.story_id}"]

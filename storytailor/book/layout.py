"""The pages of a book in their order.

A page is a function that draws itself on a canvas. The order is made first, so that a question can
say on which page its answer stands.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import partial

from PIL import Image

from storytailor.book import back_matter, fonts, own_pages, pages, pictures, story_text
from storytailor.book.canvas import PageCanvas
from storytailor.book.colophon import Colophon, design_colophon, draw_colophon
from storytailor.book.color_scheme import ColorScheme, color_scheme
from storytailor.book.covers import design_cover, draw_cover
from storytailor.book.formats import POINTS_PER_INCH, PageFormat
from storytailor.book.look_again import TextPage, folio_of_answer
from storytailor.book.model import Book
from storytailor.book.pagination import Column
from storytailor.book.spreads import ScenePage, arrange
from storytailor.book.strings import strings_in
from storytailor.book.tagging import Element
from storytailor.book.wrap_cover import WrapCover
from storytailor.catalog import SCENES
from storytailor.story import Activities
from storytailor.text.languages import is_right_to_left
from storytailor.text.typefaces import names_of_faces

_SHEET_PAGES = 4  # pages of a folded sheet of paper


@dataclass(frozen=True)
class PageSpec:
    """One page: how it is drawn, given its folio; its title in the outline if it has one; whether it only fills."""

    draw: Callable[[PageCanvas, int], None]
    outline_title: str = ""
    is_added: bool = False


class BookLayout:
    """The pages of one book in one format."""

    def __init__(self, book: Book, page_format: PageFormat) -> None:
        self.book = book
        self.page_format = page_format
        self.strings = strings_in(book.language)
        self.subtitle = self.strings.subtitle([fonts.printable(name) for name in book.authors])
        self._schemes = [color_scheme(step) for step in book.palette.steps]
        self._images = {name: pictures.open_picture(picture) for name, picture in book.pictures.items()}

    @property
    def dpi(self) -> int | None:
        """The dots per inch at which the coarsest picture prints; None off the press or without pictures."""
        inches = self.page_format.full_side / POINTS_PER_INCH
        cropped = [pictures.crop_if_nearly_square(image) for image in self._images.values() if image]
        sides = [max(image.size) for image in cropped]
        return round(min(sides) / inches) if sides and self.page_format.bound else None

    def pages(self) -> list[PageSpec]:
        """All pages in order; in a bound book with endpapers, to a number that folds or that its printer binds."""
        specs = self._front_matter()
        text_pages: dict[int, list[TextPage]] = defaultdict(list)
        scenes = self._scenes()
        begun: set[int] = set()
        for page in arrange([len(scene) for scene in scenes]):
            number = page.scene + 1
            title = "" if number in begun else self.strings.scene(number)
            begun.add(number)
            if page.kind == "text":
                text_pages[number].append(TextPage(len(specs) + 1, scenes[page.scene][page.index]))
            specs.append(PageSpec(self._scene_page(page, scenes[page.scene]), title))
        specs.append(PageSpec(self._draw_ending, self.strings.the_end))
        specs += self._back_matter(text_pages)
        return [*specs, *self._last_pages(len(specs))]

    def _front_matter(self) -> list[PageSpec]:
        """What comes before the story. A cover that is a file of its own leaves its place to an endpaper."""
        endpapers = [PageSpec(partial(self._draw_endpaper, self._schemes[0], seed)) for seed in (4, 5)]
        first = endpapers[0] if self.page_format.printer else PageSpec(self._draw_cover, self.strings.cover_label)
        second = endpapers[1:] if self.page_format.bound else []
        return [first, *second, PageSpec(self._draw_dedication, self.strings.dedication_label)]

    def _last_pages(self, pages: int) -> list[PageSpec]:
        """What makes the number of pages full: endpapers, and as many pages to draw and write on as a printer needs.

        A printer's last page is white: there it prints a code of its own.
        """
        if not self.page_format.bound:
            return []
        printer, last = self.page_format.printer, self._schemes[-1]
        count = printer.page_count(pages + 1) - pages if printer else 1 + -(pages + 1) % _SHEET_PAGES
        papers = min(2, count - 1) if printer else count
        endpapers = [PageSpec(partial(self._draw_endpaper, last, 6 + number)) for number in range(papers)]
        if not printer:
            return endpapers
        own = [PageSpec(partial(self._draw_own_page, number), is_added=True) for number in range(count - papers - 1)]
        white = PageSpec(lambda _canvas, _folio: None, is_added=True)
        return [*own, *(replace(paper, is_added=True) for paper in endpapers), white]

    def _scenes(self) -> list[list[Column]]:
        page_height = pages.text_height(self.page_format.side)
        return story_text.set_scenes(self.book, self._schemes[1:], self.page_format, page_height)

    def _scene_page(self, page: ScenePage, scene: list[Column]) -> Callable[[PageCanvas, int], None]:
        """How the page of this scene is drawn."""
        number = page.scene + 1
        match page.kind:
            case "picture":
                return partial(self._draw_picture, number)
            case "text":
                return partial(self._draw_text, number, scene[page.index], len(scene) == 1)
            case "vignette":
                return partial(self._draw_vignette, number)

    def _back_matter(self, text_pages: Mapping[int, list[TextPage]]) -> list[PageSpec]:
        """Activities with their answers, and the colophon under the last of these if there is room."""
        scheme, page_format, activities = self._schemes[0], self.page_format, self.book.activities
        colophon = design_colophon(self.book, self.strings, self._imprint(), scheme, page_format.measure)
        specs: list[PageSpec] = []
        above: Column = []
        if activities:
            specs += self._activities(activities, text_pages)
            answers = back_matter.answer_pages(activities, self.strings, self.book.language, scheme, page_format)
            if colophon.fits_below(answers[-1], page_format.side):
                above = answers.pop()
            title = self.strings.answers_heading
            specs += [PageSpec(partial(self._draw_back_page, page, title)) for page in answers]
        return [*specs, PageSpec(partial(self._draw_colophon, colophon, above))]

    def _activities(self, activities: Activities, text_pages: Mapping[int, list[TextPage]]) -> list[PageSpec]:
        language = self.book.language
        folios = [
            folio_of_answer(question, text_pages.get(question.page, []), language) for question in activities.questions
        ]
        scheme, title = self._activities_scheme, self.strings.questions_heading
        columns = back_matter.activity_pages(activities, self.strings, language, folios, scheme, self.page_format)
        specs = [
            PageSpec(partial(self._draw_back_page, column, title), "" if number else title)
            for number, column in enumerate(columns)
        ]
        if activities.idea.kind == "drawing":
            title = self.strings.drawing_heading
            columns = back_matter.idea_pages(activities, self.strings, language, scheme, self.page_format)
            specs += [
                PageSpec(partial(self._draw_drawing_page, column), "" if number else title)
                for number, column in enumerate(columns)
            ]
        return specs

    def _imprint(self) -> list[str]:
        strings, dpi = self.strings, self.dpi
        made = [
            strings.ai_line,
            strings.typefaces_line.format(faces=names_of_faces(self.book.language)),
            strings.resolution_line.format(dpi=dpi) if dpi else "",
        ]
        return [self.book.content.title, " ".join(filter(None, made)), f"Storytailor · {self.book.story_id}"]

    @property
    def _activities_scheme(self) -> ColorScheme:
        """The colors of the story's middle."""
        return self._schemes[len(SCENES) // 2]

    def wrap_cover(self) -> WrapCover:
        """What stands on a cover that wraps the book."""
        title, step = self.book.content.title, self.book.palette.step("cover")
        image = self._images.get("cover")
        return WrapCover(
            design_cover(image, title, self.subtitle, step, self.page_format, self.book.language),
            title,
            [self.subtitle, self.book.content.moral],
            next((shown for name in SCENES if (shown := self._images.get(name))), image),
            self._schemes[0],
            self.book.language,
            is_right_to_left(self.book.language),
        )

    def _picture(self, name: str, label: str) -> tuple[Image.Image | None, str]:
        """The picture, if there is one to show, and its alternative text, the label for want of one."""
        picture = self.book.pictures.get(name)
        return self._images.get(name), (picture.alt.strip() if picture else "") or label

    def _scene_section(self, canvas: PageCanvas, number: int) -> Element:
        """The section that a scene's picture and text share, its heading on the first of its pages."""
        label = self.strings.scene(number)
        section = canvas.section(label)
        if not section.kids and not self.page_format.printer:
            canvas.draw_unseen_heading(label, section)
        return section

    def _draw_cover(self, canvas: PageCanvas, _folio: int) -> None:
        title, step = self.book.content.title, self.book.palette.step("cover")
        image, alt = self._picture("cover", title)
        cover = design_cover(image, title, self.subtitle, step, self.page_format, self.book.language)
        draw_cover(canvas, cover, alt, title, self._schemes[0])

    def _draw_dedication(self, canvas: PageCanvas, _folio: int) -> None:
        content, belongs_to = self.book.content, self.strings.belongs_to
        pages.draw_dedication(
            canvas, content.title, self.subtitle, content.dedication, belongs_to, self._schemes[0], self.book.language
        )

    def _draw_picture(self, number: int, canvas: PageCanvas, _folio: int) -> None:
        image, alt = self._picture(SCENES[number - 1], self.strings.scene(number))
        section = self._scene_section(canvas, number)
        pages.draw_picture(canvas, image, alt, self._schemes[number], number, section)

    def _draw_text(self, number: int, column: Column, is_only_page: bool, canvas: PageCanvas, folio: int) -> None:
        section, scheme = self._scene_section(canvas, number), self._schemes[number]
        pages.draw_text(canvas, column, scheme, folio, _progress(number), section, is_only_page=is_only_page)

    def _draw_vignette(self, number: int, canvas: PageCanvas, folio: int) -> None:
        pages.draw_vignette_page(canvas, self._schemes[number], number, folio, _progress(number))

    def _draw_ending(self, canvas: PageCanvas, _folio: int) -> None:
        moral, scheme = self.book.content.moral, self._schemes[-1]
        pages.draw_ending(canvas, self.strings.the_end, moral, scheme, self.book.language)

    def _draw_endpaper(self, scheme: ColorScheme, seed: int, canvas: PageCanvas, _folio: int) -> None:
        pages.draw_endpaper(canvas, scheme, seed)

    def _draw_own_page(self, number: int, canvas: PageCanvas, folio: int) -> None:
        shown = [image for name in SCENES if (image := self._images.get(name))]
        scheme = self._schemes[number % len(self._schemes)]
        heading = self.strings.drawing_heading
        image = shown[number] if number < len(shown) else None
        own_pages.draw_own_page(canvas, image, heading, scheme, folio, self.book.language)

    def _draw_back_page(self, column: Column, title: str, canvas: PageCanvas, folio: int) -> None:
        back_matter.draw_back_page(canvas, column, self._activities_scheme, folio, title)

    def _draw_drawing_page(self, column: Column, canvas: PageCanvas, folio: int) -> None:
        title = self.strings.drawing_heading
        back_matter.draw_drawing_page(canvas, column, self._activities_scheme, folio, title)

    def _draw_colophon(self, colophon: Colophon, answers: Column, canvas: PageCanvas, _folio: int) -> None:
        draw_colophon(canvas, colophon, answers, self.strings.answers_heading, self._schemes[0])


def _progress(number: int) -> float:
    """How far the story has come in this scene, from 0 to 1."""
    return (number - 1) / max(1, len(SCENES) - 1)

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO

import pikepdf
import pypdfium2  # type: ignore[import-untyped]
import pytest
from PIL import Image

from storytailor.book import BookPicture, print_pdf, screen_pdf
from storytailor.book.colours import READABLE, contrast, title_colours
from storytailor.book.pictures import colour_at, scrimmed
from storytailor.story import Idea, PaletteStep
from tests.unit.books import ACTIVITIES, PALETTE, TEXTS, book, content, picture, pictures

POINTS_PER_INCH = 72


def opened(data: bytes) -> pikepdf.Pdf:
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

    with opened(data) as document:
        return list(below(document.Root.StructTreeRoot.K))


def image_sizes(data: bytes) -> list[tuple[int, int]]:
    """The pixels of each picture, page by page."""
    with opened(data) as document:
        return [
            (int(image.Width), int(image.Height))
            for page in document.pages
            for image in page.get_images(recursive=False).values()
        ]


@pytest.fixture(scope="module")
def screen() -> bytes:
    return screen_pdf(book())


@pytest.fixture(scope="module")
def printed() -> bytes:
    return print_pdf(book())


def test_the_screen_file_has_cover_dedication_scenes_end_activities_and_colophon(screen: bytes) -> None:
    assert len(opened(screen).pages) == 2 + 4 * 2 + 1 + 2 + 1
    text = text_of(screen)
    for words in (
        "For everyone who leaves",
        "A story about Maya and Leo",
        "The end",
        "Think back",
        "Answers",
    ):
        assert words in text
    assert len(screen) < 6_000_000


def test_the_same_book_gives_the_same_bytes(screen: bytes) -> None:
    assert screen_pdf(book()) == screen


def test_the_document_says_its_language_title_and_that_it_is_tagged(screen: bytes) -> None:
    document = opened(screen)
    assert str(document.Root.Lang) == "en"
    assert document.Root.MarkInfo.Marked
    assert document.Root.ViewerPreferences.DisplayDocTitle
    assert str(document.docinfo.Title) == "The Lantern in the Whispering Wood"


def test_the_structure_tells_the_story_in_reading_order(screen: bytes) -> None:
    roles = [element["/S"] for element in elements(screen)]
    assert roles[:4] == ["/Document", "/Sect", "/Figure", "/H1"]
    assert roles.count("/H1") == 1
    assert roles.count("/Figure") == 5
    figures = [element["/Alt"] for element in elements(screen) if element["/S"] == "/Figure"]
    assert figures == [
        f"What {asset} shows" for asset in ("cover", "scene_1", "scene_2", "scene_3", "scene_4")
    ]
    assert set(roles) == {"/Document", "/Sect", "/Figure", "/H1", "/H2", "/P"}


def test_all_that_is_drawn_is_tagged_or_marked_as_decoration(screen: bytes) -> None:
    painting = {"Tj", "TJ", "f", "f*", "S", "B", "B*", "Do", "'", '"'}
    for page in opened(screen).pages:
        depth = 0
        for instruction in pikepdf.parse_content_stream(page):
            operator = str(instruction.operator)
            depth += (operator in ("BDC", "BMC")) - (operator == "EMC")
            assert depth == 1 or operator not in painting
        assert depth == 0


def test_the_parent_tree_leads_from_each_mark_back_to_its_element(screen: bytes) -> None:
    document = opened(screen)
    numbers = document.Root.StructTreeRoot.ParentTree.Nums
    parents = {int(numbers[at]): numbers[at + 1] for at in range(0, len(numbers), 2)}
    for page in document.pages:
        marks = [
            instruction.operands[1].MCID
            for instruction in pikepdf.parse_content_stream(page)
            if str(instruction.operator) == "BDC"
        ]
        mine = parents[int(page.StructParents)]
        assert marks == list(range(len(mine)))
        for number, element in enumerate(mine):
            assert any(
                kid.get("/MCID") == number and kid.Pg.objgen == page.objgen
                for kid in element.K
                if "/MCID" in kid
            )


def test_every_font_is_embedded_as_a_subset(screen: bytes, printed: bytes) -> None:
    for data in (screen, printed):
        for page in opened(data).pages:
            for font in page.Resources.get("/Font", {}).values():
                assert "/FontFile2" in font.FontDescriptor
                assert "+" in str(font.BaseFont)


def test_the_outline_leads_to_each_part(screen: bytes) -> None:
    with opened(screen).open_outline() as outline:
        titles = [str(item.title) for item in outline.root]
    assert titles[:3] == ["Cover", "Dedication", "Scene 1"]
    assert titles[-3:] == ["The end", "Think back", "Something to draw"]


def test_questions_say_on_which_page_their_answer_stands(screen: bytes) -> None:
    document = pypdfium2.PdfDocument(screen)
    questions = next(
        text for page in document if "Think back" in (text := page.get_textpage().get_text_bounded())
    )
    for text, folio in ((TEXTS[0], 4), (TEXTS[1], 6), (TEXTS[2], 8)):
        assert f"Look again at page {folio}." in questions
        assert text[:15] in document[folio - 1].get_textpage().get_text_bounded()


def test_the_printed_page_has_an_eighth_inch_of_bleed_and_its_boxes(printed: bytes) -> None:
    document = opened(printed)
    for page in document.pages:
        assert [float(edge) for edge in page.MediaBox] == [0, 0, 630, 630]
        assert [float(edge) for edge in page.BleedBox] == [0, 0, 630, 630]
        assert [float(edge) for edge in page.TrimBox] == [9, 9, 621, 621]
    assert "/Outlines" not in document.Root or "/First" not in document.Root.Outlines


def test_printed_pictures_keep_every_pixel_and_say_how_fine_they_are(printed: bytes) -> None:
    sizes = (
        [
            (int(image.Width), int(image.Height))
            for page in opened(printed).pages
            for image in page.get_images().values()
        ]
        if hasattr(pikepdf.Page, "get_images")
        else [
            (int(image.Width), int(image.Height))
            for page in opened(printed).pages
            for image in page.images.values()
        ]
    )
    assert sizes == [(300, 300)] * 5
    dpi = round(300 / (630 / POINTS_PER_INCH))
    assert f"effective resolution {dpi} dpi" in str(opened(printed).docinfo.Keywords)
    assert f"Pictures at {dpi} dots per inch" in text_of(printed)


def test_printed_pictures_reach_into_the_bleed(printed: bytes) -> None:
    page = pypdfium2.PdfDocument(printed)[3].render().to_pil()
    assert page.getpixel((1, 1)) == pytest.approx((0x8F, 0xB8, 0xDE), abs=4)


@pytest.mark.parametrize("times", [1, 4, 12])
def test_the_printed_book_folds_and_each_picture_faces_its_text(times: int) -> None:
    texts = tuple("\n\n".join([text] * times) for text in TEXTS)
    document = pypdfium2.PdfDocument(print_pdf(book(content=content(texts))))
    assert len(document) % 4 == 0
    for number, text in enumerate(texts):
        first = next(
            folio
            for folio, page in enumerate(document, 1)
            if text[:15] in page.get_textpage().get_text_bounded()
        )
        assert first % 2 == 1, f"scene {number + 1} does not begin on a right-hand page"


@pytest.mark.parametrize(("make", "inset"), [(screen_pdf, 36), (print_pdf, 9 + 36)])
def test_no_letter_leaves_the_safe_area_however_long_the_words(make: object, inset: float) -> None:
    texts = tuple(f"{'W' * 200} {text}\n\n" * 6 for text in TEXTS)
    data = make(book(content=content(texts, title="Donaudampfschifffahrt" * 8), authors=["X" * 150]))  # type: ignore[operator]
    for page in pypdfium2.PdfDocument(data):
        side = page.get_width()
        words = page.get_textpage()
        for number in range(words.count_chars()):
            left, bottom, right, top = words.get_charbox(number)
            assert left >= inset - 1
            assert bottom >= inset - 1
            assert right <= side - inset + 1
            assert top <= side - inset + 1


def test_names_and_titles_print_as_typed() -> None:
    data = screen_pdf(
        book(content=content(title='<b>"A&B"</b> & Łucja'), authors=["<i>Zoë</i>", "李小明", "محمد 🦊"])
    )
    assert '<b>"A&B"</b> & Łucja' in text_of(data)
    assert "<i>Zoë</i>" in text_of(data)
    assert "李小明" in text_of(data)


def test_right_to_left_text_is_read_aloud_in_its_own_order() -> None:
    story = tuple("פעם אחת גרה ילדה בשם מאיה." for _ in range(4))
    spoken = [
        element["/ActualText"]
        for element in elements(screen_pdf(book(content=content(story), language="he")))
        if "/ActualText" in element
    ]
    assert spoken.count(story[0]) == 4


def test_a_book_without_pictures_or_activities_comes_out_whole() -> None:
    for make in (screen_pdf, print_pdf):
        data = make(book(pictures={}, activities=None))
        assert "We found my light" in text_of(data)
        assert not [element for element in elements(data) if element["/S"] == "/Figure"]


def test_placeholders_and_broken_files_give_way_to_an_ornament() -> None:
    odd = {
        **pictures(),
        "scene_1": BookPicture(b"no picture", "?"),
        "scene_2": BookPicture(picture(), "?", fallback=True),
    }
    figures = [element for element in elements(screen_pdf(book(pictures=odd))) if element["/S"] == "/Figure"]
    assert len(figures) == 3


@pytest.mark.parametrize("size", [(300, 200), (200, 300), (300, 280)])
def test_pictures_of_other_shapes_are_shown(size: tuple[int, int]) -> None:
    odd = {**pictures(), "scene_1": BookPicture(picture(*size, kind="JPEG"), "wide or tall")}
    assert image_sizes(screen_pdf(book(pictures=odd)))[1] == (
        size if max(size) > 1.25 * min(size) else (min(size), min(size))
    )


def test_large_pictures_are_made_smaller_for_the_screen_only() -> None:
    large = {"scene_1": BookPicture(picture(2000, 2000), "large")}
    for make, side in ((screen_pdf, 1600), (print_pdf, 2000)):
        assert image_sizes(make(book(pictures=large))) == [(side, side)]


def test_an_idea_to_talk_about_needs_no_frame_to_draw_in(screen: bytes) -> None:
    talking = ACTIVITIES.model_copy(update={"idea": Idea(kind="talking", prompt="Who was with you?")})
    data = screen_pdf(book(activities=talking))
    assert len(opened(data).pages) == len(opened(screen).pages) - 1
    assert "Something to talk about" in text_of(data)


@pytest.mark.parametrize("shade", ["#000000", "#777777", "#8fb8de", "#ffffff"])
@pytest.mark.parametrize("step", PALETTE.steps, ids=lambda step: step.name)
def test_a_title_can_be_read_on_its_scrim_over_any_picture(step: PaletteStep, shade: str) -> None:
    image = Image.new("RGB", (50, 50), shade)
    ground, ink = title_colours(step, colour_at(image, "top"))
    red, green, blue = scrimmed(image, ground, "top", 0.4, 0.2).convert("RGB").tobytes()[:3]
    assert contrast(f"#{red:02x}{green:02x}{blue:02x}", ink) >= READABLE

from __future__ import annotations

import codecs
from collections.abc import Callable
from dataclasses import replace

import pikepdf
import pypdfium2  # type: ignore[import-untyped]
import pytest

from storytailor.book import Book, BookPicture, print_pdf, screen_pdf
from storytailor.catalog import PICTURES, SCENES
from storytailor.story import Idea, Question
from tests.book.pdf_reader import elements, image_sizes, open_pdf, text_of
from tests.book.sample_book import (
    ACTIVITIES,
    TEXTS,
    make_book,
    make_content,
    make_picture,
    make_pictures,
)


@pytest.fixture(scope="module")
def screen() -> bytes:
    return screen_pdf(make_book())


def test_the_screen_file_has_cover_dedication_scenes_end_activities_and_colophon(screen: bytes) -> None:
    assert len(open_pdf(screen).pages) == 2 + 2 * len(SCENES) + 1 + 2 + 1
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
    assert screen_pdf(make_book()) == screen


def test_the_document_says_its_language_title_and_that_it_is_tagged(screen: bytes) -> None:
    document = open_pdf(screen)
    assert str(document.Root.Lang) == "en"
    assert document.Root.MarkInfo.Marked
    assert document.Root.ViewerPreferences.DisplayDocTitle
    assert str(document.docinfo.Title) == "The Lantern in the Whispering Wood"


def test_the_file_says_when_it_was_made_and_by_whom_in_xmp_too(screen: bytes) -> None:
    document = open_pdf(screen)
    assert str(document.docinfo.ModDate) == "D:20260504030201Z"
    with document.open_metadata() as xmp:
        assert xmp["dc:title"] == "The Lantern in the Whispering Wood"
        assert (xmp["dc:language"], xmp["xmp:ModifyDate"]) == ({"en"}, "2026-05-04T03:02:01Z")
        source = xmp["{http://iptc.org/std/Iptc4xmpExt/2008-02-29/}DigitalSourceType"]
    assert source.endswith("/trainedAlgorithmicMedia")
    assert "artificial intelligence" in text_of(screen)


def test_the_structure_tells_the_story_in_reading_order(screen: bytes) -> None:
    roles = [element["/S"] for element in elements(screen)]
    assert roles[:4] == ["/Document", "/Sect", "/Figure", "/H1"]
    assert roles.count("/H1") == 1
    assert roles.count("/Figure") == len(PICTURES)
    figures = [element["/Alt"] for element in elements(screen) if element["/S"] == "/Figure"]
    assert figures == [f"What {name} shows" for name in PICTURES]
    assert set(roles) == {"/Document", "/Sect", "/Figure", "/H1", "/H2", "/P", "/L", "/LI", "/Lbl", "/LBody"}


def test_all_that_is_drawn_is_tagged_or_marked_as_decoration(screen: bytes) -> None:
    painting = {"Tj", "TJ", "f", "f*", "S", "B", "B*", "Do", "'", '"'}
    for page in open_pdf(screen).pages:
        depth = 0
        for instruction in pikepdf.parse_content_stream(page):
            operator = str(instruction.operator)
            depth += (operator in ("BDC", "BMC")) - (operator == "EMC")
            assert depth == 1 or operator not in painting
        assert depth == 0


def test_the_parent_tree_leads_from_each_mark_back_to_its_element(screen: bytes) -> None:
    document = open_pdf(screen)
    numbers = document.Root.StructTreeRoot.ParentTree.Nums
    parents = {int(numbers[at]): numbers[at + 1] for at in range(0, len(numbers), 2)}
    for page in document.pages:
        marks = [
            instruction.operands[1].MCID
            for instruction in pikepdf.parse_content_stream(page)
            if str(instruction.operator) == "BDC" and "/MCID" in instruction.operands[1]
        ]
        mine = parents[int(page.StructParents)]
        assert marks == list(range(len(mine)))
        for number, element in enumerate(mine):
            assert any(
                kid.get("/MCID") == number and kid.Pg.objgen == page.objgen for kid in element.K if "/MCID" in kid
            )


@pytest.mark.parametrize("make", [screen_pdf, print_pdf])
def test_every_font_is_embedded_as_a_subset(make: Callable[[Book], bytes]) -> None:
    for page in open_pdf(make(make_book())).pages:
        for font in page.Resources.get("/Font", {}).values():
            assert "/FontFile2" in font.FontDescriptor
            assert "+" in str(font.BaseFont)


def test_the_outline_leads_to_each_part(screen: bytes) -> None:
    with open_pdf(screen).open_outline() as outline:
        titles = [str(item.title) for item in outline.root]
    assert titles[:3] == ["Cover", "Dedication", "Scene 1"]
    assert titles[-3:] == ["The end", "Think back", "Something to draw"]


def test_questions_say_on_which_page_their_answer_stands(screen: bytes) -> None:
    document = pypdfium2.PdfDocument(screen)
    questions = next(text for page in document if "Think back" in (text := page.get_textpage().get_text_bounded()))
    for text, folio in ((TEXTS[0], 4), (TEXTS[1], 6), (TEXTS[2], 8)):
        assert f"Look again at page {folio}." in questions
        assert text[:15] in document[folio - 1].get_textpage().get_text_bounded()


def test_of_a_scene_on_several_pages_the_one_with_the_answer_is_named() -> None:
    walk = "Maya walked on through the wood, and the path went up and down between the old trees. " * 26
    found = "Under the last stone Leo found a whistle. "
    content = make_content((f"{walk}\n\n{found * 2}{walk[:400]}", *TEXTS[1:]))
    question = Question(question="What did Leo find under the last stone?", answer="A whistle.", page=1)
    first = Question(question="Where did Maya walk?", answer="Through the wood.", page=1)
    activities = ACTIVITIES.model_copy(update={"questions": [first, question, *ACTIVITIES.questions[1:]]})
    pages = [
        page.get_textpage().get_text_bounded()
        for page in pypdfium2.PdfDocument(screen_pdf(make_book(content=content, activities=activities)))
    ]
    walked, whistle = (next(n for n, text in enumerate(pages, 1) if word in text) for word in ("walked", "whistle"))
    assert whistle > walked
    asked = " ".join(next(text for text in pages if "Think back" in text).split())
    assert f"Where did Maya walk? Look again at page {walked}." in asked
    assert f"under the last stone? Look again at page {whistle}." in asked


@pytest.mark.parametrize(("make", "inset"), [(screen_pdf, 36), (print_pdf, 9 + 36)])
def test_no_letter_leaves_the_safe_area_however_long_the_words(make: Callable[[Book], bytes], inset: float) -> None:
    texts = tuple(f"{'W' * 200} {text}\n\n" * 6 for text in TEXTS)
    data = make(make_book(content=make_content(texts, title="Donaudampfschifffahrt" * 8), authors=["X" * 150]))
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
        make_book(content=make_content(title='<b>"A&B"</b> & Łucja'), authors=["<i>Zoë</i>", "李小明", "محمد 🦊"])
    )
    assert '<b>"A&B"</b> & Łucja' in text_of(data)
    assert "<i>Zoë</i>" in text_of(data)
    assert "李小明" in text_of(data)


def test_right_to_left_text_is_read_aloud_in_its_own_order() -> None:
    story = tuple("פעם אחת גרה ילדה בשם מאיה." for _ in range(4))
    spoken = [
        element["/ActualText"]
        for element in elements(screen_pdf(make_book(content=make_content(story), language="he")))
        if "/ActualText" in element
    ]
    assert spoken.count(story[0]) == 4


def test_a_french_page_has_its_no_break_spaces_and_no_line_of_a_mark_alone() -> None:
    told = "Un soir, M. Ours dit : «\u202fOù est le renard\u202f? » et il marcha 10 km ; puis « oui ! » Vraiment ? "
    story = tuple("\n\n".join(f"{'Mon ami, ' * count}{told * 2}" for count in range(at, at + 4)) for at in range(4))
    text = text_of(screen_pdf(make_book(content=make_content(story), language="fr")))
    assert "«\u202fOù est le renard\u202f?" in text.replace("\r\n", " ")
    lines = [words for line in text.splitlines() if len(words := line.split()) > 1]  # no folio
    assert not [line for line in lines if line[0][0] in ":;?!»" or line[-1] in ("«", "M.", "10")]


def test_a_word_parted_at_a_lines_end_is_read_whole() -> None:
    word = "Donaudampfschifffahrtsgesellschaftskapitänsmützenabzeichenfabrik"
    pdf = open_pdf(screen_pdf(make_book(content=make_content((f"Die {word} lag am Fluss.",) * 4), language="de")))
    spans = [
        codecs.decode(bytes(instruction.operands[1].ActualText), "utf-16")
        for page in pdf.pages
        for instruction in pikepdf.parse_content_stream(page)
        if str(instruction.operator) == "BDC" and "/ActualText" in instruction.operands[1]
    ]
    assert len(spans) == 4
    assert all(span.startswith("Die Donaudampf") and span.removeprefix("Die ") in word for span in spans)


def test_a_book_without_pictures_or_activities_comes_out_whole() -> None:
    for make in (screen_pdf, print_pdf):
        data = make(make_book(pictures={}, activities=None))
        assert "We found my light" in text_of(data)
        assert not [element for element in elements(data) if element["/S"] == "/Figure"]


def test_placeholders_and_broken_files_give_way_to_an_ornament() -> None:
    odd = {
        **make_pictures(),
        "scene_1": BookPicture(b"no picture", "?"),
        "scene_2": BookPicture(make_picture(), "?", fallback=True),
    }
    figures = [element for element in elements(screen_pdf(make_book(pictures=odd))) if element["/S"] == "/Figure"]
    assert len(figures) == 3


@pytest.mark.parametrize("size", [(300, 200), (200, 300), (300, 280)])
def test_pictures_of_other_shapes_are_shown(size: tuple[int, int]) -> None:
    odd = {**make_pictures(), "scene_1": BookPicture(make_picture(*size, kind="JPEG"), "wide or tall")}
    assert image_sizes(screen_pdf(make_book(pictures=odd)))[1] == (
        size if max(size) > 1.25 * min(size) else (min(size), min(size))
    )


def test_large_pictures_are_made_smaller_for_the_screen_only() -> None:
    large = {"scene_1": BookPicture(make_picture(2000, 2000), "large")}
    for make, side in ((screen_pdf, 1600), (print_pdf, 2000)):
        assert image_sizes(make(make_book(pictures=large))) == [(side, side)]


def test_an_idea_to_talk_about_needs_no_frame_to_draw_in(screen: bytes) -> None:
    talking = ACTIVITIES.model_copy(update={"idea": Idea(kind="talking", prompt="Who was with you?")})
    data = screen_pdf(make_book(activities=talking))
    assert len(open_pdf(data).pages) == len(open_pdf(screen).pages) - 1
    assert "Something to talk about" in text_of(data)


@pytest.mark.parametrize(("language", "goes_right"), [("en", True), ("he", False)])
def test_sun_and_swatches_go_the_way_the_language_is_read(language: str, goes_right: bool) -> None:
    book = make_book(content=make_content(("אור." if language == "he" else "Light.",) * 4), language=language)
    names = ["אחד", "שתים", "שלוש", "ארבע", "חמש"] if language == "he" else "ABCDE"
    steps = [step.model_copy(update={"name": name}) for step, name in zip(book.palette.steps, names, strict=True)]
    book = replace(book, palette=book.palette.model_copy(update={"steps": steps}), pictures={}, activities=None)
    document = pypdfium2.PdfDocument(screen_pdf(book))

    def left_of(page: int, text: str) -> float:
        shown = document[page].get_textpage()
        found = shown.search(text, match_case=True, match_whole_word=True).get_next()
        assert found
        return float(shown.get_charbox(found[0])[0])

    assert (left_of(3, "4") < left_of(9, "10")) is goes_right
    first, last = (left_of(len(document) - 1, name) for name in (names[0], names[-1]))
    assert (first < last) is goes_right

"""For everybody: screen readers, both themes, small screens, large letters, four languages, any name, any palette."""

from __future__ import annotations

import re
from typing import Any

import httpx
import pytest
from playwright.sync_api import Page, expect

from tests.realtime.node import MODULES, find_node, install
from tests.report_tables import ReportTable
from tests.web.books import Book, lantern, picture
from tests.web.conftest import House, Visit, Visiting
from tests.web.measuring import first_paint_ms, show_all, slowest_interaction_ms, weight_kb

TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
TITLES = (
    "<script>alert(1)</script>",
    "</title><img src=x onerror=alert(1)>",
    "🦊🌙 “Fox & Moon” 👩‍👩‍👧",
    "مغامرة ليلى في الغابة الكبيرة",
    "ד״ר נעמי והירח",
    "W" * 120,
    "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft und der Mond am Ende der Welt",
)
CONTRAST = """() => {
  const style = getComputedStyle(document.querySelector('.lit'))
  const pen = new OffscreenCanvas(1, 1).getContext('2d')
  const linear = (part) => part <= 0.03928 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4
  const light = (color) => {
    pen.fillStyle = color
    pen.fillRect(0, 0, 1, 1)
    const [red, green, blue] = [...pen.getImageData(0, 0, 1, 1).data].map((part) => linear(part / 255))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
  }
  const [one, other] = [light(style.color), light(style.backgroundColor)].sort((a, b) => b - a)
  return (one + 0.05) / (other + 0.05)
}"""
TELL = """() => {
  window.told = []
  const tell = () => { if (announcer.textContent) told.push(announcer.textContent) }
  new MutationObserver(tell).observe(announcer, {childList: true})
}"""


@pytest.fixture(scope="module")
def book() -> Book:
    return lantern()


@pytest.fixture(scope="module")
def story(house: House, book: Book) -> str:
    return house.shelf.put(book)


@pytest.fixture(scope="module")
def axe() -> str:
    install(find_node())
    return (MODULES / "axe-core" / "axe.min.js").read_text(encoding="utf-8")


def link_to(house: House, story: str) -> str:
    """A shared link's address."""
    with httpx.Client(base_url=house.url) as client:
        token = client.post("/sign-in/demo").json()["token"]
        answer = client.post(f"/api/v1/stories/{story}/share", headers={"Authorization": f"Bearer {token}"})
    return "#/shared/" + str(answer.json()["data"]["url"]).rpartition("/")[2]


def growing(house: House, book: Book) -> str:
    """A story of which some is there, some is under way and some has failed."""
    story = house.shelf.begun(book)
    house.shelf.write(story, book)
    house.shelf.paint(story, book, "cover")
    painting = {"status": "generating", "progress": 33, "metadata": {"paletteStep": "Moonlit indigo"}}
    house.shelf.set(story, scene_1=painting, audio={"status": "failed", "progress": 0, "error": "No voice."})
    return story


def views(house: House, story: str, under_way: str) -> dict[str, tuple[str, list[str]]]:
    """Every view: its address, and what is pressed there, by its name."""
    return {
        "shelf": ("", []),
        "make": ("#/new", []),
        "a new character": ("#/new", ["Somebody new"]),
        "watch": (f"#/watch/{under_way}", []),
        "watched": (f"#/watch/{story}", []),
        "cover": (f"#/read/{story}", []),
        "page": (f"#/read/{story}", ["Next page"]),
        "page that is not painted": (f"#/read/{under_way}", ["Next page"]),
        "spoken page": (f"#/read/{story}", ["Next page", "Read aloud"]),
        "end": (f"#/read/{story}", ["Next page"] * 6),
        "wishes": (f"#/read/{story}", ["Voice, speed and letters"]),
        "more": (f"#/read/{story}", ["More"]),
        "shared": (link_to(house, story), []),
        "no such book": ("#/read/00000000-0000-4000-8000-000000000000", []),
    }


def opened(visit: Visit, address: str, pressed: list[str]) -> Page:
    page = visit.go(address)
    for name in pressed:
        page.get_by_role("button", name=name, exact=True).click()
        page.wait_for_timeout(50)
    page.wait_for_function("() => !document.querySelector('.turning') && !document.getAnimations().length")
    return page


def scrolls_sideways(page: Page) -> bool:
    wide: bool = page.evaluate("() => document.scrollingElement.scrollWidth > document.documentElement.clientWidth")
    return wide


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_no_view_breaks_a_rule_of_accessibility(
    house: House, story: str, book: Book, visiting: Visiting, axe: str, theme: str
) -> None:
    visit = visiting(expected="404", color_scheme=theme, reduced_motion="reduce")
    found: dict[str, Any] = {}
    for name, (address, pressed) in views(house, story, growing(house, book)).items():
        page = opened(visit, address, pressed)
        page.evaluate(axe)
        result = page.evaluate("(tags) => axe.run(document, {runOnly: tags})", TAGS)
        assert len(result["passes"]) > 15, name
        told = [(broken["id"], [node["html"][:160] for node in broken["nodes"]]) for broken in result["violations"]]
        found |= {name: told} if told else {}
    assert found == {}


@pytest.mark.parametrize(
    ("width", "height", "scale", "locale"),
    [(320, 640, 1, "de-DE"), (640, 400, 2, "fr-FR")],
    ids=["320 px wide", "1280 by 800 at 200 %"],
)
def test_nothing_scrolls_sideways_or_is_out_of_reach(
    house: House, story: str, book: Book, visiting: Visiting, width: int, height: int, scale: int, locale: str
) -> None:
    size = {"width": width, "height": height}
    visit = visiting(expected="404", viewport=size, device_scale_factor=scale, locale=locale, reduced_motion="reduce")
    wide = []
    for name, (address, _) in views(house, story, growing(house, book)).items():
        page = visit.go(address)
        wide += [name] if scrolls_sideways(page) else []
    assert wide == []
    page = visit.go(f"#/read/{story}")
    page.locator(".controls .turn").last.click()
    page.locator(".tune > button").click()
    page.locator(".wishes select").last.select_option("5")
    page.keyboard.press("Escape")
    page.locator(".topbar button").last.click()
    page.locator("dialog .danger").scroll_into_view_if_needed()
    expect(page.locator("dialog .danger")).to_be_in_viewport()


def test_any_title_stands_as_text_and_breaks_nothing(house: House, book: Book, visiting: Visiting) -> None:
    named = {title: house.shelf.put(book.named(title)) for title in TITLES}
    visit = visiting(viewport={"width": 320, "height": 640}, reduced_motion="reduce")
    visit.page.on("dialog", lambda dialog: visit.errors.append(dialog.message))
    page = visit.go()
    for title in TITLES:
        expect(page.get_by_text(title, exact=True).first).to_be_attached()
    assert not scrolls_sideways(page)
    for title, story in named.items():
        for address in (f"#/watch/{story}", link_to(house, story), f"#/read/{story}"):
            page = visit.go(address)
            expect(page.get_by_role("heading", name=title, exact=True).first).to_be_visible()
            assert not scrolls_sideways(page), address
            assert page.title() == f"{title} · Storytailor"
        page.get_by_role("button", name="More").click()
        expect(page.get_by_role("dialog").get_by_text(title, exact=True)).to_be_visible()
        assert page.locator("main script, main img[src=x], dialog img").count() == 0


def test_a_character_of_any_name_is_made_with_traits_and_a_picture_for_which_consent_is_asked(
    house: House, visiting: Visiting, tmp_path: Any
) -> None:
    photo = tmp_path / "ليلى.png"
    photo.write_bytes(picture(1))
    page = visiting().go("#/new")
    page.get_by_role("button", name="Somebody new").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("button", name="Add").click()
    expect(dialog.get_by_role("alert")).to_have_text("Write a name.")
    dialog.get_by_label("Name").fill("ليلى <b>")
    dialog.get_by_text("What every picture must show").click()
    dialog.get_by_label("glasses").check()
    dialog.get_by_label("A picture to draw from").set_input_files(photo)
    dialog.get_by_role("button", name="Add").click()
    expect(dialog.get_by_role("alert")).to_have_text("Confirm that the picture may be used, or take it away.")
    dialog.get_by_label("I may use this picture").check()
    dialog.get_by_role("button", name="Add").click()
    expect(dialog).to_have_count(0)
    made = page.locator(".person", has_text="ليلى <b>")
    expect(made.get_by_role("checkbox")).to_be_checked()
    expect(made.get_by_text("glasses")).to_be_visible()
    page.wait_for_function("() => [...document.querySelectorAll('.person img')].some((one) => one.naturalWidth > 0)")


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_lit_word_can_be_read_whatever_the_palette(
    house: House, book: Book, visiting: Visiting, theme: str
) -> None:
    visit = visiting(color_scheme=theme, reduced_motion="reduce")
    for hues in (["#ffffff"] * 3, ["#ffff66", "#fafad2", "#e0ffff"], ["#000000"] * 3, ["#777777"] * 3):
        page = visit.go(f"#/read/{house.shelf.put(Book(book.content, hues=hues))}")
        page.get_by_role("button", name="Next page").click()
        page.get_by_role("button", name="Read aloud").click()
        page.locator(".lit").wait_for()
        assert page.evaluate(CONTRAST) >= 4.5, hues


def test_a_screen_reader_is_told_the_page_and_reads_whole_sentences_while_words_are_lit(
    house: House, story: str, visiting: Visiting
) -> None:
    page = visiting().go(f"#/read/{story}")
    page.evaluate(TELL)
    page.get_by_role("button", name="Next page").click()
    page.get_by_role("button", name="Read aloud").click()
    page.wait_for_function("() => Number(document.querySelector('.lit')?.dataset.w) > 12")
    seen = page.get_by_role("region", name="Page 2 of 7").aria_snapshot()
    assert "The lantern hung where the path began. Maya held it up, and the dark took one step back." in seen
    assert 'img "A hill under the moon, scene_1."' in seen
    assert page.evaluate("told") == ["Page 2 of 7"]


def test_who_wants_no_motion_sees_none(house: House, story: str, visiting: Visiting) -> None:
    moved = []
    for motion in ("reduce", "no-preference"):
        page = visiting(reduced_motion=motion).go(f"#/read/{story}")
        page.wait_for_timeout(200)
        page.keyboard.press("ArrowRight")
        moved.append(page.evaluate("() => document.querySelectorAll('.turning').length"))
    assert moved == [0, 1]


@pytest.mark.parametrize(
    ("locale", "shelf", "make"),
    [("de-AT", "Meine Bücher", "Dieses Buch machen"), ("es-MX", "Mis libros", "Hacer este libro"),
     ("fr-CA", "Mes livres", "Faire ce livre"), ("ja-JP", "My books", "Make this book")],
)  # fmt: skip
def test_the_page_speaks_the_visitors_language_or_english(
    house: House, story: str, visiting: Visiting, locale: str, shelf: str, make: str
) -> None:
    page = visiting(locale=locale).go()
    expect(page.get_by_role("heading", name=shelf)).to_be_visible()
    assert page.evaluate("document.documentElement.lang") == (locale[:2] if locale[:2] != "ja" else "en")
    page.goto(f"{house.url}/#/new")
    expect(page.get_by_role("button", name=make)).to_be_visible()


def test_a_language_that_is_chosen_stays(house: House, visiting: Visiting) -> None:
    page = visiting().go()
    page.get_by_label("Language of this page").select_option("de")
    expect(page.get_by_role("heading", name="Meine Bücher")).to_be_visible()
    page.reload()
    expect(page.get_by_role("heading", name="Meine Bücher")).to_be_visible()


def test_what_is_asked_for_and_missing_is_said_where_it_is_and_a_draft_survives_a_reload(
    house: House, visiting: Visiting
) -> None:
    page = visiting().go("#/new")
    page.get_by_role("button", name="Make this book").click()
    expect(page.get_by_role("alert")).to_have_text("Choose a theme, or write one of your own.")
    page.get_by_label("A theme of your own").fill("the sea")
    page.keyboard.press("Enter")
    page.get_by_label("Title").fill("Ada and the Sea")
    expect(page.get_by_text(re.compile(r"This one costs about \$0\.\d\d to \$0\.\d\d and takes"))).to_be_visible()
    expect(page.get_by_text("You can have 1,002 more stories made.")).to_be_visible()
    page.reload()
    expect(page.get_by_label("Title")).to_have_value("Ada and the Sea")
    expect(page.get_by_role("list", name="Chosen themes").get_by_text("the sea")).to_be_visible()


def test_the_page_is_light_and_a_shelf_of_300_is_shown_whole(
    house: House, story: str, visiting: Visiting, report_table: ReportTable
) -> None:
    house.shelf.copies(story, 300)
    page = visiting().go()
    painted, weight = first_paint_ms(page), weight_kb(page)
    assert show_all(page) > 300
    slowest = slowest_interaction_ms(page, "The Lantern")
    report_table(
        "the page (times are those of a machine that does other things; `python -m bench.page` measures them)",
        f"first paint {painted:.0f} ms\nweight {weight:.1f} kB\nslowest interaction: {slowest:.0f} ms",
    )
    assert weight < 120

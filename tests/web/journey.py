"""The whole way of a family through the page, each step pressed: make, watch, read, remake, share and download."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

from playwright.sync_api import Browser, Locator, Page, expect

MOST_TABS = 150
BOOK_TIMEOUT = 120_000


class Hand(Protocol):
    """Somebody who presses what they have found."""

    def press(self, page: Page, found: Locator) -> None:
        """A button, a link, a box."""

    def choose(self, page: Page, radio: Locator) -> None:
        """One of several."""

    def write(self, page: Page, field: Locator, text: str) -> None:
        """Into a field."""


class Mouse:
    """Clicks."""

    def press(self, page: Page, found: Locator) -> None:
        found.click()

    def choose(self, page: Page, radio: Locator) -> None:
        radio.check()

    def write(self, page: Page, field: Locator, text: str) -> None:
        field.click()
        page.keyboard.type(text)


class Keyboard:
    """Uses keys alone, from wherever the focus is."""

    def press(self, page: Page, found: Locator) -> None:
        self._tab_to(page, found)
        page.keyboard.press("Space" if found.get_attribute("type") == "checkbox" else "Enter")

    def choose(self, page: Page, radio: Locator) -> None:
        name = radio.get_attribute("name")
        self._tab_to(page, page.locator(f"[type=radio][name={name}]:checked"))
        for _ in range(MOST_TABS):
            if radio.is_checked():
                return
            page.keyboard.press("ArrowDown")
        raise AssertionError("No arrow key leads there.")

    def write(self, page: Page, field: Locator, text: str) -> None:
        self._tab_to(page, field)
        page.keyboard.type(text)

    def _tab_to(self, page: Page, found: Locator) -> None:
        found.wait_for()
        for _ in range(MOST_TABS):
            if found.evaluate("(element) => element === document.activeElement"):
                return
            page.keyboard.press("Tab")
        raise AssertionError(f"Tab does not lead to {found}.")


def travel(browser: Browser, url: str, hand: Hand, title: str, folder: Path) -> None:
    """The way, from an empty browser. `folder`: where the download goes."""
    page = browser.new_page(locale="en-US", accept_downloads=True)
    page.set_default_timeout(15_000)
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto(url)
    make_and_watch(page, hand, title)
    read(page, hand, title)
    remake_a_scene(page, hand)
    share_and_take_back(browser, page, hand, title)
    download(page, hand, folder)
    assert errors == []
    page.close()


def button(page: Page, name: str) -> Locator:
    return page.get_by_role("button", name=name, exact=True)


def make_and_watch(page: Page, hand: Hand, title: str) -> None:
    hand.press(page, page.get_by_role("navigation").get_by_role("link", name="New story"))
    hand.press(page, page.get_by_role("checkbox", name="Theo"))
    hand.choose(page, page.get_by_role("radio", name="Bedtime"))
    hand.press(page, button(page, "courage"))
    hand.write(page, page.get_by_label("Title"), title)
    hand.press(page, button(page, "Make this book"))
    expect(page.get_by_role("progressbar", name="The whole book")).to_be_visible()
    expect(page.get_by_role("status").get_by_text("Your book is ready!")).to_be_visible(timeout=BOOK_TIMEOUT)
    assert page.get_by_role("progressbar").count() == 12  # the whole and its eleven parts


def read(page: Page, hand: Hand, title: str) -> None:
    hand.press(page, page.get_by_role("link", name="Open the book"))
    expect(page.get_by_role("heading", name=title).first).to_be_visible()
    hand.press(page, button(page, "Next page"))
    hand.press(page, button(page, "Read aloud"))
    page.locator("section.spread .lit").wait_for()
    hand.press(page, button(page, "Pause"))


def remake_a_scene(page: Page, hand: Hand) -> None:
    before = page.locator("section.spread .picture").get_attribute("data-shows")
    hand.press(page, button(page, "More"))
    hand.press(page, page.get_by_role("checkbox", name="Picture 1"))
    hand.press(page, page.get_by_role("dialog").get_by_role("button", name="Make again"))
    expect(page.get_by_role("status").get_by_text("Your book is ready!")).to_be_visible(timeout=BOOK_TIMEOUT)
    hand.press(page, page.get_by_role("link", name="Open the book"))
    expect(page.locator("section.spread .picture img")).to_be_visible()
    assert page.locator("section.spread .picture").get_attribute("data-shows") != before


def share_and_take_back(browser: Browser, page: Page, hand: Hand, title: str) -> None:
    hand.press(page, button(page, "More"))
    hand.press(page, button(page, "Make a link"))
    link = page.get_by_label("Link to the book").input_value()
    grandmother = browser.new_page(locale="en-US")
    grandmother.goto(link)
    expect(grandmother.get_by_role("heading", name=title).first).to_be_visible()
    expect(grandmother.get_by_role("link", name="To my books")).to_have_count(0)
    button(grandmother, "More").click()
    expect(grandmother.get_by_role("link", name="Narration (MP3)")).to_be_visible()
    expect(button(grandmother, "Delete this book")).to_have_count(0)
    hand.press(page, button(page, "Take it back"))
    expect(page.get_by_text("Nobody but you can read this book.")).to_be_visible()
    grandmother.reload()
    expect(grandmother.get_by_role("heading", name="There is no such book")).to_be_visible()
    grandmother.close()


def download(page: Page, hand: Hand, folder: Path) -> None:
    for name, file, begins in (
        ("Read-along book (EPUB)", "story.epub", b"PK"),
        ("Book for the screen (PDF)", "story.pdf", b"%PDF"),
    ):
        with page.expect_download() as coming:
            hand.press(page, page.get_by_role("link", name=name))
        assert coming.value.suggested_filename == file
        coming.value.save_as(folder / file)
        assert (folder / file).read_bytes().startswith(begins)

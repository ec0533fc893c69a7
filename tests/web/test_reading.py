"""Reading: the lit word and its voice, pages by hand and by voice, a book that grows, and what is cut in the middle."""

from __future__ import annotations

import json
import time
from typing import Any

import psycopg
import pytest
from playwright.sync_api import Page, expect

import api.reader_page
from storytailor.catalog import SCENES
from tests.report_tables import ReportTable
from tests.web.books import ACTIVITIES, Book, lantern, ready
from tests.web.conftest import PATIENCE, House, Visiting

SAMPLES = 20
SAMPLE = """async ([samples, every]) => {
  const taken = []
  const frame = () => new Promise((done) => requestAnimationFrame(() => {
    const seconds = voice.currentTime
    setTimeout(() => done(seconds))
  }))
  for (let number = 0; number < samples; number += 1) {
    await new Promise((done) => setTimeout(done, every))
    const framed = await frame()
    const lit = document.querySelector('.spread .lit')?.dataset.w ?? -1
    taken.push([performance.now() / 1000, framed, voice.currentTime, Number(lit)])
  }
  return taken
}"""

NO_NETWORK = "net::ERR_"
"""What a browser says of a request that does not get through; also of one that the service worker passes on."""
NOT_KEPT = """async () => {
  const shell = await caches.open('storytailor-shell')
  const ours = performance.getEntriesByType('resource').map(({name}) => name).filter((url) => url.includes('/web/'))
  const kept = await Promise.all([document.baseURI.split('#')[0], ...ours].map((url) => shell.match(url)))
  return kept.filter((answer) => !answer).length
}"""
KEPT_OF_BOOKS = "() => caches.open('storytailor-books').then((cache) => cache.keys()).then((keys) => keys.length)"


@pytest.fixture(scope="module")
def book() -> Book:
    return lantern()


@pytest.fixture(scope="module")
def story(house: House, book: Book) -> str:
    return house.shelf.put(book)


def pages(page: Page) -> str:
    """Which page is open, such as "2 / 7"."""
    return page.locator(".where").text_content() or ""


def play(page: Page) -> None:
    page.get_by_role("button", name="Read aloud").click()
    page.wait_for_function("() => window.voice && !voice.paused && voice.currentTime > 0")


def late_by(words: list[dict[str, Any]], framed: float, seconds: float, lit: int) -> float:
    """How far the sound was, from a frame's beginning until it was looked at, from when this word is to be lit."""
    assert lit >= 0, seconds
    until = words[lit + 1]["start"] if lit + 1 < len(words) else float("inf")
    off: float = max(words[lit]["start"] - seconds, framed - until, 0.0)
    return off


@pytest.mark.parametrize(("rate", "most"), [(1.0, 0.060), (1.25, 0.100)])
def test_the_word_that_is_lit_is_the_word_that_is_spoken(
    house: House, story: str, book: Book, visiting: Visiting, report_table: ReportTable, rate: float, most: float
) -> None:
    page = visiting().go(f"#/read/{story}")
    page.get_by_role("button", name="Voice, speed and letters").click()
    page.get_by_label("Speed", exact=True).select_option(str(rate).rstrip("0").rstrip("."))
    page.keyboard.press("Escape")
    play(page)
    taken = page.evaluate(SAMPLE, [SAMPLES, 130])

    assert page.evaluate("voice.playbackRate") == rate
    assert page.evaluate("voice.preservesPitch")
    late = [late_by(book.words, framed, seconds, lit) for _, framed, seconds, lit in taken]
    samples = zip(taken, late, strict=True)
    lines = [f"at {seconds:7.3f} s word {lit:3}, off by {by * 1000:3.0f} ms" for (_, _, seconds, lit), by in samples]
    report_table(f"the word that is lit, at {rate} x", "\n".join(lines))
    assert len({lit for *_, lit in taken}) > 5
    assert max(late) <= most
    (began, _, first, _), (ended, _, last, _) = taken[0], taken[-1]
    assert abs((last - first) - rate * (ended - began)) < 0.3, "the sound runs as fast as it is asked to"


def test_pages_turn_with_the_voice_and_a_tapped_word_is_where_it_goes_on(
    house: House, story: str, book: Book, visiting: Visiting
) -> None:
    page = visiting().go(f"#/read/{story}")
    play(page)
    expect(page.locator("section.spread")).to_have_accessible_name("Page 2 of 7", timeout=8_000)
    expect(page.locator("#announcer")).to_have_text("Page 2 of 7")
    word = page.locator("section.spread [data-w]").nth(30)
    number = int(word.get_attribute("data-w") or "")
    word.click()
    page.wait_for_function("(number) => Number(document.querySelector('.lit')?.dataset.w) >= number", arg=number)
    assert page.evaluate("voice.currentTime") >= book.words[number]["start"]
    page.get_by_role("button", name="Next page").click()
    expect(page.locator("section.spread")).to_have_accessible_name("Page 3 of 7")
    page.wait_for_function("() => document.querySelector('section.spread .lit')")
    page.get_by_role("button", name="Pause").click()
    assert page.evaluate("voice.paused")


def test_a_book_is_read_by_keyboard_alone(house: House, story: str, book: Book, visiting: Visiting) -> None:
    page = visiting().go(f"#/read/{story}")
    page.keyboard.press("ArrowRight")
    expect(page.locator("section.spread")).to_have_accessible_name("Page 2 of 7")
    page.keyboard.press("PageDown")
    page.keyboard.press("PageUp")
    page.keyboard.press("End")
    expect(page.locator("section.spread")).to_have_accessible_name("Page 7 of 7")
    expect(page.get_by_text("What hung where the path began?").first).to_be_visible()
    page.keyboard.press("Home")
    page.keyboard.press("ArrowRight")
    page.get_by_role("group", name="Text of the page").focus()
    for _ in range(4):
        page.keyboard.press("ArrowRight")
    expect(page.locator("section.spread")).to_have_accessible_name("Page 2 of 7")  # there, arrows choose words
    chosen = int(page.locator(".chosen").get_attribute("data-w") or "")
    page.keyboard.press("Enter")
    page.wait_for_function("() => window.voice && !voice.paused")
    assert page.evaluate("voice.currentTime") >= book.words[chosen]["start"]
    page.keyboard.press("Space")
    page.wait_for_function("() => voice.paused")


def test_words_pictures_and_voice_come_into_the_open_book_as_they_are_made(
    house: House, book: Book, visiting: Visiting
) -> None:
    shelf, story = house.shelf, house.shelf.begun(book)
    page = visiting().go(f"#/watch/{story}")
    cover = page.get_by_role("progressbar", name="The cover")
    expect(cover).to_have_attribute("aria-valuenow", "0")
    shelf.write(story, book)
    painting = {
        "status": "generating",
        "progress": 33,
        "metadata": {"paletteStep": "Moonlit indigo", "motif": "A Light"},
    }
    shelf.set(story, cover=painting)
    expect(cover).to_have_attribute("aria-valuenow", "33")
    expect(page.get_by_text("painting: Moonlit indigo")).to_be_visible()
    expect(page.get_by_text("A story of A Light in the Dark")).to_be_visible()
    page.get_by_role("link", name="Read while it grows").click()

    expect(page.get_by_text("Being painted: Moonlit indigo")).to_be_visible()
    page.get_by_role("button", name="Next page").click()
    expect(page.get_by_text("The lantern hung where the path began.").first).to_be_visible()
    assert page.locator("[data-w]").count() == 0
    shelf.paint(story, book, "cover")
    expect(page.get_by_role("status").get_by_text("The cover is painted!")).to_be_visible()
    shelf.paint(story, book, "scene_1")
    expect(page.get_by_role("img", name="A hill under the moon, scene_1.")).to_be_visible()
    shelf.speak(story, book)
    expect(page.locator("section.spread [data-w]").first).to_be_visible()
    expect(page.locator("section.spread")).to_have_accessible_name("Page 2 of 7")
    play(page)
    for name in SCENES[1:]:
        shelf.paint(story, book, name)
    shelf.set(story, activities=ready(data=ACTIVITIES), pdf=ready(url="x"), epub=ready(url="x"))
    expect(page.get_by_role("status").get_by_text("Your book is ready!")).to_be_visible()
    assert not page.evaluate("voice.paused")


def test_a_shared_book_without_a_voice_is_read_all_the_same(house: House, book: Book, visiting: Visiting) -> None:
    story = house.shelf.put(book)
    page = visiting().go(f"#/read/{story}")
    page.get_by_role("button", name="More").click()
    page.get_by_role("button", name="Make a link").click()
    link = page.get_by_label("Link to the book").input_value()
    with psycopg.connect(house.shelf.database_url) as connection:
        connection.execute("UPDATE stories SET audio_words = NULL, audio_blocks = NULL WHERE id = %s", (story,))
    house.shelf.set(story, audio={"status": "failed", "progress": 0, "error": "No voice."})
    page = visiting().go("#" + link.partition("#")[2])
    page.get_by_role("button", name="Next page").click()
    expect(page.get_by_text("The lantern hung where the path began.").first).to_be_visible()
    page.get_by_role("button", name="Read aloud").click()
    expect(page.get_by_role("status").get_by_text("There is no voice")).to_be_visible()


def test_what_failed_says_why_and_is_made_again(house: House, book: Book, visiting: Visiting) -> None:
    shelf = house.shelf
    story = shelf.put(book)
    why = "The voice's provider has no more characters."
    shelf.set(story, audio={"status": "failed", "progress": 0, "error": why}, epub=ready(url="x"))
    page = visiting().go(f"#/watch/{story}")
    expect(page.get_by_text(why)).to_be_visible()
    page.get_by_role("button", name="Make again The voice").click()
    expect(page.get_by_role("progressbar", name="The voice")).to_have_attribute("aria-valuenow", "0")
    expect(page.get_by_text(why)).to_have_count(0)


def test_a_reload_opens_the_page_that_was_read_and_a_growing_story_goes_on(
    house: House, story: str, book: Book, visiting: Visiting
) -> None:
    page = visiting().go(f"#/read/{story}")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    page.reload()
    expect(page.locator("section.spread")).to_have_accessible_name("Page 3 of 7")
    play(page)
    assert page.evaluate("voice.currentTime") >= book.words[0]["start"]
    growing = house.shelf.begun(book)
    page = visiting().go(f"#/watch/{growing}")
    page.reload()
    house.shelf.write(growing, book)
    expect(page.get_by_role("link", name="Read while it grows")).to_be_visible()


def test_a_network_that_is_cut_in_the_middle_is_said_and_nothing_is_missed(
    house: House, book: Book, visiting: Visiting
) -> None:
    story = house.shelf.begun(book)
    visit = visiting(expected=NO_NETWORK)
    page = visit.go(f"#/watch/{story}")
    page.context.set_offline(True)
    page.evaluate("void 0")
    house.shelf.write(story, book)
    page.context.set_offline(False)
    expect(page.get_by_role("link", name="Read while it grows")).to_be_visible(timeout=12_000)


def test_a_book_that_could_not_be_made_says_why_once_and_has_one_way_out(
    house: House, book: Book, visiting: Visiting
) -> None:
    story = house.shelf.begun(book)
    below = {"status": "failed", "progress": 0, "error": "Not made, because content failed."}
    why = "The writing service cannot write in this language."
    refused = {"status": "failed", "progress": 0, "error": why}
    house.shelf.set(story, content=refused, **dict.fromkeys(["palette", "cover", *SCENES, "audio", "pdf"], below))
    house.shelf.set(story, **dict.fromkeys(["activities", "epub"], below))
    page = visiting(locale="de-DE").go(f"#/watch/{story}")
    expect(page.get_by_role("heading", name="Dieses Buch ließ sich nicht machen")).to_be_visible()
    expect(page.get_by_text("Nichts ist verloren: Versuche es noch einmal.")).to_be_visible()
    expect(page.get_by_text(why)).to_have_attribute("lang", "en")
    expect(page.get_by_text("wartet auf: Die Worte")).to_have_count(10)
    again = page.get_by_role("button", name="Noch einmal machen")
    expect(again).to_have_count(1)
    with page.expect_request("**/assets/regenerate") as asked:
        again.click()
    assert asked.value.post_data_json == {"assetTypes": ["content"], "cascade": False}


def test_a_token_that_ends_in_the_middle_is_renewed_and_what_was_open_goes_on(
    house: House, book: Book, visiting: Visiting, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(api.reader_page, "DEMO_HOURS", 2 / 3600)
    story = house.shelf.begun(book)
    page = visiting().go(f"#/watch/{story}")
    expect(page.get_by_role("progressbar", name="The cover")).to_be_visible()
    time.sleep(2.2)  # the stream ends with its token
    house.shelf.write(story, book)
    expect(page.get_by_role("link", name="Read while it grows")).to_be_visible(timeout=12_000)
    page.get_by_role("link", name="My books").click()
    expect(page.get_by_role("heading", name="My books")).to_be_visible()


def until_kept(page: Page) -> None:
    """Until the browser has all it needs to show the open book without a network."""
    page.wait_for_function("() => navigator.serviceWorker.controller")
    deadline = time.monotonic() + PATIENCE / 1000
    while page.evaluate(NOT_KEPT) or page.evaluate(KEPT_OF_BOOKS) < 7:
        assert time.monotonic() < deadline
        page.wait_for_timeout(50)


def test_what_was_opened_is_read_without_a_network_with_its_pictures_and_voice(
    house: House, story: str, book: Book, visiting: Visiting
) -> None:
    page = visiting(expected=NO_NETWORK).go(f"#/read/{story}")
    until_kept(page)
    page.context.set_offline(True)
    page.reload()
    page.locator("main h1").wait_for()
    expect(page.get_by_role("status").get_by_text("There is no network.")).to_be_visible()
    page.keyboard.press("ArrowRight")
    picture = page.get_by_role("img", name="A hill under the moon, scene_1.")
    expect(picture).to_be_visible()
    page.wait_for_function("() => document.querySelector('.spread img').naturalWidth === 256")
    play(page)
    page.locator("section.spread [data-w]").nth(20).click()
    page.wait_for_function("() => voice.currentTime > 3")
    page.goto(page.url.partition("#")[0] + "#/")
    expect(page.get_by_text("There is no network. These books")).to_be_visible()
    expect(page.get_by_role("link", name=book.content.title).first).to_be_visible()
    page.context.set_offline(False)


def test_the_lock_screen_knows_the_book_and_the_screen_stays_on_while_it_is_read(
    house: House, story: str, visiting: Visiting
) -> None:
    visit = visiting()
    visit.page.add_init_script(
        """window.locks = []
        if (navigator.wakeLock) navigator.wakeLock.request = async () => {
          const lock = new EventTarget()
          lock.release = async () => { locks.pop(); lock.dispatchEvent(new Event('release')) }
          locks.push(lock)
          return lock
        }
        window.keys = {}
        if (navigator.mediaSession) navigator.mediaSession.setActionHandler = (action, act) => { keys[action] = act }"""
    )
    page = visit.go(f"#/read/{story}")
    assert page.evaluate("[navigator.mediaSession.metadata.title, Object.keys(keys).sort()]") == [
        "The Lantern",
        ["nexttrack", "pause", "play", "previoustrack"],
    ]
    page.evaluate("keys.play()")
    page.wait_for_function("() => window.voice && !voice.paused && locks.length === 1")
    page.evaluate("keys.nexttrack()")
    expect(page.locator("section.spread")).to_have_accessible_name("Page 2 of 7")
    page.evaluate("keys.pause()")
    page.wait_for_function("() => voice.paused && locks.length === 0")


def test_the_voice_goes_quiet_when_the_sleep_timer_is_over(house: House, story: str, visiting: Visiting) -> None:
    visit = visiting()
    visit.page.clock.install()
    page = visit.go(f"#/read/{story}")
    page.get_by_role("button", name="Voice, speed and letters").click()
    page.get_by_label("Falling asleep", exact=True).select_option("5")
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Read aloud").click()
    page.wait_for_function("() => window.voice && !voice.paused")
    page.clock.fast_forward("05:00")
    page.clock.run_for(6_000)
    assert page.evaluate("[voice.paused, voice.volume]") == [True, 1]


def test_a_signed_url_that_has_ended_is_replaced_and_the_voice_goes_on_where_it_stopped(
    house: House, story: str, visiting: Visiting
) -> None:
    visit = visiting(expected="403")
    ended = {"now": True}

    def end(route: Any) -> None:
        if ended["now"]:
            ended["now"] = False
            route.fulfill(status=403, body=json.dumps({}))
        else:
            route.continue_()

    visit.page.route("**/audio-*.mp3*", end)
    page = visit.go(f"#/read/{story}")
    page.wait_for_timeout(500)
    play(page)
    assert not ended["now"]


def test_a_book_is_deleted_after_a_question_and_leaves_nothing_behind(
    house: House, book: Book, visiting: Visiting
) -> None:
    story = house.shelf.put(book.named("A Book to Forget"))
    visit = visiting()
    page = visit.go(f"#/read/{story}")
    until_kept(page)
    page = visit.go()
    page.get_by_role("button", name="Share, download and more: A Book to Forget").click()
    page.get_by_role("button", name="Delete this book").click()
    question = page.get_by_role("dialog", name="Delete this book?")
    question.get_by_role("button", name="Cancel").click()
    page.get_by_role("button", name="Delete this book").click()
    question.get_by_role("button", name="Delete it").click()
    expect(page.get_by_role("link", name="A Book to Forget")).to_have_count(0)
    with psycopg.connect(house.shelf.database_url) as connection:
        assert connection.execute("SELECT FROM stories WHERE id = %s", (story,)).fetchall() == []
    assert page.evaluate(
        "(id) => caches.open('storytailor-books').then((cache) => cache.keys())"
        ".then((keys) => keys.filter((each) => each.url.includes(id)).length)",
        story,
    ) == 0  # fmt: skip

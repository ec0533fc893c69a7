"""The reader's page in a real Chromium, served by the real API, with books on the demo user's shelf."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect
from pydantic import SecretStr

from api.app import create_app
from api.limits import StreamTimings
from emulator.testing import serving
from storytailor.db.demo import DEMO_USER, seed_demo
from storytailor.settings import Settings
from tests.api.conftest import SECRET
from tests.databases import Databases
from tests.postgres import url_of
from tests.web.books import Shelf
from tests.web.browsers import started_browser

BASE_URL = "http://127.0.0.1:8000/assets/"
"""Of stored objects, as the rows have it; the page asks the address that it came from."""
PATIENCE = 30_000
"""Milliseconds: the machine may do other things, and what comes is waited for no longer than it takes."""
expect.set_options(PATIENCE)
KEEP_AUDIO = """const play = Audio.prototype.play
Audio.prototype.play = function () { window.voice = this; return play.call(this) }"""
"""So that a test can hear what the page plays: it is in no document."""


@dataclass(frozen=True)
class House:
    """A served API, and what is in its database."""

    url: str
    settings: Settings
    shelf: Shelf


@contextmanager
def opened_house(
    databases: Databases, postgres: str, emulator_url: str, folder: Path, **settings: Any
) -> Iterator[House]:
    """A house of one's own with the demo user in it."""
    name = databases.take()
    database_url = url_of(postgres, name)
    seed_demo(database_url)
    known: dict[str, Any] = {
        "database_url": SecretStr(database_url),
        "jwt_secret": SecretStr(SECRET),
        "assets_dir": folder,
        "openai_base_url": f"{emulator_url}/openai/v1",
        "demo_login": True,
        "create_rate_per_minute": 10_000,
    }
    asked = Settings(_env_file=None, **known | settings)
    shelf = Shelf(database_url, folder, BASE_URL, DEMO_USER)
    with serving(create_app(asked, StreamTimings(reconnect_seconds=0.1))) as url:
        yield House(url, asked, shelf)
    databases.give_back(name)


@pytest.fixture(scope="module")
def house(
    databases: Databases, postgres: str, emulator_url: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[House]:
    with opened_house(databases, postgres, emulator_url, tmp_path_factory.mktemp("assets")) as house:
        yield house


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Not longer than a module: Playwright keeps an event loop running, beside which no other can run."""
    with started_browser() as browser:
        yield browser


@dataclass
class Visit:
    """A page, and what it did that no page should do."""

    page: Page
    url: str
    errors: list[str] = field(default_factory=list)
    elsewhere: list[str] = field(default_factory=list)

    def go(self, address: str = "") -> Page:
        """Open a view and wait for it. The first loads the page, the others are changes of its address."""
        page, address = self.page, address or "#/"
        if page.url == "about:blank":
            page.goto(f"{self.url}/{address}")
        else:
            if page.url.endswith(address):
                page.evaluate("() => { location.hash = '#/nowhere' }")
                page.locator("main[data-shows='#/nowhere']").wait_for()
            page.evaluate("(address) => { sessionStorage.clear(); location.hash = address }", address)
        page.locator(f"main[data-shows='{address}'] h1").wait_for()
        return page


Visiting = Callable[..., Visit]


@pytest.fixture
def visiting(browser: Browser, house: House) -> Iterator[Visiting]:
    """Opens browser profiles as new; after the test none has shown an error or asked another host."""
    visits: list[Visit] = []
    contexts: list[BrowserContext] = []

    def visit(expected: str | None = None, besides: str = "about:", **options: Any) -> Visit:
        asked: dict[str, Any] = {
            "viewport": {"width": 1280, "height": 800},
            "locale": "en-US",
            "accept_downloads": True,
        } | options
        context = browser.new_context(**asked)
        context.set_default_timeout(PATIENCE)
        context.add_init_script(KEEP_AUDIO)
        visit = Visit(context.new_page(), asked.get("base_url", house.url))
        visit.page.on("pageerror", lambda error: visit.errors.append(str(error)))
        visit.page.on(
            "console",
            lambda said: (
                visit.errors.append(said.text)
                if said.type == "error" and not (expected and expected in said.text)
                else None
            ),
        )
        context.on(
            "request",
            lambda request: (
                visit.elsewhere.append(request.url)
                if not request.url.startswith((visit.url, besides, "blob:", "data:"))
                else None
            ),
        )
        visits.append(visit)
        contexts.append(context)
        return visit

    yield visit
    for context in contexts:
        context.close()
    assert [error for visit in visits for error in visit.errors] == []
    assert [url for visit in visits for url in visit.elsewhere if url != "about:blank"] == []

"""A page of another origin, in a real Chromium. What it makes and reads on the whole stack is in tests/end_to_end."""

from __future__ import annotations

import asyncio
import contextlib
import io
import re
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from PIL import Image
from playwright.async_api import Page

from api.app import create_app
from storytailor.db import Database
from storytailor.providers.object_store import Folder
from storytailor.settings import Settings
from tests.api.conftest import (
    Person,
    create_person,
    finish,
    maya,
    set_asset,
    settings,
    settings_for,
    signed_path,
    token,
)
from tests.api.test_events import Served, serve
from tests.browser.front_end import PAGE, opened_page, served_front_end
from tests.realtime.conftest import new_story

__all__ = ["maya", "settings", "settings_for"]

HOW_TO = Path(__file__).parents[2] / "docs" / "how-to" / "call-the-api-from-another-origin.md"
COVER = "stories/x/cover-0123456789ab.png"


@pytest.fixture
def origin() -> Iterator[str]:
    with served_front_end() as origin:
        yield origin


@contextlib.asynccontextmanager
async def visited(settings: Settings, origin: str, listed: str) -> AsyncIterator[tuple[Page, Served]]:
    """The page of this origin, and the API that takes pages of the origins listed."""
    picture = io.BytesIO()
    Image.new("RGB", (64, 48), "teal").save(picture, "PNG")
    await Folder(settings.assets_folder).put(COVER, picture.getvalue())
    app = create_app(settings.model_copy(update={"cors_origins": frozenset({listed})}))
    async with serve(app) as served, opened_page(origin, str(served.client.base_url).rstrip("/")) as page:
        yield page, served


async def attempt(page: Page, what: str, *arguments: Any) -> dict[str, Any]:
    """What the page's own code gets."""
    result: dict[str, Any] = await page.evaluate("([what, args]) => attempt(what, ...args)", [what, list(arguments)])
    return result


async def test_a_page_of_a_listed_origin_can_do_all_and_read_every_error(
    settings: Settings, origin: str, maya: Person, database: Database, database_url: str
) -> None:
    poor, mine = create_person(database_url, tier="free"), token(maya.id)
    limited = settings.model_copy(update={"create_rate_per_minute": 1})
    async with visited(limited, origin, listed=origin) as (page, served):
        made = await attempt(page, "createStory", mine, maya.story_request(), "a-key")
        again = await attempt(page, "createStory", mine, maya.story_request(), "a-key")
        fast = await attempt(page, "createStory", mine, maya.story_request())
        wrong = await attempt(page, "createStory", token(poor.id), {"themes": []})
        unknown = await attempt(page, "readStory", "no token", made["value"]["id"])
        finish(database_url, made["value"]["id"])
        read = await attempt(page, "readStory", mine, made["value"]["id"])
        streamed = await attempt(page, "watchToTheEnd", mine, made["value"]["id"])
        cover = str(served.client.base_url).rstrip("/") + await signed_path(limited, COVER)
        shown = await attempt(page, "show", cover)
        measured = await attempt(page, "measure", cover)
        unsigned = await attempt(page, "show", cover.partition("?")[0])

    assert again == made
    assert (fast["code"], int(fast["retryAfter"]) > 0) == ("RATE_LIMITED", True)
    assert (wrong["code"], unknown["code"]) == ("VALIDATION_ERROR", "UNAUTHORIZED")
    assert read["value"]["status"] == "ready"
    assert streamed["value"] == ["ready"]
    assert (shown["value"], measured["value"]) == (64, {"width": 64, "height": 48})  # in this order: from the cache
    assert "failed" in unsigned


async def test_a_page_of_another_origin_can_do_none_of_it(
    settings: Settings, origin: str, maya: Person, database: Database, database_url: str
) -> None:
    mine, story_id = token(maya.id), await new_story(database, maya)
    cover = await signed_path(settings, COVER)
    async with visited(settings, origin, listed="https://app.example") as (page, served):
        tried = {
            "create": await attempt(page, "createStory", mine, maya.story_request()),
            "read": await attempt(page, "readStory", mine, story_id),
            "watch": await attempt(page, "watchToTheEnd", mine, story_id),
            "measure": await attempt(page, "measure", str(served.client.base_url).rstrip("/") + cover),
        }

    assert {what: result.get("failed") for what, result in tried.items()} == dict.fromkeys(tried, "TypeError")
    with psycopg.connect(database_url) as connection:
        assert connection.execute("SELECT id::text FROM stories").fetchall() == [(story_id,)]


async def test_the_realtime_socket_tells_a_page_of_any_origin_nothing_without_a_token(
    settings: Settings, origin: str, maya: Person, database: Database, database_url: str
) -> None:
    story_id = await new_story(database, maya)
    async with visited(settings, origin, listed="https://app.example") as (page, _):
        both = asyncio.gather(
            attempt(page, "subscribeForAWhile", None, story_id, 1500),
            attempt(page, "subscribeForAWhile", token(maya.id), story_id, 1500),
        )
        percent = 0
        while not both.done():
            percent += 1
            set_asset(database_url, story_id, "cover", status="generating", progress=percent % 100)
            await asyncio.sleep(0.1)
        without, with_token = await both

    assert without["value"] == {"status": "SUBSCRIBED", "told": []}
    assert set(with_token["value"]["told"]) == {"generating"}


def test_the_how_to_shows_what_the_page_runs() -> None:
    (shown,) = re.findall(r"^```js\n(.*?)^```$", HOW_TO.read_text(), re.DOTALL | re.MULTILINE)
    assert shown == (PAGE / "stories.js").read_text()

"""`overall`: one rule in the database, and the catalog agrees with it."""

from __future__ import annotations

import json
from collections.abc import Collection

import pytest

from storytailor.catalog import ALL_ASSETS, PICTURES, REQUIRED, books_showing, downstream, in_order
from storytailor.db import Database


async def overall(database: Database, states: dict[str, str], placeholders: Collection[str] = ()) -> str:
    assets = {
        name: {"status": states.get(name, "ready"), "metadata": {"fallback": name in placeholders}}
        for name in ALL_ASSETS
    }
    async with database.transaction() as connection:
        cursor = await connection.execute("SELECT story_overall(%s::jsonb)", (json.dumps(assets),))
        row = await cursor.fetchone()
    assert row is not None
    return str(row[0])


@pytest.mark.parametrize("under_way", ["pending", "generating", "retrying"])
async def test_a_story_with_anything_under_way_is_generating(database: Database, under_way: str) -> None:
    assert await overall(database, {"pdf": under_way, "cover": "failed"}) == "generating"


async def test_a_story_with_everything_ready_is_ready(database: Database) -> None:
    assert await overall(database, {}) == "ready"


@pytest.mark.parametrize("asset", ALL_ASSETS)
async def test_a_failed_asset_fails_the_story_if_the_catalog_requires_it(database: Database, asset: str) -> None:
    assert await overall(database, {asset: "failed"}) == ("failed" if asset in REQUIRED else "partial")


@pytest.mark.parametrize(
    ("placeholders", "ending"),
    [
        (["scene_3"], "ready"),
        (["scene_1", "scene_3"], "partial"),
        (["cover"], "partial"),
        (PICTURES, "partial"),
    ],
)
async def test_a_book_without_its_cover_or_without_two_scenes_is_partial(
    database: Database, placeholders: Collection[str], ending: str
) -> None:
    assert await overall(database, {}, placeholders) == ending
    assert await overall(database, {"pdf": "pending"}, placeholders) == "generating"
    assert await overall(database, {"scene_2": "failed"}, placeholders) == "failed"
    assert await overall(database, {"audio": "failed"}, placeholders) == "partial"


async def test_a_story_of_five_scenes_fails_with_its_fifth(database: Database) -> None:
    async with database.transaction() as connection:
        cursor = await connection.execute(
            """SELECT story_overall('{"scene_5": {"status": "failed"}, "pdf": {"status": "ready"}}') AS overall"""
        )
        row = await cursor.fetchone()
    assert row is not None
    assert row[0] == "failed"


def test_the_pdf_waits_for_pictures_but_not_for_the_voice() -> None:
    assert "pdf" not in downstream(["audio"])
    assert downstream(["scene_2"]) == ("pdf", "epub")
    assert books_showing(["cover"]) == ("pdf", "epub")
    assert in_order(["pdf", "content", "pdf"]) == ("content", "pdf")

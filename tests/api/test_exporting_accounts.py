"""GET /me/export: all that is kept of a family, and nothing of another, as a ZIP that is written while it is read."""

from __future__ import annotations

import asyncio
import io
import json
import zipfile
from typing import Any

import httpx
import psycopg
import pytest
from fastapi import FastAPI
from psycopg.types.json import Jsonb

from api.archive import Archive
from api.dependencies import state_of
from storytailor.settings import Settings
from tests.api.conftest import Person, finish
from tests.db.test_tenancy import OWNER

APART = {"stories", "asset_generation_jobs", "characters", "portraits"}
"""What has a folder of its own, or says how far a story is."""


@pytest.fixture
async def exported(client: httpx.AsyncClient, maya: Person, settings: Settings, database_url: str) -> str:
    """A story of Maya's with files, a portrait of her and a photo; the story's id."""
    headers = maya.headers | {"Idempotency-Key": "once"}
    answer = await client.post("/api/v1/stories", json=maya.story_request(title="At sea"), headers=headers)
    story_id: str = answer.json()["data"]["id"]
    finish(database_url, story_id)
    portrait = f"characters/{maya.character_id}/portrait-0123456789ab.png"
    objects = {"cover": f"stories/{story_id}/cover-0123456789ab.png", "pdf": f"stories/{story_id}/pdf-0123456789ab.pdf"}
    with psycopg.connect(database_url) as connection:
        connection.execute("UPDATE stories SET objects = %s, usage = '{\"cover\": {}}'", (Jsonb(objects),))
        connection.execute("INSERT INTO portraits VALUES (%s, 'looks', %s)", (maya.character_id, portrait))
    for key in (*objects.values(), portrait, "characters/maya.png"):
        (settings.assets_folder / key).parent.mkdir(parents=True, exist_ok=True)
        (settings.assets_folder / key).write_bytes(b"body of " + key.encode())
    return story_id


async def export(client: httpx.AsyncClient, person: Person) -> httpx.Response:
    return await client.get("/api/v1/me/export", headers=person.headers)


def opened(answer: httpx.Response) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name) for name in archive.namelist()}


async def test_a_family_gets_all_that_is_kept_of_it(client: httpx.AsyncClient, maya: Person, exported: str) -> None:
    answer = await export(client, maya)

    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/zip")
    assert answer.headers["content-disposition"].startswith('attachment; filename="storytailor-20')
    files = opened(answer)
    character, story = f"characters/{maya.character_id}", f"stories/{exported}"
    assert files.keys() == {
        "account.json",
        *(f"{character}/{name}" for name in ("character.json", "maya.png", "portrait-0123456789ab.png")),
        *(f"{story}/{name}" for name in ("story.json", "cover.png", "pdf.pdf", "references/characters-maya.png")),
    }
    assert files[f"{story}/cover.png"] == f"body of stories/{exported}/cover-0123456789ab.png".encode()
    told: dict[str, Any] = json.loads(files["account.json"])
    assert (told["users"][0]["id"], told["users"][0]["tier"]) == (str(maya.id), "individual")
    assert [row["kind"] for row in told["credit_ledger"]] == ["debit"]
    assert json.loads(files[f"{character}/character.json"])["appearance"] == "Curly hair and a yellow coat"
    facts = json.loads(files[f"{story}/story.json"])
    assert (facts["title"], facts["brief"]["themes"], "usage" in facts) == ("At sea", ["courage", "friendship"], False)


async def test_every_table_that_has_something_of_a_family_is_in_its_export(
    client: httpx.AsyncClient, maya: Person, exported: str
) -> None:
    told = json.loads(opened(await export(client, maya))["account.json"])
    assert told.keys() >= OWNER.keys() - APART
    assert not {column for rows in told.values() for row in rows for column in row} & {"request_hash", "secret"}


async def test_nobody_gets_anything_of_another_family(
    client: httpx.AsyncClient, maya: Person, stranger: Person, exported: str
) -> None:
    files = opened(await export(client, stranger))
    assert files.keys() == {
        "account.json",
        *(name for name in files if str(stranger.character_id) in name),
    }
    everything = b"".join(files.values()).decode()
    for theirs in (maya.id, maya.character_id, maya.library_id, exported):
        assert str(theirs) not in everything


async def test_what_is_lost_is_named_and_the_rest_is_there(
    client: httpx.AsyncClient, maya: Person, exported: str, settings: Settings
) -> None:
    (settings.assets_folder / f"stories/{exported}/pdf-0123456789ab.pdf").unlink()
    files = opened(await export(client, maya))
    assert f"stories/{exported}/pdf.pdf: is not stored any more" in files["NOT-INCLUDED.txt"].decode()
    assert f"stories/{exported}/cover.png" in files


async def test_one_export_of_a_user_is_under_way_at_a_time(
    app: FastAPI, client: httpx.AsyncClient, maya: Person, stranger: Person, exported: str
) -> None:
    exporting = state_of(app).exporting
    assert exporting.enter(maya.id)
    busy = await export(client, maya)
    assert (busy.status_code, busy.json()["code"], busy.headers["retry-after"]) == (429, "RATE_LIMITED", "30")
    assert (await export(client, stranger)).status_code == 200
    exporting.leave(maya.id)
    assert (await export(client, maya)).status_code == 200
    assert (await export(client, maya)).status_code == 200  # the place was given back


async def test_who_hangs_up_gives_the_place_back(
    app: FastAPI, client: httpx.AsyncClient, maya: Person, exported: str
) -> None:
    state = state_of(app)
    assert state.exporting.enter(maya.id)
    parts = state.exporting.until_done(maya.id, Archive(state.export, state.store, maya.id).parts())
    await anext(parts)
    await parts.aclose()  # type: ignore[attr-defined]  # an async generator
    assert (await export(client, maya)).status_code == 200


async def test_a_large_account_is_written_a_file_at_a_time_and_holds_nothing_up(
    app: FastAPI, client: httpx.AsyncClient, maya: Person, exported: str, settings: Settings
) -> None:
    megabytes = 12
    (settings.assets_folder / f"stories/{exported}/pdf-0123456789ab.pdf").write_bytes(bytes(megabytes * 1024 * 1024))
    state, largest, beats = state_of(app), 0, 0

    async def beat() -> None:
        nonlocal beats
        while True:
            await asyncio.sleep(0.001)
            beats += 1

    beating = asyncio.create_task(beat())
    async for part in Archive(state.export, state.store, maya.id).parts():
        largest = max(largest, len(part))
    beating.cancel()
    assert megabytes * 1024 * 1024 < largest < (megabytes + 1) * 1024 * 1024
    assert beats > 5


async def test_a_deleted_account_has_no_export(client: httpx.AsyncClient, maya: Person, exported: str) -> None:
    await client.delete("/api/v1/me", headers=maya.headers)
    answer = await export(client, maya)
    assert (answer.status_code, "This account was deleted" in answer.text) == (401, True)

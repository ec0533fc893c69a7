"""Asking what a story would cost."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import httpx
import psycopg
import pytest
from fastapi import FastAPI

from api.app import create_app
from emulator.testing import Emulator
from storytailor.making.portraits import sheet_hash
from storytailor.settings import Settings
from storytailor.story import Character
from tests.api.conftest import Person, client_of

ESTIMATE = "/api/v1/stories/estimate"
TABLES = ("users", "libraries", "characters", "stories", "asset_generation_jobs", "credit_ledger", "idempotency_keys")


def rows(database_url: str) -> dict[str, Any]:
    """Everything in the database that a story could change."""
    with psycopg.connect(database_url) as connection:
        return {
            table: connection.execute(f"SELECT to_jsonb(t) FROM {table} AS t ORDER BY t::text".encode()).fetchall()  # noqa: S608
            for table in TABLES
        }


async def estimated(client: httpx.AsyncClient, person: Person, **changes: Any) -> dict[str, Any]:
    answer = await client.post(ESTIMATE, json=person.story_request(**changes), headers=person.headers)
    assert answer.status_code == 200, answer.text
    data: dict[str, Any] = answer.json()["data"]
    return data


async def test_a_story_is_estimated_in_dollars_and_seconds_and_nothing_is_written_or_asked(
    client: httpx.AsyncClient, maya: Person, database_url: str, emulator: Emulator
) -> None:
    emulator.behave()
    before = rows(database_url)
    for _ in range(2):
        data = await estimated(client, maya)
    assert 0 < data["cost_usd"]["low"] < data["cost_usd"]["high"] < 1
    assert data["reason"] is None
    assert 60 <= data["seconds"] <= 600
    assert rows(database_url) == before
    assert len(emulator.calls()) <= 2  # the API's own warm-up: moderation and the rubric


async def test_words_alone_cost_less(client: httpx.AsyncClient, maya: Person) -> None:
    whole, words = await estimated(client, maya), await estimated(client, maya, generateAssets=False)
    assert words["cost_usd"]["high"] < whole["cost_usd"]["low"]
    assert words["seconds"] < whole["seconds"]


async def test_a_portrait_that_is_kept_is_not_paid_again(
    client: httpx.AsyncClient, maya: Person, database_url: str
) -> None:
    with psycopg.connect(database_url) as connection:
        connection.execute("UPDATE characters SET reference_images = '{}'")
    first = (await estimated(client, maya))["cost_usd"]
    sheet = Character(id=maya.character_id, name="Maya", age=7, appearance="Curly hair and a yellow coat")
    with psycopg.connect(database_url) as connection:
        connection.execute(
            "INSERT INTO portraits (character_id, sheet_hash, object_key) VALUES (%s, %s, 'k')",
            (maya.character_id, sheet_hash(sheet)),
        )
    again = (await estimated(client, maya))["cost_usd"]
    assert again["low"] < first["low"]


@pytest.mark.parametrize("changes", [{"image_model": "gpt-image-9"}, {"story_model": "gpt-9"}])
async def test_without_a_price_the_cost_is_null_with_the_reason(
    settings: Settings, maya: Person, changes: dict[str, str]
) -> None:
    app: FastAPI = create_app(settings.model_copy(update=changes))
    async with app.router.lifespan_context(app), client_of(app) as client:
        data = await estimated(client, maya)
    assert data["cost_usd"] is None
    assert next(iter(changes.values())) in data["reason"]


@pytest.mark.parametrize(
    ("changes", "status", "code"),
    [
        ({"themes": []}, 422, "VALIDATION_ERROR"),
        ({"colour": "red"}, 422, "VALIDATION_ERROR"),
        ({"webhook_url": "http://127.0.0.1/"}, 422, "VALIDATION_ERROR"),
        ({"character_ids": [str(uuid4())]}, 404, "CHARACTER_NOT_FOUND"),
        ({"library_id": str(uuid4())}, 404, "LIBRARY_NOT_FOUND"),
    ],
)
async def test_what_could_not_be_asked_for_cannot_be_estimated(
    client: httpx.AsyncClient, maya: Person, changes: dict[str, Any], status: int, code: str
) -> None:
    answer = await client.post(ESTIMATE, json=maya.story_request(**changes), headers=maya.headers)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    created = await client.post("/api/v1/stories", json=maya.story_request(**changes), headers=maya.headers)
    assert (created.status_code, created.json()["code"]) == (status, code)


async def test_a_strangers_character_is_not_found(client: httpx.AsyncClient, maya: Person, stranger: Person) -> None:
    answer = await client.post(ESTIMATE, json=maya.story_request(), headers=stranger.headers)
    assert (answer.status_code, answer.json()["code"]) == (404, "CHARACTER_NOT_FOUND")

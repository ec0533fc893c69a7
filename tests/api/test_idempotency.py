from __future__ import annotations

import asyncio

import httpx
import psycopg
import pytest

from api.app import create_app
from emulator.testing import Emulator
from storytailor.db import Database
from storytailor.db.idempotency import IdempotencyKeys
from storytailor.settings import Settings
from tests.api.conftest import Person, client_of, create_person, set_asset

STORIES = "/api/v1/stories"


def idempotent(person: Person, key: str = "a-key") -> dict[str, str]:
    return person.headers | {"Idempotency-Key": key}


async def test_the_same_request_again_gets_the_first_answer_byte_for_byte(
    client: httpx.AsyncClient, maya: Person, database_url: str
) -> None:
    first = await client.post(STORIES, json=maya.story_request(), headers=idempotent(maya))
    set_asset(database_url, first.json()["data"]["id"], "content", status="ready", progress=100, data=1)
    again = await client.post(STORIES, json=maya.story_request(), headers=idempotent(maya))

    assert again.status_code == first.status_code == 201
    assert again.content == first.content
    assert "Idempotency-Replayed" not in first.headers
    assert again.headers["Idempotency-Replayed"] == "true"


async def test_requests_at_once_with_one_key_make_one_story_and_one_debit(
    client: httpx.AsyncClient, maya: Person, database_url: str
) -> None:
    answers = await asyncio.gather(
        *(client.post(STORIES, json=maya.story_request(), headers=idempotent(maya)) for _ in range(8))
    )

    assert len({answer.content for answer in answers}) == 1
    assert sum("Idempotency-Replayed" in answer.headers for answer in answers) == 7
    with psycopg.connect(database_url) as connection:
        assert connection.execute("SELECT count(*) FROM stories").fetchone() == (1,)
        assert connection.execute("SELECT count(*) FROM credit_ledger").fetchone() == (1,)


async def test_another_request_under_the_same_key_is_a_conflict(client: httpx.AsyncClient, maya: Person) -> None:
    await client.post(STORIES, json=maya.story_request(), headers=idempotent(maya))
    answer = await client.post(STORIES, json=maya.story_request(themes=["kindness"]), headers=idempotent(maya))

    assert (answer.status_code, answer.json()["code"]) == (409, "IDEMPOTENCY_CONFLICT")


async def test_the_same_wish_written_differently_is_the_same_request(client: httpx.AsyncClient, maya: Person) -> None:
    short = {name: value for name, value in maya.story_request().items() if name != "generateAssets"}
    first = await client.post(STORIES, json=maya.story_request(), headers=idempotent(maya))
    again = await client.post(STORIES, json=short, headers=idempotent(maya))

    assert again.content == first.content


async def test_a_key_is_its_owners_alone(client: httpx.AsyncClient, maya: Person, stranger: Person) -> None:
    mine = await client.post(STORIES, json=maya.story_request(), headers=idempotent(maya))
    theirs = await client.post(STORIES, json=stranger.story_request(), headers=idempotent(stranger))

    assert theirs.status_code == 201
    assert theirs.json()["data"]["id"] != mine.json()["data"]["id"]


async def test_a_refused_request_may_be_put_right_under_its_key(client: httpx.AsyncClient, maya: Person) -> None:
    request = maya.story_request(library_id="00000000-0000-4000-8000-00000000dead")
    refused = await client.post(STORIES, json=request, headers=idempotent(maya))
    made = await client.post(STORIES, json=maya.story_request(), headers=idempotent(maya))

    assert (refused.status_code, made.status_code) == (404, 201)


@pytest.mark.parametrize("key", ["x" * 256, "two words"])
async def test_a_key_that_is_none_is_refused(client: httpx.AsyncClient, maya: Person, key: str) -> None:
    answer = await client.post(STORIES, json=maya.story_request(), headers=idempotent(maya, key))

    assert (answer.status_code, answer.json()["code"]) == (422, "VALIDATION_ERROR")


async def test_a_replay_is_not_judged_looked_up_or_counted_again(
    settings: Settings, maya: Person, emulator: Emulator
) -> None:
    app = create_app(settings.model_copy(update={"create_rate_per_minute": 1}))
    async with app.router.lifespan_context(app), client_of(app) as client:
        first = await client.post(STORIES, json=maya.story_request(), headers=idempotent(maya))
        await client.delete(f"/api/v1/characters/{maya.character_id}", headers=maya.headers)
        emulator.behave(faults=[{"route": "moderations", "kind": 500, "times": 99}])
        again = await client.post(STORIES, json=maya.story_request(), headers=idempotent(maya))
        other = await client.post(STORIES, json=maya.story_request(age=4), headers=idempotent(maya))
        metrics = (await client.get("/metrics")).text

    assert (first.status_code, again.status_code) == (201, 201)
    assert again.content == first.content
    assert other.json()["code"] == "IDEMPOTENCY_CONFLICT"
    assert 'storytailor_stories_created_total{assets="all"} 1.0' in metrics


async def test_a_user_without_a_story_left_still_gets_the_kept_answer(
    client: httpx.AsyncClient, database_url: str
) -> None:
    person = create_person(database_url, tier="free")
    request = person.story_request()
    first = await client.post(STORIES, json=request, headers=idempotent(person))
    await client.post(STORIES, json=request, headers=person.headers)
    refused = await client.post(STORIES, json=request, headers=person.headers)
    again = await client.post(STORIES, json=request, headers=idempotent(person))

    assert (refused.status_code, again.status_code) == (403, 201)
    assert again.content == first.content


async def test_the_answer_outlives_its_story_until_its_hours_are_over(
    client: httpx.AsyncClient, maya: Person, database: Database, database_url: str
) -> None:
    first = await client.post(STORIES, json=maya.story_request(), headers=idempotent(maya))
    await client.delete(f"{STORIES}/{first.json()['data']['id']}", headers=maya.headers)
    keys = IdempotencyKeys(database)

    assert await keys.delete_expired(24) == 0
    kept = await client.post(STORIES, json=maya.story_request(), headers=idempotent(maya))
    with psycopg.connect(database_url) as connection:
        connection.execute("UPDATE idempotency_keys SET created_at = now() - interval '24 hours 1 second'")
    assert await keys.delete_expired(24, most=0) == 0
    assert await keys.delete_expired(24) == 1
    anew = await client.post(STORIES, json=maya.story_request(), headers=idempotent(maya))

    assert kept.content == first.content
    assert (anew.status_code, "Idempotency-Replayed" in anew.headers) == (201, False)
    assert anew.json()["data"]["id"] != first.json()["data"]["id"]

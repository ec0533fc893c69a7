from __future__ import annotations

import asyncio

import httpx
import psycopg
import pytest

from tests.api.conftest import Person, set_asset

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


async def test_requests_at_once_with_one_key_make_one_story_and_one_debit(
    client: httpx.AsyncClient, maya: Person, database_url: str
) -> None:
    answers = await asyncio.gather(
        *(client.post(STORIES, json=maya.story_request(), headers=idempotent(maya)) for _ in range(8))
    )

    assert len({answer.content for answer in answers}) == 1
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

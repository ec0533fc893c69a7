"""A hundred requests at once."""

from __future__ import annotations

import asyncio
from collections import Counter

import httpx
import psycopg
import pytest

from api.app import create_app
from storytailor.settings import Settings
from tests.api.conftest import Person, client_of, create_person

STORIES = "/api/v1/stories"
CROWD = 100


def count(database_url: str, table: str) -> int:
    with psycopg.connect(database_url) as connection:
        row = connection.execute(f"SELECT count(*) FROM {table}").fetchone()  # noqa: S608  # type: ignore[arg-type]
    assert row is not None
    number: int = row[0]
    return number


async def crowd(client: httpx.AsyncClient, person: Person, **headers: str) -> list[httpx.Response]:
    return await asyncio.gather(
        *(client.post(STORIES, json=person.story_request(), headers=person.headers | headers) for _ in range(CROWD))
    )


async def test_with_two_stories_left_a_hundred_requests_get_two(client: httpx.AsyncClient, database_url: str) -> None:
    child = create_person(database_url)
    answers = await crowd(client, child)

    assert Counter(answer.status_code for answer in answers) == {201: 2, 403: 98}
    assert {answer.json()["code"] for answer in answers if answer.is_error} == {"QUOTA_EXCEEDED"}
    assert count(database_url, "stories") == count(database_url, "credit_ledger") == 2


async def test_a_hundred_requests_under_one_key_are_one_story(client: httpx.AsyncClient, database_url: str) -> None:
    child = create_person(database_url)
    answers = await crowd(client, child, **{"Idempotency-Key": "once"})

    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.content for answer in answers}) == 1
    assert count(database_url, "stories") == count(database_url, "credit_ledger") == 1


@pytest.fixture
def slowly(settings: Settings) -> Settings:
    return settings.model_copy(update={"create_rate_per_minute": 3})


async def test_the_rate_of_stories_holds_over_several_processes(slowly: Settings, database_url: str) -> None:
    child = create_person(database_url, credits=50)
    one, other = create_app(slowly), create_app(slowly)
    async with (
        one.router.lifespan_context(one),
        other.router.lifespan_context(other),
        client_of(one) as first,
        client_of(other) as second,
    ):
        answers = await asyncio.gather(
            *(
                client.post(STORIES, json=child.story_request(), headers=child.headers)
                for client in (first, second)
                for _ in range(5)
            )
        )
        refused = [answer for answer in answers if answer.is_error]
        assert Counter(answer.status_code for answer in answers) == {201: 3, 429: 7}
        assert {answer.json()["code"] for answer in refused} == {"RATE_LIMITED"}
        assert all(50 < int(answer.headers["Retry-After"]) <= 60 for answer in refused)
        assert count(database_url, "stories") == count(database_url, "credit_ledger") == 3

        with psycopg.connect(database_url) as connection:  # the oldest is a minute ago, so there is room for one
            connection.execute(
                "UPDATE credit_ledger SET created_at = created_at - interval '1 minute'"
                " WHERE id = (SELECT min(id) FROM credit_ledger)"
            )
        again = [await first.post(STORIES, json=child.story_request(), headers=child.headers) for _ in range(2)]
        assert [answer.status_code for answer in again] == [201, 429]


async def test_a_deleted_story_counts_as_created_and_a_repeated_request_does_not(
    slowly: Settings, database_url: str
) -> None:
    child = create_person(database_url, credits=50)
    app = create_app(slowly)
    async with app.router.lifespan_context(app), client_of(app) as client:
        key = child.headers | {"Idempotency-Key": "once"}
        for _ in range(3):
            story = await client.post(STORIES, json=child.story_request(), headers=child.headers)
            await client.delete(f"{STORIES}/{story.json()['data']['id']}", headers=child.headers)
        assert (await client.post(STORIES, json=child.story_request(), headers=key)).status_code == 429
        with psycopg.connect(database_url) as connection:
            connection.execute("UPDATE credit_ledger SET created_at = created_at - interval '1 minute'")
        first = await client.post(STORIES, json=child.story_request(), headers=key)
        for _ in range(4):
            again = await client.post(STORIES, json=child.story_request(), headers=key)
            assert (again.status_code, again.content) == (201, first.content)

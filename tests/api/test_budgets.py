"""Budgets in dollars: what is too much for a day is refused before anything is spent."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any

import httpx
import psycopg
import pytest

from api.app import create_app
from storytailor.db import Database, Queue
from storytailor.db.asset_records import ContentRecord
from storytailor.settings import Settings
from tests.api.conftest import Person, client_of, create_person

STORIES = "/api/v1/stories"
CONTENT = ContentRecord(data={}, title="Rain", content={}, usage={"models": {}, "cost_usd": 0.4})


@asynccontextmanager
async def served(settings: Settings, **budgets: Any) -> AsyncIterator[httpx.AsyncClient]:
    app = create_app(settings.model_copy(update=budgets))
    async with app.router.lifespan_context(app), client_of(app) as client:
        yield client


async def create(client: httpx.AsyncClient, person: Person) -> httpx.Response:
    return await client.post(STORIES, json=person.story_request(), headers=person.headers)


async def estimate(client: httpx.AsyncClient, person: Person) -> float:
    answer = await client.post(f"{STORIES}/estimate", json=person.story_request(), headers=person.headers)
    high: float = answer.json()["data"]["cost_usd"]["high"]
    return high


async def make_content(database_url: str) -> None:
    """The text of the story that waits is written, for 0.40 dollars."""
    database = await Database(database_url).open()
    queue = Queue(database, lease_seconds=60)
    (lease,) = await queue.claim(in_flight=100)
    await queue.begin(lease)
    await queue.start(lease, "content")
    await queue.finish(lease, "content", CONTENT)
    await database.close()


def under_way(metrics: httpx.Response) -> dict[str, float]:
    lines = [line for line in metrics.text.splitlines() if line.startswith("storytailor_usd{")]
    return {line.split('"')[1]: float(line.rsplit(" ", 1)[1]) for line in lines}


async def test_parallel_requests_cannot_overshoot_a_users_budget_and_are_told_when_it_opens(
    settings: Settings, database_url: str
) -> None:
    rich = create_person(database_url, tier="individual")
    async with served(settings) as client:
        one = await estimate(client, rich)
    async with served(settings, user_daily_budget=2.5 * one) as client:
        answers = await asyncio.gather(*(create(client, rich) for _ in range(8)))
        refused = [answer for answer in answers if answer.status_code == 403]
        assert (len(refused), [answer.status_code for answer in answers].count(201)) == (6, 2)
        told = refused[0].json()
        assert told["code"] == "QUOTA_EXCEEDED"
        assert "had made what may be made for one account in a day" in told["message"]
        assert told["data"].keys() == {"tier", "storiesUsed", "storyLimit", "upgradeOptions", "opensAt"}
        wait = (datetime.fromisoformat(told["data"]["opensAt"]) - datetime.now(UTC)).total_seconds()
        assert 0 < wait <= 300  # when what is under way may be over
        assert 0 < int(refused[0].headers["Retry-After"]) <= 300
        assert "USD" not in refused[0].text
        other = create_person(database_url)
        assert (await create(client, other)).status_code == 201
    with psycopg.connect(database_url) as connection:
        assert connection.execute("SELECT count(*) FROM credit_ledger").fetchone() == (3,)
        assert connection.execute("SELECT count(*) FROM stories").fetchone() == (3,)


async def test_parallel_requests_of_many_users_cannot_overshoot_the_houses_budget_and_the_operator_hears_of_it(
    settings: Settings, database_url: str, caplog: pytest.LogCaptureFixture
) -> None:
    people = [create_person(database_url) for _ in range(6)]
    async with served(settings) as client:
        one = await estimate(client, people[0])
    async with served(settings, daily_budget=3.5 * one) as client:
        with caplog.at_level(logging.ERROR, "storytailor"):
            answers = await asyncio.gather(*(create(client, person) for person in people))
        refused = [answer for answer in answers if answer.status_code == 503]
        assert (len(refused), [answer.status_code for answer in answers].count(201)) == (3, 3)
        assert refused[0].json()["code"] == "SERVICE_UNAVAILABLE"
        assert 0 < int(refused[0].headers["Retry-After"]) <= 300
        assert "budget" not in refused[0].text.lower()
        (line, *_) = [record.getMessage() for record in caplog.records if "DAILY_BUDGET" in record.getMessage()]
        assert f"DAILY_BUDGET of {3.5 * one:.2f} USD is used up: 0.00 spent today, {3 * one:.2f} expected" in line
        dollars = under_way(await client.get("/metrics"))
        assert dollars["under_way"] == pytest.approx(3 * one, abs=0.001)
        assert 0 < dollars["spent"] < 0.01  # for the judges of all who asked


async def test_what_was_used_counts_to_the_end_of_the_day_although_its_story_is_deleted_and_its_account_too(
    settings: Settings, database_url: str
) -> None:
    maya, other = create_person(database_url, tier="individual"), create_person(database_url)
    async with served(settings, user_daily_budget=0.9) as client:
        story_id = (await create(client, maya)).json()["data"]["id"]
        await make_content(database_url)
        assert (await client.delete(f"{STORIES}/{story_id}", headers=maya.headers)).status_code == 204
        dollars = under_way(await client.get("/metrics"))
        assert dollars == pytest.approx({"spent": 0.4, "under_way": 0.0}, abs=0.001)
        answer = await create(client, maya)
        assert (answer.status_code, answer.json()["code"]) == (403, "QUOTA_EXCEEDED")
        opens = datetime.fromisoformat(answer.json()["data"]["opensAt"])
        assert (opens.hour, opens.minute) == (0, 0)  # the next day
    with psycopg.connect(database_url) as connection:
        connection.execute("DELETE FROM users WHERE id = %s", (maya.id,))
        spent = connection.execute("SELECT user_id, usd::float FROM spendings WHERE NOT judging").fetchall()
        named = connection.execute("SELECT count(*) FROM spendings WHERE user_id IS NOT NULL").fetchone()
    assert (spent, named) == ([(None, 0.4)], (0,))
    async with served(settings, daily_budget=0.9) as client:
        assert (await create(client, other)).status_code == 503


async def test_stopping_what_is_being_made_counts_what_it_was_expected_to_cost(
    settings: Settings, database_url: str, maya: Person
) -> None:
    async with served(settings) as client:
        story_id = (await create(client, maya)).json()["data"]["id"]
        before = under_way(await client.get("/metrics"))
        database = await Database(database_url).open()
        queue = Queue(database, lease_seconds=60)
        (lease,) = await queue.claim(in_flight=100)
        await queue.begin(lease)
        await queue.start(lease, "content")
        await database.close()
        await client.post(f"{STORIES}/{story_id}/cancel", headers=maya.headers)
        after = under_way(await client.get("/metrics"))
        assert (await client.get("/api/v1/me", headers=maya.headers)).json()["data"]["storiesUsed"] == 0
    assert (before["spent"] < 0.001, after["under_way"]) == (True, 0)  # its request was judged
    assert 0.001 < after["spent"] < before["under_way"]  # the text, and not the pictures nobody had begun


async def test_a_story_that_costs_more_than_a_days_budget_is_refused_without_a_time(
    settings: Settings, maya: Person
) -> None:
    async with served(settings, user_daily_budget=0.01) as client:
        answer = await create(client, maya)
        assert answer.status_code == 403
        assert answer.json()["data"]["opensAt"] is None
        assert "Retry-After" not in answer.headers


async def test_with_a_budget_nothing_is_made_whose_cost_is_not_known(
    settings: Settings, maya: Person, caplog: pytest.LogCaptureFixture
) -> None:
    async with served(settings, daily_budget=100.0, story_model="nobody-knows-what-it-costs") as client:
        answer = await create(client, maya)
    assert (answer.status_code, answer.json()["code"]) == (503, "SERVICE_UNAVAILABLE")
    assert "Put the prices of your models" in caplog.text


async def test_a_remake_is_held_to_the_budget_too(settings: Settings, database_url: str, maya: Person) -> None:
    async with served(settings) as client:
        one = await estimate(client, maya)
        story_id = (await create(client, maya)).json()["data"]["id"]
    with psycopg.connect(database_url) as connection:
        connection.execute("UPDATE asset_generation_jobs SET status = 'ready'")
        connection.execute(
            "UPDATE stories SET asset_generation_status = jsonb_set(asset_generation_status, '{assets}',"
            ' (SELECT jsonb_object_agg(key, \'{"status": "ready", "progress": 100}\'::jsonb)'
            " FROM jsonb_object_keys(asset_generation_status->'assets') AS key)),"
            " usage = jsonb_build_object('content', jsonb_build_object('models', '{}'::jsonb, 'cost_usd', %s::float8))",
            (one,),
        )
    async with served(settings, user_daily_budget=1.2 * one) as client:
        url = f"{STORIES}/{story_id}/assets/regenerate"
        everything = {"assetTypes": ["content"], "cascade": True}
        answer = await client.post(url, json=everything, headers=maya.headers)
        assert (answer.status_code, answer.json()["code"]) == (403, "QUOTA_EXCEEDED")
        books = await client.post(url, json={"assetTypes": ["pdf", "epub"]}, headers=maya.headers)
        assert books.status_code == 202  # they ask nobody
        cover = await client.post(url, json={"assetTypes": ["scene_4"]}, headers=maya.headers)
        assert cover.status_code == 409  # the books are being made


async def test_an_api_that_asks_real_providers_without_a_bound_says_so_as_it_starts_and_one_with_a_bound_does_not(
    settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    real = {"image_base_url": "https://pictures.invalid/v1"}
    async with served(settings, **real):
        (line,) = [each for each in caplog.messages if each.startswith("Spending: ")]
        assert "nothing bounds what they may cost in a day. Set DAILY_BUDGET" in line
    caplog.clear()
    async with served(settings, daily_budget=20.0, **real), served(settings):
        assert not [each for each in caplog.messages if each.startswith("Spending: ")]

"""Judging costs the house: who is refused again and again waits, and nobody is judged past the day's budget."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
import psycopg
import pytest

from api.app import create_app
from emulator.testing import Emulator
from storytailor.db.orders import JUDGING_USD
from storytailor.settings import Settings
from tests.api.conftest import Person, client_of
from tests.api.test_budgets import under_way
from tests.api.test_child_gate import CONSENT, UNFIT, photo

STORIES = "/api/v1/stories"
RATE = 3


@asynccontextmanager
async def served(settings: Settings, emulator: Emulator, **changed: Any) -> AsyncIterator[httpx.AsyncClient]:
    """The API, after the call it makes at its start."""
    emulator.forget()
    app = create_app(settings.model_copy(update={"create_rate_per_minute": RATE} | changed))
    async with app.router.lifespan_context(app), client_of(app) as client:
        while judged(emulator) == 0:  # noqa: ASYNC110 - the emulator tells nobody of its calls
            await asyncio.sleep(0.05)
        yield client


def judged(emulator: Emulator) -> int:
    return sum(1 for call in emulator.calls() if "moderations" in str(call))


async def ask_in_vain(client: httpx.AsyncClient, person: Person, kind: str) -> httpx.Response:
    if kind == "story":
        return await client.post(STORIES, json=person.story_request(themes=[UNFIT]), headers=person.headers)
    path = f"/api/v1/characters/{person.character_id}"
    if kind == "changed character":
        return await client.patch(path, json={"appearance": UNFIT}, headers=person.headers)
    if kind == "picture":
        files = {"image": ("a.png", photo((200, 140, 110)))}
        return await client.post(f"{path}/reference-images", files=files, data=CONSENT, headers=person.headers)
    return await client.post("/api/v1/characters", json={"name": "Leo", "appearance": UNFIT}, headers=person.headers)


@pytest.mark.parametrize("kind", ["story", "character", "changed character", "picture"])
async def test_who_was_refused_as_often_as_stories_may_be_asked_for_waits_a_minute_and_is_not_judged(
    settings: Settings, maya: Person, stranger: Person, emulator: Emulator, database_url: str, kind: str
) -> None:
    async with served(settings, emulator) as client:
        refused = [await ask_in_vain(client, maya, kind) for _ in range(RATE)]
        assert Counter(answer.status_code for answer in refused) == {422: RATE}
        before = judged(emulator)
        again = await ask_in_vain(client, maya, kind)
        harmless = await client.post(STORIES, json=maya.story_request(), headers=maya.headers)
        for answer in (again, harmless):
            assert (answer.status_code, answer.json()["code"]) == (429, "RATE_LIMITED")
            assert 30 < int(answer.headers["Retry-After"]) <= 60
        assert judged(emulator) == before
        others = await client.post(STORIES, json=stranger.story_request(), headers=stranger.headers)
        assert others.status_code == 201
        with psycopg.connect(database_url) as connection:  # a minute later
            connection.execute(
                "UPDATE users SET refused_at = array(SELECT at - interval '1 minute' FROM unnest(refused_at) AS at)"
            )
        later = await client.post(STORIES, json=maya.story_request(), headers=maya.headers)
        assert later.status_code == 201


async def test_many_hostile_requests_at_once_are_judged_a_few_at_a_time_until_the_rate_is_reached(
    settings: Settings, maya: Person, emulator: Emulator
) -> None:
    async with served(settings, emulator) as client:
        before = judged(emulator)
        answers = await asyncio.gather(*(ask_in_vain(client, maya, "story") for _ in range(40)))
        assert judged(emulator) - before < RATE + 4
    got = Counter(answer.status_code for answer in answers)
    assert got[422] + got[429] == 40
    assert RATE <= got[422] < RATE + 4


async def test_when_the_day_s_budget_is_used_up_nobody_is_judged(
    settings: Settings, maya: Person, emulator: Emulator
) -> None:
    async with served(settings, emulator, daily_budget=0.01) as client:
        before = judged(emulator)
        answer = await client.post(STORIES, json=maya.story_request(), headers=maya.headers)
        assert (answer.status_code, answer.json()["code"]) == (503, "SERVICE_UNAVAILABLE")
        assert judged(emulator) == before
    async with served(settings, emulator, user_daily_budget=0.01) as client:
        before = judged(emulator)
        answer = await client.post(STORIES, json=maya.story_request(), headers=maya.headers)
        assert (answer.status_code, answer.json()["code"]) == (403, "QUOTA_EXCEEDED")
        assert judged(emulator) == before


def spent_on(database_url: str, person: Person) -> float:
    with psycopg.connect(database_url) as connection:
        ((usd,),) = connection.execute(
            "SELECT coalesce(sum(usd), 0)::float FROM spendings WHERE user_id = %s", (person.id,)
        ).fetchall()
        return float(usd)


@pytest.mark.parametrize("kind", ["story", "character", "changed character", "picture"])
async def test_what_judging_a_refused_request_cost_counts_in_its_user_s_day_and_in_the_house_s(
    settings: Settings, maya: Person, stranger: Person, emulator: Emulator, database_url: str, kind: str
) -> None:
    async with served(settings, emulator) as client:
        assert (await ask_in_vain(client, maya, kind)).status_code == 422
        once = spent_on(database_url, maya)
        assert 0.0001 < once < 0.05
        assert (await ask_in_vain(client, maya, kind)).status_code == 422
        assert spent_on(database_url, maya) == pytest.approx(2 * once, rel=0.2)
        assert spent_on(database_url, stranger) == 0
        house = under_way(await client.get("/metrics"))
    assert house["spent"] == pytest.approx(spent_on(database_url, maya))


@pytest.mark.parametrize("kind", ["story", "character", "changed character", "picture"])
async def test_whom_the_day_s_budget_keeps_out_can_have_nothing_judged_any_more_and_others_can(
    settings: Settings, maya: Person, stranger: Person, emulator: Emulator, database_url: str, kind: str
) -> None:
    async with served(settings, emulator, user_daily_budget=2.0) as client:
        with psycopg.connect(database_url) as connection:
            connection.execute(
                "INSERT INTO spendings VALUES (gen_random_uuid(), (now() AT TIME ZONE 'UTC')::date, %s, 1.999)",
                (maya.id,),
            )
        before = judged(emulator)
        answer = await ask_in_vain(client, maya, kind)
        assert (answer.status_code, answer.json()["code"]) == (403, "QUOTA_EXCEEDED")
        assert answer.json()["data"]["opensAt"]
        assert judged(emulator) == before
        assert (await ask_in_vain(client, stranger, kind)).status_code == 422


async def test_hostile_wishes_all_day_end_at_the_budget_however_slowly_they_come(
    settings: Settings, maya: Person, emulator: Emulator, database_url: str
) -> None:
    async with served(settings, emulator, user_daily_budget=JUDGING_USD + 0.0005) as client:
        statuses = []
        for _ in range(8):
            statuses.append((await ask_in_vain(client, maya, "character")).status_code)
            with psycopg.connect(database_url) as connection:  # a minute later
                connection.execute("UPDATE users SET refused_at = '{}'")
        assert statuses[0] == 422
        assert statuses[-1] == 403
        assert 0.0005 <= spent_on(database_url, maya) < 0.002

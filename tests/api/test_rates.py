from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
import psycopg
import pytest

from api.app import create_app
from api.lines import AT_ONCE, WAITING
from api.rates import Buckets
from storytailor.errors import RateLimitedError, SettingsError
from storytailor.settings import Settings
from tests.api.conftest import Person, opened, token
from tests.api.test_events import serve
from tests.api.test_reference_images import add, picture


@asynccontextmanager
async def from_address(settings: Settings, address: str) -> AsyncIterator[httpx.AsyncClient]:
    """A client whose requests come from this address."""
    app = create_app(settings)
    transport = httpx.ASGITransport(app, raise_app_exceptions=False, client=(address, 4711))
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=transport, base_url="http://api") as client,
    ):
        yield client


def limited(settings: Settings, **limits: Any) -> Settings:
    return settings.model_copy(update=limits)


async def test_a_user_who_asks_too_often_is_told_when_to_come_back_and_others_are_answered(
    settings: Settings, maya: Person, stranger: Person
) -> None:
    async with opened(limited(settings, user_rate_per_minute=5)) as client:
        answers = [await client.get("/api/v1/me", headers=maya.headers) for _ in range(6)]
        other = await client.get("/api/v1/me", headers=stranger.headers)

    assert [answer.status_code for answer in answers] == [200] * 5 + [429]
    refusal = answers[-1]
    assert refusal.json()["code"] == "RATE_LIMITED"
    assert 1 <= int(refusal.headers["retry-after"]) <= 12
    assert other.status_code == 200


@pytest.mark.parametrize("path", ["/health", "/openapi.json", "/api/v1/me", "/api/v1/nothing", "/assets/x.png"])
async def test_an_address_without_a_login_is_answered_so_often_on_any_route_and_its_families_still_are(
    settings: Settings, maya: Person, path: str
) -> None:
    async with from_address(limited(settings, address_rate_per_minute=3), "203.0.113.7") as client:
        answers = [await client.get(path) for _ in range(4)]
        family = await client.get("/api/v1/me", headers=maya.headers)

    assert [answer.status_code == 429 for answer in answers] == [False, False, False, True]
    assert answers[-1].json()["code"] == "RATE_LIMITED"
    assert family.status_code == 200


async def test_tokens_cannot_be_tried_without_end(settings: Settings, maya: Person) -> None:
    forged = {"Authorization": f"Bearer {token(maya.id)}x"}
    async with from_address(limited(settings, address_rate_per_minute=3), "2001:db8::1") as client:
        answers = [await client.get("/api/v1/me", headers=forged) for _ in range(4)]

    assert [answer.status_code for answer in answers] == [401, 401, 401, 429]


async def test_a_forwarded_address_counts_only_from_a_proxy_that_is_trusted(settings: Settings) -> None:
    async def asked(trusted: frozenset[str]) -> list[int]:
        some = limited(settings, address_rate_per_minute=2, trusted_proxies=trusted)
        async with from_address(some, "10.0.0.5") as client:
            return [
                (await client.get("/health", headers={"X-Forwarded-For": f"198.51.100.{number}"})).status_code
                for number in range(4)
            ]

    assert await asked(frozenset()) == [200, 200, 429, 429]
    assert await asked(frozenset({"10.0.0.0/24"})) == [200] * 4


def test_a_proxy_that_is_no_address_starts_nothing() -> None:
    with pytest.raises(SettingsError, match="TRUSTED_PROXIES: proxy is no address"):
        Settings(_env_file=None, trusted_proxies="proxy")


async def test_pictures_and_changes_of_stories_have_a_rate_of_their_own(settings: Settings, maya: Person) -> None:
    async with opened(limited(settings, upload_rate_per_minute=2, action_rate_per_minute=3)) as client:
        uploads = [await add(client, maya, picture(color=color)) for color in ("red", "green", "blue")]
        story = await client.post("/api/v1/stories", json=maya.story_request(), headers=maya.headers)
        path = f"/api/v1/stories/{story.json()['data']['id']}"
        content = {"assetTypes": ["content"]}
        changes = [
            await client.post(f"{path}/cancel", headers=maya.headers),
            await client.post(f"{path}/assets/regenerate", json=content, headers=maya.headers),
            await client.post(f"{path}/cancel", headers=maya.headers),
            await client.post(f"{path}/assets/regenerate", json=content, headers=maya.headers),
        ]

    assert [answer.status_code for answer in uploads] == [201, 201, 429]
    assert [answer.status_code for answer in changes] == [200, 202, 200, 429]


async def test_a_user_keeps_so_many_characters_and_pictures(settings: Settings, maya: Person) -> None:
    async with opened(limited(settings, characters_per_user=2, pictures_per_user=3)) as client:
        described = {"name": "Tom", "age": 8, "appearance": "Red hair and a scarf"}
        answers = [await client.post("/api/v1/characters", json=described, headers=maya.headers) for _ in range(2)]
        pictures = [await add(client, maya, picture(color=color)) for color in ("red", "green", "blue")]

    assert [answer.status_code for answer in answers] == [201, 422]
    assert "Delete one first" in answers[1].json()["message"]
    assert [answer.status_code for answer in pictures] == [201, 201, 422]
    assert "Remove one first" in pictures[2].json()["message"]


async def test_a_bucket_fills_again_evenly() -> None:
    now = 0.0
    buckets = Buckets(60, "requests", clock=lambda: now)
    for _ in range(60):
        buckets.spend("maya")
    with pytest.raises(RateLimitedError, match=r"more than 60 requests a minute\. Ask again in 1 s\."):
        buckets.spend("maya")
    now = 2.0
    buckets.spend("maya")
    buckets.spend("maya")
    with pytest.raises(RateLimitedError):
        buckets.spend("maya")
    buckets.spend("tom")


async def test_a_user_has_so_many_streams_open_and_a_closed_one_makes_room(settings: Settings, maya: Person) -> None:
    async with serve(create_app(limited(settings, streams_per_user=2))) as api:
        story = await api.client.post("/api/v1/stories", json=maya.story_request(), headers=maya.headers)
        path = f"/api/v1/stories/{story.json()['data']['id']}/events"
        async with api.client.stream("GET", path, headers=maya.headers) as first:
            async with api.client.stream("GET", path, headers=maya.headers) as second:
                third = await api.client.get(path, headers=maya.headers)
            await asyncio.sleep(0.3)
            async with api.client.stream("GET", path, headers=maya.headers) as fourth:
                statuses = [answer.status_code for answer in (first, second, third, fourth)]

    assert statuses == [200, 200, 429, 200]
    assert third.json()["code"] == "RATE_LIMITED"


async def test_a_users_many_requests_wait_for_each_other_and_nobody_else_for_them(
    settings: Settings, maya: Person, stranger: Person, database_url: str
) -> None:
    async with (
        opened(settings) as client,
        await psycopg.AsyncConnection.connect(database_url) as connection,
    ):
        await client.get("/api/v1/stories", headers=stranger.headers)
        await connection.execute("SELECT FROM users WHERE id = %s FOR UPDATE", (maya.id,))  # each POST of hers waits
        described = {"name": "Tom", "age": 8, "appearance": "Red hair and a scarf"}
        hers = [
            asyncio.create_task(client.post("/api/v1/characters", json=described, headers=maya.headers))
            for _ in range(AT_ONCE + WAITING + 10)
        ]
        await asyncio.sleep(1)
        refused = [task.result() for task in hers if task.done()]
        async with asyncio.timeout(2):
            other = await client.get("/api/v1/stories", headers=stranger.headers)
        await connection.rollback()
        answers = await asyncio.gather(*hers)

    assert other.status_code == 200
    assert {answer.status_code for answer in refused} == {429}
    assert {answer.status_code for answer in answers} == {201, 429}

"""Webhooks as who uses the API sees them."""

from __future__ import annotations

import asyncio
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from api.app import create_app
from storytailor.settings import Settings
from tests.api.conftest import Person, client_of, finish
from tests.webhooks.conftest import OutboxProbe
from tests.webhooks.receiver import Receiver

STORIES = "/api/v1/stories"


async def test_a_webhook_is_sent_when_a_story_ends(
    client: httpx.AsyncClient, maya: Person, receiver: Receiver, database_url: str
) -> None:
    asked = await client.post(STORIES, json=maya.story_request(webhook_url=receiver.url), headers=maya.headers)
    story_id = asked.json()["data"]["id"]
    assert (await shown(client, maya, story_id))["webhook"] is None

    finish(database_url, story_id)
    await receiver.has_got(1)
    payload = receiver.received[0].verified()
    assert (payload["type"], payload["data"]["id"]) == ("story.ready", story_id)
    story = await settled(client, maya, story_id)
    assert story["webhook"] == {"state": "delivered", "attempts": 1, "lastError": None}


async def test_the_owner_sees_why_a_message_is_not_taken(
    client: httpx.AsyncClient, maya: Person, receiver: Receiver, database_url: str
) -> None:
    receiver.answers.append(410)
    asked = await client.post(STORIES, json=maya.story_request(webhook_url=receiver.url), headers=maya.headers)
    story_id = asked.json()["data"]["id"]
    finish(database_url, story_id)
    story = await settled(client, maya, story_id)
    assert story["webhook"] == {
        "state": "dead",
        "attempts": 1,
        "lastError": "The receiver answered 410: it wants no more of these.",
    }


@pytest.mark.parametrize(
    "url",
    [
        "http://example.org/hook",
        "http://127.0.0.1:8000/hook",
        "https://127.0.0.1/hook",
        "https://localhost:5432/",
        "https://10.0.0.8/hook",
        "https://[::1]/hook",
        "https://[::ffff:10.0.0.8]/hook",
        "https://169.254.169.254/latest/meta-data/",
        "https://user:secret@example.org/hook",
        "https://93.184.216.34:25/hook",
    ],
)
async def test_a_url_that_must_not_be_called_is_refused_at_once(settings: Settings, maya: Person, url: str) -> None:
    app = create_app(settings.model_copy(update={"webhook_allow_local": False}))
    async with app.router.lifespan_context(app), client_of(app) as client:
        answer = await client.post(STORIES, json=maya.story_request(webhook_url=url), headers=maya.headers)
        listed = await client.get(STORIES, headers=maya.headers)
    assert (answer.status_code, answer.json()["code"]) == (422, "VALIDATION_ERROR")
    (fault,) = answer.json()["data"]
    assert fault["where"] == "body.webhook_url"
    assert "secret" not in answer.text
    assert listed.json()["data"]["items"] == []


@pytest.mark.parametrize("url", ["http://10.0.0.8/hook", "https://192.168.0.1/", "http://169.254.169.254/"])
async def test_the_local_stack_refuses_other_private_addresses_too(
    client: httpx.AsyncClient, maya: Person, url: str
) -> None:
    answer = await client.post(STORIES, json=maya.story_request(webhook_url=url), headers=maya.headers)
    assert answer.status_code == 422


async def test_a_public_url_is_taken(client: httpx.AsyncClient, maya: Person) -> None:
    request = maya.story_request(webhook_url="https://93.184.216.34:8443/hook?a=b")
    assert (await client.post(STORIES, json=request, headers=maya.headers)).status_code == 201


async def test_without_a_secret_messages_wait(
    settings: Settings, maya: Person, receiver: Receiver, outbox: OutboxProbe, database_url: str
) -> None:
    app = create_app(settings.model_copy(update={"webhook_secret": None}))
    async with app.router.lifespan_context(app), client_of(app) as client:
        asked = await client.post(STORIES, json=maya.story_request(webhook_url=receiver.url), headers=maya.headers)
        finish(database_url, asked.json()["data"]["id"])
        await asyncio.sleep(0.3)
    assert (outbox.row()["state"], outbox.row()["attempts"]) == ("waiting", 0)
    assert receiver.received == []


async def test_an_api_that_is_stopped_while_it_still_starts_does_stop(settings: Settings) -> None:
    for milliseconds in range(0, 40, 5):
        app = create_app(settings)
        async with asyncio.timeout(5), app.router.lifespan_context(app):
            await asyncio.sleep(milliseconds / 1000)


def test_the_document_says_what_a_webhook_is(app: FastAPI) -> None:
    schema = app.openapi()["components"]["schemas"]["Webhook"]
    assert schema["properties"]["state"]["enum"] == ["waiting", "delivered", "dead"]


async def shown(client: httpx.AsyncClient, person: Person, story_id: str) -> dict[str, Any]:
    answer = await client.get(f"{STORIES}/{story_id}", headers=person.headers)
    story: dict[str, Any] = answer.json()["data"]
    return story


async def settled(client: httpx.AsyncClient, person: Person, story_id: str) -> dict[str, Any]:
    """The story once its message no longer waits."""
    for _ in range(50):
        story = await shown(client, person, story_id)
        if story["webhook"] and story["webhook"]["state"] != "waiting":
            return story
        await asyncio.sleep(0.05)
    raise AssertionError("The message still waits.")

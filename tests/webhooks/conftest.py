"""Stories that end, an outbox, and a receiver of webhooks."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import psycopg
import pytest
from psycopg.rows import dict_row
from pydantic import SecretStr

from storytailor.db import Database, NewStory, Stories
from storytailor.db.outbox import Outbox
from storytailor.sealing import open_sealing
from storytailor.settings import Settings
from storytailor.story import StoryType
from storytailor.webhooks.dispatcher import WebhookDispatcher
from storytailor.webhooks.sender import WebhookSender
from storytailor.webhooks.targets import TargetPolicy
from tests.api.conftest import (
    Person,
    SettingsFor,
    app,
    client,
    finish,
    login_of_the_apis_role,
    maya,
    settings_for,
    stranger,
)
from tests.webhooks.receiver import SECRET, Receiver, receiving

__all__ = ["app", "client", "login_of_the_apis_role", "maya", "settings_for", "stranger"]

CreateStory = Callable[..., Awaitable[str]]


class OutboxProbe:
    """The outbox as a test looks at it, and one round of deliveries at a time."""

    def __init__(self, database_url: str, outbox: Outbox) -> None:
        self._url = database_url
        self.outbox = outbox

    async def round(self, dispatcher: WebhookDispatcher) -> int:
        """Send all that is due, one after the other; how many that were."""
        count = 0
        while messages := await self.outbox.claim(100):
            for message in messages:
                await dispatcher.deliver(message)
            count += len(messages)
        return count

    def rows(self) -> list[dict[str, Any]]:
        """All messages, oldest first, with the seconds until each is due."""
        with psycopg.connect(self._url, row_factory=dict_row) as connection:
            return connection.execute(
                "SELECT *, extract(epoch FROM due_at - clock_timestamp())::float AS due_in"
                " FROM webhook_outbox ORDER BY created_at"
            ).fetchall()

    def row(self) -> dict[str, Any]:
        """The only message."""
        (row,) = self.rows()
        return row

    def repeat(self, story_id: str, times: int, url: str | None = None) -> None:
        """Put the story's message there so many times more, each for itself; `url` may have a `{}` for its number."""
        with psycopg.connect(self._url) as connection:
            connection.execute(
                "INSERT INTO webhook_outbox (story_id, user_id, url, payload)"
                " SELECT story_id, user_id, replace(coalesce(%s, url), '{}', n::text), payload"
                " FROM (SELECT * FROM webhook_outbox WHERE story_id = %s LIMIT 1) AS message,"
                " generate_series(1, %s) AS n",
                (url, story_id, times),
            )

    def lines(self) -> list[dict[str, Any]]:
        """What is known of lines, with the seconds each still rests."""
        with psycopg.connect(self._url, row_factory=dict_row) as connection:
            return connection.execute(
                "SELECT *, extract(epoch FROM rests_until - clock_timestamp())::float AS rests FROM webhook_lines"
            ).fetchall()

    def let_time_pass(self) -> None:
        """Make everything that waits due, and leases run out."""
        with psycopg.connect(self._url) as connection:
            connection.execute("UPDATE webhook_outbox SET due_at = now() WHERE state = 'waiting'")

    def let_lines_rest(self) -> None:
        """Let the time pass for which lines rest."""
        with psycopg.connect(self._url) as connection:
            connection.execute("UPDATE webhook_lines SET rests_until = now() WHERE rests_until IS NOT NULL")


@pytest.fixture
def settings(settings_for: SettingsFor, database_url: str) -> Settings:
    return settings_for(database_url).model_copy(
        update={"webhook_secret": SecretStr(SECRET), "webhook_allow_local": True}
    )


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    async with receiving() as receiver:
        yield receiver


@pytest.fixture
def outbox(database_url: str, database: Database, settings: Settings) -> OutboxProbe:
    return OutboxProbe(database_url, Outbox(database, open_sealing(settings)))


@pytest.fixture
def sender() -> WebhookSender:
    return WebhookSender(SECRET, TargetPolicy(allow_local=True), timeout=1.0)


@pytest.fixture
def dispatcher(outbox: OutboxProbe, sender: WebhookSender) -> WebhookDispatcher:
    return WebhookDispatcher(outbox.outbox, sender)


@pytest.fixture
def create_story(database: Database, maya: Person) -> CreateStory:
    """Ask for a story, as Maya unless somebody else is named; its id."""

    async def create(webhook_url: str | None, person: Person = maya, **changes: Any) -> str:
        new = NewStory([person.character_id], StoryType.BEDTIME, ["courage"], webhook_url=webhook_url, **changes)
        return str((await Stories(database).create(person.id, new)).id)

    return create


@pytest.fixture
def ended_story(create_story: CreateStory, database_url: str) -> CreateStory:
    """Ask for a story that has ended already, so that its message waits; its id."""

    async def ask_and_finish(webhook_url: str, **changes: Any) -> str:
        story_id = await create_story(webhook_url, **changes)
        finish(database_url, story_id)
        return story_id

    return ask_and_finish

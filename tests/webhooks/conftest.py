"""Stories that end, and somebody who wants to be told."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import psycopg
import pytest
from psycopg.rows import dict_row
from pydantic import SecretStr

from storytailor.db import Database, Stories, Wish
from storytailor.db.outbox import Outbox
from storytailor.settings import Settings
from storytailor.story import StoryType
from storytailor.webhooks.dispatcher import Courier
from storytailor.webhooks.sender import Messenger
from storytailor.webhooks.targets import Targets
from tests.api.conftest import (
    Person,
    SettingsFor,
    app,
    client,
    finish,
    maya,
    settings_for,
    stranger,
)
from tests.webhooks.receiver import SECRET, Receiver, receiving

__all__ = ["app", "client", "maya", "settings_for", "stranger"]

AskForStory = Callable[..., Awaitable[str]]


class Post:
    """The outbox as a test looks at it, and one round of deliveries at a time."""

    def __init__(self, database_url: str, outbox: Outbox) -> None:
        self._url = database_url
        self.outbox = outbox

    async def round(self, courier: Courier) -> int:
        """Send all that is due, one after the other; how many that were."""
        messages = await self.outbox.claim(100)
        for message in messages:
            await courier.deliver(message)
        return len(messages)

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

    def let_time_pass(self) -> None:
        """Make everything that waits due, and leases run out."""
        with psycopg.connect(self._url) as connection:
            connection.execute("UPDATE webhook_outbox SET due_at = now() WHERE state = 'waiting'")


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
def post(database_url: str, database: Database) -> Post:
    return Post(database_url, Outbox(database))


@pytest.fixture
def messenger() -> Messenger:
    return Messenger(SECRET, Targets(allow_local=True), answer_within=0.3)


@pytest.fixture
def courier(post: Post, messenger: Messenger) -> Courier:
    return Courier(post.outbox, messenger)


@pytest.fixture
def ask(database: Database, maya: Person) -> AskForStory:
    """Ask for a story; its id."""

    async def ask_for_story(webhook_url: str | None, **wishes: Any) -> str:
        wish = Wish(
            maya.id, [maya.character_id], StoryType.BEDTIME, ["courage"], webhook_url=webhook_url, **wishes
        )
        return str((await Stories(database).create(wish))["id"])

    return ask_for_story


@pytest.fixture
def told(ask: AskForStory, database_url: str) -> AskForStory:
    """Ask for a story that has ended already, so that its message waits; its id."""

    async def ask_and_finish(webhook_url: str) -> str:
        story_id = await ask(webhook_url)
        finish(database_url, story_id)
        return story_id

    return ask_and_finish

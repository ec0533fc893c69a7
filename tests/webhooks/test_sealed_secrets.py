"""Tenants' webhook secrets: sealed in the database, opened by whatever sends, under old and new keys."""

from __future__ import annotations

import asyncio
import base64
import logging
from collections.abc import AsyncIterator
from pathlib import Path
from uuid import UUID, uuid4

import httpx
import psycopg
import pytest
from pydantic import SecretStr, ValidationError

from storytailor.db import Database
from storytailor.db.outbox import Outbox
from storytailor.db.webhook_secrets import seal_all
from storytailor.errors import SettingsError, UnreadableSecretError
from storytailor.sealing import Sealing, open_sealing
from storytailor.settings import Settings
from storytailor.webhooks.dispatcher import WebhookDispatcher
from storytailor.webhooks.sender import WebhookSender
from storytailor.webhooks.signing import new_secret
from storytailor.webhooks.targets import TargetPolicy
from tests.api.conftest import SECRET as JWT_SECRET
from tests.api.conftest import Person, opened
from tests.processes import running
from tests.webhooks.conftest import CreateStory, OutboxProbe
from tests.webhooks.receiver import Receiver
from tests.webhooks.test_own_secrets import OWN, make, of_a_fleet, signed_by
from tests.webhooks.test_process import wait_for

__all__ = ["of_a_fleet"]

OLD, NEW = "o" * 32, "n" * 40


@pytest.fixture
async def api(of_a_fleet: Settings) -> AsyncIterator[httpx.AsyncClient]:
    async with opened(of_a_fleet) as client:
        yield client


@pytest.fixture
def silent_house(database: Database, settings: Settings) -> tuple[Outbox, WebhookDispatcher]:
    """What sends without WEBHOOK_SECRET."""
    outbox = Outbox(database, open_sealing(settings), house_signs=False)
    return outbox, WebhookDispatcher(outbox, WebhookSender(None, TargetPolicy(allow_local=True), timeout=2))


def stored(database_url: str) -> list[str]:
    with psycopg.connect(database_url) as connection:
        return [secret for (secret,) in connection.execute("SELECT secret FROM webhook_secrets ORDER BY created_at")]


def write_plain(database_url: str, person: Person) -> str:
    """A secret as a version before wrote it."""
    secret = new_secret()
    with psycopg.connect(database_url) as connection:
        connection.execute("INSERT INTO webhook_secrets (user_id, secret) VALUES (%s, %s)", (person.id, secret))
    return secret


def sealing_by(*secrets: str) -> Sealing:
    return open_sealing(Settings(_env_file=None, encryption_secret=SecretStr(",".join(secrets))))


async def test_whoever_reads_the_database_finds_no_secret_of_a_tenant(
    api: httpx.AsyncClient, maya: Person, stranger: Person, database_url: str
) -> None:
    secrets = [await make(api, maya), await make(api, stranger)]
    found = " ".join(stored(database_url))
    for secret in secrets:
        key = base64.b64decode(secret.removeprefix("whsec_"))
        assert secret.removeprefix("whsec_") not in found
        for row in stored(database_url):
            assert key not in base64.urlsafe_b64decode(row.split(":")[2])


async def test_without_the_houses_secret_tenants_who_have_their_own_are_sent_theirs_and_others_wait_unharmed(
    api: httpx.AsyncClient,
    silent_house: tuple[Outbox, WebhookDispatcher],
    ended_story: CreateStory,
    maya: Person,
    stranger: Person,
    outbox: OutboxProbe,
    receiver: Receiver,
    dispatcher: WebhookDispatcher,
    database_url: str,
) -> None:
    mayas = await make(api, maya)
    await ended_story(receiver.url, person=stranger)
    await ended_story(receiver.url, person=maya)
    by_itself, sends = silent_house
    assert await OutboxProbe(database_url, by_itself).round(sends) == 1
    assert signed_by(receiver, mayas) == [True]
    waiting, delivered = outbox.rows()
    assert (waiting["state"], waiting["attempts"], delivered["state"]) == ("waiting", 0, "delivered")

    assert await outbox.round(dispatcher) == 1  # a process that has the house's
    assert len(receiver.received) == 2


async def test_an_api_with_the_makers_login_sends_what_tenants_own_secrets_sign_also_without_the_houses(
    settings: Settings, ended_story: CreateStory, maya: Person, receiver: Receiver
) -> None:
    async with opened(settings.model_copy(update={"webhook_secret": None})) as api:
        secret = await make(api, maya)
        await ended_story(receiver.url)
        async with asyncio.timeout(20):
            while not receiver.received:  # noqa: ASYNC110  a state, not an event
                await asyncio.sleep(0.05)
    assert signed_by(receiver, secret) == [True]


async def test_the_process_sends_without_the_houses_secret_and_says_for_whom_it_does_not(
    api: httpx.AsyncClient,
    ended_story: CreateStory,
    maya: Person,
    receiver: Receiver,
    database_url: str,
    tmp_path: Path,
) -> None:
    secret = await make(api, maya)
    settings = {
        "DATABASE_URL": database_url,
        "JWT_SECRET": JWT_SECRET,
        "WEBHOOK_ALLOW_LOCAL": "true",
        "STORYTAILOR_STATE_DIR": str(tmp_path / "state"),
    }
    await ended_story(receiver.url)
    with running("webhooks", tmp_path, settings) as sender:
        await wait_for(receiver, 1, sender)
        assert await asyncio.to_thread(sender.stop) == 0
    assert signed_by(receiver, secret) == [True]
    assert "webhooks of users without a secret of their own wait" in sender.line("WEBHOOK_SECRET is not set here")
    assert secret not in sender.text


async def test_secrets_of_before_sign_at_once_and_are_sealed_when_a_sender_starts(
    ended_story: CreateStory,
    maya: Person,
    stranger: Person,
    outbox: OutboxProbe,
    dispatcher: WebhookDispatcher,
    receiver: Receiver,
    database: Database,
    settings: Settings,
    database_url: str,
) -> None:
    plain = write_plain(database_url, maya)
    write_plain(database_url, stranger)
    await ended_story(receiver.url)
    await outbox.round(dispatcher)
    assert signed_by(receiver, plain) == [True]

    assert await seal_all(database, open_sealing(settings)) == 2
    assert "whsec_" not in " ".join(stored(database_url))
    assert await seal_all(database, open_sealing(settings)) == 0
    await ended_story(receiver.url)
    await outbox.round(dispatcher)
    assert signed_by(receiver, plain) == [True]


async def test_the_server_secret_is_replaced_with_both_valid_and_then_the_old_one_opens_nothing_any_more(
    database: Database, maya: Person, database_url: str, caplog: pytest.LogCaptureFixture
) -> None:
    plain = write_plain(database_url, maya)
    await seal_all(database, sealing_by(OLD))
    (under_old,) = stored(database_url)
    assert sealing_by(NEW, OLD).open(under_old, maya.id) == plain

    caplog.set_level(logging.ERROR)
    assert await seal_all(database, sealing_by(NEW)) == 0, "the former is gone too early: nothing is lost"
    assert "open by none of our keys" in caplog.text
    assert stored(database_url) == [under_old]

    assert await seal_all(database, sealing_by(NEW, OLD)) == 1
    (under_new,) = stored(database_url)
    assert sealing_by(NEW).open(under_new, maya.id) == plain
    with pytest.raises(UnreadableSecretError):
        sealing_by(OLD).open(under_new, maya.id)


async def test_a_secret_that_nobody_can_open_sends_nothing_under_the_houses_and_tells_its_tenant_what_to_do(
    api: httpx.AsyncClient,
    ended_story: CreateStory,
    maya: Person,
    outbox: OutboxProbe,
    dispatcher: WebhookDispatcher,
    receiver: Receiver,
    database: Database,
    caplog: pytest.LogCaptureFixture,
) -> None:
    await make(api, maya)
    story = await ended_story(receiver.url)
    (message,) = await Outbox(database, sealing_by(NEW)).claim(9)
    await dispatcher.deliver(message)
    assert receiver.received == []
    shown = (await api.get(f"/api/v1/stories/{story}", headers=maya.headers)).json()["data"]["webhook"]
    assert (shown["state"], "A new one works at once" in shown["lastError"]) == ("waiting", True)
    assert "follows from none of our secrets" in caplog.text

    assert (await api.delete(OWN, headers=maya.headers)).status_code == 204
    newest = await make(api, maya)
    outbox.let_time_pass()
    await outbox.round(dispatcher)
    assert signed_by(receiver, newest) == [True]


def test_what_is_moved_to_another_tenants_row_or_changed_opens_for_nobody() -> None:
    sealing, maya, other = sealing_by(NEW), uuid4(), uuid4()
    sealed = sealing.seal("whsec_of-maya", maya)
    assert sealing.open(sealed, maya) == "whsec_of-maya"
    with pytest.raises(UnreadableSecretError):
        sealing.open(sealed, other)
    for place in range(len(sealing.prefix), len(sealed) - 1, 7):
        changed = sealed[:place] + ("B" if sealed[place] == "A" else "A") + sealed[place + 1 :]
        with pytest.raises(UnreadableSecretError):
            sealing.open(changed, maya)
    assert sealing.seal("whsec_of-maya", maya) != sealed


def test_a_former_secret_opens_by_whichever_setting_it_had_come() -> None:
    owner, old = UUID(int=7), SecretStr(OLD)
    by_tokens, by_urls = Settings(_env_file=None, jwt_secret=old), Settings(_env_file=None, url_secret=old)
    for was in (by_tokens, by_urls, Settings(_env_file=None, encryption_secret=old)):
        sealed = open_sealing(was).seal("whsec_x", owner)
        assert sealing_by(NEW, OLD).open(sealed, owner) == "whsec_x"
    for was in (by_tokens, by_urls):  # a secret of its own is set, the other stays
        now = was.model_copy(update={"encryption_secret": SecretStr(NEW)})
        assert open_sealing(now).open(open_sealing(was).seal("whsec_x", owner), owner) == "whsec_x"


def test_a_short_encryption_secret_is_refused_and_not_repeated() -> None:
    with pytest.raises((SettingsError, ValidationError)) as refused:
        Settings(_env_file=None, encryption_secret=SecretStr(f"{NEW},short-one"))
    assert "ENCRYPTION_SECRET is too short" in str(refused.value)
    assert "short-one" not in str(refused.value)

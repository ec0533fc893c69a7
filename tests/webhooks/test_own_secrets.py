"""A tenant's own webhook secret: it signs their messages and nobody else's, and is never seen again."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator

import httpx
import psycopg
import pytest
from psycopg.errors import InsufficientPrivilege
from pydantic import SecretStr

from storytailor.db import Database
from storytailor.settings import Settings
from storytailor.webhooks.dispatcher import WebhookDispatcher
from storytailor.webhooks.signing import new_secret
from tests.api.conftest import Person, opened
from tests.webhooks.conftest import CreateStory, OutboxProbe
from tests.webhooks.receiver import SECRET as HOUSE
from tests.webhooks.receiver import Receiver
from tests.webhooks.test_signing import verifies

OWN = "/api/v1/me/webhook-secret"


@pytest.fixture
def of_a_fleet(settings: Settings, login_of_the_apis_role: str) -> Settings:
    """The API's settings in a fleet: with its login it sends nothing."""
    return settings.model_copy(update={"webhook_secret": None, "database_url": SecretStr(login_of_the_apis_role)})


@pytest.fixture
async def api(of_a_fleet: Settings) -> AsyncIterator[httpx.AsyncClient]:
    async with opened(of_a_fleet) as client:
        yield client


async def make(api: httpx.AsyncClient, person: Person) -> str:
    answer = await api.post(OWN, headers=person.headers)
    assert answer.status_code == 201, answer.text
    secret: str = answer.json()["data"]["secret"]
    return secret


def signed_by(receiver: Receiver, *secrets: str) -> list[bool]:
    """Which of these secrets verify what came last."""
    last = receiver.received[-1]
    return [verifies(secret, last.body, last.headers) for secret in secrets]


async def test_a_tenants_messages_are_signed_by_their_own_secret_and_by_nobody_elses_not_even_the_houses(
    api: httpx.AsyncClient,
    ended_story: CreateStory,
    maya: Person,
    stranger: Person,
    outbox: OutboxProbe,
    dispatcher: WebhookDispatcher,
    receiver: Receiver,
) -> None:
    mayas, strangers = await make(api, maya), await make(api, stranger)
    await ended_story(receiver.url, person=maya)
    await outbox.round(dispatcher)
    assert signed_by(receiver, mayas, strangers, HOUSE) == [True, False, False]

    await ended_story(receiver.url, person=stranger)
    await outbox.round(dispatcher)
    assert signed_by(receiver, mayas, strangers, HOUSE) == [False, True, False]

    assert (await api.delete(OWN, headers=stranger.headers)).status_code == 204
    await ended_story(receiver.url, person=stranger)
    await outbox.round(dispatcher)
    assert signed_by(receiver, mayas, strangers, HOUSE) == [False, False, True]


async def test_a_replaced_secret_signs_beside_the_new_one_for_a_day_and_then_no_more(
    api: httpx.AsyncClient,
    ended_story: CreateStory,
    maya: Person,
    outbox: OutboxProbe,
    dispatcher: WebhookDispatcher,
    receiver: Receiver,
    database_url: str,
) -> None:
    former, newest = await make(api, maya), await make(api, maya)
    await ended_story(receiver.url)
    await outbox.round(dispatcher)
    assert signed_by(receiver, newest, former, HOUSE) == [True, True, False]
    assert len(receiver.received[-1].headers["webhook-signature"].split()) == 2
    with psycopg.connect(database_url) as connection:
        (hours,) = connection.execute(
            "SELECT extract(epoch FROM ends_at - clock_timestamp())::float / 3600 FROM webhook_secrets"
            " WHERE ends_at IS NOT NULL"
        ).fetchall()[0]
        assert 23.9 < hours <= 24
        connection.execute("UPDATE webhook_secrets SET ends_at = now() WHERE ends_at IS NOT NULL")

    await ended_story(receiver.url)
    await outbox.round(dispatcher)
    assert signed_by(receiver, newest, former, HOUSE) == [True, False, False]


async def test_a_secret_is_shown_once_and_then_only_that_there_is_one_and_since_when(
    api: httpx.AsyncClient, maya: Person, stranger: Person
) -> None:
    nothing = {"exists": False, "created_at": None, "former_valid_until": None}
    assert (await api.get(OWN, headers=maya.headers)).json()["data"] == nothing

    made = (await api.post(OWN, headers=maya.headers)).json()["data"]
    assert made["secret"].startswith("whsec_")
    shown = await api.get(OWN, headers=maya.headers)
    assert shown.json()["data"] == {"exists": True, "created_at": made["created_at"], "former_valid_until": None}
    assert made["created_at"]

    again = (await api.post(OWN, headers=maya.headers)).json()["data"]
    assert again["secret"] != made["secret"]
    assert again["former_valid_until"] > again["created_at"] > made["created_at"]

    assert (await api.delete(OWN, headers=stranger.headers)).status_code == 204
    assert (await api.get(OWN, headers=maya.headers)).json()["data"]["exists"], "a stranger ends their own only"
    await api.delete(OWN, headers=maya.headers)
    assert (await api.get(OWN, headers=maya.headers)).json()["data"] == nothing


async def test_five_secrets_may_be_valid_at_once_and_a_sixth_waits_until_one_ends(
    api: httpx.AsyncClient, maya: Person, stranger: Person
) -> None:
    for _ in range(5):
        await make(api, maya)
    refused = await api.post(OWN, headers=maya.headers)
    assert (refused.status_code, refused.json()["code"]) == (429, "RATE_LIMITED")
    assert 86_000 < int(refused.headers["retry-after"]) <= 86_400
    await make(api, stranger)
    await api.delete(OWN, headers=maya.headers)
    await make(api, maya)


async def test_with_an_overlap_of_zero_hours_a_former_secret_ends_at_once(of_a_fleet: Settings, maya: Person) -> None:
    none = of_a_fleet.model_copy(update={"former_webhook_secret_hours": 0})
    async with opened(none) as api:
        for _ in range(8):
            await make(api, maya)
        assert (await api.get(OWN, headers=maya.headers)).json()["data"]["former_valid_until"] is None


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT secret FROM webhook_secrets",
        "SELECT * FROM webhook_secrets",
        "SELECT webhook_secrets::text FROM webhook_secrets",
        "UPDATE webhook_secrets SET ends_at = NULL RETURNING secret",
        "DELETE FROM webhook_secrets WHERE secret LIKE 'whsec_A%'",
        "UPDATE webhook_secrets SET secret = 'whsec_' || repeat('A', 43) || '='",
        "INSERT INTO webhook_secrets (user_id, secret) SELECT id, 'whsec_' || repeat('A', 43) || '=' FROM"
        " (VALUES ('00000000-0000-4000-8000-0000000000ff'::uuid)) AS other(id)",
    ],
)
async def test_the_apis_role_reads_no_secret_and_writes_none_for_somebody_else(
    api: httpx.AsyncClient, maya: Person, database: Database, statement: str
) -> None:
    await make(api, maya)
    with pytest.raises(InsufficientPrivilege):
        async with database.as_user(maya.id) as connection:
            await connection.execute(statement.encode())


async def test_the_apis_role_is_shown_none_of_somebody_elses_rows_and_ends_none(
    api: httpx.AsyncClient, maya: Person, stranger: Person, database: Database
) -> None:
    await make(api, maya)
    async with database.as_user(stranger.id) as connection:
        seen = await (await connection.execute("SELECT id FROM webhook_secrets")).fetchall()
        deleted = await (await connection.execute("DELETE FROM webhook_secrets RETURNING id")).fetchall()
    assert (seen, deleted) == ([], [])
    assert (await api.get(OWN, headers=maya.headers)).json()["data"]["exists"]


async def test_the_secrets_of_an_account_end_with_it(
    api: httpx.AsyncClient, stranger: Person, database_url: str
) -> None:
    await make(api, stranger)
    with psycopg.connect(database_url) as connection:
        connection.execute("DELETE FROM characters WHERE owner_user_id = %s", (stranger.id,))
        connection.execute("DELETE FROM libraries WHERE owner_user_id = %s", (stranger.id,))
        connection.execute("DELETE FROM users WHERE id = %s", (stranger.id,))
        assert connection.execute("SELECT count(*) FROM webhook_secrets").fetchone() == (0,)


async def test_no_secret_reaches_a_log_or_what_is_stored_of_a_failure(
    api: httpx.AsyncClient,
    ended_story: CreateStory,
    maya: Person,
    outbox: OutboxProbe,
    dispatcher: WebhookDispatcher,
    receiver: Receiver,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG)
    secret = await make(api, maya)
    receiver.answers.append(500)
    await ended_story(receiver.url)
    (message,) = await outbox.outbox.claim(1)
    await dispatcher.deliver(message)
    assert message.own_secrets == [secret]
    assert secret not in f"{message!r} {caplog.text} {outbox.row()}"


def test_a_new_secret_is_of_32_bytes_and_never_the_same() -> None:
    assert len({new_secret() for _ in range(50)}) == 50
    assert all(len(secret) == len("whsec_") + 44 for secret in (new_secret(), new_secret()))

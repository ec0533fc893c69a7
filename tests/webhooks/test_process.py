"""`storytailor webhooks` as a fleet runs it: a process that delivers what is due, until it is stopped."""

from __future__ import annotations

import asyncio
from pathlib import Path

import psycopg

from tests.processes import Running, running
from tests.webhooks.conftest import CreateStory, OutboxProbe
from tests.webhooks.receiver import SECRET, Receiver

PASSWORD = "hunter2"


async def wait_for(receiver: Receiver, count: int, sender: Running) -> None:
    """Wait until so many webhooks have come."""
    for _ in range(1200):
        if len(receiver.received) >= count:
            return
        await asyncio.sleep(0.05)
    raise AssertionError(sender.text)


async def test_what_waited_and_what_comes_is_delivered_by_the_process_which_ends_well_when_it_is_stopped(
    ended_story: CreateStory, receiver: Receiver, outbox: OutboxProbe, database_url: str, tmp_path: Path
) -> None:
    settings = {
        "DATABASE_URL": f"{database_url}{'&' if '?' in database_url else '?'}password={PASSWORD}",
        "WEBHOOK_SECRET": SECRET,
        "WEBHOOK_ALLOW_LOCAL": "true",
        "STORYTAILOR_STATE_DIR": str(tmp_path / "state"),
    }
    waited = await ended_story(receiver.url)
    with running("webhooks", tmp_path, settings) as sender:
        await wait_for(receiver, 1, sender)
        came = await ended_story(receiver.url)
        await wait_for(receiver, 2, sender)
        assert [request.verified()["data"]["id"] for request in receiver.received] == [waited, came]
        assert (tmp_path / "state" / "webhooks.alive").exists()  # what the container's health check looks at
        while {row["state"] for row in outbox.rows()} != {"delivered"}:  # noqa: ASYNC110  a state, not an event
            await asyncio.sleep(0.05)
        assert await asyncio.to_thread(sender.stop) == 0
    begun = sender.line("Sending the webhooks of database ")
    assert " INFO storytailor.webhooks: " in begun
    with psycopg.connect(database_url) as connection:
        assert begun.endswith(f"/{connection.info.dbname}.")
    assert not {SECRET, PASSWORD} & set(sender.text.replace("=", " ").split())


async def test_with_nothing_to_sign_by_the_process_says_which_settings_are_missing_and_ends(
    database_url: str, tmp_path: Path
) -> None:
    with running("webhooks", tmp_path, {"DATABASE_URL": database_url}) as sender:
        assert await asyncio.to_thread(sender.process.wait, 60) == 1
    assert sender.text.splitlines()[-1].startswith("✗ WEBHOOK_SECRET is not set, and no ENCRYPTION_SECRET, URL_SECRET")

"""Messages on their way, to a receiver that misbehaves in every way that receivers do."""

from __future__ import annotations

import asyncio
import logging
import time

import psycopg
import pytest

from storytailor.db import Database
from storytailor.db.outbox import Outbox
from storytailor.webhooks.dispatcher import Backoff, WebhookDispatcher
from storytailor.webhooks.sender import WebhookSender
from storytailor.webhooks.targets import TargetPolicy
from tests.webhooks.conftest import CreateStory, OutboxProbe
from tests.webhooks.receiver import SECRET, Receiver, receiving


async def test_a_message_is_signed_and_sent_once(
    ended_story: CreateStory, outbox: OutboxProbe, dispatcher: WebhookDispatcher, receiver: Receiver
) -> None:
    story_id = await ended_story(receiver.url)
    assert await outbox.round(dispatcher) == 1
    assert await outbox.round(dispatcher) == 0

    (request,) = receiver.received
    assert request.line == "POST /hook?story=1 HTTP/1.1"
    assert request.headers["host"] == f"127.0.0.1:{receiver.port}"
    assert request.headers["content-type"] == "application/json"
    payload = request.verified()
    assert (payload["type"], payload["data"]["id"]) == ("story.ready", story_id)
    assert payload["data"]["assets"]["cover"] == {"status": "ready", "url": "u"}
    assert (outbox.row()["state"], outbox.row()["last_error"]) == ("delivered", None)


async def test_three_failures_are_followed_by_the_same_message_until_it_is_taken(
    ended_story: CreateStory, outbox: OutboxProbe, dispatcher: WebhookDispatcher, receiver: Receiver
) -> None:
    receiver.answers.extend([500, 503, 500])
    await ended_story(receiver.url)
    for attempt, wait in enumerate((5, 30, 120), start=1):
        await outbox.round(dispatcher)
        row = outbox.row()
        assert (row["state"], row["attempts"]) == ("waiting", attempt)
        assert row["last_error"] in ("The receiver answered 500.", "The receiver answered 503.")
        assert wait - 1 < row["due_in"] <= wait * 1.2
        assert await outbox.round(dispatcher) == 0, "it is not due yet"
        outbox.let_time_pass()
    await outbox.round(dispatcher)

    assert (outbox.row()["state"], outbox.row()["attempts"], outbox.row()["last_error"]) == (
        "delivered",
        4,
        None,
    )
    assert len(receiver.received) == 4
    assert {request.id for request in receiver.received} == {str(outbox.row()["id"])}
    assert len({request.body for request in receiver.received}) == 1
    for request in receiver.received:
        request.verified()


async def test_a_receiver_that_hangs_is_left_and_tried_again(
    ended_story: CreateStory, outbox: OutboxProbe, dispatcher: WebhookDispatcher, receiver: Receiver
) -> None:
    receiver.answers.append("hang")
    await ended_story(receiver.url)
    await outbox.round(dispatcher)
    assert (outbox.row()["state"], outbox.row()["last_error"]) == (
        "waiting",
        "The receiver did not answer within 1 s.",
    )
    outbox.let_time_pass()
    await outbox.round(dispatcher)
    assert outbox.row()["state"] == "delivered"
    assert len({request.id for request in receiver.received}) == 1


async def test_a_redirect_is_refused_and_never_followed(
    ended_story: CreateStory, outbox: OutboxProbe, dispatcher: WebhookDispatcher, receiver: Receiver
) -> None:
    async with receiving() as private:
        receiver.answers.extend([f"http://127.0.0.1:{private.port}/secrets", "http://10.0.0.1/", "//169.254.169.254/"])
        await ended_story(receiver.url)
        for _ in range(3):
            await outbox.round(dispatcher)
            assert outbox.row()["last_error"] == "The receiver answered 302, a redirect: those are not followed."
            outbox.let_time_pass()
        assert len(receiver.received) == 3
        assert private.received == []


async def test_a_receiver_that_is_gone_for_good_is_asked_once(
    ended_story: CreateStory, outbox: OutboxProbe, dispatcher: WebhookDispatcher, receiver: Receiver
) -> None:
    receiver.answers.append(410)
    await ended_story(receiver.url)
    await outbox.round(dispatcher)
    assert (outbox.row()["state"], outbox.row()["attempts"]) == ("dead", 1)
    outbox.let_time_pass()
    assert await outbox.round(dispatcher) == 0


async def test_after_the_last_wait_a_message_is_given_up_and_the_log_says_so(
    ended_story: CreateStory,
    outbox: OutboxProbe,
    sender: WebhookSender,
    receiver: Receiver,
    caplog: pytest.LogCaptureFixture,
) -> None:
    dispatcher = WebhookDispatcher(outbox.outbox, sender, backoff=Backoff(waits=(1.0, 2.0)))
    receiver.answers.extend([500] * 9)
    story_id = await ended_story(receiver.url)
    for _ in range(5):
        await outbox.round(dispatcher)
        outbox.let_time_pass()

    row = outbox.row()
    assert (row["state"], row["attempts"], row["last_error"]) == ("dead", 3, "The receiver answered 500.")
    assert row["settled_at"] is not None
    assert len(receiver.received) == 3
    (said,) = [record for record in caplog.records if record.levelno == logging.ERROR]
    assert said.getMessage() == (
        f"Webhook {row['id']} of story {story_id} is dead after attempt 3: The receiver answered 500."
    )


async def test_a_receiver_that_is_down_is_tried_again(
    ended_story: CreateStory, outbox: OutboxProbe, dispatcher: WebhookDispatcher
) -> None:
    async with receiving() as receiver:
        pass
    await ended_story(receiver.url)
    await outbox.round(dispatcher)
    assert (outbox.row()["state"], outbox.row()["last_error"]) == (
        "waiting",
        "The connection failed: ConnectError.",
    )


async def test_a_receiver_that_never_stops_talking_is_not_listened_to(
    ended_story: CreateStory, outbox: OutboxProbe, dispatcher: WebhookDispatcher, receiver: Receiver
) -> None:
    receiver.answers.append("flood")
    await ended_story(receiver.url)
    began = time.monotonic()
    await outbox.round(dispatcher)
    assert outbox.row()["state"] == "delivered"
    assert time.monotonic() - began < 0.3
    assert receiver.flooded < 10_000_000


def test_the_waits_spread_over_a_day_and_never_shrink() -> None:
    backoff = Backoff()
    waits = [backoff.after(attempt) for attempt in range(1, 12)]
    tried = [wait for wait in waits if wait is not None]
    assert waits[len(tried) :] == [None] * (len(waits) - len(tried))
    assert 22 * 3600 < sum(Backoff().waits) < 26 * 3600
    assert list(backoff.waits) == sorted(backoff.waits)
    assert all(base <= wait <= base * 1.2 for base, wait in zip(backoff.waits, tried, strict=True))
    assert len({backoff.after(5) for _ in range(20)}) > 1


async def test_two_deliverers_side_by_side_send_each_message_once(
    ended_story: CreateStory,
    outbox: OutboxProbe,
    database: Database,
    sender: WebhookSender,
    receiver: Receiver,
) -> None:
    for _ in range(20):
        await ended_story(receiver.url)
    couriers = [
        asyncio.create_task(WebhookDispatcher(Outbox(database), sender, concurrency=3, poll_seconds=0.2).run())
        for _ in range(2)
    ]
    try:
        await receiver.has_got(20)
        await asyncio.sleep(0.5)  # in which a second copy would come
    finally:
        await stop(*couriers)
    assert len(receiver.received) == 20
    assert {request.id for request in receiver.received} == {str(row["id"]) for row in outbox.rows()}
    assert {row["state"] for row in outbox.rows()} == {"delivered"}


async def test_an_ending_wakes_the_courier(
    ended_story: CreateStory, outbox: OutboxProbe, sender: WebhookSender, receiver: Receiver
) -> None:
    dispatcher = asyncio.create_task(WebhookDispatcher(outbox.outbox, sender, poll_seconds=60).run())
    await asyncio.sleep(0.2)
    try:
        await ended_story(receiver.url)
        await receiver.has_got(1)
    finally:
        await stop(dispatcher)


async def test_messages_are_sent_again_after_something_that_nobody_expected(
    ended_story: CreateStory, outbox: OutboxProbe, sender: WebhookSender, receiver: Receiver, database_url: str
) -> None:
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute("ALTER TABLE webhook_lines RENAME TO away")
        dispatcher = asyncio.create_task(WebhookDispatcher(outbox.outbox, sender, poll_seconds=0.2).run())
        await asyncio.sleep(1.0)
        connection.execute("ALTER TABLE away RENAME TO webhook_lines")
    try:
        await ended_story(receiver.url)
        await receiver.has_got(1)
    finally:
        await stop(dispatcher)


async def test_a_message_whose_outcome_cannot_be_stored_leaves_the_others_to_be_sent(
    ended_story: CreateStory, outbox: OutboxProbe, sender: WebhookSender, receiver: Receiver, database_url: str
) -> None:
    dispatcher = asyncio.create_task(WebhookDispatcher(outbox.outbox, sender, poll_seconds=0.2).run())
    try:
        with psycopg.connect(database_url, autocommit=True) as connection:
            connection.execute("ALTER TABLE webhook_outbox ADD CONSTRAINT refused CHECK (state <> 'delivered')")
            await ended_story(receiver.url)
            await receiver.has_got(1)
            await asyncio.sleep(0.5)
            connection.execute("ALTER TABLE webhook_outbox DROP CONSTRAINT refused")
        await ended_story(receiver.url)
        await receiver.has_got(2)
    finally:
        await stop(dispatcher)


async def test_a_message_whose_deliverer_died_comes_again_under_the_same_id(
    ended_story: CreateStory,
    outbox: OutboxProbe,
    sender: WebhookSender,
    dispatcher: WebhookDispatcher,
    receiver: Receiver,
) -> None:
    receiver.answers.append("hang")
    await ended_story(receiver.url)
    dying = asyncio.create_task(WebhookDispatcher(outbox.outbox, sender).run())
    await receiver.has_got(1)
    await stop(dying)
    assert (outbox.row()["state"], outbox.row()["attempts"]) == ("waiting", 1)
    assert 0 < outbox.row()["due_in"] <= 30

    outbox.let_time_pass()
    await outbox.round(dispatcher)
    assert outbox.row()["state"] == "delivered"
    assert receiver.received[0].id == receiver.received[1].id


async def test_the_name_is_looked_up_once_and_the_address_found_is_the_one_called(
    ended_story: CreateStory, outbox: OutboxProbe, receiver: Receiver
) -> None:
    asked: list[str] = []

    async def rebinding(host: str, port: int) -> list[str]:
        asked.append(host)
        return ["127.0.0.1"] if len(asked) == 1 else ["127.0.0.2"]

    sender = WebhookSender(SECRET, TargetPolicy(allow_local=True, resolve=rebinding))
    await ended_story(f"http://receiver.test:{receiver.port}/hook")
    await outbox.round(WebhookDispatcher(outbox.outbox, sender))
    assert asked == ["receiver.test"]
    assert receiver.received[0].headers["host"] == f"receiver.test:{receiver.port}"
    assert outbox.row()["state"] == "delivered"


async def test_a_name_that_has_come_to_point_into_a_private_network_is_refused(
    ended_story: CreateStory, outbox: OutboxProbe
) -> None:
    async def inwards(host: str, port: int) -> list[str]:
        return ["93.184.216.34", "10.0.0.7"]

    await ended_story("https://receiver.test/hook")
    sender = WebhookSender(SECRET, TargetPolicy(allow_local=True, resolve=inwards))
    await outbox.round(WebhookDispatcher(outbox.outbox, sender))
    assert outbox.row()["last_error"] == ("The URL is refused: the host receiver.test is not on the public internet.")
    assert outbox.row()["state"] == "waiting"


async def test_an_address_that_does_not_answer_leaves_the_next_one(
    ended_story: CreateStory, outbox: OutboxProbe, receiver: Receiver
) -> None:
    async def two(host: str, port: int) -> list[str]:
        return ["127.0.0.9", "127.0.0.1"]

    sender = WebhookSender(SECRET, TargetPolicy(allow_local=True, resolve=two))
    await ended_story(f"http://receiver.test:{receiver.port}/hook")
    await outbox.round(WebhookDispatcher(outbox.outbox, sender))
    assert outbox.row()["state"] == "delivered"


async def stop(*tasks: asyncio.Task[None]) -> None:
    """Cancel until all have ended: one cancellation may get lost in Python 3.11's `wait_for`."""
    left = set(tasks)
    while left:
        for task in left:
            task.cancel()
        _, left = await asyncio.wait(left, timeout=0.5)

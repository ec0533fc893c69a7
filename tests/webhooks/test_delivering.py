"""Messages on their way, to a receiver that misbehaves in every way that receivers do."""

from __future__ import annotations

import asyncio
import logging
import time

import pytest

from storytailor.db import Database
from storytailor.db.outbox import Outbox
from storytailor.webhooks.dispatcher import Backoff, Courier
from storytailor.webhooks.sender import Messenger
from storytailor.webhooks.targets import Targets
from tests.webhooks.conftest import AskForStory, Post
from tests.webhooks.receiver import SECRET, Receiver, receiving


async def test_a_message_is_signed_and_sent_once(
    told: AskForStory, post: Post, courier: Courier, receiver: Receiver
) -> None:
    story_id = await told(receiver.url)
    assert await post.round(courier) == 1
    assert await post.round(courier) == 0

    (request,) = receiver.received
    assert request.line == "POST /hook?story=1 HTTP/1.1"
    assert request.headers["host"] == f"127.0.0.1:{receiver.port}"
    assert request.headers["content-type"] == "application/json"
    payload = request.verified()
    assert (payload["type"], payload["data"]["id"]) == ("story.ready", story_id)
    assert payload["data"]["assets"]["cover"] == {"status": "ready", "url": "u"}
    assert (post.row()["state"], post.row()["last_error"]) == ("delivered", None)


async def test_three_failures_are_followed_by_the_same_message_until_it_is_taken(
    told: AskForStory, post: Post, courier: Courier, receiver: Receiver
) -> None:
    receiver.answers.extend([500, 503, 500])
    await told(receiver.url)
    for attempt, wait in enumerate((5, 30, 120), start=1):
        await post.round(courier)
        row = post.row()
        assert (row["state"], row["attempts"]) == ("waiting", attempt)
        assert row["last_error"] in ("The receiver answered 500.", "The receiver answered 503.")
        assert wait - 1 < row["due_in"] <= wait * 1.2
        assert await post.round(courier) == 0, "it is not due yet"
        post.let_time_pass()
    await post.round(courier)

    assert (post.row()["state"], post.row()["attempts"], post.row()["last_error"]) == ("delivered", 4, None)
    assert len(receiver.received) == 4
    assert {request.id for request in receiver.received} == {str(post.row()["id"])}
    assert len({request.body for request in receiver.received}) == 1
    for request in receiver.received:
        request.verified()


async def test_a_receiver_that_hangs_is_left_and_tried_again(
    told: AskForStory, post: Post, courier: Courier, receiver: Receiver
) -> None:
    receiver.answers.append("hang")
    await told(receiver.url)
    await post.round(courier)
    assert (post.row()["state"], post.row()["last_error"]) == (
        "waiting",
        "The receiver did not answer within 0.3 s.",
    )
    post.let_time_pass()
    await post.round(courier)
    assert post.row()["state"] == "delivered"
    assert len({request.id for request in receiver.received}) == 1


async def test_a_redirect_is_refused_and_never_followed(
    told: AskForStory, post: Post, courier: Courier, receiver: Receiver
) -> None:
    async with receiving() as private:
        receiver.answers.extend(
            [f"http://127.0.0.1:{private.port}/secrets", "http://10.0.0.1/", "//169.254.169.254/"]
        )
        await told(receiver.url)
        for _ in range(3):
            await post.round(courier)
            assert (
                post.row()["last_error"] == "The receiver answered 302, a redirect: those are not followed."
            )
            post.let_time_pass()
        assert len(receiver.received) == 3
        assert private.received == []


async def test_a_receiver_that_is_gone_for_good_is_asked_once(
    told: AskForStory, post: Post, courier: Courier, receiver: Receiver
) -> None:
    receiver.answers.append(410)
    await told(receiver.url)
    await post.round(courier)
    assert (post.row()["state"], post.row()["attempts"]) == ("dead", 1)
    post.let_time_pass()
    assert await post.round(courier) == 0


async def test_after_the_last_wait_a_message_is_given_up_and_the_log_says_so(
    told: AskForStory,
    post: Post,
    messenger: Messenger,
    receiver: Receiver,
    caplog: pytest.LogCaptureFixture,
) -> None:
    courier = Courier(post.outbox, messenger, backoff=Backoff(waits=(1.0, 2.0)))
    receiver.answers.extend([500] * 9)
    story_id = await told(receiver.url)
    for _ in range(5):
        await post.round(courier)
        post.let_time_pass()

    row = post.row()
    assert (row["state"], row["attempts"], row["last_error"]) == ("dead", 3, "The receiver answered 500.")
    assert row["settled_at"] is not None
    assert len(receiver.received) == 3
    (said,) = [record for record in caplog.records if record.levelno == logging.ERROR]
    assert said.getMessage() == (
        f"Webhook {row['id']} of story {story_id} is given up after attempt 3: The receiver answered 500."
    )


async def test_a_receiver_that_is_down_is_tried_again(
    told: AskForStory, post: Post, courier: Courier
) -> None:
    async with receiving() as receiver:
        pass
    await told(receiver.url)
    await post.round(courier)
    assert (post.row()["state"], post.row()["last_error"]) == (
        "waiting",
        "The connection failed: ConnectError.",
    )


async def test_a_receiver_that_never_stops_talking_is_not_listened_to(
    told: AskForStory, post: Post, courier: Courier, receiver: Receiver
) -> None:
    receiver.answers.append("flood")
    await told(receiver.url)
    began = time.monotonic()
    await post.round(courier)
    assert post.row()["state"] == "delivered"
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
    told: AskForStory, post: Post, database: Database, messenger: Messenger, receiver: Receiver
) -> None:
    for _ in range(20):
        await told(receiver.url)
    couriers = [
        asyncio.create_task(Courier(Outbox(database), messenger, at_once=3, recheck=0.2).run())
        for _ in range(2)
    ]
    try:
        await receiver.has_got(20)
        await asyncio.sleep(0.5)  # in which a second copy would come
    finally:
        await stop(*couriers)
    assert len(receiver.received) == 20
    assert {request.id for request in receiver.received} == {str(row["id"]) for row in post.rows()}
    assert {row["state"] for row in post.rows()} == {"delivered"}


async def test_an_ending_wakes_the_courier(
    told: AskForStory, post: Post, messenger: Messenger, receiver: Receiver
) -> None:
    courier = asyncio.create_task(Courier(post.outbox, messenger, recheck=60).run())
    await asyncio.sleep(0.2)
    try:
        await told(receiver.url)
        await receiver.has_got(1)
    finally:
        await stop(courier)


async def test_a_message_whose_deliverer_died_comes_again_under_the_same_id(
    told: AskForStory, post: Post, messenger: Messenger, courier: Courier, receiver: Receiver
) -> None:
    receiver.answers.append("hang")
    await told(receiver.url)
    dying = asyncio.create_task(Courier(post.outbox, messenger).run())
    await receiver.has_got(1)
    await stop(dying)
    assert (post.row()["state"], post.row()["attempts"]) == ("waiting", 1)
    assert 0 < post.row()["due_in"] <= 30

    post.let_time_pass()
    await post.round(courier)
    assert post.row()["state"] == "delivered"
    assert receiver.received[0].id == receiver.received[1].id


async def test_the_name_is_looked_up_once_and_the_address_found_is_the_one_called(
    told: AskForStory, post: Post, receiver: Receiver
) -> None:
    asked: list[str] = []

    async def rebinding(host: str, port: int) -> list[str]:
        asked.append(host)
        return ["127.0.0.1"] if len(asked) == 1 else ["127.0.0.2"]

    messenger = Messenger(SECRET, Targets(allow_local=True, resolve=rebinding))
    await told(f"http://receiver.test:{receiver.port}/hook")
    await post.round(Courier(post.outbox, messenger))
    assert asked == ["receiver.test"]
    assert receiver.received[0].headers["host"] == f"receiver.test:{receiver.port}"
    assert post.row()["state"] == "delivered"


async def test_a_name_that_has_come_to_point_into_a_private_network_is_refused(
    told: AskForStory, post: Post
) -> None:
    async def inwards(host: str, port: int) -> list[str]:
        return ["93.184.216.34", "10.0.0.7"]

    await told("https://receiver.test/hook")
    messenger = Messenger(SECRET, Targets(allow_local=True, resolve=inwards))
    await post.round(Courier(post.outbox, messenger))
    assert post.row()["last_error"] == (
        "The URL is refused: the host receiver.test is not on the public internet."
    )
    assert post.row()["state"] == "waiting"


async def test_an_address_that_does_not_answer_leaves_the_next_one(
    told: AskForStory, post: Post, receiver: Receiver
) -> None:
    async def two(host: str, port: int) -> list[str]:
        return ["127.0.0.9", "127.0.0.1"]

    messenger = Messenger(SECRET, Targets(allow_local=True, resolve=two))
    await told(f"http://receiver.test:{receiver.port}/hook")
    await post.round(Courier(post.outbox, messenger))
    assert post.row()["state"] == "delivered"


async def stop(*tasks: asyncio.Task[None]) -> None:
    """Cancel until all have ended: one cancellation may get lost in Python 3.11's `wait_for`."""
    left = set(tasks)
    while left:
        for task in left:
            task.cancel()
        _, left = await asyncio.wait(left, timeout=0.5)

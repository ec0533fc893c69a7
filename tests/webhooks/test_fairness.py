"""Receivers that hang, and whoever else is to be told meanwhile: each line waits for its own receiver only."""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import psycopg
import pytest

from storytailor.db import Database
from storytailor.db.connection import statement
from storytailor.db.outbox import Outbox, Shares
from storytailor.webhooks.dispatcher import WebhookDispatcher
from storytailor.webhooks.sender import WebhookSender
from storytailor.webhooks.targets import TargetPolicy
from tests.api.conftest import Person, create_person
from tests.webhooks.conftest import CreateStory, OutboxProbe
from tests.webhooks.receiver import SECRET, Receiver, receiving

LINE, RECEIVER, TENANT = Shares().line, Shares().receiver, Shares().tenant


@pytest.fixture
async def hanging() -> AsyncIterator[Receiver]:
    """A receiver that takes every message and answers none."""
    async with receiving() as receiver:
        receiver.hangs = True
        yield receiver


@pytest.fixture
def patient() -> WebhookSender:
    """Waits for a receiver longer than any of these tests takes; every name is this machine's."""

    async def here(host: str, port: int) -> list[str]:
        return ["127.0.0.1"]

    return WebhookSender(SECRET, TargetPolicy(allow_local=True, resolve=here), timeout=120)


@asynccontextmanager
async def dispatching(*dispatchers: WebhookDispatcher) -> AsyncIterator[None]:
    """Dispatchers at work, for as long as the block runs."""
    tasks = {asyncio.create_task(dispatcher.run()) for dispatcher in dispatchers}
    try:
        yield
    finally:
        while tasks:
            for task in tasks:
                task.cancel()
            _, tasks = await asyncio.wait(tasks, timeout=0.5)


async def test_while_one_receiver_hangs_with_135_messages_due_another_user_is_told(
    ended_story: CreateStory,
    outbox: OutboxProbe,
    patient: WebhookSender,
    hanging: Receiver,
    receiver: Receiver,
    stranger: Person,
) -> None:
    outbox.repeat(await ended_story(hanging.url), 134)
    async with dispatching(WebhookDispatcher(outbox.outbox, patient)):
        await hanging.has_got(LINE)
        story_id = await ended_story(receiver.url, person=stranger)
        await receiver.has_got(1)
        assert receiver.received[0].verified()["data"]["id"] == story_id
        waiting = [row for row in outbox.rows() if str(row["story_id"]) != story_id]
        assert [row["state"] for row in waiting] == ["waiting"] * 135
        assert len(hanging.received) == sum(row["attempts"] for row in waiting) == LINE


async def test_two_dispatchers_together_give_a_receiver_that_hangs_no_more_than_its_share(
    ended_story: CreateStory,
    outbox: OutboxProbe,
    database_url: str,
    patient: WebhookSender,
    hanging: Receiver,
    receiver: Receiver,
    stranger: Person,
) -> None:
    outbox.repeat(await ended_story(hanging.url), 134)
    other = await Database(database_url).open()
    dispatchers = [WebhookDispatcher(each, patient, poll_seconds=0.1) for each in (outbox.outbox, Outbox(other))]
    async with dispatching(*dispatchers):
        await hanging.has_got(LINE)
        for told in range(1, 6):  # each wakes both, which claim at once
            await ended_story(receiver.url, person=stranger)
            await receiver.has_got(told)
        assert len(hanging.received) == LINE
    await other.close()


async def test_claims_that_come_at_the_same_moment_keep_the_share_between_them(
    ended_story: CreateStory, outbox: OutboxProbe, database: Database, hanging: Receiver
) -> None:
    outbox.repeat(await ended_story(hanging.url), 30)
    for _ in range(3):
        claims = await asyncio.gather(*(Outbox(database).claim(32) for _ in range(10)))
        assert sum(map(len, claims)) == LINE
        outbox.let_time_pass()


async def test_at_a_host_that_many_share_one_tenant_s_hanging_path_leaves_room_for_the_others(
    ended_story: CreateStory, outbox: OutboxProbe, patient: WebhookSender, receiver: Receiver, stranger: Person
) -> None:
    receiver.hanging_path = "/mayas"
    outbox.repeat(await ended_story(f"http://127.0.0.1:{receiver.port}/mayas"), 20)
    async with dispatching(WebhookDispatcher(outbox.outbox, patient)):
        await receiver.has_got(LINE)
        story_id = await ended_story(f"http://127.0.0.1:{receiver.port}/strangers", person=stranger)
        await receiver.has_got(LINE + 1)
        assert receiver.received[-1].verified()["data"]["id"] == story_id


async def test_one_tenant_s_many_names_for_a_receiver_that_hangs_are_no_more_than_a_tenant_s_share(
    ended_story: CreateStory,
    outbox: OutboxProbe,
    patient: WebhookSender,
    hanging: Receiver,
    receiver: Receiver,
    stranger: Person,
) -> None:
    first = await ended_story(f"http://a0.test:{hanging.port}/")
    outbox.repeat(first, 60, url=f"http://a{{}}.test:{hanging.port}/")
    async with dispatching(WebhookDispatcher(outbox.outbox, patient)):
        await hanging.has_got(TENANT)
        await ended_story(receiver.url, person=stranger)
        await receiver.has_got(1)
        assert len(hanging.received) == TENANT


async def test_a_receiver_that_many_tenants_name_is_called_no_more_often_at_once_than_its_share(
    ended_story: CreateStory, outbox: OutboxProbe, database_url: str, hanging: Receiver, stranger: Person
) -> None:
    for person in (None, stranger, *(create_person(database_url) for _ in range(2))):
        story_id = await ended_story(hanging.url, **({"person": person} if person else {}))
        outbox.repeat(story_id, 5)
    claimed = []
    while messages := await outbox.outbox.claim(100):
        claimed += messages
    assert len(claimed) == RECEIVER
    assert sorted(Counter(message.story_id for message in claimed).values()) == [RECEIVER // 4] * 4


async def test_lines_are_served_in_turn_however_long_one_of_them_is(
    ended_story: CreateStory, outbox: OutboxProbe, stranger: Person
) -> None:
    mine = await ended_story("https://long.test/")
    outbox.repeat(mine, 20)
    theirs = await ended_story("https://short.test/", person=stranger)
    outbox.repeat(theirs, 2)
    served = []
    for _ in range(8):
        (message,) = await outbox.outbox.claim(1)
        served.append(str(message.story_id))
        await outbox.outbox.mark_delivered(message)
    assert served == [mine, theirs, mine, theirs, mine, theirs, mine, mine]


async def test_a_line_whose_head_somebody_has_locked_goes_on_behind_it(
    ended_story: CreateStory, outbox: OutboxProbe, database_url: str
) -> None:
    outbox.repeat(await ended_story("https://receiver.test/"), 1)
    with psycopg.connect(database_url) as somebody:
        somebody.execute("SELECT FROM webhook_outbox ORDER BY due_at LIMIT 1 FOR UPDATE")
        (message,) = await outbox.outbox.claim(10)
    assert message.id == outbox.rows()[1]["id"]


async def test_a_claim_waits_only_seconds_for_a_dispatcher_that_froze_in_the_middle_of_its_own(
    ended_story: CreateStory, outbox: OutboxProbe, database_url: str
) -> None:
    await ended_story("https://receiver.test/")
    with psycopg.connect(database_url) as frozen:
        frozen.execute(statement("outbox/take_turn"))
        (message,) = await outbox.outbox.claim(10)
        with pytest.raises(psycopg.errors.IdleInTransactionSessionTimeout):
            frozen.execute("SELECT 1")
    assert message.attempt == 1


async def test_a_receiver_that_keeps_hanging_rests_longer_and_longer_and_its_first_answer_opens_its_line(
    ended_story: CreateStory, outbox: OutboxProbe, dispatcher: WebhookDispatcher, hanging: Receiver
) -> None:
    outbox.repeat(await ended_story(hanging.url), 19)
    burst = [message for _ in range(LINE) for message in await outbox.outbox.claim(10)]
    assert await outbox.outbox.claim(10) == []
    await asyncio.gather(*map(dispatcher.deliver, burst))
    rests = []
    for _ in range(3):
        assert await outbox.outbox.claim(10) == [], "it rests, though messages are due"
        rests.append(outbox.lines()[0]["rests"])
        outbox.let_lines_rest()
        (probe,) = await outbox.outbox.claim(10)
        assert probe.doubtful
        assert await outbox.outbox.claim(10) == [], "one attempt at a time is enough to find out"
        await dispatcher.deliver(probe)
    assert rests == [pytest.approx(10, abs=5), pytest.approx(20, abs=5), pytest.approx(40, abs=5)]

    hanging.hangs = False
    outbox.let_lines_rest()
    assert await outbox.round(dispatcher) == 20 - LINE - 3, "all that are due"
    assert outbox.lines()[0]["misses"] == 0
    outbox.let_time_pass()
    await outbox.round(dispatcher)
    assert {row["state"] for row in outbox.rows()} == {"delivered"}


async def test_an_answer_of_any_kind_lets_no_line_rest(
    ended_story: CreateStory, outbox: OutboxProbe, dispatcher: WebhookDispatcher, receiver: Receiver
) -> None:
    receiver.answers.extend([500, 503, 404, 500, 302, "hang", "hang", 500])
    outbox.repeat(await ended_story(receiver.url), 9)
    assert await outbox.round(dispatcher) == 10
    assert [row["state"] for row in outbox.rows()].count("delivered") == 2


async def test_however_many_receivers_are_in_doubt_half_of_what_is_sent_at_once_is_kept_for_the_others(
    ended_story: CreateStory,
    outbox: OutboxProbe,
    database_url: str,
    patient: WebhookSender,
    hanging: Receiver,
    receiver: Receiver,
    stranger: Person,
) -> None:
    for number in range(5):
        person = create_person(database_url)
        await ended_story(f"http://{number}.test:{hanging.port}/", person=person)
    with psycopg.connect(database_url) as connection:
        connection.execute(
            "INSERT INTO webhook_lines (receiver, user_id, served_at, misses)"
            " SELECT receiver, user_id, now(), 1 FROM webhook_outbox"
        )
    async with dispatching(WebhookDispatcher(outbox.outbox, patient, concurrency=4)):
        await hanging.has_got(2)
        await ended_story(receiver.url, person=stranger)
        await receiver.has_got(1)
        assert len(hanging.received) == 2


async def test_what_waits_for_a_receiver_that_is_silent_for_a_day_is_given_up_and_nothing_else(
    ended_story: CreateStory,
    outbox: OutboxProbe,
    database_url: str,
    patient: WebhookSender,
    hanging: Receiver,
    stranger: Person,
    caplog: pytest.LogCaptureFixture,
) -> None:
    old, young = await ended_story("https://silent.test/"), await ended_story("https://silent.test/")
    other = await ended_story("https://other.test/", person=stranger)
    with psycopg.connect(database_url) as connection:
        connection.execute("UPDATE webhook_outbox SET created_at = now() - interval '2 days', due_at = now() + '1h'")
        connection.execute("UPDATE webhook_outbox SET created_at = now() WHERE story_id = %s", (young,))
        connection.execute(
            "INSERT INTO webhook_lines (receiver, user_id, served_at, misses, silent_since)"
            " SELECT DISTINCT receiver, user_id, now(), 9, now() - CASE receiver"
            " WHEN 'silent.test' THEN interval '25 h' ELSE interval '2 h' END FROM webhook_outbox"
        )
    async with dispatching(WebhookDispatcher(outbox.outbox, patient)):
        async with asyncio.timeout(30):
            while not caplog.records:  # noqa: ASYNC110  a state, not an event
                await asyncio.sleep(0.05)
    states = {str(row["story_id"]): (row["state"], row["last_error"]) for row in outbox.rows()}
    assert states == {
        old: ("dead", "The receiver has not answered for a day."),
        young: ("waiting", None),
        other: ("waiting", None),
    }
    (said,) = [record for record in caplog.records if record.levelno == logging.ERROR]
    assert f"of story {old} is dead after attempt 0: The receiver has not answered for a day." in said.getMessage()


async def test_a_claim_reads_no_more_after_a_long_history_and_behind_a_long_line(
    ended_story: CreateStory, outbox: OutboxProbe, database_url: str, stranger: Person
) -> None:
    mine = await ended_story("https://long.test/")
    await ended_story("https://short.test/", person=stranger)
    before = pages_read(database_url)
    outbox.repeat(mine, 5_000)
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute("UPDATE webhook_outbox SET state = 'delivered' WHERE story_id = %s", (mine,))
        outbox.repeat(mine, 5_000)
        connection.execute("VACUUM ANALYZE webhook_outbox")
    assert pages_read(database_url) < before + 40


@pytest.mark.parametrize(
    ("url", "receiver"),
    [
        ("https://example.org/hook?a=b", "example.org"),
        ("HTTPS://Example.ORG:443/other", "example.org"),
        ("https://example.org./", "example.org"),
        ("https://example.org", "example.org"),
        ("https://example.org:8443#x", "example.org:8443"),
        ("http://127.0.0.1:80/", "127.0.0.1"),
        ("http://127.0.0.1:4431/", "127.0.0.1:4431"),
        ("https://[2606:2800:220:1::80]:443/", "[2606:2800:220:1::80]"),
    ],
)
def test_one_receiver_has_one_name_however_its_url_is_written(database_url: str, url: str, receiver: str) -> None:
    with psycopg.connect(database_url) as connection:
        assert connection.execute("SELECT webhook_receiver(%s)", (url,)).fetchone() == (receiver,)


async def test_nothing_stays_known_of_the_lines_of_an_account_that_is_deleted_or_was_long_not_served(
    ended_story: CreateStory, outbox: OutboxProbe, database_url: str, maya: Person, stranger: Person
) -> None:
    await ended_story("https://receiver.test/")
    await ended_story("https://receiver.test/", person=stranger)
    assert len(await outbox.outbox.claim(10)) == 2
    with psycopg.connect(database_url) as connection:
        connection.execute("DELETE FROM users WHERE id = %s", (maya.id,))
    assert [line["user_id"] for line in outbox.lines()] == [stranger.id]

    await outbox.outbox.forget_lines()
    assert len(outbox.lines()) == 1
    with psycopg.connect(database_url) as connection:
        connection.execute("UPDATE webhook_lines SET served_at = now() - interval '3 days'")
    await outbox.outbox.forget_lines()
    assert outbox.lines() == []


def pages_read(database_url: str) -> int:
    """The pages that one claim reads, and gives back what it has claimed."""
    parameters = {"limit": 10, "doubtful": 5, "line_share": 4, "receiver_share": 8, "tenant_share": 8, "seconds": 30}
    parameters |= {"house_signs": True, "own_sign": True}
    with psycopg.connect(database_url) as connection:
        explained = connection.execute(
            "EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) " + statement("outbox/claim"), parameters
        ).fetchone()
        connection.rollback()
    assert explained
    plan = explained[0][0]["Plan"]
    return int(plan["Shared Hit Blocks"] + plan["Shared Read Blocks"])

"""What an operator is told, by Apprise's own JSON post to a receiver of ours: what, how often, when it is over."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from typing import Any
from uuid import uuid4

import pytest
from pydantic import SecretStr

from storytailor.alerts import Channels, Watch
from storytailor.alerts.stops import ProviderStops
from storytailor.db import Database, Queue
from storytailor.db.alerts import Alerts
from storytailor.db.asset_records import DataRecord
from storytailor.db.budgets import HouseSpending
from storytailor.db.health import QueueHealth
from storytailor.db.operations import Operations
from storytailor.db.story_actions import StoryActions
from storytailor.db.workers import Workers
from storytailor.errors import SettingsError
from storytailor.settings import Settings
from storytailor_cli.doctor.services import check_alerts
from tests.db.claims import begin_one
from tests.db.conftest import CreateStory, create_story, queue, stories, user, workers
from tests.webhooks.receiver import Receiver, receiving

__all__ = ["create_story", "queue", "stories", "user", "workers"]

NO_CREDIT = "OpenAI has no credit left. Add some. [You exceeded your quota, request req_{}]"
MakeWatch = Callable[..., Watch]


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    async with receiving() as open_receiver:
        yield open_receiver


@pytest.fixture
def watch(database: Database, receiver: Receiver) -> MakeWatch:
    """What an operator with one receiver would run."""

    def make(*, daily_budget: float | None = None) -> Watch:
        return Watch(
            Alerts(database),
            QueueHealth(database, in_flight=10),
            HouseSpending(database),
            Channels([SecretStr(f"json://127.0.0.1:{receiver.port}/operators")]),
            repeat_hours=6,
            daily_budget=daily_budget,
        )

    return make


def told(receiver: Receiver) -> list[tuple[str, str]]:
    """Titles and messages, as they came."""
    bodies: list[dict[str, Any]] = [json.loads(request.body) for request in receiver.received]
    return [(body["title"], body["message"]) for body in bodies]


async def fail(queue: Queue, words: str) -> str:
    """The oldest waiting story fails at its text; its id."""
    lease = await begin_one(queue)
    await queue.start(lease, "content")
    await queue.fail(lease, "content", "The writing service cannot be used.", for_operator=words)
    return str(lease.story_id)


async def hours_go_by(database: Database, hours: int) -> None:
    """Everything that was noted and told was so many hours ago."""
    async with database.transaction() as connection:
        await connection.execute(
            "UPDATE operator_alerts SET told_at = told_at - %(h)s * interval '1 hour',"
            " first_at = first_at - %(h)s * interval '1 hour', last_at = last_at - %(h)s * interval '1 hour'",
            {"h": hours},
        )
        await connection.execute(
            "UPDATE asset_generation_jobs SET completed_at = completed_at - %s * interval '1 hour'", (hours,)
        )


async def test_three_stories_that_fail_of_one_cause_are_told_once_with_the_providers_words_and_the_last_of_them(
    watch: MakeWatch, receiver: Receiver, queue: Queue, create_story: CreateStory
) -> None:
    for number in range(3):
        await create_story()
        last = await fail(queue, NO_CREDIT.format(f"{number}a7f00d{uuid4().hex}"))
    assert (await watch().look()).due == 1
    assert (await watch().look()).due == 0

    ((title, words),) = told(receiver)
    assert title == "Storytailor: 3 stories failed at content"
    assert words.startswith("OpenAI has no credit left. Add some. [You exceeded your quota, request req_2a7f00d")
    assert f"storytailor story show {last}" in words


QUOTATIONS = {
    "a prompt": "OpenAI refused the request. [400 invalid_prompt: Invalid prompt: {}, and then (request req_{})]",
    "S3's id": "AWS refused it. [PutObject 503 SlowDown: Reduce your {} (request TX4Q{}ZZYXW9)]",
    "a fault's place": "The model's answer has not the form asked for. [beats.{}: Field required; {}: Too short]",
    "no code": "It could not be read. [{}: {}]",
}


@pytest.mark.parametrize("says", QUOTATIONS.values(), ids=QUOTATIONS)
async def test_stories_that_fail_of_one_cause_in_other_words_each_are_one_alert_and_one_line_of_the_doctors(
    says: str, watch: MakeWatch, database: Database, receiver: Receiver, queue: Queue, create_story: CreateStory
) -> None:
    for quoted, name in (("a boat", "qv"), ("the old [brass] clock: tick", "MK7x"), ("zebras", "moral")):
        await create_story()
        await fail(queue, says.format(quoted, name))
    await watch().look()
    assert [title for title, _ in told(receiver)] == ["Storytailor: 3 stories failed at content"]
    assert [failure.stories for failure in await Operations(database).failures()] == [3]


async def test_refusals_with_another_code_or_remedy_are_alerts_of_their_own(
    watch: MakeWatch, receiver: Receiver, queue: Queue, create_story: CreateStory
) -> None:
    for says in (
        "OpenAI refused the request. [400 invalid_value: No.]",
        "OpenAI refused the request. [400 invalid_prompt: No.]",
        "OpenAI refused the request: check IMAGE_SIZE. [400 invalid_value: No.]",
    ):
        await create_story()
        await fail(queue, says)
    await watch().look()
    assert [title for title, _ in told(receiver)] == ["Storytailor: a story failed at content"] * 3


async def test_two_looks_at_once_count_a_story_once(
    watch: MakeWatch, database: Database, receiver: Receiver, queue: Queue, create_story: CreateStory
) -> None:
    for number in range(3):
        await create_story()
        await fail(queue, NO_CREDIT.format(number))
    await asyncio.gather(*(Alerts(database).note_failures() for _ in range(4)))
    await watch().look()
    assert [title for title, _ in told(receiver)] == ["Storytailor: 3 stories failed at content"]


async def test_a_cause_that_goes_on_is_told_again_only_when_its_hours_are_over_and_only_if_it_was_met_again(
    watch: MakeWatch, database: Database, receiver: Receiver, queue: Queue, create_story: CreateStory
) -> None:
    await create_story()
    await fail(queue, NO_CREDIT.format(1))
    await watch().look()
    await create_story()
    await fail(queue, NO_CREDIT.format(2))
    await watch().look()
    assert len(told(receiver)) == 1

    await hours_go_by(database, 7)
    await watch().look()
    assert [title for title, _ in told(receiver)][1:] == ["Storytailor: a story failed at content"]
    await hours_go_by(database, 7)
    await watch().look()
    assert len(told(receiver)) == 2


async def test_what_a_family_or_an_operator_cancelled_is_nobodys_alert(
    watch: MakeWatch, database: Database, receiver: Receiver, queue: Queue, create_story: CreateStory, user: Any
) -> None:
    story_id = await create_story()
    await begin_one(queue)
    await StoryActions(database).cancel(user, story_id)
    assert (await watch().look()).due == 0
    assert told(receiver) == []


async def test_an_alert_that_its_place_did_not_take_is_told_again(
    watch: MakeWatch, database: Database, receiver: Receiver, queue: Queue, create_story: CreateStory
) -> None:
    await create_story()
    await fail(queue, NO_CREDIT.format(1))
    receiver.answers.append(500)
    assert (await watch().look()).untold == 1
    async with database.transaction() as connection:
        await connection.execute("UPDATE operator_alerts SET telling_until = clock_timestamp()")
    assert (await watch().look()).untold == 0
    assert [title for title, _ in told(receiver)] == ["Storytailor: a story failed at content"] * 2


async def test_a_place_that_never_takes_anything_does_not_have_the_others_told_again_and_again(
    database: Database, receiver: Receiver, queue: Queue, create_story: CreateStory, caplog: pytest.LogCaptureFixture
) -> None:
    await create_story()
    await fail(queue, NO_CREDIT.format(1))
    urls = [SecretStr("json://127.0.0.1:1/nobody"), SecretStr(f"json://127.0.0.1:{receiver.port}/operators")]
    queue_health, spending = QueueHealth(database, in_flight=10), HouseSpending(database)
    watch = Watch(Alerts(database), queue_health, spending, Channels(urls), repeat_hours=6, daily_budget=None)
    assert (await watch.look()).untold == 0
    async with database.transaction() as connection:
        await connection.execute("UPDATE operator_alerts SET telling_until = clock_timestamp()")
    await watch.look()
    assert len(told(receiver)) == 1
    assert "ALERT_URLS: number 1 has not taken an alert." in caplog.text


async def test_stories_that_wait_without_a_worker_are_told_and_so_is_that_it_is_over(
    watch: MakeWatch, database: Database, receiver: Receiver, workers: Workers, create_story: CreateStory
) -> None:
    await create_story()
    async with database.transaction() as connection:
        await connection.execute("UPDATE asset_generation_jobs SET updated_at = now() - interval '50 s'")
    await watch().look()
    await watch().look()
    ((title, words),) = told(receiver)
    assert title == "Storytailor: something needs you"
    assert "no worker is there to do it. Start one; nothing is lost meanwhile." in words

    await workers.announce(uuid4(), "new", 5, 3_600)
    async with database.transaction() as connection:
        await connection.execute("UPDATE operator_alerts SET last_at = last_at - interval '11 minutes'")
    await watch().look()
    assert told(receiver)[1][0] == "Storytailor: over"
    assert told(receiver)[1][1].startswith("No longer so: Work has waited")
    assert (await watch().look()).due == 0
    assert len(told(receiver)) == 2


async def test_that_it_is_over_is_told_again_when_nobody_took_it(
    watch: MakeWatch, database: Database, receiver: Receiver, workers: Workers, create_story: CreateStory
) -> None:
    await create_story()
    async with database.transaction() as connection:
        await connection.execute("UPDATE asset_generation_jobs SET updated_at = now() - interval '50 s'")
    await watch().look()
    await workers.announce(uuid4(), "new", 5, 3_600)
    async with database.transaction() as connection:
        await connection.execute("UPDATE operator_alerts SET last_at = last_at - interval '11 minutes'")
    receiver.answers.append(503)
    await watch().look()
    await watch().look()  # whoever claimed it still has time to tell it
    assert len(told(receiver)) == 2
    async with database.transaction() as connection:
        await connection.execute("UPDATE operator_alerts SET telling_until = clock_timestamp()")
    for _ in range(2):
        await watch().look()
    assert [title for title, _ in told(receiver)] == ["Storytailor: something needs you", *2 * ["Storytailor: over"]]


async def test_a_days_budget_that_is_used_up_is_told(
    watch: MakeWatch, database: Database, receiver: Receiver, queue: Queue, create_story: CreateStory
) -> None:
    await create_story()
    lease = await begin_one(queue)
    await queue.start(lease, "content")
    await queue.progress(lease, "content", 1, status="retrying", usage={"cost_usd": 3.5})
    await watch(daily_budget=3).look()
    assert told(receiver)[-1][1].startswith("The house's budget of today is used up (3.50 of 3.00 dollars")


WHY = "The picture service could not draw this picture."


async def drawn(queue: Queue, *, stands_in: bool) -> str:
    """The oldest waiting story's pictures; its id."""
    lease = await begin_one(queue)
    for asset in ("content", "palette", "cover", "scene_2"):
        await queue.start(lease, asset)
        told = {"fallback": True, "fallbackReason": WHY} if stands_in and asset == "scene_2" else {"fallback": False}
        await queue.finish(lease, asset, DataRecord(data={}, metadata=told))
    return str(lease.story_id)


@pytest.mark.parametrize(("books", "placeholders", "is_told"), [(20, 2, False), (20, 3, True), (31, 3, False)])
async def test_placeholders_in_more_books_than_a_false_alarm_explains_are_told_once_with_why_and_the_last_of_them(
    watch: MakeWatch,
    receiver: Receiver,
    queue: Queue,
    create_story: CreateStory,
    books: int,
    placeholders: int,
    *,
    is_told: bool,
) -> None:
    for _ in range(books):
        await create_story()
    drawn_ids = [await drawn(queue, stands_in=number < placeholders) for number in range(books)]
    looking = watch()
    await looking.look()
    await looking.look()
    if not is_told:
        assert told(receiver) == []
        return
    ((title, words),) = told(receiver)
    assert title == "Storytailor: something needs you"
    assert words.startswith("3 of 20 books of the last hour have pictures that could not be drawn (scene_2).")
    assert WHY in words
    assert f"storytailor story show {drawn_ids[placeholders - 1]}" in words


async def test_a_provider_that_is_busy_for_minutes_is_told_once_and_one_that_is_for_a_moment_is_not(
    watch: MakeWatch, receiver: Receiver, workers: Workers, monkeypatch: pytest.MonkeyPatch
) -> None:
    looking, worker, clock = watch(), uuid4(), [0.0]
    monkeypatch.setattr(looking, "_stops", ProviderStops(lambda: clock[0]))

    async def look(seconds: float, state: str, reason: str = "") -> None:
        line = {"provider": "OpenAI", "model": "gpt-image-2.5-flare", "state": state, "reason": reason}
        await workers.announce(worker, "one", 5, 3_600, circuits=[line])
        clock[0] += seconds
        await looking.look()

    for _ in range(4):  # it comes and goes
        await look(30, "open", "OpenAI is busy. [503: Overloaded]")
        await look(30, "closed")
    assert told(receiver) == []
    for state in ("open", "half_open", "open", "half_open", "open", "half_open"):
        await look(30, state, "OpenAI is busy. [503: Overloaded]")
    ((_, words),) = told(receiver)
    assert words.startswith(
        "OpenAI has let no call to gpt-image-2.5-flare through for minutes, at a worker: OpenAI is busy."
    )
    assert "[503: Overloaded]" in words
    assert "look at its status page" in words


async def test_a_provider_that_nobody_asks_any_more_is_not_told_of(
    watch: MakeWatch, receiver: Receiver, workers: Workers, monkeypatch: pytest.MonkeyPatch
) -> None:
    looking, clock = watch(), [0.0]
    monkeypatch.setattr(looking, "_stops", ProviderStops(lambda: clock[0]))
    line = {"provider": "OpenAI", "model": "gpt-5.2", "state": "open", "reason": "OpenAI is busy."}
    await workers.announce(uuid4(), "one", 5, 3_600, circuits=[line])
    await looking.look()
    async with workers._database.transaction() as connection:
        await connection.execute("UPDATE workers SET circuits = jsonb_set(circuits, '{0,state}', '\"half_open\"')")
    for _ in range(9):
        clock[0] += 30
        await looking.look()
    assert told(receiver) == []


def test_a_url_nothing_can_be_sent_to_is_named_by_its_place_and_not_shown() -> None:
    with pytest.raises(SettingsError, match="ALERT_URLS: number 2 is no URL") as refused:
        Channels([SecretStr("json://127.0.0.1/x"), SecretStr("slock://very-secret")])
    assert "very-secret" not in str(refused.value)


def test_the_doctor_says_how_many_places_are_told_and_which_url_nobody_can_be_told_by() -> None:
    one = SecretStr("json://127.0.0.1/x")
    two_places = check_alerts(Settings(_env_file=None, alert_urls=(one, one)))
    broken = check_alerts(Settings(_env_file=None, alert_urls=(one, SecretStr("slock://very-secret"))))
    assert (two_places.result, two_places.must_be_mended) == ("2 places are told", False)
    assert broken.must_be_mended
    assert "number 2" in str(broken.remedy)

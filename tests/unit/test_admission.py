"""Which story a worker begins next, and that an idle one begins at once."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest

from storytailor.admission import ALWAYS, IN_A_ROW, Admission
from storytailor.db.leases import Age
from storytailor.process_load import ProcessLoad

NOON = datetime(2026, 11, 29, 12, tzinfo=UTC)


def asked(minutes: int, rank: int = 2) -> Age:
    return Age(rank, NOON + timedelta(minutes=minutes))


class GivenLoad:
    """A load that a test decides, looked at as often as it likes."""

    def __init__(self) -> None:
        self.is_busy = False
        self.seconds_a_story = 0.0
        self.looks = asyncio.Semaphore(0)

    def story_begun(self, *, alone: bool) -> None:
        """Nothing is learned."""

    def story_over(self) -> None:
        """Nothing is learned."""

    async def sample(self) -> None:
        await self.looks.acquire()

    async def look(self, times: int = 1) -> None:
        for _ in range(times):
            self.looks.release()
            await settled()


async def settled() -> None:
    for _ in range(10):
        await asyncio.sleep(0)


class Worker:
    """Stories that enter a worker, and in which order they were begun."""

    def __init__(self) -> None:
        self.load = GivenLoad()
        self.admission = Admission(self.load)
        self.begun: list[str] = []
        self.tokens: dict[str, UUID] = {}

    def enter(self, name: str, age: Age) -> asyncio.Task[None]:
        token = self.tokens[name] = uuid4()

        async def enter() -> None:
            await self.admission.enter(token, age)
            self.begun.append(name)

        return asyncio.create_task(enter())

    async def make_busy(self) -> None:
        """With as many stories as are always made."""
        for number in range(ALWAYS):
            self.enter(f"earlier {number}", asked(0))
        await settled()
        self.begun.clear()
        self.load.is_busy = True
        await self.load.look()


@pytest.fixture
async def worker() -> Worker:
    return Worker()


async def test_an_idle_worker_begins_stories_at_once_without_a_look_at_its_load(worker: Worker) -> None:
    worker.load.is_busy, worker.load.seconds_a_story = True, 3600
    for number in range(ALWAYS):
        worker.enter(str(number), asked(number))
    await settled()
    assert worker.begun == [str(number) for number in range(ALWAYS)]


async def test_a_worker_with_time_to_spare_begins_more_at_once(worker: Worker) -> None:
    for number in range(ALWAYS + 2):
        worker.enter(str(number), asked(number))
    await settled()
    assert len(worker.begun) == ALWAYS + 2


async def test_after_some_in_a_row_one_is_begun_in_the_time_that_one_takes(worker: Worker) -> None:
    worker.load.seconds_a_story = 3600
    for number in range(IN_A_ROW + 5):
        worker.enter(str(number), asked(number))
    await worker.load.look(5)
    assert len(worker.begun) == IN_A_ROW + 1
    worker.load.seconds_a_story = 3600 * (IN_A_ROW + 1) / IN_A_ROW  # as if an hour had passed
    await worker.load.look(5)
    assert worker.begun[IN_A_ROW + 1 :] == [str(IN_A_ROW + 1)]


async def test_a_busy_worker_begins_none_in_a_row(worker: Worker) -> None:
    await worker.make_busy()
    for number in range(3):
        worker.enter(str(number), asked(number))
    await worker.load.look(5)
    assert worker.begun == []


async def test_stories_that_wait_for_a_busy_worker_begin_in_the_order_of_urgency_and_age(worker: Worker) -> None:
    await worker.make_busy()
    for name, age in (("young", asked(9)), ("old", asked(1)), ("urgent", asked(9, rank=0)), ("middle", asked(5))):
        worker.enter(name, age)
    await worker.load.look(5)
    assert worker.begun == []
    worker.load.is_busy = False
    await worker.load.look(5)
    assert worker.begun == ["urgent", "old", "middle", "young"]


async def test_a_story_that_ends_makes_room_however_busy_the_worker_is(worker: Worker) -> None:
    await worker.make_busy()
    worker.enter("old", asked(1))
    worker.enter("young", asked(2))
    worker.admission.leave(worker.tokens["earlier 0"])
    await worker.load.look(3)
    assert worker.begun == ["old"]


async def test_a_story_cancelled_while_it_waits_is_passed_over(worker: Worker) -> None:
    await worker.make_busy()
    cancelled = worker.enter("cancelled", asked(1))
    worker.enter("next", asked(2))
    await settled()
    cancelled.cancel()
    await settled()
    worker.load.is_busy = False
    await worker.load.look()
    assert worker.begun == ["next"]


async def test_a_worker_for_which_stories_wait_has_no_place_free(worker: Worker) -> None:
    assert worker.admission.places(50) == 50
    await worker.make_busy()
    assert worker.admission.places(50) == 50
    worker.enter("waits", asked(1))
    await settled()
    assert worker.admission.places(50) == ALWAYS


async def test_a_process_that_computes_is_busy_and_one_that_waits_is_not() -> None:
    load = ProcessLoad()
    for _ in range(30):
        load.note(0.1, share=0.97, late=0.005)
    assert load.is_busy
    for _ in range(30):
        load.note(0.1, share=0.2, late=0.2)  # others take the processor, for which this one has little use
    assert not load.is_busy
    for _ in range(30):
        load.note(0.1, share=0.5, late=0.2)
    assert load.is_busy


async def test_what_a_story_costs_is_learned_from_those_that_are_over(monkeypatch: pytest.MonkeyPatch) -> None:
    used = iter([100.0, 100.0, 100.0, *(100.0 + story for story in range(1, 40))])
    monkeypatch.setattr("time.process_time", lambda: next(used))
    load = ProcessLoad()
    load.story_begun(alone=True)
    for _ in range(30):
        load.story_over()
    assert load.seconds_a_story == pytest.approx(1.0, abs=0.1)


async def test_the_load_of_this_process_is_seen_within_two_seconds() -> None:
    load = ProcessLoad()
    for _ in range(4):
        await load.sample(0.05)
    waiting = load.share
    until = asyncio.get_running_loop().time() + 1.5
    while asyncio.get_running_loop().time() < until:
        sum(range(100_000))
        await asyncio.sleep(0)
    await load.sample(0.05)
    assert load.share > waiting + 0.1

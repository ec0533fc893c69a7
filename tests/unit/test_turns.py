"""Work that takes processor time is done a few pieces at a time, those of the oldest story first."""

from __future__ import annotations

import asyncio
import threading
from datetime import UTC, datetime, timedelta

from storytailor.db.leases import Age
from storytailor.turns import Turns, in_turn, work_of

NOON = datetime(2026, 11, 29, 12, tzinfo=UTC)


def asked(minutes: int) -> Age:
    return Age(2, NOON + timedelta(minutes=minutes))


async def do(turns: Turns, minutes: int, work: object) -> None:
    with work_of(turns, asked(minutes)):
        await in_turn(work)  # type: ignore[arg-type]


async def test_the_oldest_storys_work_is_done_first_and_one_after_the_other() -> None:
    turns, go, done = Turns(at_once=1), threading.Event(), list[int]()
    first = asyncio.create_task(do(turns, 30, go.wait))
    await asyncio.sleep(0)

    def piece(minutes: int) -> None:
        done.append(minutes)

    others = [asyncio.create_task(do(turns, minutes, lambda m=minutes: piece(m))) for minutes in (20, 5, 10)]
    await asyncio.sleep(0.05)
    assert done == []
    go.set()
    await asyncio.gather(first, *others)
    assert done == [5, 10, 20]


async def test_no_more_pieces_are_done_at_once_than_there_are_turns() -> None:
    turns, under_way, most, lock = Turns(at_once=2), 0, 0, threading.Lock()
    pause = threading.Event()

    def piece() -> None:
        nonlocal under_way, most
        with lock:
            under_way += 1
            most = max(most, under_way)
        pause.wait(0.01)
        with lock:
            under_way -= 1

    await asyncio.gather(*(do(turns, minutes, piece) for minutes in range(12)))
    assert most == 2


async def test_work_that_is_cancelled_while_it_waits_or_works_takes_no_turn_with_it() -> None:
    turns, go, done = Turns(at_once=1), threading.Event(), list[str]()
    works = asyncio.create_task(do(turns, 1, go.wait))
    await asyncio.sleep(0)
    waits = asyncio.create_task(do(turns, 2, lambda: done.append("cancelled")))
    last = asyncio.create_task(do(turns, 3, lambda: done.append("last")))
    await asyncio.sleep(0)
    works.cancel()  # which calls the one that waits …
    await asyncio.sleep(0)
    waits.cancel()  # … and is just then not wanted any more
    await asyncio.wait_for(last, 5)
    go.set()
    assert done == ["last"]
    await asyncio.wait_for(do(turns, 4, lambda: done.append("after")), 5)
    assert done == ["last", "after"]


async def test_work_that_belongs_to_no_story_waits_for_nobody() -> None:
    turns, go = Turns(at_once=1), threading.Event()
    works = asyncio.create_task(do(turns, 1, go.wait))
    await asyncio.sleep(0)
    assert await asyncio.wait_for(in_turn(lambda: 7), 5) == 7
    go.set()
    await works

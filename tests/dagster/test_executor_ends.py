"""The executor of a story's run: how many steps are under way at once, and how a run ends before its time."""

import asyncio
import os
import signal
import threading
import time
from typing import Any

import dagster as dg
import pytest

from storytailor_dagster.executor import story_executor
from tests.dagster.executor_runs import PATIENCE, begin, instance, make, until

__all__ = ["instance"]


class AtOnce:
    """Counts how many steps are at work side by side."""

    def __init__(self) -> None:
        self.now = self.most = 0
        self.order: list[str] = []

    async def work(self, name: str) -> None:
        self.order.append(name)
        self.now += 1
        self.most = max(self.most, self.now)
        await asyncio.sleep(0.2)
        self.now -= 1


def counted(at_once: AtOnce, name: str = "counted", **options: Any) -> dg.OpDefinition:
    @dg.op(name=name, **options)
    async def work(context: dg.OpExecutionContext) -> None:
        await at_once.work(context.op.name)

    return work


def test_no_more_steps_are_under_way_than_the_config_says_and_the_urgent_come_first(
    instance: dg.DagsterInstance,
) -> None:
    at_once = AtOnce()
    work = counted(at_once)

    @dg.job(executor_def=story_executor)
    def job() -> None:
        for number in range(4):
            work.alias(f"step_{number}").tag({"dagster/priority": str(number)})()

    assert make(instance, job, max_concurrent=1).status == dg.DagsterRunStatus.SUCCESS
    assert at_once.most == 1
    assert at_once.order == ["step_3", "step_2", "step_1", "step_0"]


def test_steps_with_a_tag_are_as_many_at_once_as_its_limit_says(instance: dg.DagsterInstance) -> None:
    at_once, free = AtOnce(), AtOnce()
    one_of_few, one_of_many = counted(at_once, "one_of_few", tags={"of": "few"}), counted(free, "one_of_many")

    @dg.job(executor_def=story_executor)
    def job() -> None:
        for number in range(3):
            one_of_few.alias(f"few_{number}")()
            one_of_many.alias(f"many_{number}")()

    limits = [{"key": "of", "value": "few", "limit": 1}]
    assert make(instance, job, tag_concurrency_limits=limits).status == dg.DagsterRunStatus.SUCCESS
    assert at_once.most == 1
    assert free.most == 3


def test_steps_of_a_pool_are_as_many_at_once_as_it_has_slots(instance: dg.DagsterInstance) -> None:
    at_once = AtOnce()
    instance.event_log_storage.set_concurrency_slots("narrow", 1)
    work = counted(at_once, pool="narrow")

    @dg.job(executor_def=story_executor)
    def job() -> None:
        for number in range(2):
            work.alias(f"step_{number}")()

    assert make(instance, job).status == dg.DagsterRunStatus.SUCCESS
    assert (at_once.most, len(at_once.order)) == (1, 2)


@pytest.mark.parametrize("report", ["report_run_canceling", "report_run_canceled"])
def test_a_run_that_is_cancelled_while_it_is_made_ends_as_cancelled(instance: dg.DagsterInstance, report: str) -> None:
    @dg.op
    def be_cancelled(context: dg.OpExecutionContext) -> None:
        getattr(context.instance, report)(context.run)

    @dg.job(executor_def=story_executor)
    def job() -> None:
        be_cancelled()

    assert make(instance, job).status == dg.DagsterRunStatus.CANCELED


def test_an_interrupt_of_the_process_ends_what_its_steps_await_and_their_clean_up_is_waited_for(
    instance: dg.DagsterInstance,
) -> None:
    seen, begun = [], threading.Event()

    @dg.op
    async def wait_for_ever() -> None:
        begun.set()
        try:
            await asyncio.sleep(600)
        finally:
            await asyncio.sleep(0.2)
            seen.append("cleaned up")

    @dg.op
    async def be_interrupted() -> int:
        await until(begun)
        os.kill(os.getpid(), signal.SIGINT)
        return 1

    @dg.op
    async def never(number: int) -> None:
        await asyncio.sleep(600 * number)

    @dg.job(executor_def=story_executor, resource_defs={"io_manager": dg.mem_io_manager})
    def job() -> None:
        wait_for_ever()
        never(be_interrupted())

    began = time.monotonic()
    ran = make(instance, job)
    assert time.monotonic() - began < 10
    assert seen == ["cleaned up"]
    assert ran.status == dg.DagsterRunStatus.FAILURE
    assert ran.kept[-1].event_type_value == "PIPELINE_FAILURE"
    assert "interrupted unexpectedly" in str(ran.kept[-1].message)


def test_whoever_asks_for_no_more_events_leaves_nothing_under_way(instance: dg.DagsterInstance) -> None:
    seen, begun = [], threading.Event()

    @dg.op
    async def wait_for_ever() -> None:
        begun.set()
        try:
            await asyncio.sleep(600)
        finally:
            seen.append("cleaned up")

    @dg.job(executor_def=story_executor)
    def job() -> None:
        wait_for_ever()

    _, events = begin(instance, job)
    next(event for event in events if event.is_step_start)
    assert begun.wait(PATIENCE)
    events.close()  # type: ignore[attr-defined]  # a generator
    assert seen == ["cleaned up"]

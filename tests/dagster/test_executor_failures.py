"""The executor of a story's run: what a step that fails, skips or is tried again means for the others."""

import asyncio
import threading
import time
from collections import Counter

import dagster as dg
import pytest

from storytailor_dagster.executor import story_executor
from tests.dagster.executor_runs import PATIENCE, begin, ended, instance, make, until

__all__ = ["instance"]


def test_a_step_that_fails_takes_along_only_what_needs_it(instance: dg.DagsterInstance) -> None:
    failed, made = threading.Event(), []

    @dg.op
    async def broken() -> int:
        raise ValueError("not today")

    @dg.op
    async def needs_broken(number: int) -> None:
        made.append("needs_broken")

    @dg.op
    async def other() -> int:
        await until(failed)
        return 1

    @dg.op
    async def needs_other(number: int) -> None:
        made.append("needs_other")

    @dg.job(executor_def=story_executor, resource_defs={"io_manager": dg.mem_io_manager})
    def job() -> None:
        needs_broken(broken())
        needs_other(other())

    run_id, events = begin(instance, job)
    told = []
    for event in events:
        told.append(event)
        if event.is_step_failure:
            failed.set()
    ran = ended(instance, run_id, told)
    assert made == ["needs_other"]
    assert ran.status == dg.DagsterRunStatus.FAILURE
    assert ran.steps("STEP_FAILURE") == ["broken"]
    assert "not today" in ran.error("broken")


def test_a_failure_of_a_step_that_is_not_asynchronous_is_told_like_any_other(instance: dg.DagsterInstance) -> None:
    @dg.op
    def broken() -> None:
        raise dg.Failure("not today", allow_retries=False)

    @dg.op
    async def fine() -> None:
        pass

    @dg.job(executor_def=story_executor)
    def job() -> None:
        broken()
        fine()

    ran = make(instance, job)
    assert ran.status == dg.DagsterRunStatus.FAILURE
    assert ran.steps("STEP_SUCCESS") == ["fine"]
    assert "not today" in ran.error("broken")


def test_a_step_that_cancels_its_own_work_fails_alone(instance: dg.DagsterInstance) -> None:
    @dg.op
    async def given_up() -> None:
        raise asyncio.CancelledError

    @dg.op
    async def fine() -> None:
        pass

    @dg.job(executor_def=story_executor)
    def job() -> None:
        given_up()
        fine()

    ran = make(instance, job)
    assert ran.status == dg.DagsterRunStatus.FAILURE
    assert ran.steps("STEP_SUCCESS") == ["fine"]
    assert ran.steps("STEP_FAILURE") == ["given_up"]


def test_what_is_not_made_is_skipped_by_what_needs_it(instance: dg.DagsterInstance) -> None:
    @dg.op(out={"left": dg.Out(int, is_required=False), "right": dg.Out(int, is_required=False)})
    async def one_of_two():  # type: ignore[no-untyped-def]
        yield dg.Output(1, "right")

    @dg.op
    async def take(number: int) -> int:
        return number

    @dg.job(executor_def=story_executor, resource_defs={"io_manager": dg.mem_io_manager})
    def job() -> None:
        left, right = one_of_two()
        take.alias("after")(take.alias("take_left")(left))
        take.alias("take_right")(right)

    ran = make(instance, job)
    assert ran.status == dg.DagsterRunStatus.SUCCESS
    assert ran.steps("STEP_SKIPPED") == ["take_left", "after"]
    assert sorted(ran.steps("STEP_SUCCESS")) == ["one_of_two", "take_right"]


def test_as_many_steps_come_as_an_output_says(instance: dg.DagsterInstance) -> None:
    made = []

    @dg.op(out=dg.DynamicOut(int))
    async def some():  # type: ignore[no-untyped-def]
        for number in range(3):
            yield dg.DynamicOutput(number, mapping_key=str(number))

    @dg.op
    async def double(number: int) -> int:
        return 2 * number

    @dg.op
    async def total(numbers: list[int]) -> None:
        made.append(sum(numbers))

    @dg.job(executor_def=story_executor, resource_defs={"io_manager": dg.mem_io_manager})
    def job() -> None:
        total(some().map(double).collect())

    assert make(instance, job).status == dg.DagsterRunStatus.SUCCESS
    assert made == [6]


@pytest.mark.parametrize("wait", [None, 0.3])
def test_a_step_that_asks_to_be_tried_again_is_and_nobody_waits_for_it(
    instance: dg.DagsterInstance, wait: float | None
) -> None:
    tries, ends = Counter[str](), {}

    @dg.op
    async def at_the_third_try(context: dg.OpExecutionContext) -> None:
        tries["third"] += 1
        assert context.retry_number == tries["third"] - 1
        if tries["third"] < 3:
            raise dg.RetryRequested(max_retries=2, seconds_to_wait=wait)
        ends["third"] = time.monotonic()

    @dg.op
    async def other() -> None:
        ends["other"] = time.monotonic()

    @dg.job(executor_def=story_executor)
    def job() -> None:
        at_the_third_try()
        other()

    began = time.monotonic()
    ran = make(instance, job)
    assert ran.status == dg.DagsterRunStatus.SUCCESS
    assert ran.steps("STEP_UP_FOR_RETRY") == ["at_the_third_try"] * 2
    assert ran.steps("STEP_RESTARTED") == ["at_the_third_try"] * 2
    assert ends["third"] - began >= 2 * (wait or 0)
    assert ends["other"] < ends["third"]


def test_a_hook_that_takes_long_over_a_try_does_not_end_the_next_one(instance: dg.DagsterInstance) -> None:
    begun, heard = threading.Event(), threading.Event()

    def hear(_context: dg.HookContext, _events: list[dg.DagsterEvent]) -> dg.HookExecutionResult:
        assert begun.wait(PATIENCE)
        heard.set()
        return dg.HookExecutionResult("hear")

    @dg.op
    async def at_the_second_try(context: dg.OpExecutionContext) -> None:
        if not context.retry_number:
            raise dg.RetryRequested(max_retries=1)
        begun.set()
        await until(heard)
        await asyncio.sleep(0.2)  # the end of the first try's thread is told meanwhile

    @dg.job(executor_def=story_executor, hooks={dg.HookDefinition(name="hear", hook_fn=hear)})
    def job() -> None:
        at_the_second_try()

    ran = make(instance, job)
    assert ran.status == dg.DagsterRunStatus.SUCCESS
    assert ran.steps("STEP_SUCCESS") == ["at_the_second_try"]


def test_a_step_is_tried_again_as_its_policy_says_and_no_more_often(instance: dg.DagsterInstance) -> None:
    @dg.op(retry_policy=dg.RetryPolicy(max_retries=2))
    async def broken() -> None:
        raise ValueError("never")

    @dg.job(executor_def=story_executor)
    def job() -> None:
        broken()

    ran = make(instance, job)
    assert ran.status == dg.DagsterRunStatus.FAILURE
    assert len(ran.steps("STEP_UP_FOR_RETRY")) == 2
    assert "Exceeded max_retries of 2" in ran.error("broken")


def test_a_run_whose_config_says_so_tries_nothing_again(instance: dg.DagsterInstance) -> None:
    @dg.op
    async def again() -> None:
        raise dg.RetryRequested(max_retries=5)

    @dg.job(executor_def=story_executor)
    def job() -> None:
        again()

    ran = make(instance, job, retries={"disabled": {}})
    assert ran.steps("STEP_UP_FOR_RETRY") == []
    assert "retries are disabled" in ran.error("again")

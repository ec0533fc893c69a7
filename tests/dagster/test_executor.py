"""The executor of a story's run, on Dagster's real instance in PostgreSQL, with jobs of a few steps."""

import asyncio
import os
import signal
import threading
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextvars import ContextVar
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import dagster as dg
import pytest
from dagster._core.definitions.job_base import InMemoryJob
from dagster._core.execution import context_creation_job
from dagster._core.execution.api import execute_run_iterator

from storytailor.settings import get_settings
from storytailor_dagster.dagster_internals import CONSOLE_LOGGERS
from storytailor_dagster.executor import loop_of_this_process, story_executor
from tests.dagster.conftest import dagster_database
from tests.dagster.daemons import lay_out

PATIENCE = 20.0
"""Seconds after which a step that waits for another one fails."""


@dataclass
class Ran:
    """A run that is over."""

    status: dg.DagsterRunStatus
    told: list[dg.DagsterEvent]
    """As the executor gave them."""
    kept: list[dg.DagsterEvent]
    """As Dagster shows them."""

    def steps(self, kind: str) -> list[str]:
        """The steps of which there is such an event, in the order in which they were told."""
        return [str(event.step_key) for event in self.told if event.event_type_value == kind]

    def error(self, step: str) -> str:
        """How the step failed, with causes."""
        (failed,) = (event for event in self.told if event.is_step_failure and event.step_key == step)
        return str(failed.step_failure_data.error)


@pytest.fixture(scope="module")
def instance(postgres: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[dg.DagsterInstance]:
    """Dagster's tables in PostgreSQL, as in service."""
    home: Path = tmp_path_factory.mktemp("dagster")
    with pytest.MonkeyPatch.context() as patched, dagster_database(postgres) as url:
        for name, value in lay_out(home, url).items():
            patched.setenv(name, value)
        get_settings.cache_clear()
        patched.setattr(context_creation_job, CONSOLE_LOGGERS, lambda _instance: [])
        with dg.DagsterInstance.from_config(str(home)) as opened:
            yield opened
    get_settings.cache_clear()


def begin(instance: dg.DagsterInstance, job: dg.JobDefinition, **config: Any) -> tuple[str, Iterator[dg.DagsterEvent]]:
    """A new run of the job, and its events as it makes them."""
    settings = {"execution": {"config": config}} if config else {}
    run = instance.create_run_for_job(job, run_config=settings)
    return run.run_id, execute_run_iterator(InMemoryJob(job), run, instance)


def ended(instance: dg.DagsterInstance, run_id: str, told: list[dg.DagsterEvent]) -> Ran:
    run = instance.get_run_by_id(run_id)
    assert run is not None
    kept = [event for entry in instance.all_logs(run_id) if (event := entry.dagster_event)]
    return Ran(run.status, told, kept)


def make(instance: dg.DagsterInstance, job: dg.JobDefinition, **config: Any) -> Ran:
    """Run the job to its end."""
    run_id, events = begin(instance, job, **config)
    return ended(instance, run_id, list(events))


async def until(condition: threading.Event) -> None:
    """Wait on the loop for what another thread or step does."""
    ends = time.monotonic() + PATIENCE
    while not condition.is_set():
        assert time.monotonic() < ends, "waited in vain"
        await asyncio.sleep(0.01)


def test_the_steps_of_a_run_wait_side_by_side_on_one_loop(instance: dg.DagsterInstance) -> None:
    all_there, loops = asyncio.Barrier(3), set()

    @dg.op
    async def wait() -> None:
        loops.add(asyncio.get_running_loop())
        async with asyncio.timeout(PATIENCE):
            await all_there.wait()

    @dg.job(executor_def=story_executor)
    def job() -> None:
        for number in range(3):
            wait.alias(f"wait_{number}")()

    assert make(instance, job).status == dg.DagsterRunStatus.SUCCESS
    assert loops == {loop_of_this_process()}


def test_runs_that_share_a_process_share_its_loop(instance: dg.DagsterInstance) -> None:
    all_there, threads = asyncio.Barrier(3), set()

    @dg.op
    async def wait() -> None:
        threads.add(threading.current_thread())
        async with asyncio.timeout(PATIENCE):
            await all_there.wait()

    @dg.job(executor_def=story_executor)
    def job() -> None:
        wait()

    with ThreadPoolExecutor(3) as workers:
        ran = list(workers.map(lambda _: make(instance, job), range(3)))
    assert {run.status for run in ran} == {dg.DagsterRunStatus.SUCCESS}
    assert len(threads) == 1


def test_steps_that_are_not_asynchronous_run_side_by_side_as_well(instance: dg.DagsterInstance) -> None:
    all_there = threading.Barrier(3)

    @dg.op
    def wait() -> None:
        all_there.wait(PATIENCE)

    @dg.job(executor_def=story_executor)
    def job() -> None:
        for number in range(3):
            wait.alias(f"wait_{number}")()

    assert make(instance, job).status == dg.DagsterRunStatus.SUCCESS


def test_a_step_begins_as_soon_as_what_it_needs_is_there(instance: dg.DagsterInstance) -> None:
    begun = threading.Event()

    @dg.op
    async def quick() -> int:
        return 1

    @dg.op
    async def needs_quick(number: int) -> int:
        begun.set()
        return number + 1

    @dg.op
    async def slow() -> int:
        await until(begun)  # in vain, if steps were begun level by level
        return 3

    @dg.op
    async def needs_both(left: int, right: int) -> None:
        assert (left, right) == (2, 3)

    @dg.job(executor_def=story_executor, resource_defs={"io_manager": dg.mem_io_manager})
    def job() -> None:
        needs_both(needs_quick(quick()), slow())

    assert make(instance, job).status == dg.DagsterRunStatus.SUCCESS


def test_what_needs_a_step_does_not_wait_for_its_hooks(instance: dg.DagsterInstance) -> None:
    begun = threading.Event()

    @dg.success_hook
    def hold_up(_context: dg.HookContext) -> None:
        assert begun.wait(PATIENCE)

    @dg.op
    async def first() -> int:
        return 1

    @dg.op
    async def second(number: int) -> None:
        begun.set()

    @dg.job(executor_def=story_executor, resource_defs={"io_manager": dg.mem_io_manager})
    def job() -> None:
        second(first.with_hooks({hold_up})())

    ran = make(instance, job)
    assert ran.status == dg.DagsterRunStatus.SUCCESS
    assert ran.steps("HOOK_COMPLETED") == ["first"]


def test_hooks_hear_how_a_step_ended_and_break_nothing(instance: dg.DagsterInstance) -> None:
    heard = []

    @dg.success_hook
    def well(context: dg.HookContext) -> None:
        heard.append(f"{context.op.name} {context.op_output_values['result']}")

    @dg.failure_hook
    def not_well(context: dg.HookContext) -> None:
        heard.append(f"{context.op.name} {context.op_exception}")
        raise ValueError("of the hook")

    @dg.op
    async def fine() -> int:
        return 7

    @dg.op
    async def broken() -> None:
        raise ValueError("of the step")

    @dg.job(executor_def=story_executor, hooks={well, not_well})
    def job() -> None:
        fine()
        broken()

    ran = make(instance, job)
    assert sorted(heard) == ["broken of the step", "fine 7"]
    assert ran.steps("HOOK_ERRORED") == ["broken"]
    assert ran.steps("STEP_FAILURE") == ["broken"]


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


def test_an_asset_that_fails_a_check_that_blocks_is_used_for_nothing(instance: dg.DagsterInstance) -> None:
    made = []

    @dg.asset(check_specs=[dg.AssetCheckSpec("fine", asset="first", blocking=True)])
    async def first():  # type: ignore[no-untyped-def]
        yield dg.MaterializeResult(check_results=[dg.AssetCheckResult(passed=False, metadata={"why": "so"})])

    @dg.asset(deps=[first])
    async def second() -> None:
        made.append("second")

    job = dg.Definitions(assets=[first, second], executor=story_executor).resolve_implicit_global_asset_job_def()
    ran = make(instance, job)
    assert ran.status == dg.DagsterRunStatus.FAILURE
    assert made == []
    ends = ("ASSET_MATERIALIZATION", "ASSET_CHECK_EVALUATION", "STEP_FAILURE")
    assert [event.event_type_value for event in ran.told if event.event_type_value in ends] == list(ends)


def test_each_steps_events_are_told_and_kept_in_its_order_however_many_run_beside_it(
    instance: dg.DagsterInstance,
) -> None:
    steps, said = 8, 12

    @dg.op
    async def talk(context: dg.OpExecutionContext):  # type: ignore[no-untyped-def]
        for number in range(said):
            await asyncio.sleep(0)
            yield dg.AssetObservation(context.op.name, description=str(number))
        yield dg.Output(None)

    @dg.job(executor_def=story_executor)
    def job() -> None:
        for number in range(steps):
            talk.alias(f"talk_{number}")()

    ran = make(instance, job)
    assert ran.status == dg.DagsterRunStatus.SUCCESS
    for step in (f"talk_{number}" for number in range(steps)):
        for events in (ran.told, ran.kept):
            of_step = [event for event in events if event.step_key == step]
            kinds = [event.event_type_value for event in of_step]
            assert kinds[0] == "STEP_START"
            assert kinds[1 : said + 1] == ["ASSET_OBSERVATION"] * said
            assert kinds[-1] == "STEP_SUCCESS"
            observed = [event.asset_observation_data.asset_observation for event in of_step[1 : said + 1]]
            assert [each.description for each in observed] == [str(number) for number in range(said)]


def test_resources_are_open_as_long_as_any_step_works_and_closed_afterwards(instance: dg.DagsterInstance) -> None:
    seen = []

    @dg.resource
    def door(_context: dg.InitResourceContext):  # type: ignore[no-untyped-def]
        seen.append("open")
        yield "door"
        seen.append("closed")

    @dg.op(required_resource_keys={"door"})
    async def broken() -> None:
        raise ValueError

    @dg.op(required_resource_keys={"door"})
    async def fine() -> None:
        await asyncio.sleep(0.3)
        seen.append("used")

    @dg.job(executor_def=story_executor, resource_defs={"door": door})
    def job() -> None:
        broken()
        fine()

    make(instance, job)
    assert seen == ["open", "used", "closed"]


def test_what_a_step_awaits_knows_whose_work_it_is(instance: dg.DagsterInstance) -> None:
    whose: ContextVar[str] = ContextVar("whose", default="nobody's")
    known = []

    @dg.op
    async def look() -> None:
        known.append((whose.get(), dg.OpExecutionContext.get().op.name))

    @dg.job(executor_def=story_executor)
    def job() -> None:
        look()

    token = whose.set("this test's")
    make(instance, job)
    whose.reset(token)
    assert known == [("this test's", "look")]


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

"""The executor of a story's run: its steps side by side, each as soon as it may, and what they are told and know."""

import asyncio
import threading
from concurrent.futures import ThreadPoolExecutor
from contextvars import ContextVar

import dagster as dg

from storytailor_dagster.executor import loop_of_this_process, story_executor
from tests.dagster.executor_runs import PATIENCE, instance, make, until

__all__ = ["instance"]


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

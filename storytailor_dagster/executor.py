"""The executor of a story's run: its steps side by side, what they await on one event loop a process.

Dagster computes a step as a generator of events that is synchronous, reads inputs, stores events, and waits in its
middle for the step's coroutine. So each step that is under way has a thread, which mostly waits, and its coroutine
runs on the loop that all runs of the process share. docs/decisions/0020-an-executor-of-our-own.md says why so.
"""

from __future__ import annotations

import asyncio
import concurrent.futures
import contextvars
import queue
import threading
from collections.abc import Awaitable, Iterator, Mapping
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self, TypeVar

import dagster as dg

from storytailor_dagster.dagster_internals import (
    EXECUTOR_SETTINGS,
    AskedRun,
    OpenRun,
    Plan,
    Retries,
    StepTry,
    await_on,
    began_event,
    progress_of,
    step_events,
    with_resources,
)
from storytailor_dagster.run_watch import CANCELLED

T = TypeVar("T")

AT_ONCE = 32
"""Steps of one run under way, at most, where its config does not say how many."""
UNREAD = 64
"""Events of a run that its steps may be ahead of it."""
LOOK_SECONDS, SHORTEST_LOOK_SECONDS = 1.0, 0.05
"""So often is looked, without being told anything, whether the process was interrupted or a step may begin."""


class AsyncExecutor(dg.Executor):
    """Begins each step as soon as what it needs is there, whatever else is still under way."""

    def __init__(self, retries: Retries, limits: Mapping[str, Any]) -> None:
        self._retries = retries
        self._limits = {"max_concurrent": AT_ONCE, **limits}

    @property
    def retries(self) -> Retries:
        """Whether a step that asks for it is tried again, within its run."""
        return self._retries

    def execute(self, plan_context: AskedRun, execution_plan: Plan) -> Iterator[dg.DagsterEvent]:
        """The events of all steps, each step's in order; a run that was cancelled meanwhile ends as cancelled.

        Dagster concludes so from an interrupt of the process alone, which is no way to end one run of many in it.
        Raises DagsterExecutionInterruptedError.
        """
        yield began_event(plan_context, "Making the steps side by side in one process.")
        yield from with_resources(plan_context, execution_plan, self._steps)
        run = plan_context.instance.get_run_by_id(plan_context.run_id)
        if run is not None and run.status in CANCELLED:
            raise dg.DagsterExecutionInterruptedError("The run was cancelled.")

    def _steps(self, run: OpenRun, plan: Plan) -> Iterator[dg.DagsterEvent]:
        interrupted = False
        with (
            progress_of(run, plan, self._retries, self._limits) as progress,
            _StepsUnderWay(run, self._limits["max_concurrent"]) as steps,
        ):
            while steps.running or not (interrupted or progress.is_complete):
                if not interrupted:
                    for step in progress.get_steps_to_execute():
                        steps.begin(run.for_step(step, progress.get_known_state()))
                    yield from progress.concurrency_event_iterator(run)
                due: float = progress.sleep_interval() or LOOK_SECONDS  # type: ignore[no-untyped-call]  # a try, a slot
                told = steps.listen(min(max(due, SHORTEST_LOOK_SECONDS), LOOK_SECONDS))
                if isinstance(told, dg.DagsterEvent):
                    yield told
                    progress.handle_event(told)
                elif told is not None and told.error is not None and not interrupted:
                    raise told.error
                elif told is not None and not told.concluded:
                    progress.verify_complete(run, told.step_key)
                yield from progress.plan_events_iterator(run)  # of steps that cannot be made any more
                if progress.check_for_interrupts():
                    interrupted = True
                    steps.cancel()
            if interrupted:
                raise dg.DagsterExecutionInterruptedError("The process was interrupted.")


@dg.executor(
    name="async_executor",
    config_schema={
        **EXECUTOR_SETTINGS,
        "max_concurrent": dg.Field(int, default_value=AT_ONCE, description="Steps under way at once, at most."),
    },
)
def story_executor(context: dg.InitExecutorContext) -> dg.Executor:
    """A run's steps side by side in one process."""
    config: dict[str, Any] = dict(context.executor_config)
    (mode,) = config.pop("retries")  # {"enabled": {}}
    return AsyncExecutor(Retries(mode), config)


@dataclass(frozen=True)
class _Ended:
    """A step's thread has nothing more to tell of this try."""

    step_key: str
    concluded: bool
    """It told how it ended, which only a failure of Dagster's keeps it from."""
    error: BaseException | None = None
    """What ends the whole run."""


class _StepsUnderWay:
    """The steps of one run that are under way, a thread each, and what they tell, in the order in which they tell it.

    Whoever leaves the block with some of them under way cancels them and waits for their end.
    """

    def __init__(self, run: OpenRun, at_once: int) -> None:
        self.running = 0
        self._told: queue.Queue[dg.DagsterEvent | _Ended] = queue.Queue(UNREAD)
        self._threads = concurrent.futures.ThreadPoolExecutor(at_once, thread_name_prefix="step")
        self._coroutines = _Coroutines(loop_of_this_process())
        await_on(run, self._coroutines)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _at: TracebackType | None
    ) -> None:
        if self.running:
            self.cancel()
        while self.running:
            self.listen(None)
        self._threads.shutdown()

    def begin(self, step: StepTry) -> None:
        """Begin a step, in a thread that knows what this one does of whose work it is."""
        self.running += 1
        self._threads.submit(contextvars.copy_context().run, self._make, step)

    def listen(self, seconds: float | None) -> dg.DagsterEvent | _Ended | None:
        """What is told next; None if nothing is within so many seconds."""
        try:
            told = self._told.get(timeout=seconds)
        except queue.Empty:
            return None
        if isinstance(told, _Ended):
            self.running -= 1
        return told

    def cancel(self) -> None:
        """Stop what the steps await, and whatever they are going to await."""
        self._coroutines.cancel()

    def _make(self, step: StepTry) -> None:
        concluded = False
        try:
            for event in step_events(step):
                concluded = concluded or event.is_step_success or event.is_step_failure or event.is_step_up_for_retry
                self._told.put(event)
        except BaseException as error:  # noqa: BLE001  # whatever it is, it is for the run's own thread
            self._told.put(_Ended(step.step.key, concluded, error))
        else:
            self._told.put(_Ended(step.step.key, concluded))


class _Coroutines:
    """What a run's steps await: on the shared loop, for threads that wait for the result."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._tasks: set[asyncio.Task[Any]] = set()  # of the loop's thread, as is what follows
        self._cancelled = False

    def run_until_complete(self, work: Awaitable[T]) -> T:
        """The result; called by Dagster, in a step's thread.

        Raises what the work raises, and DagsterExecutionInterruptedError when the run was interrupted.
        """
        try:
            return asyncio.run_coroutine_threadsafe(self._result_of(work), self._loop).result()
        except concurrent.futures.CancelledError:
            if self._cancelled:
                raise dg.DagsterExecutionInterruptedError("The run was interrupted.") from None
            raise asyncio.CancelledError from None  # by the step's own doing: it fails, and the others go on

    def cancel(self) -> None:
        """Cancel all of it; it still ends in its own time."""
        self._loop.call_soon_threadsafe(self._cancel)

    async def _result_of(self, work: Awaitable[T]) -> T:
        task = asyncio.current_task()
        assert task is not None, "run_coroutine_threadsafe makes one"
        if self._cancelled:
            raise asyncio.CancelledError
        self._tasks.add(task)
        try:
            return await work
        finally:
            self._tasks.discard(task)

    def _cancel(self) -> None:
        self._cancelled = True
        for task in self._tasks:
            task.cancel()


_opening = threading.Lock()
_opened: list[asyncio.AbstractEventLoop] = []


def loop_of_this_process() -> asyncio.AbstractEventLoop:
    """The event loop of all steps of all runs in this process, in a thread of its own; begun by whoever asks first."""
    with _opening:
        if not _opened:
            loop = asyncio.new_event_loop()
            threading.Thread(target=loop.run_forever, name="steps", daemon=True).start()
            _opened.append(loop)
        return _opened[0]

"""What an executor of our own takes of Dagster's executors: opening a run, knowing what comes next, making a step."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, TypeAlias

import dagster as dg
from dagster._core.events import EngineEventData
from dagster._core.execution.api import ExecuteRunWithPlanIterable
from dagster._core.execution.context.system import PlanExecutionContext, PlanOrchestrationContext, StepExecutionContext
from dagster._core.execution.context_creation_job import PlanExecutionContextManager
from dagster._core.execution.plan.active import ActiveExecution
from dagster._core.execution.plan.execute_plan import _trigger_hook, dagster_event_sequence_for_step
from dagster._core.execution.plan.instance_concurrency_context import InstanceConcurrencyContext
from dagster._core.execution.plan.plan import ExecutionPlan
from dagster._core.execution.retries import RetryMode, get_retries_config
from dagster._core.execution.tags import get_tag_concurrency_limits_config

AskedRun: TypeAlias = PlanOrchestrationContext
"""A run as an executor is given it."""
Plan: TypeAlias = ExecutionPlan
"""The steps it is to execute."""
OpenRun: TypeAlias = PlanExecutionContext
"""It, with its resources opened."""
StepTry: TypeAlias = StepExecutionContext
"""One try at one step of it."""
Retries: TypeAlias = RetryMode
"""Whether a step that asks for it is tried again."""


def with_resources(
    asked: AskedRun, plan: Plan, execute: Callable[[OpenRun, Plan], Iterator[dg.DagsterEvent]]
) -> Iterator[dg.DagsterEvent]:
    """The events of `execute`, for which the run's resources are opened before and closed after, with their events.

    As Dagster's in-process executor has it; an interrupt of the process is kept meanwhile for whoever asks for it.
    """
    opening = PlanExecutionContextManager(
        job=asked.job,
        execution_plan=plan,
        run_config=asked.run_config,
        dagster_run=asked.dagster_run,
        instance=asked.instance,
        retry_mode=asked.retry_mode,
        raise_on_error=asked.raise_on_error,
        output_capture=asked.output_capture,
    )
    yield from ExecuteRunWithPlanIterable(
        execution_plan=plan,
        iterator=lambda job_context, execution_plan: execute(job_context, execution_plan),
        execution_context_manager=opening,
    )


@contextmanager
def progress_of(run: OpenRun, plan: Plan, retries: Retries, limits: Mapping[str, Any]) -> Iterator[ActiveExecution]:
    """Which steps may begin, wait, are to be skipped or tried again: Dagster's own book-keeping for executors."""
    with (
        InstanceConcurrencyContext(run.instance, run.dagster_run) as pools,
        plan.start(retry_mode=retries, instance_concurrency_context=pools, **limits) as progress,
    ):
        yield progress


def await_on(run: OpenRun, loop: Any) -> None:
    """Have the coroutines of this run's steps awaited by `loop.run_until_complete`, the one thing Dagster calls of it.

    Dagster gives every run an event loop of its own, which runs in the thread of one step only.
    """
    run._event_loop = loop


def step_events(step: StepTry) -> Iterator[dg.DagsterEvent]:
    """Compute a step in this thread; its events as they are kept, those of its failure and of its hooks as well."""
    told: list[dg.DagsterEvent] = []
    for event in dagster_event_sequence_for_step(step):
        told.append(event)
        yield event
    yield from _trigger_hook(step, told)


def began_event(asked: AskedRun, message: str) -> dg.DagsterEvent:
    """Tell the run's page which process makes it."""
    data = EngineEventData.in_process(os.getpid(), asked.execution_plan.step_keys_to_execute)
    return dg.DagsterEvent.engine_event(asked, message, event_specific_data=data)


EXECUTOR_SETTINGS = {
    "retries": get_retries_config(),  # type: ignore[no-untyped-call]
    "tag_concurrency_limits": get_tag_concurrency_limits_config(),  # type: ignore[no-untyped-call]
}
"""What Dagster's own executors may be given in a run's config."""

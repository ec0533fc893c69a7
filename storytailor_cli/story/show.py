"""`storytailor story show`: where a story stands, for an operator, who is shown none of its words."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from uuid import UUID

from pydantic import BaseModel

from storytailor.db import Database
from storytailor.db.dagster_runs import StoryRun, runs_of_story
from storytailor.db.story_inputs import JobRow, StoryInputs
from storytailor.errors import NotFoundError, ServiceUnavailableError, SettingsError
from storytailor.settings import Settings
from storytailor_cli.local_stack.state import RunningStack, State
from storytailor_cli.story_database import dagster_database_url, database_url


class ModelUsageJson(BaseModel):
    """What one model was asked."""

    calls: int = 0


class AssetUsageJson(BaseModel):
    """What is kept of an asset's calls."""

    models: dict[str, ModelUsageJson] = {}
    cost_usd: float | None = None


async def show_story(story_id: UUID, settings: Settings) -> None:
    """Print it. Raises NotFoundError, and SettingsError when there is no database to ask."""
    running = await asyncio.to_thread(State(settings.state_dir).running)
    database = await Database(await database_url(settings, running), max_size=1).open()
    try:
        inputs = StoryInputs(database)
        story = (await inputs.summaries([story_id])).get(story_id)
        if story is None:
            raise NotFoundError("story", str(story_id))
        jobs = await inputs.jobs(story_id)
    finally:
        await database.close()
    print(f"Story {story_id}: {story.state}, {story.kind or 'of no kind'}, asked for {story.created_at:%F %T %Z}")
    print(_verdict(jobs))
    print(*map(_line, jobs), sep="\n")
    for request, trace in dict.fromkeys((job.request_id, _trace_id(job)) for job in jobs):
        if request or trace:
            print(f"Asked for by  request {request or 'unknown'}{f', trace {trace}' if trace else ''}")
    ui = (running.dagster if running else None) or f"http://127.0.0.1:{settings.dagster_port}"
    runs = await _runs(settings, running, story_id)
    for run in runs or []:
        print(f"Run {run.status:<9} {ui}/runs/{run.run_id}")
    if runs is None:
        print("Runs          unknown: Dagster's tables cannot be read here. DAGSTER_DATABASE_URL says where they are.")
    print(f"Partition     {ui}/assets/content?view=partitions&partition={story_id}")


def _verdict(jobs: Sequence[JobRow]) -> str:
    """Why the story stands where it does: what of it failed first, or what it waits for."""
    failed = [job for job in jobs if job.status == "failed" and job.blocked_by is None]
    unfinished = [job for job in jobs if job.status in ("queued", "generating")]
    made = [job for job in unfinished if job.status == "generating"]
    if made:
        return f"It is being made: {', '.join(job.asset for job in made)}."
    if unfinished:
        return f"It stands at {unfinished[0].asset}: {_why(unfinished[0])}."
    if failed:
        return f"It is over, and failed: {', '.join(job.asset for job in failed)}. The reasons stand below."
    return "It is over, and nothing failed."


def _line(job: JobRow) -> str:
    tries = f"claims {job.claims}" + (f", tries {job.retries + 1}" if job.retries else "")
    said = f"{job.asset:<11} {job.status:<11} {job.seconds:>7.0f} s  {tries}  {_calls(job)}{_why(job)}"
    return said.rstrip()


def _calls(job: JobRow) -> str:
    """`gpt-5.2 3 calls, 0.0123 dollars  `: what was asked of providers for it so far, in all its tries."""
    usage = AssetUsageJson.model_validate(job.usage or {})
    if not usage.models:
        return ""
    asked = ", ".join(f"{model} {_number(used.calls, 'call')}" for model, used in usage.models.items())
    cost = "price unknown" if usage.cost_usd is None else f"{usage.cost_usd:.4f} dollars"
    return f"{asked}, {cost}  "


def _number(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"


def _trace_id(job: JobRow) -> str | None:
    return job.traceparent.split("-")[1] if job.traceparent else None


def _why(job: JobRow) -> str:
    """What the job waits for, or why it failed."""
    if job.status in ("ready", "failed"):
        return job.reason or ""
    if not job.leased:
        return "waits for the sensor to claim it"
    if not job.begun:
        return "claimed, waits for a worker"
    left = job.lease_left or 0.0
    lease = f"lease good for {left:.0f} s" if left > 0 else "its worker is gone: queued again at the next tick"
    return f"waits for what it is made from; {lease}" if job.status == "queued" else lease


async def _runs(settings: Settings, running: RunningStack | None, story_id: UUID) -> list[StoryRun] | None:
    """The story's last runs, where Dagster's tables can be read from here."""
    try:
        dagster = await Database(await dagster_database_url(settings, running), max_size=1, timeout=5).open()
    except SettingsError:
        return None
    try:
        return await runs_of_story(dagster, story_id)
    except ServiceUnavailableError:
        return None
    finally:
        await dagster.close()

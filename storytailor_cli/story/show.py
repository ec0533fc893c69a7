"""`storytailor story show`: where a story stands, for an operator, who is shown none of its words."""

from __future__ import annotations

import asyncio
from uuid import UUID

import httpx

from storytailor.db import Database
from storytailor.db.story_inputs import JobRow, StoryInputs
from storytailor.errors import NotFoundError, SettingsError
from storytailor.settings import Settings
from storytailor_cli.local_stack import postgres
from storytailor_cli.local_stack.state import RunningStack, State

RUNS = """query($filter: RunsFilter) { runsOrError(filter: $filter, limit: 10) {
    ... on Runs { results { runId status startTime } } } }"""


async def show_story(story_id: UUID, settings: Settings) -> None:
    """Print it. Raises NotFoundError, and SettingsError when there is no database to ask."""
    running = await asyncio.to_thread(State(settings.state_dir).running)
    database = await Database(await _database_url(settings, running), max_size=1).open()
    try:
        inputs = StoryInputs(database)
        story = (await inputs.summaries([story_id])).get(story_id)
        if story is None:
            raise NotFoundError("story", str(story_id))
        jobs = await inputs.jobs(story_id)
    finally:
        await database.close()
    print(f"Story {story_id}: {story.state}, {story.kind or 'of no kind'}, asked for {story.created_at:%F %T %Z}")
    print(*map(_line, jobs), sep="\n")
    ui = (running.dagster if running else None) or f"http://127.0.0.1:{settings.dagster_port}"
    for run in await _runs(ui, story_id):
        print(f"Run {run['status']:<9} {ui}/runs/{run['runId']}")
    print(f"Partition     {ui}/assets/content?view=partitions&partition={story_id}")


async def _database_url(settings: Settings, running: RunningStack | None) -> str:
    if settings.database_url is None and running is not None:
        cluster = await asyncio.to_thread(postgres.prepare, State(settings.state_dir).postgres)
        return cluster.url("storytailor")
    if settings.database_url is None:
        raise SettingsError(f"No stack runs in {settings.state_dir}, and DATABASE_URL is not set: nobody to ask.")
    return settings.database


def _line(job: JobRow) -> str:
    return f"{job.asset:<11} {job.status:<11} {job.seconds:>7.0f} s  claims {job.claims}  {_why(job)}".rstrip()


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


async def _runs(ui: str, story_id: UUID) -> list[dict[str, str]]:
    """The story's last runs, if Dagster's UI answers here."""
    wanted = {"tags": [{"key": "dagster/partition", "value": str(story_id)}]}
    try:
        async with httpx.AsyncClient(timeout=5) as client:
            answer = await client.post(f"{ui}/graphql", json={"query": RUNS, "variables": {"filter": wanted}})
            runs: list[dict[str, str]] = answer.raise_for_status().json()["data"]["runsOrError"]["results"]
            return runs
    except httpx.HTTPError:
        return []

"""Whether the process lives, and whether everything it needs is there."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from typing import Literal, TypeVar

from fastapi import APIRouter, Request
from pydantic import BaseModel, Field

from api.dependencies import AppState, CurrentState
from api.errors import error_responses
from api.limits import CHECK_TIMEOUT
from api.moderation import ModerationHealth, Remedy
from api.operators import is_operator
from api.schemas.envelope import Success, success
from storytailor.db.health import QueueState
from storytailor.errors import ServiceUnavailableError

router = APIRouter(tags=["health"])

T = TypeVar("T")


class Alive(BaseModel):
    """The process answers."""

    status: Literal["ok"]


class Part(BaseModel):
    """How a part we depend on is."""

    ok: bool
    advice: str | None = Field(description="What is wrong and what to do, when something is.")


class QueuePart(Part):
    """How the queue is."""

    oldestQueuedSeconds: float | None = Field(
        description="How long work has waited that nobody does; null when none waits, or nobody could look."
    )
    workers: int | None = Field(description="How many workers are there; null when nobody could look.")


class ModerationPart(Part):
    """Whether requests for stories can be moderated, as the last calls showed: without it none is taken."""

    remedy: Remedy | None = Field(description="`wait`: it is tried again by itself. `operator`: somebody has to act.")


class Readiness(BaseModel):
    """Each part we depend on."""

    database: Part
    objectStore: Part
    queue: QueuePart
    moderation: ModerationPart


@router.get("/health")
async def health() -> Success[Alive]:
    """Liveness: this process answers. Asks nobody else."""
    return success(Alive(status="ok"))


@router.get("/ready", responses=error_responses(ServiceUnavailableError("Not ready: the database does not answer. …")))
async def ready(request: Request, state: CurrentState) -> Success[Readiness | None]:
    """Readiness: the database answers and has our schema, objects can be stored, queued work is being taken, requests
    can be moderated. How each part is, only operators are told (`METRICS_TOKEN`); others get null.
    """
    (state_of_queue, database), (_, store) = await asyncio.gather(
        _asked("The database", "DATABASE_URL", _state_of_queue(state)),
        _asked("The object store", "ASSETS_BUCKET", state.store.check()),
    )
    queue, moderation = _queue(state_of_queue), _moderation(state.moderation)
    readiness = Readiness(database=database, objectStore=store, queue=queue, moderation=moderation)
    told = is_operator(request, state.settings)
    parts_down = [part.advice for part in (database, store, queue, moderation) if part.advice]
    if parts_down and not told:
        raise ServiceUnavailableError("Not ready.", retry_after=5)
    if parts_down:
        raise ServiceUnavailableError(f"Not ready. {' '.join(parts_down)}", readiness.model_dump(), retry_after=5)
    return success(readiness if told else None)


async def _state_of_queue(state: AppState) -> QueueState:
    """How the queue is. Raises ServiceUnavailableError for a schema older than this code: it may not know the words."""
    if problem := await state.schema.problem():
        raise ServiceUnavailableError(problem)
    return await state.queue_health.state()


async def _asked(name: str, setting: str, question: Awaitable[T]) -> tuple[T | None, Part]:
    """The answer, and how the part is that was to give it."""
    try:
        async with asyncio.timeout(CHECK_TIMEOUT):
            return await question, Part(ok=True, advice=None)
    except ServiceUnavailableError as error:
        return None, Part(ok=False, advice=error.message)
    except TimeoutError:
        advice = f"{name} did not answer within {CHECK_TIMEOUT:g} s. Is it up, and is {setting} right?"
        return None, Part(ok=False, advice=advice)


def _queue(queue: QueueState | None) -> QueuePart:
    if queue is None:
        return QueuePart(ok=False, advice=None, oldestQueuedSeconds=None, workers=None)
    return QueuePart(
        ok=queue.advice is None,
        advice=queue.advice,
        oldestQueuedSeconds=queue.oldest_seconds,
        workers=queue.workers,
    )


def _moderation(health: ModerationHealth) -> ModerationPart:
    match health.remedy:
        case None:
            return ModerationPart(ok=True, advice=None, remedy=None)
        case "wait":
            todo = "It is asked again by itself."
        case "operator":
            todo = "Nothing changes until somebody acts."
    advice = f"No story can be requested, since moderation does not work. {health.reason} {todo}"
    return ModerationPart(ok=False, advice=advice, remedy=health.remedy)

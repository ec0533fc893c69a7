"""How it goes, in numbers, for Prometheus."""

from __future__ import annotations

import asyncio
from typing import Any

from fastapi import APIRouter, Response
from prometheus_client import CollectorRegistry
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4, generate_latest

from api.dependencies import AppParts
from api.metrics import Looked
from storytailor.db import Database
from storytailor.db.health import queue_age, unfinished_jobs
from storytailor.errors import ServiceUnavailable

router = APIRouter(tags=["health"])

SECONDS_TO_ANSWER = 3.0
EXAMPLE = '# TYPE storytailor_jobs gauge\nstorytailor_jobs{state="waiting"} 11.0\n'
TEXT: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "Prometheus's text format.",
        "content": {"text/plain": {"schema": {"type": "string"}, "example": EXAMPLE}},
    }
}


@router.get("/metrics", response_class=Response, response_model=None, responses=TEXT)
async def get_metrics(parts: AppParts) -> Response:
    """Requests and their latency by route, stories created, streams open, the queue's depth and age.

    Each process tells of its own requests, and each of the whole queue.
    """
    jobs, oldest = await _queue(parts.database)
    asked = CollectorRegistry()
    asked.register(Looked(parts.feed.watchers, jobs, oldest))
    text = generate_latest(parts.metrics.registry) + generate_latest(asked)
    return Response(text, media_type=CONTENT_TYPE_PLAIN_0_0_4)


async def _queue(database: Database) -> tuple[dict[str, int] | None, float | None]:
    """Jobs by state and the longest wait; None for a database that does not answer, which is itself told."""
    try:
        async with asyncio.timeout(SECONDS_TO_ANSWER):
            return await unfinished_jobs(database), await queue_age(database)
    except (ServiceUnavailable, TimeoutError):
        return None, None

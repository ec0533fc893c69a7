"""Metrics for Prometheus."""

from __future__ import annotations

import asyncio

from fastapi import APIRouter, Request, Response
from prometheus_client import CollectorRegistry
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4, generate_latest

from api.dependencies import CurrentState
from api.errors import Responses, error_responses
from api.limits import CHECK_TIMEOUT
from api.measured_metrics import MeasuredCollector, Objective
from api.metrics import StateCollector
from api.operators import is_operator
from storytailor.db.budgets import HouseSpending
from storytailor.db.health import QueueHealth
from storytailor.db.measurements import Measurements
from storytailor.errors import ServiceUnavailableError, UnauthorizedError
from storytailor.settings import Settings

router = APIRouter(tags=["health"])

NOT_YOURS = UnauthorizedError("Metrics are the operator's: send METRICS_TOKEN as a bearer token.")
EXAMPLE = '# TYPE storytailor_jobs gauge\nstorytailor_jobs{state="waiting"} 11.0\n'
TEXT: Responses = {
    200: {
        "description": "Prometheus's text format.",
        "content": {"text/plain": {"schema": {"type": "string"}, "example": EXAMPLE}},
    }
}


@router.get("/metrics", response_class=Response, response_model=None, responses=TEXT | error_responses(NOT_YOURS))
async def get_metrics(request: Request, state: CurrentState) -> Response:
    """Requests and their latency by route, stories created, streams open, the queue's depth and age, the day's dollars.

    Of the providers it tells how many workers let calls out to each model, and how many do not.

    And how long stories and their stages took, leases, dollars and the objective, of all that was ever made. Each
    process tells of its own requests, and each of the whole queue and of all stories: of those take the largest, not
    the sum. Only operators may read it (`METRICS_TOKEN`).
    """
    if not is_operator(request, state.settings):
        raise NOT_YOURS
    gauges = await _gauges(state.feed.subscriptions, state.queue_health, state.house_spending)
    current = CollectorRegistry()
    current.register(gauges)
    if (measured := await _measured(state.measurements, state.settings)) is not None:
        current.register(measured)
    text = generate_latest(state.metrics.registry) + generate_latest(current)
    return Response(text, media_type=CONTENT_TYPE_PLAIN_0_0_4)


async def _measured(measurements: Measurements, settings: Settings) -> MeasuredCollector | None:
    """What the database has counted; None where it does not answer."""
    objective = Objective(settings.objective_percent, settings.objective_seconds)
    try:
        async with asyncio.timeout(CHECK_TIMEOUT):
            today = await measurements.in_time(objective.seconds)
            return MeasuredCollector(await measurements.so_far(), await measurements.held_leases(), today, objective)
    except (ServiceUnavailableError, TimeoutError):
        return None


async def _gauges(watchers: int, queue: QueueHealth, house: HouseSpending) -> StateCollector:
    """Jobs by state, the longest wait, the day's spending, workers and their providers' circuits.

    None of these where the database does not answer: a gauge says so.
    """
    try:
        async with asyncio.timeout(CHECK_TIMEOUT):
            jobs, oldest, spent = await queue.unfinished_jobs(), await queue.age(), await house.today()
            return StateCollector(watchers, jobs, oldest, spent, await queue.capacity(), await queue.circuits())
    except (ServiceUnavailableError, TimeoutError):
        return StateCollector(watchers, None, None, None)

"""Whether workers are there: what `storytailor doctor` says of them."""

from __future__ import annotations

import httpx

from storytailor.db import Database
from storytailor.db.health import QueueHealth, QueueState
from storytailor.db.workers import ProviderCircuit, Workers
from storytailor.errors import StorytailorError
from storytailor.settings import Settings
from storytailor_cli.doctor.finding import Finding
from storytailor_cli.local_stack.state import RunningStack

NONE_THERE = "Start one: nothing is made meanwhile, and nothing is lost. Its log says what keeps it from starting."


async def check_workers(settings: Settings, running: RunningStack | None) -> list[Finding]:
    """Whether there are workers, and whether the providers let them in."""
    return [Finding("Workers", *await _workers(settings, running)), *await _circuits(settings)]


async def _workers(settings: Settings, running: RunningStack | None) -> tuple[str, str | None]:
    """How many workers there are and what waits for them, and what to do if there are none."""
    if running is not None:
        token = settings.metrics_token
        headers = {"Authorization": f"Bearer {token.get_secret_value()}"} if token else {}
        async with httpx.AsyncClient(timeout=10, headers=headers) as client:
            answer = await client.get(f"{running.api}/ready")
        ready = answer.json()["data"]
        if ready is None:
            return "nobody can say", "The stack has another METRICS_TOKEN than this: set the same, or start it anew."
        workers, waited = ready["queue"]["workers"], ready["queue"]["oldestQueuedSeconds"]
        if workers is None:
            return "nobody can say", ready["database"]["advice"]
    elif settings.database_url is not None:
        try:
            state = await _ask(settings)
            if state is None:
                return "nobody can say", "The schema is older than this program: run `storytailor migrate`."
        except StorytailorError as error:
            return "nobody can say", str(error)
        workers, waited = state.workers, state.oldest_seconds
    else:
        return "start with the stack", None
    waiting = f"; work has waited {waited:.0f} s" if waited else ""
    return f"{workers or 'none'} there{waiting}", None if workers else NONE_THERE


async def _circuits(settings: Settings) -> list[Finding]:
    """What the workers of the fleet were told by a provider that lets nobody in; none of a stack on this machine."""
    if settings.database_url is None:
        return []
    database = await Database(settings.database, max_size=1, timeout=5).open()
    try:
        if await database.fetch_values(bool, "health/has_circuits") == [False]:
            return []
        stopped = [circuit for circuit in await Workers(database).circuits() if circuit.state != "closed"]
    except StorytailorError:  # the line above has said so
        return []
    finally:
        await database.close()
    return [_stopped(circuit) for circuit in stopped]


def _stopped(circuit: ProviderCircuit) -> Finding:
    name = f"Workers: {circuit.provider}"
    if circuit.state == "open":
        remedy = f"{circuit.reason} They ask again by themselves, every half minute at the latest."
        return Finding(name, f"{circuit.workers} of them ask nothing of {circuit.model}", remedy)
    remedy = f"{circuit.reason} That was said last; nobody has asked since, so it may be mended by now."
    return Finding(name, f"{circuit.workers} of them try {circuit.model} with the next call", remedy, warning=True)


async def _ask(settings: Settings) -> QueueState | None:
    database = await Database(settings.database, max_size=1, timeout=5).open()
    try:
        if await database.fetch_values(bool, "health/has_workers") == [False]:
            return None
        return await QueueHealth(database, in_flight=settings.stories_in_flight).state()
    finally:
        await database.close()

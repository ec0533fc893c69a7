"""Which request asked for work, and its trace: kept with the jobs, for the logs and traces of whoever does the work."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from storytailor import tracing
from storytailor.logs import subject


@dataclass(frozen=True)
class Origin:
    """Where the work under a lease comes from, and how many seconds it has waited; None where nobody knows."""

    token: UUID
    traceparent: str | None
    request_id: str | None
    waited: float


def this_request() -> dict[str, str | None]:
    """The request that is answered here, as parameters of the statements that queue jobs."""
    return {"traceparent": tracing.traceparent(), "request_id": subject().get("request")}

"""What the database says about how things go."""

from __future__ import annotations

from storytailor.db.connection import Database


async def queue_age(database: Database) -> float | None:
    """Seconds the longest-waiting unclaimed job has waited; None when the queue is empty."""
    row = await database.fetch_row("health/queue_age")
    return row["seconds"] if row else None


async def unfinished_jobs(database: Database) -> dict[str, int]:
    """How many jobs are `waiting` for a claim, `claimed` and not begun, `generating`."""
    return {row["state"]: row["jobs"] for row in await database.fetch("health/unfinished_jobs")}

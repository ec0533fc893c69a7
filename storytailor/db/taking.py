"""Taking a lease without a claim: somebody asked for these assets in Dagster's UI."""

from __future__ import annotations

from dataclasses import dataclass

from storytailor.catalog import AssetName, books_showing, in_order
from storytailor.db.connection import Connection, execute, fetch_all, fetch_values
from storytailor.db.leases import Lease
from storytailor.db.origins import this_request
from storytailor.db.story_actions import assets_to_regenerate
from storytailor.errors import AssetBusyError, NotFoundError
from storytailor.status import JobState


@dataclass(frozen=True)
class _Job:
    asset_type: AssetName
    status: JobState
    leased: bool


async def take(connection: Connection, lease: Lease, seconds: float) -> None:
    """Lease these assets in this transaction, queued or not, and queue the book files that show them.

    The books wait for the lease's end, since a story has one claim at a time. Raises AssetBusyError for what is being
    made, books included, and NotFoundError.
    """
    if not await execute(connection, "queue/story_exists", story_id=lease.story_id):
        raise NotFoundError("story", str(lease.story_id))
    jobs = {
        job.asset_type: job for job in await fetch_all(connection, _Job, "queue/lock_jobs", story_id=lease.story_id)
    }
    books = _books_to_make(lease, jobs)
    taken = await fetch_values(
        connection,
        str,
        "queue/take",
        story_id=lease.story_id,
        token=lease.token,
        assets=list(lease.assets),
        seconds=seconds,
    )
    busy = set(lease.assets) - set(taken) | {book for book in books if jobs[book].leased}
    if busy:
        raise AssetBusyError(f"Being made right now: {', '.join(in_order(busy))}.", sorted(busy))
    if books:
        await execute(connection, "queue/regenerate", story_id=lease.story_id, assets=list(books), **this_request())


def _books_to_make(lease: Lease, jobs: dict[AssetName, _Job]) -> tuple[AssetName, ...]:
    """The book files that show what is made and are not made with it: those a regenerate by the API would queue."""
    states = {name: job.status for name, job in jobs.items()}
    wanted = assets_to_regenerate(lease.assets, states, cascade=False)
    return in_order(set(wanted).intersection(books_showing(lease.assets)) - set(lease.assets))

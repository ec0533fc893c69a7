"""What owners do to stories of theirs: regenerate assets, cancel, delete."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from uuid import UUID

from storytailor.catalog import CATALOG, AssetName, books_showing, downstream, in_order
from storytailor.db.connection import Database, fetch_all, send
from storytailor.db.orders import Orders
from storytailor.db.origins import this_request
from storytailor.db.reference_images import unreferenced_images
from storytailor.db.rows import StoryStatusRow
from storytailor.db.story_lock import lock_story
from storytailor.errors import AssetBusyError
from storytailor.status import JobState

CANCELLED = "Cancelled."
UNDER_WAY: frozenset[JobState] = frozenset({"queued", "generating"})


class StoryActions:
    """Actions on one user's story, each in one transaction that keeps the story locked."""

    def __init__(self, database: Database, *, orders: Orders | None = None) -> None:
        self._database = database
        self._orders = orders or Orders()

    async def regenerate(
        self, user_id: UUID, story_id: UUID, assets: Collection[AssetName], *, cascade: bool
    ) -> StoryStatusRow:
        """Queue these assets, and what must be made with them, once they are ordered.

        That takes nothing, a remake, or a debit: see `Orders`. Raises NotFoundError, QuotaExceededError,
        ServiceUnavailableError when the house's budget is used up, and AssetBusyError when one of them is under way.
        """
        async with lock_story(self._database, user_id, story_id) as story:
            wanted = assets_to_regenerate(assets, story.jobs, cascade=cascade)
            busy = [asset for asset in wanted if story.jobs.get(asset) in UNDER_WAY]
            if busy:
                raise AssetBusyError(f"Being made right now: {', '.join(busy)}. Ask again when done.", busy)
            made = set(wanted) | story.blocked.intersection(downstream(wanted))
            await self._orders.place(story.connection, user_id, story_id, story.row.brief, in_order(made))
            (row,) = await fetch_all(
                story.connection,
                StoryStatusRow,
                "queue/regenerate",
                story_id=story_id,
                assets=list(wanted),
                **this_request(),
            )
            return row

    async def cancel(self, user_id: UUID, story_id: UUID) -> StoryStatusRow:
        """Stop making the story; one that is over stays as it is.

        What is unfinished fails, and its workers lose their leases. Raises NotFoundError.
        """
        async with lock_story(self._database, user_id, story_id) as story:
            if story.row.asset_generation_status["overall"] != "generating":
                return story.row
            (row,) = await fetch_all(
                story.connection, StoryStatusRow, "queue/cancel", story_id=story_id, reason=CANCELLED
            )
            return row

    async def delete(self, user_id: UUID, story_id: UUID) -> list[str]:
        """Delete the story, under way or not; keys of reference images that only it still showed.

        Its other objects lie below `stories/<id>/`. What it cost is kept, and its debit, unless nothing was delivered
        on that. Raises NotFoundError.
        """
        async with lock_story(self._database, user_id, story_id) as story:
            await send(story.connection, "stories/delete", user_id=user_id, story_id=story_id)
            characters = story.row.brief.get("characters", ())
            keys = [key for character in characters for key in character["reference_images"]]
            return await unreferenced_images(story.connection, user_id, keys)


def assets_to_regenerate(
    asked: Collection[AssetName], jobs: Mapping[AssetName, JobState], *, cascade: bool
) -> tuple[AssetName, ...]:
    """What to make when these assets are asked for, upstream before downstream.

    Besides what is asked: what that needs and is missing or has failed; and the book files that show it, or with
    `cascade` all that is made from it, as far as the story has them and they can be made.
    """
    wanted: set[AssetName] = set(asked)
    for asset in reversed(in_order(CATALOG)):  # downstream first, so needs of needs are found in one pass
        if asset in wanted:
            wanted.update(need for need in CATALOG[asset].needs if _lacks(asset, need, jobs))
    for asset in downstream(asked) if cascade else books_showing(asked):  # upstream first
        lacking = {need for need in CATALOG[asset].needs if _lacks(asset, need, jobs)}
        if asset in jobs and lacking <= wanted:
            wanted.add(asset)
    return in_order(wanted)


def _lacks(asset: AssetName, need: AssetName, jobs: Mapping[AssetName, JobState]) -> bool:
    """Whether the asset cannot be made before `need` is: it was never made, or failed and is indispensable."""
    if need not in jobs:
        return True
    return jobs[need] == "failed" and need not in CATALOG[asset].optional_needs

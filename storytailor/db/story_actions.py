"""Second thoughts about a story that was asked for: remake parts of it, stop it, delete it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from uuid import UUID

from storytailor.catalog import CATALOG, AssetName, books_showing, downstream, in_order
from storytailor.db.accounts import debit, ensure_user
from storytailor.db.connection import Database, Row, fetch
from storytailor.db.reference_images import no_longer_shown
from storytailor.db.story_lock import HeldStory, held_story
from storytailor.errors import AssetBusy
from storytailor.status import JobState

CANCELLED = "Cancelled."
UNDER_WAY: frozenset[JobState] = frozenset({"queued", "generating"})


class SecondThoughts:
    """What owners decide about stories of theirs, each in one transaction that holds the story still."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def remake(self, user_id: UUID, story_id: UUID, assets: Collection[str], *, cascade: bool) -> Row:
        """Queue these assets, and what must be made with them: `id`, `status`, `asset_generation_status`.

        A story that had failed and given its price back is paid for again. Raises NotFound, QuotaExceeded, and
        AssetBusy when one of them is under way.
        """
        async with held_story(self._database, user_id, story_id) as story:
            wanted = to_remake(assets, story.jobs, cascade=cascade)
            busy = [asset for asset in wanted if story.jobs.get(asset) in UNDER_WAY]
            if busy:
                raise AssetBusy(f"Being made right now: {', '.join(busy)}. Ask again when done.", busy)
            await _pay_again(story, user_id)
            (row,) = await fetch(story.connection, "queue/remake", story_id=story_id, assets=list(wanted))
            return row

    async def cancel(self, user_id: UUID, story_id: UUID) -> Row:
        """Stop making the story: `id`, `status`, `asset_generation_status`; one that is over stays as it is.

        What is unfinished fails, and its workers lose their leases. Raises NotFound.
        """
        async with held_story(self._database, user_id, story_id) as story:
            if story.row["asset_generation_status"]["overall"] != "generating":
                return story.row
            (row,) = await fetch(story.connection, "queue/cancel", story_id=story_id, reason=CANCELLED)
            return row

    async def delete(self, user_id: UUID, story_id: UUID) -> list[str]:
        """Delete the story, under way or not; keys of reference images that only it still showed.

        Its other objects lie below `stories/<id>/`. The ledger keeps what it cost. Raises NotFound.
        """
        async with held_story(self._database, user_id, story_id) as story:
            await fetch(story.connection, "stories/delete", user_id=user_id, story_id=story_id)
            characters = story.row["brief"].get("characters", ())
            keys = [key for character in characters for key in character["reference_images"]]
            return await no_longer_shown(story.connection, user_id, keys)


def to_remake(asked: Collection[str], jobs: Mapping[str, JobState], *, cascade: bool) -> tuple[str, ...]:
    """What to make when these assets are asked for, upstream before downstream.

    Besides what is asked: what that needs and is missing or has failed; and the book files that show it, or with
    `cascade` all that is made from it, as far as the story has them and they can be made.
    """
    wanted: set[str] = set(asked)
    for asset in reversed(in_order(CATALOG)):  # downstream first, so needs of needs are found in one pass
        if asset in wanted:
            wanted.update(need for need in CATALOG[asset].needs if _lacks(asset, need, jobs))
    for asset in downstream(asked) if cascade else books_showing(asked):  # upstream first
        lacking = {need for need in CATALOG[asset].needs if _lacks(asset, need, jobs)}
        if asset in jobs and lacking <= wanted:
            wanted.add(asset)
    return in_order(wanted)


def _lacks(asset: AssetName, need: AssetName, jobs: Mapping[str, JobState]) -> bool:
    """Whether the asset cannot be made before `need` is: it was never made, or failed and is indispensable."""
    if need not in jobs:
        return True
    return jobs[need] == "failed" and need not in CATALOG[asset].optional_needs


async def _pay_again(story: HeldStory, user_id: UUID) -> None:
    """Debit a story whose price was given back; its user's row is locked for that."""
    last = await fetch(story.connection, "stories/paid", story_id=story.row["id"])
    if last and not last[0]["paid"]:
        await debit(story.connection, await ensure_user(story.connection, user_id), story.row["id"])

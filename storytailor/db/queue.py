"""The queue of assets to make: claims, leases, and the fenced writes of whoever holds one.

Every write names its lease; a write whose lease has ended changes nothing and raises LeaseLost.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal
from uuid import UUID, uuid4

from storytailor.catalog import (
    CATALOG,
    AssetName,
    blocked_by_failure_of,
    downstream,
    in_order,
    optional_dependents,
)
from storytailor.db.connection import Database, Row, fetch, json
from storytailor.errors import AssetBusy, LeaseLost, NotFound

MOST_CLAIMS = 3
CLAIMS_A_TICK = 50
LOST_TOO_OFTEN = (
    f"The worker making this was lost {MOST_CLAIMS} times. Ask for it again, and look at the workers' logs."
)
TOOK_TOO_LONG = "This took longer than {minutes:g} minutes and was given up. Ask for it again."


@dataclass(frozen=True)
class Lease:
    """The right to make some assets of a story, as long as it is renewed."""

    story_id: UUID
    token: UUID
    assets: tuple[AssetName, ...]
    claim: int = 1


@dataclass(frozen=True)
class Finished:
    """All that is written when an asset is ready. `url` or `data` must be there.

    `objects` are the stored objects' keys, such as `{"cover": "stories/…/cover-….png"}`; `content`,
    `title`, `colours`, `words` and `blocks` go to the story's own columns.
    """

    url: str | None = None
    data: Any = None
    metadata: Mapping[str, Any] = field(default_factory=dict)
    objects: Mapping[str, str] = field(default_factory=dict)
    usage: Mapping[str, Any] | None = None
    title: str | None = None
    content: Any = None
    colours: Sequence[str] | None = None
    words: Any = None
    blocks: Any = None


class Queue:
    """Claims and fenced writes on one database."""

    def __init__(self, database: Database, *, lease_seconds: float = 45.0) -> None:
        self._database = database
        self.lease_seconds = lease_seconds

    async def claim(self, *, in_flight: int, batch: int = CLAIMS_A_TICK) -> list[Lease]:
        """Lease up to `batch` waiting stories, as long as fewer than `in_flight` are under way."""
        rows = await self._database.fetch(
            "queue/claim",
            batch=batch,
            in_flight=in_flight,
            assets_a_story=len(CATALOG),
            seconds=self.lease_seconds,
        )
        return [
            Lease(row["story_id"], row["lease_token"], in_order(row["assets"]), row["claim"]) for row in rows
        ]

    async def take(self, story_id: UUID, assets: Iterable[str]) -> Lease:
        """Lease these assets of a story whether or not they were queued. Raises AssetBusy, NotFound."""
        lease = Lease(story_id, uuid4(), in_order(assets))
        async with self._database.transaction() as connection:
            if not await fetch(connection, "stories/exists", story_id=story_id):
                raise NotFound("story", str(story_id))
            taken = await fetch(
                connection,
                "queue/take",
                story_id=story_id,
                token=lease.token,
                assets=list(lease.assets),
                seconds=self.lease_seconds,
            )
            busy = set(lease.assets) - {row["asset_type"] for row in taken}
            if busy:
                raise AssetBusy(f"Being made right now: {', '.join(in_order(busy))}.", sorted(busy))
        return lease

    async def renew(self, tokens: Iterable[UUID]) -> set[UUID]:
        """Renew these leases; the ones that still hold something unfinished."""
        rows = await self._database.fetch("queue/renew", tokens=list(tokens), seconds=self.lease_seconds)
        return {row["lease_token"] for row in rows}

    async def start(self, lease: Lease, asset: AssetName) -> None:
        """The asset is being made from now on."""
        await self._fenced("queue/start", lease, asset)

    async def progress(
        self,
        lease: Lease,
        asset: AssetName,
        percent: int,
        *,
        status: Literal["generating", "retrying"] = "generating",
        **metadata: Any,
    ) -> None:
        """How far the asset is (0 to 100), and what is going on."""
        await self._fenced(
            "queue/progress", lease, asset, status=status, progress=percent, metadata=json(metadata)
        )

    async def finish(self, lease: Lease, asset: AssetName, done: Finished) -> list[str]:
        """The asset is ready; what had failed only for lack of it is queued again.

        Returns the keys of the stored objects it replaces, which nobody shows any more.
        """
        row = await self._fenced(
            "queue/finish",
            lease,
            asset,
            url=done.url,
            data=json(done.data),
            metadata=json(dict(done.metadata)),
            objects=json(dict(done.objects)),
            usage=json(done.usage),
            title=done.title,
            content=json(done.content),
            colours=json(done.colours),
            words=json(done.words),
            blocks=json(done.blocks),
            below=json({name: CATALOG[name].needs for name in downstream([asset])}),
        )
        replaced: list[str] = row["replaced"]
        return replaced

    async def fail(self, lease: Lease, asset: AssetName, reason: str) -> None:
        """The asset has failed for good, and with it what cannot be made without it.

        What can be made without it is queued again: this run will not come to it any more.
        """
        await self._fenced(
            "queue/fail",
            lease,
            asset,
            reason=reason,
            reason_below=f"Not made, because {asset} failed.",
            doomed=list(blocked_by_failure_of(asset)),
            put_off=list(optional_dependents(asset)),
        )

    async def release(self, token: UUID, *, uncounted: bool = False) -> list[str]:
        """Give up a lease: its unfinished assets are queued again. `uncounted` takes the claim back too."""
        rows = await self._give_back([token], uncounted)
        return [asset for row in rows for asset in row["assets"]]

    async def requeue_lost(self) -> list[Lease]:
        """Queue again what the holders of run-out leases left unfinished; those leases."""
        rows = await self._give_back(None, False)
        return [Lease(row["story_id"], row["lease_token"], in_order(row["assets"])) for row in rows]

    async def time_out(self, minutes: float) -> list[Row]:
        """Fail what has been generating for over so many minutes; rows of `story_id` and ended `tokens`."""
        return await self._database.fetch(
            "queue/time_out",
            minutes=minutes,
            reason=TOOK_TOO_LONG.format(minutes=minutes),
            doomed=json({name: blocked_by_failure_of(name) for name in CATALOG}),
        )

    async def _give_back(self, tokens: list[UUID] | None, uncounted: bool) -> list[Row]:
        return await self._database.fetch(
            "queue/release",
            tokens=tokens,
            uncounted=uncounted,
            most_claims=MOST_CLAIMS,
            reason=LOST_TOO_OFTEN,
        )

    async def _fenced(self, name: str, lease: Lease, asset: AssetName, **params: Any) -> Row:
        row = await self._database.fetch_row(
            name, story_id=lease.story_id, asset=asset, token=lease.token, **params
        )
        if row is None:
            raise LeaseLost(f"The lease on {asset} of story {lease.story_id} has ended.")
        return row

"""The queue of assets to make: claims, leases, and the fenced writes of whoever holds one.

Every write names its lease; a write whose lease has ended changes nothing and raises LeaseLostError. Every write is
committed once, also when its connection breaks and it is begun again (`storytailor.db.repeating`): so `claim` makes no
second token, `begin` and `progress` count once, `finish` and `fail` do not take their own work for a lost lease.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from typing import Literal, cast
from uuid import UUID, uuid4

from pydantic import JsonValue

from storytailor.catalog import (
    CATALOG,
    AssetName,
    blocked_by_failure_of,
    downstream,
    in_order,
    optional_dependents,
)
from storytailor.db.asset_records import AssetRecord, Json
from storytailor.db.connection import Database, json
from storytailor.db.leases import Age, Lease, StoodInLine
from storytailor.db.origins import Origin
from storytailor.db.refusals import refusals_told
from storytailor.db.rows import UsageJson
from storytailor.db.sweeping import sweep
from storytailor.db.taking import take
from storytailor.errors import LeaseLostError
from storytailor.text.storable import storable, storable_text

MAX_CLAIMS = 3
CLAIMS_A_TICK = 50
BEGIN_SECONDS = 30.0
"""How long a claim waits for its worker, while one has a place free, before it is taken for lost on its way."""
LOST_TOO_OFTEN = f"The worker making this was lost {MAX_CLAIMS} times. Ask for it again, and look at the workers' logs."
CANCELLED_BY_OPERATOR = "Cancelled by the operator."
TOOK_TOO_LONG = "This took longer than {minutes:g} minutes and was given up. Ask for it again."
RECORD_COLUMNS = ("url", "data", "objects", "title", "content", "colors", "words", "blocks")
"""What some kinds of AssetRecord have and others leave as it is."""
PLAIN_COLUMNS = frozenset({"url", "title", "orphans"})


@dataclass(frozen=True)
class TimedOut:
    """A story that had assets stuck, and the tokens of the leases that ended with them."""

    story_id: UUID
    tokens: list[UUID]


@dataclass(frozen=True)
class Finished:
    """What a finished asset leaves behind.

    `replaced` are the keys of stored objects that nobody shows any more, written down as orphaned under the ids
    `orphans`; `usage` is what the story used so far.
    """

    replaced: list[str]
    orphans: list[int]
    usage: UsageJson


@dataclass(frozen=True)
class _Story:
    story_id: UUID


@dataclass(frozen=True)
class _Leased:
    story_id: UUID
    lease_token: UUID
    assets: list[str]
    claim: int = 1

    def lease(self) -> Lease:
        return Lease(self.story_id, self.lease_token, in_order(self.assets), self.claim)


class Queue:
    """Claims and fenced writes on one database."""

    def __init__(self, database: Database, *, lease_seconds: float = 10.0) -> None:
        self._database = database
        self.lease_seconds = lease_seconds

    async def claim(self, *, in_flight: int, batch: int = CLAIMS_A_TICK, waiting: int | None = None) -> list[Lease]:
        """Lease up to `batch` stories, as long as fewer than `in_flight` are under way.

        With `waiting`, only as long as fewer than so many a worker are claimed and not begun: the others wait in one
        line for all workers.
        A lease waits for its worker: `begin` takes it up, and only then is it counted.
        """
        rows = await self._database.fetch_all(
            _Leased,
            "queue/claim",
            batch=batch,
            in_flight=in_flight,
            waiting=waiting,
            assets_a_story=len(CATALOG),
            seconds=BEGIN_SECONDS,
        )
        return [row.lease() for row in rows]

    async def age(self, lease: Lease) -> Age:
        """Whose turn this work is. Raises LeaseLostError."""
        age = await self._database.fetch_one(Age, "queue/age", token=lease.token)
        if age is None:
            raise LeaseLostError(f"The claim on story {lease.story_id} has ended.")
        return age

    async def origins(self, leases: Iterable[Lease]) -> dict[UUID, Origin]:
        """Which requests asked for the work under these leases, by their tokens."""
        tokens = [lease.token for lease in leases]
        return {row.token: row for row in await self._database.fetch_all(Origin, "queue/origins", tokens=tokens)}

    async def begin(self, lease: Lease) -> None:
        """Take a claim up: it counts, and is to be renewed, from now on.

        Raises LeaseLostError for one that has ended or is begun already.
        """
        if not await self._database.execute("queue/begin", token=lease.token, seconds=self.lease_seconds):
            raise LeaseLostError(f"The claim on story {lease.story_id} has ended, or was begun already.")

    async def take(self, story_id: UUID, assets: Iterable[str]) -> Lease:
        """Lease these assets of a story whether or not they were queued, and queue the books that show them.

        Raises AssetBusyError, NotFoundError.
        """
        lease = Lease(story_id, uuid4(), in_order(assets))
        await self._database.in_transaction(lambda connection: take(connection, lease, self.lease_seconds))
        return lease

    async def renew(self, tokens: Iterable[UUID]) -> set[UUID]:
        """Renew these leases; the ones that still hold something unfinished."""
        return set(
            await self._database.fetch_values(UUID, "queue/renew", tokens=list(tokens), seconds=self.lease_seconds)
        )

    async def stood_in_line(self, stood: Sequence[StoodInLine]) -> None:
        """For so long these assets could not be made: it does not count against them in `time_out`."""
        await self._database.execute(
            "queue/stood_in_line",
            tokens=[one.token for one in stood],
            assets=[one.asset for one in stood],
            seconds=[one.seconds for one in stood],
        )

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
        usage: Json = None,
        **metadata: object,
    ) -> None:
        """How far the asset is (0 to 100), and what is going on; with `usage`, what a try used that has failed."""
        await self._fenced(
            "queue/progress",
            lease,
            asset,
            status=status,
            progress=percent,
            metadata=json(storable(cast("JsonValue", metadata))),  # which may quote whoever answered
            usage=json(usage),
        )

    async def finish(self, lease: Lease, asset: AssetName, record: AssetRecord) -> Finished:
        """The asset is ready; what had failed only for lack of it is queued again.

        Raises PermanentError for a record that PostgreSQL does not take.
        """
        with refusals_told():
            finished = await self._database.fetch_one(
                Finished,
                "queue/finish",
                story_id=lease.story_id,
                asset=asset,
                token=lease.token,
                below=json({name: CATALOG[name].needs for name in downstream([asset])}),
                **_columns(record),
            )
        if finished is None:
            raise _ended(lease, asset)
        return finished

    async def fail(
        self,
        lease: Lease,
        asset: AssetName,
        reason: str,
        *,
        for_operator: str | None = None,
        usage: Json = None,
    ) -> None:
        """The asset has failed for good, and with it what cannot be made without it.

        `reason` is what its family reads; `for_operator` is kept with the job; `usage` is what the last try used. What
        can be made without the asset is queued again: this run will not come to it any more.
        """
        await self._fenced(
            "queue/fail",
            lease,
            asset,
            reason=storable_text(reason),
            for_operator=storable_text(for_operator or reason),
            usage=json(usage),
            reason_below=f"Not made, because {asset} failed.",
            blocked=list(blocked_by_failure_of(asset)),
            optional_dependents=list(optional_dependents(asset)),
        )

    async def release(self, *tokens: UUID, uncounted: bool = False) -> list[AssetName]:
        """End leases: their unfinished assets are queued again. `uncounted` takes the claims back too."""
        rows = await self._database.fetch_all(
            _Leased, "queue/release", **_releasing(tokens=list(tokens), stories=None, uncounted=uncounted)
        )
        return [asset for row in rows for asset in row.lease().assets]

    async def release_expired(self) -> list[Lease]:
        """End every lease that has run out: what is unfinished is queued again. Those leases.

        A story that somebody has locked is left for the next time. When the database was away, nobody could renew: then
        no lease counts as run out before its holder has had the time for it.
        """
        if self._database.presence.seconds < self.lease_seconds:
            return []
        how = _releasing(tokens=None, uncounted=False)
        rows = await sweep(self._database, _Leased, "queue/release", finds="queue/expired_stories", which={}, how=how)
        return [row.lease() for row in rows]

    async def next_expiry(self) -> float | None:
        """In how many seconds the next lease runs out, unless renewed; below 0 for one that has. None: no lease."""
        (seconds,) = await self._database.fetch_values(float, "queue/next_expiry")
        return seconds

    async def open_leases(self) -> list[UUID]:
        """The tokens of all leases that hold something unfinished, whether or not they have run out."""
        return await self._database.fetch_values(UUID, "queue/open_leases")

    async def unbegun_leases(self) -> list[UUID]:
        """The tokens of all leases that no worker has begun, whether or not they have run out."""
        return await self._database.fetch_values(UUID, "queue/unbegun_leases")

    async def held(self, stories: Iterable[UUID]) -> set[UUID]:
        """Of these stories, those on which somebody holds a lease."""
        return set(await self._database.fetch_values(UUID, "queue/held_stories", stories=list(stories)))

    async def keep_waiting(self) -> None:
        """Let claims wait on that are on their way to a worker, while none has a place free."""
        await self._database.execute("queue/keep_waiting", seconds=BEGIN_SECONDS)

    async def cancel(self, tokens: Iterable[UUID]) -> bool:
        """End leases whose runs the operator has cancelled: what is unfinished fails. Whether anything was."""
        stories = await sweep(
            self._database,
            _Story,
            "queue/cancel_leases",
            finds="queue/leased_stories",
            which={"tokens": list(tokens)},
            how={"reason": CANCELLED_BY_OPERATOR, "blocked": _blocked()},
        )
        return bool(stories)

    async def time_out(self, minutes: float) -> list[TimedOut]:
        """Fail what has been generating for over so many minutes, with what is made from it.

        Minutes in which nobody could make it, nor renew its lease, are not counted; what nobody makes any more is no
        such thing, but queued again when its lease has run out.
        """
        return await sweep(
            self._database,
            TimedOut,
            "queue/time_out",
            finds="queue/stuck_stories",
            which={"minutes": minutes},
            how={"reason": TOOK_TOO_LONG.format(minutes=minutes), "blocked": _blocked()},
        )

    async def _fenced(self, name: str, lease: Lease, asset: AssetName, **params: object) -> None:
        changed = await self._database.execute(name, story_id=lease.story_id, asset=asset, token=lease.token, **params)
        if not changed:
            raise _ended(lease, asset)


def _releasing(**which: object) -> dict[str, object]:
    return {"max_claims": MAX_CLAIMS, "reason": LOST_TOO_OFTEN, **which}


def _blocked() -> object:
    """What fails with each asset."""
    return json({name: blocked_by_failure_of(name) for name in CATALOG})


def _ended(lease: Lease, asset: AssetName) -> LeaseLostError:
    return LeaseLostError(f"The lease on {asset} of story {lease.story_id} has ended.")


def _columns(record: AssetRecord) -> dict[str, object]:
    """The record as the parameters of `queue/finish`: text and ids as they are, everything else as JSON."""
    given = {column.name: getattr(record, column.name) for column in fields(record)}
    columns = {name: value if name in PLAIN_COLUMNS else json(value) for name, value in given.items()}
    return {**dict.fromkeys(RECORD_COLUMNS), "objects": json({}), "orphans": [], **columns}

"""All that one process needs to make stories: opened once, on one event loop, and shared by its runs."""

from __future__ import annotations

import functools
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from uuid import UUID

from storytailor.artifacts import ACTIVITIES
from storytailor.credentials.certificates import identity_of
from storytailor.db import Database, Queue
from storytailor.db.alerts import Alerts
from storytailor.db.cdn_purges import CdnPurges
from storytailor.db.connection import database_of
from storytailor.db.erasure import Erasure
from storytailor.db.idempotency import IdempotencyKeys
from storytailor.db.measurements import Measurements
from storytailor.db.orphaned_objects import OrphanedObjects
from storytailor.db.portraits import Portraits
from storytailor.db.retention import Retention
from storytailor.db.schema import require_newest_schema
from storytailor.db.story_inputs import StoryInputs
from storytailor.db.workers import Workers
from storytailor.errors import UnreadableRowError
from storytailor.lease_renewal import renewing
from storytailor.leases import LeaseKeeper
from storytailor.making.carried_over import CarriedOver
from storytailor.making.context import AssetContext, Progress, no_lease
from storytailor.providers.circuit import CircuitReport
from storytailor.providers.cloudfront import CloudFront, open_cdn
from storytailor.providers.elevenlabs import ElevenLabs
from storytailor.providers.object_store import ObjectStore, open_store
from storytailor.providers.object_store.patience import Patience, PatientStore
from storytailor.providers.openai import OpenAI
from storytailor.settings import Settings
from storytailor.story import Activities, StoryBrief
from storytailor.tasks import start, stop
from storytailor.time_in_line import TimeInLine
from storytailor.turns import Turns
from storytailor.withheld import withhold

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

DATABASE_PATIENCE = 40.0
"""Seconds a statement waits for a connection; one of a run waits longer (`storytailor.db.patience`)."""
STATEMENT_SECONDS = 30.0


@dataclass(frozen=True)
class Services:
    """Opened clients, pooled and bound to one event loop."""

    settings: Settings
    database: Database
    queue: Queue
    inputs: StoryInputs
    portraits: Portraits
    leases: LeaseKeeper
    orphans: OrphanedObjects
    cdn_purges: CdnPurges
    retention: Retention
    idempotency_keys: IdempotencyKeys
    erasure: Erasure
    workers: Workers
    alerts: Alerts
    measurements: Measurements
    openai: OpenAI
    elevenlabs: ElevenLabs
    store: ObjectStore
    cdn: CloudFront | None = None
    patience: Patience = field(default_factory=Patience)
    turns: Turns = field(default_factory=Turns)
    time_in_line: TimeInLine = field(default_factory=TimeInLine)

    def circuits(self) -> list[CircuitReport]:
        """How the calls to each model stand. Called on the loop."""
        return [*self.openai.circuits, *self.elevenlabs.circuits]

    def context(
        self,
        brief: StoryBrief,
        progress: Progress,
        attempt: int,
        lease: UUID | None = None,
        carried_over: CarriedOver | None = None,
    ) -> AssetContext:
        """What the maker of one asset gets; its family's words are kept out of the logs of this task from now on.

        `lease` is the token it works under, `carried_over` what earlier tries have left.
        """
        withhold(
            [character.name for character in brief.characters],
            [brief.title or "", *brief.themes, *(character.species for character in brief.characters)],
            [character.appearance for character in brief.characters],
        )
        return AssetContext(
            brief,
            self.settings,
            self.openai,
            self.elevenlabs,
            PatientStore(self.store, self.patience),
            progress,
            self.portraits,
            functools.partial(self._activities, brief.story_id),
            attempt=attempt,
            require_lease=functools.partial(self.leases.require, lease) if lease else no_lease,
            carried_over=carried_over or CarriedOver(),
        )

    async def _activities(self, story_id: UUID) -> Activities | None:
        story = await self.inputs.kept(story_id)
        status = story.status("activities")
        if status is None or status.status != "ready":
            return None
        try:
            return ACTIVITIES.decode(story, status, "activities")
        except ValueError as fault:
            raise UnreadableRowError("The story's activities", fault) from fault


@asynccontextmanager
async def open_services(settings: Settings, *, s3: S3Client | None = None) -> AsyncIterator[Services]:
    """Services on the running loop, renewing their leases; at the end the leases are released.

    `s3` is the client of the bucket, if there is a bucket.
    """
    identity_of(settings)  # who cannot sign what is made says so before anything is made
    async with AsyncExitStack() as stack:
        database = await _for_makers(settings).open()
        stack.push_async_callback(database.close)
        await require_newest_schema(database)
        queue = Queue(database, lease_seconds=settings.lease_seconds)
        services = Services(
            settings,
            database,
            queue,
            StoryInputs(database),
            Portraits(database),
            LeaseKeeper(queue),
            OrphanedObjects(database, behind_cdn=settings.cloudfront_distribution_id is not None),
            CdnPurges(database),
            Retention(database),
            IdempotencyKeys(database),
            Erasure(database),
            Workers(database),
            Alerts(database),
            Measurements(database),
            await stack.enter_async_context(OpenAI(settings)),
            await stack.enter_async_context(ElevenLabs(settings)),
            open_store(settings, s3),
            open_cdn(settings),
        )
        try:
            connect = functools.partial(_for_renewals, settings)
            telling = start(services.time_in_line.keep_telling(queue.stood_in_line), "telling of time in line")
            stack.push_async_callback(stop, [telling])
            async with renewing(services.leases, connect, every=settings.lease_renewal_seconds):
                yield services
        finally:
            await services.leases.release_all()


def _for_makers(settings: Settings) -> Database:
    """All of DATABASE_CONNECTIONS but the one for renewals."""
    connections = max(1, settings.database_connections - 1)
    settings = settings.model_copy(update={"database_connections": connections})
    return database_of(settings, timeout=DATABASE_PATIENCE, statement_seconds=STATEMENT_SECONDS)


def _for_renewals(settings: Settings) -> Database:
    """A single connection, which is waited for until the lease has run out."""
    settings = settings.model_copy(update={"database_connections": 1})
    return database_of(settings, timeout=settings.lease_seconds, statement_seconds=settings.lease_renewal_seconds)

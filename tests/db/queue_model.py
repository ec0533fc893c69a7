"""What must be true of queue, leases and status after each step: the rules of the contract's section 5, in Python.

Every method is what the statement of that name is to do, and returns what its caller is to be told. Times are kept as
what they mean, so that no test sleeps: a lease is "waiting" for its worker, "working", or "past" its end.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal
from uuid import UUID

from storytailor.catalog import (
    CATALOG,
    AssetName,
    blocked_by_failure_of,
    books_showing,
    downstream,
    optional_dependents,
)
from storytailor.db import Lease
from storytailor.db.queue import MAX_CLAIMS
from storytailor.db.story_actions import assets_to_regenerate
from storytailor.status import AssetState, JobState, Overall

Until = Literal["waiting", "working", "past"]
UNFINISHED = frozenset({"queued", "generating"})
RANKS = {"urgent": 0, "high": 1, "normal": 2}
Key = tuple[UUID, AssetName]


@dataclass
class Job:
    """One asset's job. `blocked_by` are the assets that may be told as the one it failed for; empty: none."""

    rank: int
    since: int
    status: JobState = "queued"
    token: UUID | None = None
    begun: bool = False
    received: bool = False
    until: Until | None = None
    claims: int = 0
    retries: int = 0
    started: Literal["now", "long ago"] | None = None
    paused: bool = False
    blocked_by: frozenset[AssetName] = frozenset()

    @property
    def is_unfinished(self) -> bool:
        return self.status in UNFINISHED

    @property
    def is_free(self) -> bool:
        return self.status == "queued" and self.token is None

    def end(self, status: JobState, blocked_by: Iterable[AssetName] = ()) -> None:
        """It is over, or queued again: nobody holds it."""
        self.status, self.token, self.begun, self.until = status, None, False, None
        self.blocked_by = frozenset(blocked_by)
        if status == "queued":
            self.started = None

    def pause(self) -> None:
        """For longer than it was made nobody could make it."""
        self.paused = True
        self.started = "now" if self.started else None

    def restart(self) -> None:
        """It was asked for anew: what was counted begins again."""
        self.end("queued")
        self.claims = self.retries = 0


@dataclass
class Story:
    """A story's jobs, and what its family sees of each asset; `placeholders` are the pictures that are none."""

    jobs: dict[AssetName, Job]
    shown: dict[AssetName, AssetState]
    placeholders: set[AssetName] = field(default_factory=set)
    objects: dict[AssetName, str] = field(default_factory=dict)

    def show(self, assets: Iterable[AssetName], state: AssetState) -> None:
        for asset in assets:
            self.shown[asset] = state
            self.placeholders.discard(asset)

    @property
    def overall(self) -> Overall:
        states = set(self.shown.values())
        if states & {"pending", "generating", "retrying"}:
            return "generating"
        failed = {asset for asset, state in self.shown.items() if state == "failed"}
        if any(CATALOG[asset].required for asset in failed):
            return "failed"
        return "partial" if failed or "cover" in self.placeholders or len(self.placeholders) > 1 else "ready"

    def fail(self, assets: Collection[AssetName]) -> None:
        """These fail, and with them what is unfinished and cannot be made without one of them."""
        below: dict[AssetName, set[AssetName]] = {}
        for asset in assets:
            for name in blocked_by_failure_of(asset):
                if name in self.jobs and self.jobs[name].is_unfinished and name not in assets:
                    below.setdefault(name, set()).add(asset)
        for asset in assets:
            self.jobs[asset].end("failed")
        for name, causes in below.items():
            self.jobs[name].end("failed", causes)
        self.show([*assets, *below], "failed")


@dataclass
class QueueModel:
    """All stories of one database, and the workers' slots. `locked` are the stories and jobs that somebody holds."""

    stories: dict[UUID, Story] = field(default_factory=dict)
    slots: dict[UUID, int] = field(default_factory=dict)
    locked: set[UUID | Key] = field(default_factory=set)
    orphans: set[int] = field(default_factory=set)
    _now: int = 0

    # what is there

    @property
    def jobs(self) -> dict[Key, Job]:
        return {(story_id, asset): job for story_id, story in self.stories.items() for asset, job in story.jobs.items()}

    def held(self, *tokens: UUID) -> dict[Key, Job]:
        """The jobs under these leases."""
        return {key: job for key, job in self.jobs.items() if job.token in tokens}

    def held_by(self, lease: Lease) -> list[AssetName]:
        return [asset for _, asset in self.held(lease.token)]

    def open_leases(self) -> set[UUID]:
        return {job.token for job in self.jobs.values() if job.token}

    def unbegun(self) -> set[UUID]:
        return {job.token for job in self.jobs.values() if job.token and not job.begun}

    def of_lease(self, lease: Lease, asset: AssetName) -> Job | None:
        """The job that this lease lets its holder write; None for any other."""
        story = self.stories.get(lease.story_id)
        job = story.jobs.get(asset) if story else None
        return job if job and job.token == lease.token else None

    def is_past(self, token: UUID) -> bool:
        """Whether all of the lease has run out: a renewal leaves out what is locked just then."""
        return all(job.until == "past" for job in self.held(token).values())

    def next_expiry(self) -> Literal["none", "past", "later"]:
        if not self.open_leases():
            return "none"
        return "past" if any(self.is_past(token) for token in self.open_leases()) else "later"

    def age(self, token: UUID) -> int | None:
        """The rank of the most urgent job under the lease; None when it has ended."""
        return min((job.rank for job in self.held(token).values()), default=None)

    def workers_are_busy(self) -> bool:
        return len(self.open_leases() - self.unbegun()) >= sum(self.slots.values())

    def is_lockable(self, story_id: UUID) -> bool:
        """Whether nobody holds the story or an unfinished job of it."""
        unfinished = {(story_id, asset) for asset, job in self.stories[story_id].jobs.items() if job.is_unfinished}
        return not self.locked.intersection({story_id, *unfinished})

    # asking for work

    def create(self, story_id: UUID, assets: Iterable[AssetName], rank: int) -> None:
        self._now += 1
        jobs = {asset: Job(rank, self._now) for asset in assets}
        shown: dict[AssetName, AssetState] = dict.fromkeys(jobs, "pending")
        self.stories[story_id] = Story(jobs, {**shown, "content": "generating"})

    def regenerate(self, story_id: UUID, assets: Collection[AssetName], *, cascade: bool) -> bool:
        """Queue these again; False when one of them is under way."""
        story = self.stories[story_id]
        wanted = assets_to_regenerate(assets, self._states(story_id), cascade=cascade)
        if any(asset in story.jobs and story.jobs[asset].is_unfinished for asset in wanted):
            return False
        self._queue(story, wanted)
        return True

    def take(self, story_id: UUID, token: UUID, assets: Collection[AssetName]) -> bool:
        """Lease these by hand, and queue the books that show them; False when one of them all has a holder."""
        story = self.stories[story_id]
        wanted = assets_to_regenerate(assets, self._states(story_id), cascade=False)
        books = set(wanted).intersection(books_showing(assets)) - set(assets)
        if any(asset in story.jobs and story.jobs[asset].token for asset in {*assets, *books}):
            return False
        self._queue(story, assets)
        for asset in assets:
            job = story.jobs[asset]
            job.restart()
            job.token, job.begun, job.until, job.claims = token, True, "working", 1
        story.show(assets, "pending")
        self._queue(story, books)
        return True

    def _queue(self, story: Story, assets: Iterable[AssetName]) -> None:
        self._now += 1
        for asset in assets:
            job = story.jobs.setdefault(asset, Job(RANKS["normal"], self._now, "failed"))
            if not job.is_unfinished:
                job.restart()
                story.show([asset], "pending")

    def _states(self, story_id: UUID) -> Mapping[AssetName, JobState]:
        return {asset: job.status for asset, job in self.stories[story_id].jobs.items()}

    # claims and leases

    def to_claim(self, *, in_flight: int, batch: int, waiting: int | None) -> list[tuple[UUID, set[AssetName], int]]:
        """The story, the assets and the number of each claim, in their order."""
        picked = self._heads(batch)[: self._room(in_flight, batch, waiting)]
        claims = []
        for story_id in picked:
            free = {asset: job for asset, job in self.stories[story_id].jobs.items() if job.is_free}
            if not self.locked.intersection((story_id, asset) for asset in free):
                claims.append((story_id, set(free), max(job.claims for job in free.values()) + 1))
        return claims

    def claim(self, lease: Lease) -> None:
        for asset in lease.assets:
            job = self.stories[lease.story_id].jobs[asset]
            job.token, job.begun, job.received, job.until = lease.token, False, False, "waiting"

    def _heads(self, batch: int) -> list[UUID]:
        """Stories with something queued and no lease: urgent before high before normal, then the oldest."""
        free = [
            (job.rank, job.since, str(story_id), story_id)
            for (story_id, _), job in self.jobs.items()
            if job.is_free and not any(other.token for other in self.stories[story_id].jobs.values())
        ]
        heads: dict[UUID, tuple[int, int]] = {}
        for rank, since, _, story_id in sorted(free)[: batch * len(CATALOG)]:
            before = heads.get(story_id, (rank, since))
            heads[story_id] = (min(rank, before[0]), min(since, before[1]))
        return [story_id for story_id in sorted(heads, key=heads.__getitem__) if story_id not in self.locked]

    def _room(self, in_flight: int, batch: int, waiting: int | None) -> int:
        room = min(batch, in_flight - len(self.open_leases()))
        if waiting is not None:
            room = min(room, waiting * max(1, len(self.slots)) - len(self.unbegun()))
        return max(0, room)

    def begin(self, token: UUID) -> bool:
        jobs = [job for job in self.held(token).values() if not job.begun]
        for job in jobs:
            job.begun, job.claims, job.until = True, job.claims + 1, "working"
        return bool(jobs)

    def renew(self, tokens: Collection[UUID]) -> set[UUID]:
        for key, job in self.held(*tokens).items():
            if key not in self.locked:
                if job.until == "past":
                    job.pause()
                job.until, job.received = "working", True
        return self.open_leases().intersection(tokens)

    def stood_in_line(self, token: UUID, asset: AssetName) -> None:
        for (_, name), job in self.held(token).items():
            if name == asset:
                job.pause()

    def keep_waiting(self) -> None:
        if self.workers_are_busy():
            for key, job in self.held(*self.unbegun()).items():
                if key not in self.locked and not job.received:
                    job.until = "waiting"

    def release(self, tokens: Collection[UUID], *, uncounted: bool = False) -> set[Key]:
        """End leases: what is unfinished is queued again, unless it was claimed too often."""
        released = self.held(*tokens)
        for (story_id, asset), job in released.items():
            job.claims -= uncounted and job.begun
            lost = job.claims >= MAX_CLAIMS
            job.end("failed" if lost else "queued")
            self.stories[story_id].show([asset], "failed" if lost else "pending")
        return set(released)

    # what sweeps find, and what they do to those that nobody holds

    def stories_with(self, holds: Callable[[Job], bool]) -> set[UUID]:
        return {story_id for (story_id, _), job in self.jobs.items() if holds(job)}

    def expired(self, job: Job) -> bool:
        return job.token is not None and self.is_past(job.token)

    @staticmethod
    def is_stuck(job: Job) -> bool:
        return job.status == "generating" and job.started == "long ago" and job.until != "past"

    def release_expired(self, found: set[UUID]) -> set[UUID]:
        tokens = {job.token for (story_id, _), job in self._swept(found) if job.token and self.expired(job)}
        self.release(tokens)
        return tokens

    def cancel_leases(self, found: set[UUID], tokens: Collection[UUID]) -> bool:
        return bool(self._fail(found, lambda job: job.token in tokens))

    def time_out(self, found: set[UUID]) -> dict[UUID, set[UUID | None]]:
        return self._fail(found, self.is_stuck)

    def _fail(self, found: set[UUID], which: Callable[[Job], bool]) -> dict[UUID, set[UUID | None]]:
        """Fail these jobs with what waits for them; the tokens that they were under, by story."""
        failing: dict[UUID, dict[AssetName, Job]] = {}
        for (story_id, asset), job in self._swept(found):
            if which(job):
                failing.setdefault(story_id, {})[asset] = job
        tokens: dict[UUID, set[UUID | None]] = {
            story_id: {job.token for job in jobs.values()} for story_id, jobs in failing.items()
        }
        for story_id, jobs in failing.items():
            self.stories[story_id].fail(jobs)
        return tokens

    def _swept(self, found: set[UUID]) -> list[tuple[Key, Job]]:
        return [(key, job) for key, job in self.jobs.items() if key[0] in found and self.is_lockable(key[0])]

    # writes of whoever holds a lease: False changes nothing

    def start(self, lease: Lease, asset: AssetName) -> bool:
        if job := self.of_lease(lease, asset):
            if not job.started:
                job.started, job.paused = "now", False
            job.status = "generating"
            self.stories[lease.story_id].show([asset], "generating")
        return job is not None

    def progress(self, lease: Lease, asset: AssetName, status: Literal["generating", "retrying"]) -> bool:
        job = self._being_made(lease, asset)
        if job:
            job.retries += status == "retrying"
            self.stories[lease.story_id].shown[asset] = status
        return job is not None

    def finish(
        self, lease: Lease, asset: AssetName, *, placeholder: bool, key: str | None, orphans: Collection[int]
    ) -> list[str] | None:
        """The keys of objects that are replaced; None when it changes nothing."""
        job = self._being_made(lease, asset)
        if job is None:
            return None
        story = self.stories[lease.story_id]
        job.end("ready")
        story.show([asset], "ready")
        if placeholder:
            story.placeholders.add(asset)
        hopeless = {name for name, other in story.jobs.items() if other.status == "failed" and not other.blocked_by}
        for name in downstream([asset]):
            if name in story.jobs and story.jobs[name].blocked_by and not hopeless.intersection(CATALOG[name].needs):
                story.jobs[name].restart()
                story.show([name], "pending")
        self.orphans.difference_update(orphans)
        before = story.objects.get(asset)
        if key is not None:
            story.objects[asset] = key
        return [before] if before and key and before != key else []

    def fail(self, lease: Lease, asset: AssetName) -> bool:
        if not self.of_lease(lease, asset):
            return False
        story = self.stories[lease.story_id]
        story.fail([asset])
        for name in optional_dependents(asset):
            if name in story.jobs and story.jobs[name].token == lease.token:
                job = story.jobs[name]
                job.end("queued")
                job.claims -= 1
        return True

    def _being_made(self, lease: Lease, asset: AssetName) -> Job | None:
        job = self.of_lease(lease, asset)
        return job if job and job.status == "generating" else None

    # what a family does

    def cancel(self, story_id: UUID) -> None:
        story = self.stories[story_id]
        unfinished = [asset for asset, job in story.jobs.items() if job.is_unfinished]
        for asset in unfinished:
            story.jobs[asset].end("failed")
        story.show(unfinished, "failed")

    def delete(self, story_id: UUID) -> None:
        del self.stories[story_id]

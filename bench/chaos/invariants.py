"""What must hold after a campaign, whatever failed and whoever was killed; each says what contradicts it."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from bench.chaos.evidence import Evidence, Row
from bench.chaos.families import Asked
from bench.chaos.repeats import UNEXPLAINED, repeats
from storytailor.catalog import CATALOG, PICTURES, REQUIRED
from storytailor.db.queue import LOST_TOO_OFTEN, MAX_CLAIMS

READABLE = ("ready", "partial")
BY_JOB = {"ready": ("ready",), "failed": ("failed",), "queued": ("pending",), "generating": ("generating", "retrying")}
"""How an asset is shown, by its job's state."""
LOSING = ("worker", "postgres")
"""Whose death takes a lease."""
OUR_FAULTS = ("This took longer than", "Something unexpected", "What was made could not be kept")
"""How reasons begin for which no provider, no family and no kill is an excuse."""
CANCELLED = "Cancelled."
BELOW = "Not made, because "
PAID = {name for name in CATALOG if name not in ("pdf", "epub")}


@dataclass(frozen=True)
class Finding:
    """An invariant: how many things were looked at, and what contradicts it."""

    name: str
    looked_at: int
    broken: list[str]


def _assets(story: Row) -> Mapping[str, Mapping[str, Any]]:
    assets: Mapping[str, Mapping[str, Any]] = story["asset_generation_status"]["assets"]
    return assets


def _overall(story: Row) -> str:
    return str(story["asset_generation_status"]["overall"])


def overall_by_the_rules(assets: Mapping[str, Mapping[str, Any]]) -> str:
    """`overall` as the contract has it, from the assets alone."""
    states = {name: asset["status"] for name, asset in assets.items()}
    if any(state in ("pending", "generating", "retrying") for state in states.values()):
        return "generating"
    if any(states.get(name) == "failed" for name in REQUIRED):
        return "failed"
    placeholders = [name for name in PICTURES if (assets.get(name, {}).get("metadata") or {}).get("fallback")]
    if "failed" in states.values() or "cover" in placeholders or len(placeholders) > 1:
        return "partial"
    return "ready"


def each_story_ends(evidence: Evidence) -> Iterator[str]:
    """Each story that was asked for is there once, and has ended as its assets say, with a reason for what failed."""
    asked = Counter(story.id for story in evidence.asked)
    yield from (f"{story} was given to {times} requests" for story, times in asked.items() if times > 1)
    theirs = {story for story, row in evidence.stories.items() if row["family"] in evidence.credits_before}
    yield from (f"{story} was never asked for" for story in theirs - asked.keys())
    for story in evidence.asked:
        row = evidence.stories.get(story.id)
        if row is None or story.deleted:
            if (row is None) != story.deleted:
                yield f"{story.id} is {'gone' if row is None else 'still there, though deleted'}"
            continue
        overall = _overall(row)
        if overall == "generating":
            yield f"{story.id} is stuck: {[(name, a['status']) for name, a in _assets(row).items()]}"
        if (ruled := overall_by_the_rules(_assets(row))) != overall:
            yield f"{story.id} is {overall}, by its assets {ruled}"
        if overall == "failed" and story.seen in READABLE and not story.remade_at:
            yield f"{story.id} was {story.seen} and is failed"
        for name, asset in _assets(row).items():
            if asset["status"] == "failed" and not asset.get("error"):
                yield f"{name} of {story.id} failed without a reason"


def nothing_fails_by_our_own_fault(evidence: Evidence) -> Iterator[str]:
    """Nothing was given up as too slow, as unexpected, or as lost more often than something was killed."""
    deaths = sum(kill.process in LOSING for kill in evidence.kills)
    for job in evidence.jobs:
        reason = job["error_message"] or ""
        lost_for_nothing = reason == LOST_TOO_OFTEN and deaths < MAX_CLAIMS
        if job["status"] == "failed" and (lost_for_nothing or reason.startswith(OUR_FAULTS)):
            yield f"{job['asset']} of {job['story']} failed: {reason}"


def nothing_is_ready_without_its_object(evidence: Evidence) -> Iterator[str]:
    """What is ready has its data, or a stored object whose bytes hash to its key and which its family can read."""
    for story, row in evidence.stories.items():
        for name, asset in _assets(row).items():
            if asset["status"] != "ready":
                continue
            key = row["objects"].get(name)
            if CATALOG[name].extension is None:  # type: ignore[index]  # a name of the database's
                if not asset.get("data"):
                    yield f"{name} of {story} is ready without data"
            elif not asset.get("url") or key is None:
                yield f"{name} of {story} is ready without a file"
            elif not _hashes_to(key, evidence.files.get(key)):
                how = "not as written" if key in evidence.files else "gone"
                yield f"{name} of {story} is ready, but {key} is {how}"
            elif key in evidence.served and not _hashes_to(key, evidence.served[key]):
                yield f"{name} of {story} is ready, but its family cannot read {key}"


def _hashes_to(key: str, digest: str | None) -> bool:
    return digest is not None and key.rpartition("-")[2].partition(".")[0] == digest[:12]


def no_status_contradicts_its_job(evidence: Evidence) -> Iterator[str]:
    """Each asset is shown as its job stands, the story's state follows, and nobody holds a lease on what has ended."""
    for story, row in evidence.stories.items():
        jobs = {job["asset"]: job for job in evidence.jobs_of(story)}
        if jobs.keys() != _assets(row).keys():
            yield f"{story} shows {sorted(_assets(row))} and has jobs for {sorted(jobs)}"
            continue
        for name, asset in _assets(row).items():
            if asset["status"] not in BY_JOB[jobs[name]["status"]]:
                yield f"{name} of {story} is shown as {asset['status']}, its job is {jobs[name]['status']}"
            if jobs[name]["lease_token"] is not None and jobs[name]["status"] in ("ready", "failed"):
                yield f"{name} of {story} has ended and is still leased"
        state = {"partial": "ready"}.get(_overall(row), _overall(row))
        if row["status"] != state:
            yield f"{story} is {row['status']} and {_overall(row)}"


def debits_less_refunds_are_the_stories_that_stand(evidence: Evidence) -> Iterator[str]:
    """Each story costs what decision 14 says of how it ended, and the families' credits are what is left."""
    balance = evidence.balance()
    for story in evidence.asked:
        worth, paid = _stands(story, evidence), balance.get(story.id, 0)
        if paid != worth:
            yield f"{story.id} ({story.seen}): debits less refunds are {paid}, it is worth {worth}"
    asked = {story.id for story in evidence.asked}
    paid_for = {entry["story"] for entry in evidence.ledger if entry["family"] in evidence.credits_before}
    yield from (f"{story} was paid for and never asked for" for story in paid_for - asked)
    spent: Counter[str] = Counter()
    for entry in evidence.ledger:
        if entry["source"] == "credit":
            spent[entry["family"]] += 1 if entry["kind"] == "debit" else -1
    for family, before in evidence.credits_before.items():
        if evidence.credits_now[family] != before - spent[family]:
            yield f"family {family} has {evidence.credits_now[family]} credits of {before}, and spent {spent[family]}"


def _stands(story: Asked, evidence: Evidence) -> int:
    """Whether what was delivered of it is worth its debit."""
    row = evidence.stories.get(story.id)
    if row is None:
        orders = [order for order in evidence.orders if order["story"] == story.id]
        failed = any(set(order["failed"]) & set(REQUIRED) for order in orders)
        if story.seen in READABLE:
            return 1
        return int(any(order["delivered"] for order in orders) and not failed and story.seen == "generating")
    if _overall(row) in READABLE or row["delivered_at"] is not None:
        return 1
    if not story.cancelled:
        return 0
    assets = _assets(row)
    by_itself = any(
        asset["status"] == "failed" and asset["error"] != CANCELLED and not asset["error"].startswith(BELOW)
        for name, asset in assets.items()
        if name in REQUIRED
    )
    return int(not by_itself and any(assets[name]["status"] == "ready" for name in PAID & assets.keys()))


def each_end_is_told_once(evidence: Evidence) -> Iterator[str]:
    """One webhook for each end of a story that names a receiver: under one id however often it came, and taken."""
    told: dict[str, list[Row]] = defaultdict(list)
    for message in evidence.outbox:
        told[message["story"]].append(message)
    came: dict[str, set[tuple[str, str]]] = defaultdict(set)
    ids: dict[str, set[str]] = defaultdict(set)
    for delivery in evidence.deliveries:
        came[delivery.message].add((delivery.story, delivery.type))
        ids[delivery.story].add(delivery.message)
    yield from (f"message {message} told of {what}" for message, what in came.items() if len(what) > 1)
    taken = {delivery.message for delivery in evidence.deliveries if delivery.taken}
    for story in evidence.asked:
        ends = 1 + sum(order["story"] == story.id and order["kind"] != "story" for order in evidence.orders)
        if story.id not in evidence.stories:  # its messages went with it
            if len(ids[story.id]) > ends:
                yield f"{story.id} ended {ends} times and was told of by {len(ids[story.id])} messages"
            continue
        messages = told[story.id]
        if len(messages) != (ends if story.wish.webhook else 0):
            yield f"{story.id} ended {ends} times and has {len(messages)} messages"
        if foreign := ids[story.id] - {message["id"] for message in messages}:
            yield f"{story.id} was told of by {foreign}, which nobody wrote down"
        for message in messages:
            if message["state"] != "delivered" or message["id"] not in taken:
                yield f"message {message['id']} of {story.id} is {message['state']}, and was not taken"


def calls_made_again_are_explained(evidence: Evidence) -> Iterator[str]:
    """A provider is asked for the same again only where its answer was lost by a fault or a kill, or is wanted anew."""
    for repeat in repeats(evidence):
        if repeat.why == UNEXPLAINED:
            gap = repeat.again["start"] - (repeat.before["end"] or repeat.before["start"])
            yield f"{repeat.what} {repeat.again['asset'] or ''} of {repeat.again['title']} again {gap:.1f} s later"


def no_object_is_forgotten(evidence: Evidence) -> Iterator[str]:
    """Each stored object is shown by a story or a character, or is written down to be deleted."""
    shown = {key for row in evidence.stories.values() for key in row["objects"].values()} | set(evidence.portraits)
    for key in evidence.files.keys() - shown:
        if not any(key.startswith(prefix) for prefix in evidence.removals):
            yield f"{key} is shown by nothing, and nothing will delete it"


def nothing_is_left_running(evidence: Evidence) -> Iterator[str]:
    """No run of Dagster's goes on without a story, and no process outlives the stack."""
    yield from (f"run {run['run_id']} of {run['job']} is {run['status']}" for run in evidence.unfinished_runs)
    yield from evidence.left_running


INVARIANTS: Mapping[str, tuple[Callable[[Evidence], Iterator[str]], Callable[[Evidence], int]]] = {
    "each story ends as the rules say": (each_story_ends, lambda seen: len(seen.asked)),
    "nothing fails by our own fault": (nothing_fails_by_our_own_fault, lambda seen: len(seen.jobs)),
    "nothing is ready without its readable object": (nothing_is_ready_without_its_object, lambda seen: len(seen.files)),
    "no status contradicts its job": (no_status_contradicts_its_job, lambda seen: len(seen.jobs)),
    "debits less refunds are the stories that stand": (
        debits_less_refunds_are_the_stories_that_stand,
        lambda seen: len(seen.ledger),
    ),
    "each end is told once, under one id": (each_end_is_told_once, lambda seen: len(seen.deliveries)),
    "calls made again are explained": (calls_made_again_are_explained, lambda seen: len(seen.calls)),
    "no object is forgotten": (no_object_is_forgotten, lambda seen: len(seen.files)),
    "nothing is left running": (nothing_is_left_running, lambda seen: len(seen.unfinished_runs)),
}
"""By name: what it looks for, and how many things it looked at."""


def findings(evidence: Evidence) -> list[Finding]:
    """What each invariant says."""
    return [Finding(name, count(evidence), list(check(evidence))) for name, (check, count) in INVARIANTS.items()]

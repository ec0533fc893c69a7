"""What can be seen of a stack from outside after a campaign: its databases, its files, its providers' log, its mail."""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, LiteralString

import psycopg
from psycopg.rows import dict_row

from bench.chaos.families import Asked
from bench.chaos.kills import Kill
from bench.chaos.receiver import Delivery

Row = Mapping[str, Any]

STORIES: LiteralString = """
    SELECT id::text, creator_user_id::text AS family, status, asset_generation_status, objects, webhook_url,
           delivered_at, title FROM stories"""
JOBS: LiteralString = """
    SELECT story_id::text AS story, asset_type AS asset, status, claims, lease_token, error_message
    FROM asset_generation_jobs"""
LEDGER: LiteralString = "SELECT story_id::text AS story, user_id::text AS family, kind, source, turn FROM credit_ledger"
ORDERS: LiteralString = "SELECT story_id::text AS story, kind, assets, delivered, failed, outcome FROM story_orders"
CREDITS: LiteralString = "SELECT id::text AS family, credits FROM users"
OUTBOX: LiteralString = "SELECT id::text, story_id::text AS story, state, attempts, payload FROM webhook_outbox"
REMOVALS: LiteralString = "SELECT prefix FROM object_removals"
PORTRAITS: LiteralString = "SELECT object_key AS key FROM portraits"
UNFINISHED_RUNS: LiteralString = """
    SELECT run_id, status, pipeline_name AS job FROM dagster.runs
    WHERE status NOT IN ('SUCCESS', 'FAILURE', 'CANCELED') AND pipeline_name <> 'sweep'"""


@dataclass
class Evidence:
    """All of it. `files` are the stored objects' keys with the SHA-256 of their bytes, `served` those of the same that
    the API's URLs gave, None where nothing came. `credits` are what each family had at first.
    """

    asked: list[Asked]
    stories: dict[str, Row]
    jobs: list[Row]
    ledger: list[Row]
    orders: list[Row]
    credits_now: dict[str, int]
    outbox: list[Row]
    removals: list[str]
    portraits: list[str]
    files: dict[str, str]
    unfinished_runs: list[Row] = field(default_factory=list)
    credits_before: dict[str, int] = field(default_factory=dict)
    calls: list[Row] = field(default_factory=list)
    deliveries: list[Delivery] = field(default_factory=list)
    kills: list[Kill] = field(default_factory=list)
    served: dict[str, str | None] = field(default_factory=dict)
    answers: Counter[int] = field(default_factory=Counter)
    left_running: list[str] = field(default_factory=list)

    def jobs_of(self, story: str) -> list[Row]:
        """The story's jobs."""
        return [job for job in self.jobs if job["story"] == story]

    def balance(self) -> dict[str, int]:
        """Debits minus refunds by story."""
        standing: dict[str, int] = defaultdict(int)
        for entry in self.ledger:
            standing[entry["story"]] += 1 if entry["kind"] == "debit" else -1
        return standing


def seen(asked: list[Asked], stories_url: str, dagster_url: str | None, store: Path) -> Evidence:
    """What databases and object store show now."""
    with psycopg.connect(stories_url, row_factory=dict_row) as connection:

        def rows(query: LiteralString) -> list[Row]:
            return list(connection.execute(query).fetchall())

        found = Evidence(
            asked=asked,
            stories={row["id"]: row for row in rows(STORIES)},
            jobs=rows(JOBS),
            ledger=rows(LEDGER),
            orders=rows(ORDERS),
            credits_now={row["family"]: row["credits"] for row in rows(CREDITS)},
            outbox=rows(OUTBOX),
            removals=[row["prefix"] for row in rows(REMOVALS)],
            portraits=[row["key"] for row in rows(PORTRAITS)],
            files=dict(_files(store)),
        )
    if dagster_url is not None:
        with psycopg.connect(dagster_url, row_factory=dict_row) as connection:
            found.unfinished_runs = list(connection.execute(UNFINISHED_RUNS).fetchall())
    return found


def _files(store: Path) -> Iterator[tuple[str, str]]:
    for path in sorted(store.rglob("*")):
        if path.is_file():
            yield str(path.relative_to(store)), hashlib.sha256(path.read_bytes()).hexdigest()

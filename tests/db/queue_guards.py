"""Every condition that keeps the queue right, each taken away once: `queue_machine` must notice, or the planner.

A condition that says nothing new, and is there for a partial index, changes no outcome: what notices its absence is the
plan, which reads all that was ever made.
"""

from __future__ import annotations

import contextlib
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import psycopg
import pytest
from hypothesis.errors import FlakyStrategyDefinition

from storytailor.db import connection as connection_module
from storytailor.db.connection import QUERIES, statement
from tests.db.queue_machine import Queues, run_queue
from tests.db.sql_guards import Mutation, changed, without_each_guard

JOBS = "asset_generation_jobs"
EVERY_JOB = ("idx_jobs_story", "asset_generation_jobs_")
"""Indices that hold all jobs, by the beginning of their names; the others hold what is under way."""
FUNCTIONS = ("counted_workers", "patch_story_assets")
"""Of the database, with conditions of the queue in them; `prepare` has given the first of them this name."""
OTHERWISE: tuple[tuple[str, str, str], ...] = (
    ("queue/begin", "claims = claims + 1", "claims = claims"),
    ("queue/claim", "begun_at = NULL", "begun_at = job.begun_at"),
    ("queue/claim", "ORDER BY priority_rank(priority), created_at, story_id\n", "\n"),
    ("queue/claim", "ORDER BY waiting.rank, waiting.since", "ORDER BY waiting.since"),
    ("queue/claim", "ORDER BY waiting.rank, waiting.since", "ORDER BY waiting.rank"),
    ("queue/claim", "least(%(batch)s, ", "least("),
    ("queue/claim", "%(in_flight)s - count(DISTINCT lease_token),", "%(in_flight)s,"),
    ("queue/claim", "- count(DISTINCT lease_token) FILTER (WHERE begun_at IS NULL)", ""),
    ("queue/claim", "* (SELECT greatest(1, workers) FROM worker_capacity())", ""),
    ("queue/claim", "greatest(1, workers)", "workers"),
    ("queue/claim", "max(claims) + 1", "max(claims)"),
    ("queue/fail", "claims = claims - 1", "claims = claims"),
    ("queue/finish", "SET status = 'queued', claims = 0", "SET status = 'queued', claims = job.claims"),
    ("queue/claim", "received_at = NULL", "received_at = job.received_at"),
    ("queue/renew", "received_at = clock_timestamp()", "received_at = NULL"),
    ("queue/start", "CASE WHEN started_at IS NULL THEN interval '0' ELSE paused END", "paused"),
    ("queue/renew", "greatest(clock_timestamp() - lease_expires_at, interval '0')", "interval '0'"),
    ("queue/progress", "(%(status)s = 'retrying')::int", "1"),
    ("queue/regenerate", "lease_expires_at = NULL, claims = 0", "lease_expires_at = NULL"),
    ("queue/release", "%(uncounted)s AND begun_at IS NOT NULL", "%(uncounted)s"),
    ("queue/release", "%(uncounted)s AND begun_at IS NOT NULL", "begun_at IS NOT NULL"),
    ("queue/release", "THEN story_id = ANY(%(stories)s::uuid[]) AND", "THEN"),
    ("queue/release", "ELSE lease_token = ANY(%(tokens)s::uuid[]) END", "ELSE TRUE END"),
    ("queue/release", "status = CASE WHEN lost.claims >= %(max_claims)s", "status = CASE WHEN FALSE"),
    ("queue/start", "coalesce(started_at, clock_timestamp())", "clock_timestamp()"),
    ("queue/take", "claims = 1, blocked_by", "claims = job.claims, blocked_by"),
    ("story_overall", "'pending'::text, ", ""),
    ("story_overall", "'generating'::text, ", ""),
    ("story_overall", ", 'retrying'::text", ""),
    ("story_overall", "'audio'::text, ", ""),
    ("story_overall", "WHEN bool_or(((jsonb_each.value ->> 'status'::text) = 'failed'::text)) THEN", "WHEN FALSE THEN"),
    ("story_overall", "(jsonb_each.key = 'cover'::text) AND", "FALSE AND"),
    ("story_overall", "> 1)", "> 0)"),
    ("derive_story_status", "WHEN 'failed' THEN 'failed'", ""),
    ("derive_story_status", "WHEN 'generating' THEN 'generating'", ""),
    ("priority_rank", "THEN 0", "THEN 2"),
)  # fmt: skip
"""What is decided elsewhere than in a WHERE, HAVING or ON: the place, its part, and what stands there instead."""
PARAMETERS: dict[str, Any] = {
    "assets_a_story": 11, "batch": 1, "in_flight": 1, "max_claims": 3, "minutes": 1.0, "reason": "", "seconds": 1.0,
    "stories": [UUID(int=0)], "assets": ["cover"], "tokens": None, "uncounted": False, "waiting": 1,
}  # fmt: skip
"""With which statements are explained."""


@dataclass(frozen=True)
class Verdict:
    """How it was noticed that a condition is gone; `steps` are the machine's, and None where only the plan shows it."""

    mutation: Mutation
    how: str
    steps: int | None = None


class Hunt:
    """Takes conditions away in a database of which `prepare` was told."""

    def __init__(self, url: str) -> None:
        self._url = url

    def mutations(self) -> list[Mutation]:
        """Each condition of the queue's statements and functions, gone; and what else is decided, decided otherwise."""
        places = [f"queue/{file.stem}" for file in sorted((QUERIES / "queue").glob("*.sql"))]
        conditions = [gone for place in (*places, *FUNCTIONS) for gone in without_each_guard(place, self._sql(place))]
        return conditions + [changed(place, self._sql(place), part, instead) for place, part, instead in OTHERWISE]

    def verdict(self, mutation: Mutation, *, steps: int) -> Verdict | None:
        """Who notices; None when nobody has within so many steps."""
        made = 0
        with self._without(mutation):
            while made < steps:
                try:
                    with contextlib.redirect_stdout(io.StringIO()):
                        run_queue(self._url, steps=steps - made, length=40, repeatable=False, shrink=False)
                except FlakyStrategyDefinition:  # of which of two commits was first: says nothing of the queue
                    made += Queues.steps
                except Exception as error:  # noqa: BLE001  whatever it is, it was noticed
                    return Verdict(mutation, _in_short(error), made + Queues.steps)
                else:
                    break
        if self._scans_of_all(mutation.sql) > self._scans_of_all(self._sql(mutation.place)):
            return Verdict(mutation, "the plan: reads all that was ever made")
        return None

    def _sql(self, place: str) -> str:
        if "/" in place:
            return statement(place)
        with psycopg.connect(self._url) as connection:
            ((text,),) = connection.execute(
                "SELECT pg_get_functiondef(oid) FROM pg_proc WHERE proname = %s", (place,)
            ).fetchall()
            return str(text)

    @contextlib.contextmanager
    def _without(self, mutation: Mutation) -> Iterator[None]:
        whole = self._sql(mutation.place)
        if "/" not in mutation.place:
            self._define(mutation.sql)
            yield
            self._define(whole)
            return
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(
                connection_module, "statement", lambda name: mutation.sql if name == mutation.place else statement(name)
            )
            yield

    def _define(self, function: str) -> None:
        with psycopg.connect(self._url) as connection:
            connection.execute(function.encode())

    def _scans_of_all(self, sql: str) -> int:
        """How often the plan goes through all jobs there ever were; 0 for what cannot be explained."""
        body = re.search(r"\$function\$(.*)\$function\$", sql, re.DOTALL)
        text = body.group(1) if body else sql
        names = sorted(set(re.findall(r"%\((\w+)\)s", text)))
        numbered = text.replace("%%", "%")
        for number, name in enumerate(names, 1):
            numbered = numbered.replace(f"%({name})s", f"${number}")
        with psycopg.connect(self._url, autocommit=True) as connection:
            connection.execute("SET enable_seqscan = off")
            for explain, parameters in (
                (f"EXPLAIN (GENERIC_PLAN, FORMAT JSON) {numbered}", None),
                (f"EXPLAIN (FORMAT JSON) {text}", PARAMETERS),
            ):
                with contextlib.suppress(psycopg.ProgrammingError):
                    (([plan],),) = connection.execute(explain.encode(), parameters).fetchall()
                    return sum(_goes_through_all(node) for node in _nodes(plan["Plan"]))
        return 0


def _nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for part in plan.get("Plans", ()):
        yield from _nodes(part)


def _goes_through_all(node: dict[str, Any]) -> bool:
    """Whether it reads a table of jobs from end to end, or a whole index that has every job."""
    if node["Node Type"] == "Seq Scan":
        return str(node["Relation Name"]) == JOBS
    index = str(node.get("Index Name", ""))
    return "Index Cond" not in node and index.startswith(EVERY_JOB)


def _in_short(error: BaseException) -> str:
    """The first line of what went wrong, as far down as it is known."""
    while error.__cause__:
        error = error.__cause__
    lines = str(error).strip().splitlines() or [""]
    return f"{type(error).__name__} {lines[0]}".strip()[:100]

"""Whatever workers, sensors, a family and an operator do at once: no lease is had twice, nothing is lost or stuck.

And nothing of what sees to that is idle: without any one of the conditions in the queue's SQL, something is noticed.
"""

from __future__ import annotations

import os

import pytest
from rich.console import Console
from rich.table import Table

from tests.db.queue_guards import Hunt
from tests.db.queue_machine import run_queue
from tests.db.sql_guards import without_each_guard
from tests.db.watched_database import prepare

STEPS = int(os.environ.get("QUEUE_STEPS", "0"))
"""`make queue` asks for thousands, other ones each time, and for each condition to be missed within as many."""
HANDFUL = (
    "queue/begin: begun_at IS NULL",
    "queue/finish: job.blocked_by IS NOT NULL",
    "queue/finish: prefix IN (SELECT value FROM jsonb_each_text(%(objects)s::jsonb))",
    "queue/start: lease_token = %(token)s",
    "queue/expired_stories: lease_token IS NOT NULL",
)
EXPLAINED = {
    "queue/cancel_leases: job.id NOT IN (SELECT id FROM stopped)": "without it one statement would update a row twice,"
    " of which PostgreSQL says that one update takes place and not which",
    "queue/time_out: job.id NOT IN (SELECT id FROM stuck)": "as in cancel_leases",
    "queue/take: count(*) > 0": "where nothing was taken nobody asks what is shown, as PostgreSQL plans it by now",
}
"""What no interleaving tells apart, and why it stands there."""


@pytest.fixture
def watched_url(database_url: str) -> str:
    prepare(database_url)
    return database_url


def test_no_interleaving_breaks_the_queue(watched_url: str) -> None:
    run_queue(watched_url, steps=STEPS or 100, length=40, repeatable=not STEPS)


@pytest.mark.skipif(bool(STEPS), reason="`make queue` takes all of them")
@pytest.mark.parametrize("guard", HANDFUL)
def test_a_condition_that_is_gone_is_missed(watched_url: str, guard: str) -> None:
    hunt = Hunt(watched_url)
    (mutation,) = [mutation for mutation in hunt.mutations() if str(mutation) == guard]
    assert hunt.verdict(mutation, steps=0 if "expired" in guard else 2_000)


@pytest.mark.skipif(not STEPS, reason="`make queue` takes an hour for it")
def test_every_condition_that_is_gone_is_missed(watched_url: str, capsys: pytest.CaptureFixture[str]) -> None:
    hunt = Hunt(watched_url)
    survived = []
    table = Table("condition", "steps", "noticed by", title="What is noticed when a condition is gone")
    for mutation in hunt.mutations():
        verdict = hunt.verdict(mutation, steps=0 if str(mutation) in EXPLAINED else STEPS)
        if verdict is None and str(mutation) not in EXPLAINED:
            survived.append(str(mutation))
        noticed = verdict.how if verdict else EXPLAINED.get(str(mutation), "NOBODY")
        table.add_row(str(mutation), str(verdict.steps or "") if verdict else "", noticed)
        with capsys.disabled():
            Console(width=200).print(f"{table.row_count} conditions looked at", end="\r")
    with capsys.disabled():
        Console(width=200).print(table)
    assert survived == []


def test_the_conditions_of_a_statement_are_found_wherever_they_stand() -> None:
    sql = """
        WITH mine AS (
            SELECT id FROM jobs JOIN stories ON stories.id = job.story_id AND stories.open  -- WHERE not here
            WHERE token = %(token)s AND NOT EXISTS (SELECT FROM others WHERE a = 1 AND b = 'x AND y')
              AND CASE WHEN c THEN d AND e ELSE f END
            GROUP BY id HAVING count(*) > 1
            FOR UPDATE SKIP LOCKED
        )
        INSERT INTO t SELECT * FROM mine ON CONFLICT (id) DO UPDATE SET a = 1 WHERE g RETURNING *;
    """
    found = [mutation.guard for mutation in without_each_guard("example", sql)]
    assert found == [
        "stories.id = job.story_id",
        "stories.open",
        "token = %(token)s",
        "NOT EXISTS (SELECT FROM others WHERE a = 1 AND b = 'x AND y')",
        "CASE WHEN c THEN d AND e ELSE f END",
        "a = 1",
        "b = 'x AND y'",
        "count(*) > 1",
        "g",
        "FOR UPDATE SKIP LOCKED",
        "SKIP LOCKED",
    ]

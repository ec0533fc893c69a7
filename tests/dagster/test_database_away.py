"""A database that restarts between two stories costs the next one nothing."""

from __future__ import annotations

import threading
import time
from uuid import UUID

import psycopg
import pytest

from emulator.testing import Emulator
from tests.dagster.conftest import StoryMaker
from tests.dagster.workers import Worker

CONNECTIONS = "FROM pg_stat_activity WHERE datname = %s AND application_name LIKE 'storytailor%%'"

WAITING_FOR_A_LOCK = (
    "FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'storytailor dagster' "
    "AND wait_event_type = 'Lock'"
)


def story_made(maker: StoryMaker, worker: Worker) -> UUID:
    """A story, made by one run from claim to release."""
    story_id = maker.ask(generate_assets=False)
    (lease,) = maker.claim()
    worker.make(worker.request(lease))
    return story_id


def ends(maker: StoryMaker, story_id: UUID) -> tuple[str, int]:
    """How a story stands, and how many claims that took."""
    ((claims,),) = maker.query("SELECT max(claims) FROM asset_generation_jobs WHERE story_id = %s", story_id)
    return maker.row(story_id)["status"], claims


def cut_all(postgres: str, database: str) -> set[str]:
    """End every connection to the database, as a restart does; of whom they were."""
    with psycopg.connect(postgres, autocommit=True) as connection:
        rows = connection.execute(f"SELECT application_name, pg_terminate_backend(pid) {CONNECTIONS}", (database,))
        return {name for name, _ in rows.fetchall()}


def test_a_restart_between_two_stories_leaves_the_next_one_ready_with_one_claim(
    maker: StoryMaker, worker: Worker, emulator: Emulator, postgres: str, caplog: pytest.LogCaptureFixture
) -> None:
    emulator.behave(answers="canned")
    assert ends(maker, story_made(maker, worker)) == ("ready", 1)
    next_one = maker.ask(generate_assets=False)
    (lease,) = maker.claim()
    run_id = worker.request(lease)  # its task lies at the broker
    ((database,),) = maker.query("SELECT current_database()")
    assert cut_all(postgres, database) == {"storytailor", "storytailor dagster"}
    worker.make(run_id)
    assert ends(maker, next_one) == ("ready", 1)
    assert "trying again" not in caplog.text  # a dead connection is found out before it is used


def test_a_connection_that_breaks_while_the_run_is_read_costs_no_claim(
    maker: StoryMaker, worker: Worker, emulator: Emulator
) -> None:
    emulator.behave(answers="canned")
    story_id = maker.ask(generate_assets=False)
    (lease,) = maker.claim()
    run_id = worker.request(lease)
    making = threading.Thread(target=worker.make, args=[run_id])
    with psycopg.connect(maker.services.settings.database) as held:
        held.execute("LOCK TABLE dagster.runs")
        making.start()
        while not maker.query(f"SELECT pg_terminate_backend(pid) {WAITING_FOR_A_LOCK}"):
            time.sleep(0.05)
    making.join()
    assert ends(maker, story_id) == ("ready", 1)

"""A database that is read-only for a while, as a standby or one whose disk is full: all waits, and nothing ends."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

import psycopg
import pytest

from storytailor.db import Lease
from storytailor.settings import Settings
from storytailor_dagster import worker_presence
from storytailor_dagster.worker_presence import WorkerPresence
from tests.dagster.conftest import StoryMaker
from tests.dagster.test_database_away import cut_all

READ_ONLY_SECONDS = 3.0
PATIENCE = 20.0


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """Leases that are renewed often, and outlast the test."""
    return settings.model_copy(update={"lease_seconds": 60.0, "lease_renewal_seconds": 0.3})


@contextmanager
def read_only(postgres: str, maker: StoryMaker) -> Iterator[None]:
    """The maker's database takes no writes, as long as the block lasts; then its sessions stay read-only."""
    ((name,),) = maker.query("SELECT current_database()")
    with psycopg.connect(postgres, autocommit=True) as connection:
        connection.execute(f"ALTER DATABASE {name} SET default_transaction_read_only = on".encode())
        cut_all(postgres, name)
        yield
        connection.execute(f"ALTER DATABASE {name} RESET default_transaction_read_only".encode())


def held(maker: StoryMaker) -> Lease:
    """A lease that the maker holds."""
    maker.ask()
    (lease,) = maker.claim()
    maker.loop.call(maker.services.queue.begin(lease))
    maker.services.leases.hold(lease.token)
    return lease


def is_renewed(maker: StoryMaker) -> bool:
    """Whether the only lease is renewed within a while."""
    found, ends = expiry(maker), time.monotonic() + PATIENCE
    while expiry(maker) == found and time.monotonic() < ends:
        time.sleep(0.1)
    return expiry(maker) > found


def expiry(maker: StoryMaker) -> datetime:
    ((ends,),) = maker.query("SELECT max(lease_expires_at) FROM asset_generation_jobs")
    assert isinstance(ends, datetime)
    return ends


def test_leases_are_still_renewed_after_their_database_was_read_only_for_a_while(
    maker: StoryMaker, postgres: str, caplog: pytest.LogCaptureFixture
) -> None:
    held(maker)
    assert is_renewed(maker)
    with read_only(postgres, maker):
        time.sleep(READ_ONLY_SECONDS)
    assert is_renewed(maker)
    assert "The database is read-only; waiting for it." in caplog.text


def test_leases_are_still_renewed_after_something_that_nobody_expected_which_is_told_once(
    maker: StoryMaker, caplog: pytest.LogCaptureFixture
) -> None:
    held(maker)
    assert is_renewed(maker)
    maker.execute("ALTER TABLE asset_generation_jobs RENAME TO away")
    time.sleep(READ_ONLY_SECONDS)
    maker.execute("ALTER TABLE away RENAME TO asset_generation_jobs")
    assert is_renewed(maker)
    assert caplog.text.count("The renewal of leases failed, and goes on.") == 1


def test_a_worker_says_that_it_is_there_again_after_something_that_nobody_expected(
    maker: StoryMaker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker_presence, "RENEW_SECONDS", 0.1)
    maker.execute("ALTER TABLE workers RENAME TO away")
    presence = WorkerPresence(maker.loop)
    presence.start(slots=2)
    time.sleep(1.0)
    maker.execute("ALTER TABLE away RENAME TO workers")
    ends = time.monotonic() + PATIENCE
    while not (there := maker.loop.call(maker.services.workers.capacity()).workers) and time.monotonic() < ends:
        time.sleep(0.1)
    presence.leave()
    assert there == 1

"""One daemon works, whatever else is started: the second waits, the next one after a crash works at once."""

from __future__ import annotations

import sysconfig
from collections.abc import Iterator
from pathlib import Path

import dagster as dg
import pytest

from storytailor.settings import get_settings
from tests.dagster.daemons import PARTITIONS, WORKS, Place, eventually, lay_out

BY_HAND = str(Path(sysconfig.get_path("scripts")) / "dagster-daemon")
ONCE_EACH = dict.fromkeys(PARTITIONS, 1)


@pytest.fixture
def place(tmp_path: Path, database_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Place]:
    environment = lay_out(tmp_path, database_url)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    get_settings.cache_clear()
    with dg.DagsterInstance.from_config(str(tmp_path)) as instance:
        place = Place(tmp_path, database_url, instance, environment, [])
        yield place
        for daemon in place.started:
            daemon.kill()
    get_settings.cache_clear()


def test_a_second_daemon_says_so_and_launches_nothing_until_the_first_is_killed(place: Place) -> None:
    place.backfill("one")  # before they start: a daemon looks for backfills then, and every half minute
    first = place.start()
    first.prints(WORKS)
    second = place.start()
    second.prints("Another daemon is running")
    eventually(lambda: len(place.runs_of("one")) == len(PARTITIONS))
    assert f":{first.process.pid}, since" in second.printed
    place.backfill("two")
    first.kill()
    second.prints("this one takes over")
    second.prints(WORKS)
    assert second.printed.index("this one takes over") < second.printed.index(WORKS)
    eventually(lambda: len(place.runs_of("two")) == len(PARTITIONS))
    assert place.runs_of("one") == place.runs_of("two") == ONCE_EACH
    assert "still sending heartbeats" not in first.printed + second.printed


def test_a_killed_daemon_that_is_started_again_works_at_once(place: Place) -> None:
    killed = place.start()
    killed.prints(WORKS)
    eventually(place.works)
    before = place.works()
    place.backfill("one")
    killed.kill()
    again = place.start()
    again.prints(WORKS)
    eventually(lambda: place.runs_of("one") == ONCE_EACH)
    assert "nother" not in again.printed
    assert place.works()
    assert not place.works() & before


def test_a_daemon_keeps_working_when_its_lock_is_cut_and_ends_when_another_takes_it(place: Place) -> None:
    daemon = place.start()
    daemon.prints(WORKS)
    place.end_lock_session()
    daemon.prints("has the lock again")
    place.end_lock_session()
    with place.lock_held():
        assert daemon.process.wait(20) == 1
        assert "Another daemon (elsewhere:7, since" in daemon.printed


def test_dagsters_own_command_beside_a_daemon_ends_with_the_reason_and_without_a_heartbeat(place: Place) -> None:
    with place.lock_held():
        by_hand = place.start(BY_HAND, "run", "-w", "workspace.yaml")
        assert by_hand.process.wait(90) == 1
    assert "Another daemon is running: two would launch everything twice." in by_hand.printed
    assert place.works() == set()

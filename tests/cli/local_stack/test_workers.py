"""The local stack has a worker a core, which together keep to what is set for one account."""

from __future__ import annotations

import asyncio
import os
import sys
from pathlib import Path

import pytest

from storytailor.settings import Settings
from storytailor_cli.local_stack import services
from storytailor_cli.local_stack.process import Service
from storytailor_cli.local_stack.stack import STOP_ORDER
from storytailor_cli.local_stack.supervisor import Supervisor
from storytailor_cli.local_stack.workers import concurrency, shares, worker_count
from tests.cli.local_stack.test_supervisor import Recorder


def given(**settings: object) -> Settings:
    return Settings(_env_file=None, **settings)  # type: ignore[arg-type]


@pytest.mark.parametrize(("cores", "workers"), [(1, 1), (2, 2), (4, 4), (64, 4)])
def test_there_is_a_worker_a_core_but_not_more_than_four(
    cores: int, workers: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("WORKERS", raising=False)
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: set(range(cores)), raising=False)
    assert worker_count(given()) == workers
    assert worker_count(given(workers=3)) == 3


def test_workers_divide_the_stories_the_pictures_a_minute_and_the_voice() -> None:
    settings = given(stories_in_flight=7, images_per_minute=5, input_images_per_minute=9, elevenlabs_concurrency=3)
    assert concurrency(settings, 2) == 4
    assert shares(settings, 2) == {
        "IMAGES_PER_MINUTE": "2",
        "INPUT_IMAGES_PER_MINUTE": "4",
        "ELEVENLABS_CONCURRENCY": "1",
    }


def test_what_is_not_set_stays_unset_for_each() -> None:
    assert shares(given(), 2) == {"ELEVENLABS_CONCURRENCY": "2"}


@pytest.mark.parametrize("least", ["stories_in_flight", "images_per_minute", "elevenlabs_concurrency"])
def test_there_are_no_more_workers_than_there_is_something_for_each_of(least: str) -> None:
    assert worker_count(given(workers=4, **{least: 2})) == 2


def test_each_worker_has_a_name_and_a_host_name_of_its_own_and_leaves_the_processor_to_others() -> None:
    first, second = services.worker(5), services.worker(5, 2)
    assert (first.name, second.name) == ("worker", "worker-2")
    assert first.command[-1] == "worker@%h"
    assert second.command[-1] == "worker-2@%h"
    assert first.niceness == second.niceness == services.MAKERS_NICENESS


async def test_all_workers_stop_after_the_daemon_and_before_what_they_release_their_leases_with(
    tmp_path: Path,
) -> None:
    ended = tmp_path / "ended.txt"
    script = (
        "import signal, sys, time\n"
        "def end(*_):\n"
        "    with open(sys.argv[1], 'a') as file: file.write(sys.argv[2] + ' ')\n"
        "    sys.exit()\n"
        "signal.signal(signal.SIGTERM, end); print('up', flush=True); time.sleep(60)\n"
    )
    supervisor = Supervisor(tmp_path, Recorder(), asyncio.Event())
    for name in ("postgres", "worker", "worker-2", "daemon"):
        supervisor.start(Service(name, (sys.executable, "-c", script, str(ended), name), ready_text="up"), os.environ)
    await supervisor.ready()
    await supervisor.stop(STOP_ORDER)
    names = ended.read_text().split()
    assert names[0] == "daemon"
    assert set(names[1:3]) == {"worker", "worker-2"}
    assert names[3:] == ["postgres"]

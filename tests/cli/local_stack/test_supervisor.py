"""The supervisor, with real processes."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import time
from dataclasses import replace
from pathlib import Path

import psutil
import pytest

from storytailor_cli.local_stack import services
from storytailor_cli.local_stack.errors import ServiceFailedError
from storytailor_cli.local_stack.process import Service
from storytailor_cli.local_stack.supervisor import Supervisor


class Recorder:
    """An observer that keeps what it is told."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.exit_codes: list[int] = []

    def ready(self, service: str, seconds: float) -> None:
        pass

    def exited(self, service: str, code: int, delay: float, last_line: str) -> None:
        self.exit_codes.append(code)

    def line(self, service: str, text: str) -> None:
        self.lines.append(text)


def python(script: str, ready_text: str | None = None, grace: float = 5.0) -> Service:
    return Service("it", (sys.executable, "-c", script), ready_text=ready_text, grace=grace)


@pytest.fixture
def recorder() -> Recorder:
    return Recorder()


@pytest.fixture
def force() -> asyncio.Event:
    return asyncio.Event()


@pytest.fixture
async def supervisor(tmp_path: Path, recorder: Recorder, force: asyncio.Event) -> Supervisor:
    return Supervisor(tmp_path, recorder, force)


STOP = (("it",),)
WAIT = "print('up', flush=True); import time; time.sleep(60)"


async def test_a_process_that_exits_is_started_again(
    supervisor: Supervisor, recorder: Recorder, tmp_path: Path
) -> None:
    exit_the_first_time = (
        "import os, sys, time\n"
        f"try: os.mkdir({str(tmp_path / 'started')!r})\n"
        "except FileExistsError: print('up', flush=True); time.sleep(60)\n"
        "else: sys.exit(3)"
    )
    supervisor.start(python(exit_the_first_time, ready_text="up"), os.environ)
    await supervisor.ready()
    assert recorder.exit_codes == [3]
    await supervisor.stop(STOP)


async def test_one_that_exits_again_and_again_ends_the_stack_with_its_last_lines(
    supervisor: Supervisor,
) -> None:
    supervisor.start(python("print('no such luck'); exit(1)", ready_text="never"), os.environ)
    with pytest.raises(ServiceFailedError, match=r"(?s)it exited 4 times in a row.*no such luck.*it\.log"):
        await supervisor.ready()
    await supervisor.stop(STOP)


async def test_one_that_does_not_stop_is_killed_with_its_children(supervisor: Supervisor, recorder: Recorder) -> None:
    stubborn = (
        "import signal, subprocess, sys, time; signal.signal(signal.SIGTERM, signal.SIG_IGN);"
        "print(subprocess.Popen(['sleep', '60']).pid, flush=True); time.sleep(60)"
    )
    supervisor.start(python(stubborn, ready_text="", grace=0.3), os.environ)
    await supervisor.ready()
    child = psutil.Process(int(recorder.lines[0]))
    await supervisor.stop(STOP)
    child.wait(5)


async def test_a_stack_started_in_the_background_of_a_shell_can_be_stopped(
    supervisor: Supervisor, recorder: Recorder
) -> None:
    before = signal.signal(signal.SIGTERM, signal.SIG_IGN)  # which children inherit
    try:
        supervisor.start(python(WAIT, ready_text="up", grace=30.0), os.environ)
        await supervisor.ready()
    finally:
        signal.signal(signal.SIGTERM, before)
    started = time.monotonic()
    await supervisor.stop(STOP)
    assert time.monotonic() - started < 10


async def test_one_that_stops_does_not_wait_for_the_children_it_leaves(
    supervisor: Supervisor, recorder: Recorder
) -> None:
    careless = "import subprocess, time; print(subprocess.Popen(['sleep', '60']).pid, flush=True); time.sleep(60)"
    supervisor.start(python(careless, ready_text="", grace=30.0), os.environ)
    await supervisor.ready()
    child, started = psutil.Process(int(recorder.lines[0])), time.monotonic()
    await supervisor.stop(STOP)
    child.wait(5)
    assert time.monotonic() - started < 10


async def test_a_forced_stop_does_not_wait_for_the_grace(supervisor: Supervisor, force: asyncio.Event) -> None:
    stubborn = f"import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); {WAIT}"
    supervisor.start(python(stubborn, ready_text="up", grace=30.0), os.environ)
    await supervisor.ready()
    started = time.monotonic()
    asyncio.get_running_loop().call_later(0.2, force.set)
    await supervisor.stop(STOP)
    assert time.monotonic() - started < 5


async def test_a_line_longer_than_any_buffer_is_read_whole(supervisor: Supervisor, recorder: Recorder) -> None:
    supervisor.start(python(f"print('x' * 300_000); {WAIT}", ready_text="up"), os.environ)
    await supervisor.ready()
    assert len(recorder.lines[0]) == 300_000
    await supervisor.stop(STOP)


async def test_what_makes_books_leaves_the_processor_to_what_answers_families(
    supervisor: Supervisor, recorder: Recorder
) -> None:
    says = "import os; print('nice', os.nice(0), flush=True); import time; time.sleep(60)"
    makers = services.worker(2)
    supervisor.start(replace(makers, name="it", command=(sys.executable, "-c", says), ready_text="nice"), os.environ)
    await supervisor.ready()
    await supervisor.stop(STOP)
    assert recorder.lines == [f"nice {os.nice(0) + services.MAKERS_NICENESS}"]
    assert 0 < services.emulator(8100).niceness < services.MAKERS_NICENESS  # it is asked to moderate each request
    assert services.api("127.0.0.1", 8000).niceness == 0

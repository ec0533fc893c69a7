"""The local stack's parts: the supervisor with real processes, the state directory, ports."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import psutil
import psycopg
import pytest

from storytailor.db.demo import DEMO_USER, seed_demo
from storytailor.safety.traits import TRAITS
from storytailor_cli.local_stack.environment import with_driver
from storytailor_cli.local_stack.errors import AlreadyRunning, ServiceFailed, StackError
from storytailor_cli.local_stack.leftovers import MARK, end_leftovers, marked
from storytailor_cli.local_stack.network import broker_answers, free_port, require_free
from storytailor_cli.local_stack.postgres import SOCKET_PATH_LIMIT, prepare
from storytailor_cli.local_stack.process import Service
from storytailor_cli.local_stack.state import Running, State
from storytailor_cli.local_stack.supervisor import Supervisor

LEASH = Path(sys.modules["storytailor_cli.local_stack.process"].__file__ or "").with_name("leash.py")


class Notes:
    """An audience that remembers."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.deaths: list[int] = []

    def ready(self, service: str, seconds: float) -> None:
        pass

    def died(self, service: str, code: int, pause: float, last_words: str) -> None:
        self.deaths.append(code)

    def line(self, service: str, text: str) -> None:
        self.lines.append(text)


def python(script: str, **options: object) -> Service:
    return Service("it", (sys.executable, "-c", script), **options)  # type: ignore[arg-type]


@pytest.fixture
def notes() -> Notes:
    return Notes()


@pytest.fixture
def hurry() -> asyncio.Event:
    return asyncio.Event()


@pytest.fixture
async def supervisor(tmp_path: Path, notes: Notes, hurry: asyncio.Event) -> Supervisor:
    return Supervisor(tmp_path, notes, hurry)


STOP = (("it",),)
WAIT = "print('up', flush=True); import time; time.sleep(60)"


async def test_a_process_that_dies_is_started_again(
    supervisor: Supervisor, notes: Notes, tmp_path: Path
) -> None:
    once = f"import os; os.mkdir({str(tmp_path / 'been')!r})"
    service = python(
        f"try:\n {once}\nexcept FileExistsError:\n {WAIT.replace('; ', chr(10) + ' ')}\nelse: exit(3)"
    )
    supervisor.begin(Service("it", service.command, says="up"), os.environ)
    await supervisor.ready()
    assert notes.deaths == [3]
    await supervisor.stop(STOP)


async def test_one_that_dies_again_and_again_ends_the_stack_with_its_last_words(
    supervisor: Supervisor,
) -> None:
    supervisor.begin(python("print('no such luck'); exit(1)", says="never"), os.environ)
    with pytest.raises(ServiceFailed, match=r"(?s)it ended 4 times in a row.*no such luck.*it\.log"):
        await supervisor.ready()
    await supervisor.stop(STOP)


async def test_one_that_does_not_stop_is_made_to_with_its_children(
    supervisor: Supervisor, notes: Notes
) -> None:
    stubborn = (
        "import signal, subprocess, sys, time; signal.signal(signal.SIGTERM, signal.SIG_IGN);"
        "print(subprocess.Popen(['sleep', '60']).pid, flush=True); time.sleep(60)"
    )
    supervisor.begin(python(stubborn, says="", grace=0.3), os.environ)
    await supervisor.ready()
    child = psutil.Process(int(notes.lines[0]))
    await supervisor.stop(STOP)
    child.wait(5)


async def test_one_that_stops_does_not_wait_for_the_children_it_leaves(
    supervisor: Supervisor, notes: Notes
) -> None:
    careless = (
        "import subprocess, time; print(subprocess.Popen(['sleep', '60']).pid, flush=True); time.sleep(60)"
    )
    supervisor.begin(python(careless, says="", grace=30.0), os.environ)
    await supervisor.ready()
    child, began = psutil.Process(int(notes.lines[0])), time.monotonic()
    await supervisor.stop(STOP)
    child.wait(5)
    assert time.monotonic() - began < 10


async def test_a_hurry_cuts_the_grace_short(supervisor: Supervisor, hurry: asyncio.Event) -> None:
    stubborn = f"import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); {WAIT}"
    supervisor.begin(python(stubborn, says="up", grace=30.0), os.environ)
    await supervisor.ready()
    began = time.monotonic()
    asyncio.get_running_loop().call_later(0.2, hurry.set)
    await supervisor.stop(STOP)
    assert time.monotonic() - began < 5


async def test_a_line_longer_than_any_buffer_is_heard(supervisor: Supervisor, notes: Notes) -> None:
    supervisor.begin(python(f"print('x' * 300_000); {WAIT}", says="up"), os.environ)
    await supervisor.ready()
    assert len(notes.lines[0]) == 300_000
    await supervisor.stop(STOP)


@pytest.mark.skipif(sys.platform != "linux", reason="the kernel's leash is Linux's")
def test_a_leashed_process_ends_with_a_parent_that_is_killed() -> None:
    start = (
        "import os, subprocess, sys, time;"
        f"leash = [sys.executable, '-I', '-S', {str(LEASH)!r}, str(os.getpid()), '{int(signal.SIGKILL)}', ''];"
        "print(subprocess.Popen([*leash, 'sleep', '60']).pid, flush=True); time.sleep(60)"
    )
    with subprocess.Popen((sys.executable, "-c", start), stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        child = psutil.Process(int(parent.stdout.readline()))
        parent.kill()
    deadline = time.monotonic() + 5
    while child.is_running() and child.status() != psutil.STATUS_ZOMBIE:
        assert time.monotonic() < deadline, "the child lives on"
        time.sleep(0.02)


def test_leftovers_are_found_by_their_mark_and_ended(tmp_path: Path) -> None:
    state = State(tmp_path)
    environment = {**os.environ, MARK: str(state.directory)}
    with (
        subprocess.Popen(("sleep", "60"), env=environment) as left,
        subprocess.Popen(("sleep", "60")) as other,
    ):
        assert [process.pid for process in marked(state.directory)] == [left.pid]
        assert end_leftovers(state.directory, state.postgres) == 1
        assert marked(state.directory) == []
        assert other.poll() is None
        other.kill()


def test_only_one_owns_a_state_directory_and_the_others_are_told_where_it_listens(tmp_path: Path) -> None:
    state = State(tmp_path)
    assert state.running() is None
    with state.owned():
        state.write_running(Running(1, "http://127.0.0.1:8000", "http://127.0.0.1:3000", None))
        with (
            pytest.raises(AlreadyRunning, match=r"API http://127\.0\.0\.1:8000, Dagster"),
            State(tmp_path).owned(),
        ):
            pass
        assert State(tmp_path).running() is not None
    assert state.running() is None
    with state.owned():
        pass


def test_a_guest_is_seen_until_it_goes(tmp_path: Path) -> None:
    state = State(tmp_path)
    with State(tmp_path).used():
        assert state.has_guests()
    assert not state.has_guests()


def test_a_taken_port_is_named_with_the_setting_that_moves_it() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(StackError, match=rf"Port {port} is taken .*API_PORT moves ours"):
            require_free({"API_PORT": ("127.0.0.1", port), "DAGSTER_PORT": ("127.0.0.1", free_port())})


def test_two_settings_with_one_port_are_both_named() -> None:
    port = free_port()
    with pytest.raises(StackError, match=f"API_PORT and DAGSTER_PORT are both {port}"):
        require_free({"API_PORT": ("127.0.0.1", port), "DAGSTER_PORT": ("127.0.0.1", port)})


async def test_a_broker_answers_where_somebody_listens() -> None:
    server = await asyncio.start_server(lambda *_: None, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    assert await broker_answers(f"redis://:secret@127.0.0.1:{port}/0")
    server.close()
    assert not await broker_answers(f"redis://:secret@127.0.0.1:{port}/0")


def test_dagster_is_given_the_driver_it_works_with() -> None:
    for scheme in ("postgres", "postgresql", "postgresql+psycopg2"):
        assert with_driver(f"{scheme}://host/db") == "postgresql+psycopg2://host/db"


def test_a_state_directory_deep_down_with_a_space_holds_a_database(tmp_path: Path) -> None:
    deep = tmp_path / ("a very long name " * 6) / ("and one more " * 6)
    deep.mkdir(parents=True)
    cluster = prepare(deep / "postgres")
    assert (cluster.data / "PG_VERSION").exists()
    assert len(os.fsencode(cluster.sockets / ".s.PGSQL.5432")) < SOCKET_PATH_LIMIT
    assert cluster.sockets.stat().st_mode & 0o777 == 0o700
    cluster.sockets.rmdir()


def test_the_demo_is_seeded_once_and_what_was_changed_stays(database_url: str) -> None:
    seed_demo(database_url)
    with psycopg.connect(database_url) as connection:
        rows = connection.execute("SELECT name, traits FROM characters ORDER BY created_at DESC").fetchall()
        assert [name for name, _ in rows] == ["Maya", "Theo", "Fennel"]
        assert all(trait in TRAITS for _, traits in rows for trait in traits)
        connection.execute("DELETE FROM characters WHERE name = 'Theo'")
        connection.execute("UPDATE characters SET name = 'Mia' WHERE name = 'Maya'")
    seed_demo(database_url)
    with psycopg.connect(database_url) as connection:
        rows = connection.execute("SELECT name FROM characters ORDER BY created_at DESC").fetchall()
        assert rows == [("Mia",), ("Fennel",)]
        (credits,) = connection.execute("SELECT credits FROM users WHERE id = %s", (DEMO_USER,)).fetchall()
        assert credits == (1000,)

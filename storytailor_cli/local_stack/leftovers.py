"""Ends what an earlier stack left behind: processes that are found by a variable in their environment."""

from __future__ import annotations

import contextlib
import signal
from pathlib import Path

import psutil

STACK_VARIABLE = "STORYTAILOR_STACK"
"""Set in the environment of every process of a stack to its state directory."""
POSTGRES_STOP_TIMEOUT = 10.0


def stack_processes(state_dir: Path) -> list[psutil.Process]:
    """The processes of the stack of this state directory, grandchildren included."""
    return [process for process in psutil.process_iter() if _stack_of(process) == str(state_dir)]


def end_leftovers(state_dir: Path, postgres_data: Path) -> int:
    """End an earlier stack's processes, PostgreSQL in good order; how many there were.

    Only to be called by the holder of the state directory's lock.
    """
    ended = 0
    postgres = _postmaster(postgres_data)
    if postgres is not None:
        ended += 1
        _stop_postgres(postgres)
    processes = stack_processes(state_dir)
    for process in processes:
        with contextlib.suppress(psutil.NoSuchProcess):
            process.kill()
    psutil.wait_procs(processes, timeout=5)
    return ended + len(processes)


def _stack_of(process: psutil.Process) -> str | None:
    try:
        return process.environ().get(STACK_VARIABLE)
    except (psutil.Error, OSError):  # it ended meanwhile, or belongs to another user
        return None


def _postmaster(data: Path) -> psutil.Process | None:
    """PostgreSQL writes over its environment, but names itself in `postmaster.pid`."""
    try:
        process = psutil.Process(int((data / "postmaster.pid").read_text().split("\n", 1)[0]))
        return process if process.name() == "postgres" and str(data) in process.cmdline() else None
    except (OSError, ValueError, psutil.Error):
        return None


def _stop_postgres(postgres: psutil.Process) -> None:
    with contextlib.suppress(psutil.NoSuchProcess):
        postgres.send_signal(signal.SIGINT)  # fast shutdown: disconnects clients, loses nothing
        try:
            postgres.wait(POSTGRES_STOP_TIMEOUT)
        except psutil.TimeoutExpired:
            postgres.send_signal(signal.SIGQUIT)
            postgres.wait(POSTGRES_STOP_TIMEOUT)

"""Processes of a stack whose supervisor was killed: found by the mark in their environment, and ended."""

from __future__ import annotations

import contextlib
import signal
from pathlib import Path

import psutil

MARK = "STORYTAILOR_STACK"
"""Set in the environment of every process of a stack to its state directory."""
POSTGRES_STOPS_IN = 10.0


def marked(state_dir: Path) -> list[psutil.Process]:
    """The processes of the stack of this state directory, grandchildren included."""
    return [process for process in psutil.process_iter() if _mark_of(process) == str(state_dir)]


def end_leftovers(state_dir: Path, postgres_data: Path) -> int:
    """End what an earlier stack left behind, PostgreSQL in good order; how many there were.

    Only to be called by the holder of the state directory's lock.
    """
    ended = 0
    postgres = _postmaster(postgres_data)
    if postgres is not None:
        ended += 1
        _stop_postgres(postgres)
    processes = marked(state_dir)
    for process in processes:
        with contextlib.suppress(psutil.NoSuchProcess):
            process.kill()
    psutil.wait_procs(processes, timeout=5)
    return ended + len(processes)


def _mark_of(process: psutil.Process) -> str | None:
    try:
        return process.environ().get(MARK)
    except (psutil.Error, OSError):  # gone meanwhile, or somebody else's
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
        postgres.send_signal(signal.SIGINT)  # fast shutdown: clients are cut off, nothing is lost
        try:
            postgres.wait(POSTGRES_STOPS_IN)
        except psutil.TimeoutExpired:
            postgres.send_signal(signal.SIGQUIT)
            postgres.wait(POSTGRES_STOPS_IN)

"""No process outlives the stack: those of a killed parent end, leftovers are found."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from storytailor_cli.local_stack.leftovers import STACK_VARIABLE, end_leftovers, stack_processes
from storytailor_cli.local_stack.process import DIE_WITH_PARENT
from storytailor_cli.local_stack.state import State


@pytest.mark.skipif(sys.platform != "linux", reason="PR_SET_PDEATHSIG is Linux's")
def test_a_process_ends_with_a_parent_that_is_killed() -> None:
    start = (
        "import os, subprocess, sys, time;"
        f"wrapper = [sys.executable, '-I', '-S', {str(DIE_WITH_PARENT)!r}];"
        f"wrapper += [str(os.getpid()), '{int(signal.SIGKILL)}', '0', ''];"
        "print(subprocess.Popen([*wrapper, 'sleep', '60']).pid, flush=True); time.sleep(60)"
    )
    with subprocess.Popen((sys.executable, "-c", start), stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        child = psutil.Process(int(parent.stdout.readline()))
        parent.kill()
    deadline = time.monotonic() + 5
    while child.is_running() and child.status() != psutil.STATUS_ZOMBIE:
        assert time.monotonic() < deadline, "the child is still running"
        time.sleep(0.02)


def test_leftovers_are_found_by_their_environment_and_ended(tmp_path: Path) -> None:
    state = State(tmp_path)
    environment = {**os.environ, STACK_VARIABLE: str(state.directory)}
    with (
        subprocess.Popen(("sleep", "60"), env=environment) as leftover,
        subprocess.Popen(("sleep", "60")) as other,
    ):
        assert [process.pid for process in stack_processes(state.directory)] == [leftover.pid]
        assert end_leftovers(state.directory, state.postgres) == 1
        assert stack_processes(state.directory) == []
        assert other.poll() is None
        other.kill()

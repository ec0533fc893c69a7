"""However the stack ends, no process is left behind. The last file of this folder: it ends the stack that all have."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time

from storytailor_cli.local_stack.leftovers import stack_processes
from tests.end_to_end.conftest import BOOK_TIMEOUT, START_TIMEOUT, STOP_TIMEOUT, STORYTAILOR, Machine


def test_ctrl_c_leaves_no_process_behind(stack: subprocess.Popen[bytes], machine: Machine) -> None:
    assert stack_processes(machine.state)
    os.killpg(stack.pid, signal.SIGINT)
    assert stack.wait(STOP_TIMEOUT) == 0
    assert stack_processes(machine.state) == []
    assert not (machine.state / "postgres" / "postmaster.pid").exists()
    assert "Traceback" not in (machine.folder / "up.txt").read_text()


def test_everything_ends_with_a_killed_supervisor_and_the_next_start_carries_on(machine: Machine) -> None:
    with subprocess.Popen((STORYTAILOR, "story"), cwd=machine.folder, env=machine.environment) as killed:
        deadline = time.monotonic() + START_TIMEOUT
        while not (machine.state / "stack.json").exists():
            assert time.monotonic() < deadline
            time.sleep(0.1)
        killed.kill()
    deadline = time.monotonic() + STOP_TIMEOUT
    while stack_processes(machine.state) and sys.platform == "linux":
        assert time.monotonic() < deadline, stack_processes(machine.state)
        time.sleep(0.1)
    again = machine.run("story", timeout=START_TIMEOUT + BOOK_TIMEOUT)
    assert again.returncode == 0, again.stdout + again.stderr
    assert stack_processes(machine.state) == []

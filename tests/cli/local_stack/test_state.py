"""The state directory and its locks."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from storytailor_cli.local_stack.errors import AlreadyRunningError
from storytailor_cli.local_stack.log_file import LogFile
from storytailor_cli.local_stack.state import RunningStack, State


def test_one_process_runs_the_stack_and_the_others_are_told_where_it_listens(tmp_path: Path) -> None:
    state = State(tmp_path)
    assert state.running() is None
    with state.locked():
        state.write_running(RunningStack(1, "http://127.0.0.1:8000", "http://127.0.0.1:3000", None))
        with (
            pytest.raises(AlreadyRunningError, match=r"API http://127\.0\.0\.1:8000, Dagster"),
            State(tmp_path).locked(),
        ):
            pass
        assert State(tmp_path).running() is not None
    assert state.running() is None
    with state.locked():
        pass


def test_the_stack_has_users_until_the_last_one_is_done(tmp_path: Path) -> None:
    state = State(tmp_path)
    with State(tmp_path).in_use():
        assert state.has_users()
    assert not state.has_users()


def test_what_is_kept_is_for_its_owner_alone(tmp_path: Path) -> None:
    state = State(tmp_path / "state")
    state.directory.mkdir(mode=0o755)  # as an earlier version made it
    state.create()
    with LogFile(state.logs / "api.log") as log:
        log.write(b"Maya")
    passing = 0o711 if os.getuid() == 0 else 0o700  # PostgreSQL's own user passes through
    assert stat.S_IMODE(state.directory.stat().st_mode) == passing
    for folder in (state.logs, state.dagster_home, state.valkey):
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert stat.S_IMODE((state.logs / "api.log").stat().st_mode) == 0o600

"""The embedded database."""

from __future__ import annotations

import os
from pathlib import Path

from storytailor_cli.local_stack.postgres import SOCKET_PATH_LIMIT, prepare


def test_a_state_directory_deep_down_with_a_space_holds_a_database(tmp_path: Path) -> None:
    deep = tmp_path / ("a very long name " * 6) / ("and one more " * 6)
    deep.mkdir(parents=True)
    cluster = prepare(deep / "postgres")
    assert (cluster.data / "PG_VERSION").exists()
    assert len(os.fsencode(cluster.sockets / ".s.PGSQL.5432")) < SOCKET_PATH_LIMIT
    assert cluster.sockets.stat().st_mode & 0o777 == 0o700
    cluster.sockets.rmdir()

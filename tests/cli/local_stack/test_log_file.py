"""The logs of the local stack's processes."""

from __future__ import annotations

from pathlib import Path

from storytailor_cli.local_stack.log_file import LogFile


def test_a_log_never_holds_more_than_its_bound_and_keeps_what_came_last(tmp_path: Path) -> None:
    path = tmp_path / "worker.log"
    with LogFile(path, max_bytes=1_000) as log:
        for number in range(500):
            log.write(f"line {number}\n".encode())
    kept = (tmp_path / "worker.previous.log").read_text() + path.read_text()
    assert {file.name for file in tmp_path.iterdir()} == {"worker.log", "worker.previous.log"}
    assert all(file.stat().st_size <= 1_000 for file in tmp_path.iterdir())
    assert kept.endswith("line 498\nline 499\n")
    assert kept.splitlines() == [f"line {number}" for number in range(500 - len(kept.splitlines()), 500)]


def test_a_log_goes_on_where_it_was(tmp_path: Path) -> None:
    for word in (b"one ", b"two"):
        with LogFile(tmp_path / "api.log") as log:
            log.write(word)
    assert (tmp_path / "api.log").read_bytes() == b"one two"

"""A service's log file, which does not grow without end: when it is full it becomes `<name>.previous.log`."""

from __future__ import annotations

import os
from io import FileIO
from pathlib import Path
from types import TracebackType
from typing import Self

MAX_BYTES = 10_000_000


def set_aside(log: Path) -> None:
    """Make room for a new log; the one before takes the place of the one before that."""
    if log.exists():
        log.replace(log.with_suffix(".previous.log"))


def _opened(path: Path) -> FileIO:
    """The file for appending; only its owner may read it."""
    return FileIO(os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o600), "ab")


class LogFile:
    """The open log; what is written is there at once."""

    def __init__(self, path: Path, *, max_bytes: int = MAX_BYTES) -> None:
        self._path = path
        self._max_bytes = max_bytes
        self._file = _opened(path)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._file.close()

    def write(self, chunk: bytes) -> None:
        """Append; a full log is set aside first."""
        if self._file.tell() + len(chunk) > self._max_bytes:
            self._file.close()
            set_aside(self._path)
            self._file = _opened(self._path)
        self._file.write(chunk)

"""A service's log file, which does not grow without end: when it is full it becomes `<name>.previous.log`."""

from __future__ import annotations

from pathlib import Path
from types import TracebackType
from typing import Self

MAX_BYTES = 10_000_000


def set_aside(log: Path) -> None:
    """Make room for a new log; the one before takes the place of the one before that."""
    if log.exists():
        log.replace(log.with_suffix(".previous.log"))


class LogFile:
    """The open log; what is written is there at once."""

    def __init__(self, path: Path, *, max_bytes: int = MAX_BYTES) -> None:
        self._path = path
        self._max_bytes = max_bytes
        self._file = path.open("ab", buffering=0)

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
            self._file = self._path.open("ab", buffering=0)
        self._file.write(chunk)

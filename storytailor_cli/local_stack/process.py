"""One process of the stack: started on a leash in a session of its own, heard, and ended with all its kin."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import sys
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

LEASH = Path(__file__).with_name("leash.py")


@dataclass(frozen=True)
class Service:
    """A process to keep running.

    `ready` looks once whether it answers; `says` is a piece of the line by which it tells so itself.
    `grace` is the time in seconds it has to stop after `stop_signal`, before `kill_signal`;
    `orphan_signal` is what it gets when the supervisor dies.
    """

    name: str
    command: tuple[str, ...]
    ready: Callable[[], Awaitable[bool]] | None = None
    says: str | None = None
    environment: Mapping[str, str] = field(default_factory=dict)
    user: str | None = None
    grace: float = 5.0
    stop_signal: int = signal.SIGTERM
    kill_signal: int = signal.SIGKILL
    orphan_signal: int = signal.SIGKILL


class Process:
    """A started service. Every line it writes goes to its log file and to `heard`."""

    def __init__(self, service: Service, log: Path, heard: Callable[[str], None]) -> None:
        self.service = service
        self.said_ready = False
        self._log = log
        self._heard = heard

    async def start(self, environment: Mapping[str, str]) -> None:
        """Start it; `environment` is the whole, the service's own comes on top."""
        service = self.service
        leash = (sys.executable, "-I", "-S", str(LEASH))
        tie = (str(os.getpid()), str(int(service.orphan_signal)), service.user or "")
        # a pipe of ours: with asyncio's own, wait() also waits for grandchildren that hold it open
        mouth, ear = os.pipe()[::-1]
        try:
            self._child = await asyncio.create_subprocess_exec(
                *leash,
                *tie,
                *service.command,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=mouth,
                stderr=asyncio.subprocess.STDOUT,
                env={**environment, **service.environment},
                start_new_session=True,
            )
        finally:
            os.close(mouth)
        self._hearing = asyncio.create_task(self._hear(os.fdopen(ear, "rb", buffering=0)))

    async def ended(self) -> int:
        """Wait until it ends by whatever cause, end what it leaves of its process group; its exit code."""
        code = await self._child.wait()
        self._signal_group(signal.SIGKILL)
        await asyncio.wait((self._hearing,))
        return code

    async def stop(self, hurry: asyncio.Event) -> None:
        """Ask it to stop; when its grace is over, or at once in a `hurry`, make it."""
        service = self.service
        ended = asyncio.create_task(self.ended())
        if not hurry.is_set():
            self._signal(service.stop_signal)
            hurried = asyncio.create_task(hurry.wait())
            await asyncio.wait((ended, hurried), timeout=service.grace, return_when=asyncio.FIRST_COMPLETED)
            hurried.cancel()
        if not ended.done():
            self._signal(service.kill_signal)
            await asyncio.wait((ended,), timeout=service.grace)
        if not ended.done():
            self._signal_group(signal.SIGKILL)
        await ended

    def _signal(self, number: int) -> None:
        with contextlib.suppress(ProcessLookupError):
            self._child.send_signal(number)

    def _signal_group(self, number: int) -> None:
        """Its session's group has its process id, also when the process itself has ended."""
        with contextlib.suppress(ProcessLookupError, PermissionError):  # macOS: EPERM for the dead
            os.killpg(self._child.pid, number)

    async def _hear(self, pipe: IO[bytes]) -> None:
        reader = asyncio.StreamReader()
        await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), pipe)
        rest = b""
        with self._log.open("ab") as log:
            while chunk := await reader.read(1 << 16):
                log.write(chunk)
                log.flush()
                *lines, rest = (rest + chunk).split(b"\n")
                for line in lines:
                    self._hear_line(line.decode(errors="replace").rstrip("\r"))
        if rest:
            self._hear_line(rest.decode(errors="replace"))

    def _hear_line(self, line: str) -> None:
        if self.service.says is not None and self.service.says in line:
            self.said_ready = True
        self._heard(line)

"""One process of the stack: started in a session of its own, its output read, stopped with its children."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import sys
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from storytailor_cli.local_stack.log_file import LogFile

DIE_WITH_PARENT = Path(__file__).with_name("die_with_parent.py")


@dataclass(frozen=True)
class Service:
    """A process to keep running.

    It is ready when `probe` says so, or when it prints a line that contains `ready_text`. It has `grace` seconds
    to stop after `stop_signal`, before `kill_signal`; `orphan_signal` is sent when the supervisor dies. The higher its
    `niceness`, the more it leaves the processor to others.
    """

    name: str
    command: tuple[str, ...]
    probe: Callable[[], Awaitable[bool]] | None = None
    ready_text: str | None = None
    user: str | None = None
    grace: float = 5.0
    stop_signal: int = signal.SIGTERM
    kill_signal: int = signal.SIGKILL
    orphan_signal: int = signal.SIGKILL
    niceness: int = 0


class Process:
    """A started service. Every line it prints goes to its log file and to `on_line`."""

    def __init__(self, service: Service, log: Path, on_line: Callable[[str], None]) -> None:
        self.service = service
        self._log = log
        self._on_line = on_line
        self._printed_ready = False

    async def start(self, environment: Mapping[str, str]) -> None:
        """Start it with this environment and no other."""
        service = self.service
        wrapper = (sys.executable, "-I", "-S", str(DIE_WITH_PARENT))
        wrapper_options = (str(os.getpid()), str(int(service.orphan_signal)), str(service.niceness), service.user or "")
        # a pipe of our own: with asyncio's, wait() also waits for grandchildren that hold it open
        read_fd, write_fd = os.pipe()
        try:
            self._child = await asyncio.create_subprocess_exec(
                *wrapper,
                *wrapper_options,
                *service.command,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=write_fd,
                stderr=asyncio.subprocess.STDOUT,
                env=environment,
                start_new_session=True,
            )
        finally:
            os.close(write_fd)
        self._reading = asyncio.create_task(self._read_output(os.fdopen(read_fd, "rb", buffering=0)))

    async def is_ready(self) -> bool:
        """Whether it answers by now."""
        if self.service.ready_text is not None:
            return self._printed_ready
        return self.service.probe is None or await self.service.probe()

    async def ended(self) -> int:
        """Wait until it ends, kill what is left of its process group; its exit code."""
        code = await self._child.wait()
        self._signal_group(signal.SIGKILL)
        await asyncio.wait((self._reading,))
        return code

    async def stop(self, force: asyncio.Event) -> None:
        """Ask it to stop; when its grace is over, or as soon as `force` is set, kill it."""
        service = self.service
        ended = asyncio.create_task(self.ended())
        if not force.is_set():
            self._signal(service.stop_signal)
            forced = asyncio.create_task(force.wait())
            await asyncio.wait((ended, forced), timeout=service.grace, return_when=asyncio.FIRST_COMPLETED)
            forced.cancel()
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
        with contextlib.suppress(ProcessLookupError, PermissionError):  # macOS: EPERM for a dead group
            os.killpg(self._child.pid, number)

    async def _read_output(self, pipe: IO[bytes]) -> None:
        reader = asyncio.StreamReader()
        await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), pipe)
        rest = b""
        with LogFile(self._log) as log:
            while chunk := await reader.read(1 << 16):
                log.write(chunk)
                *lines, rest = (rest + chunk).split(b"\n")
                for line in lines:
                    self._read_line(line.decode(errors="replace").rstrip("\r"))
        if rest:
            self._read_line(rest.decode(errors="replace"))

    def _read_line(self, line: str) -> None:
        if self.service.ready_text is not None and self.service.ready_text in line:
            self._printed_ready = True
        self._on_line(line)

"""Keeps the stack's processes running: starts them, restarts them when they exit, stops them in order.

honcho and its like do not fit: there, one process's end is the end of all, nothing is restarted, and everything
is stopped at once, while the worker needs the database until it has released its leases.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Collection, Coroutine, Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol, TypeVar

from storytailor_cli.local_stack.errors import ServiceFailedError
from storytailor_cli.local_stack.log_file import set_aside
from storytailor_cli.local_stack.process import Process, Service

T = TypeVar("T")

PROBE_INTERVAL = 0.05
READY_TIMEOUT = 120.0
STABLE_AFTER = 20.0
"""Seconds after which a process counts as having started well; an exit after that is the first again."""
MAX_QUICK_EXITS = 4
MAX_RESTART_DELAY = 10.0
SHOWN_LINES = 12


def kind_of(service: str) -> str:
    """What a service is, if there are several of its kind: "worker" of "worker-2"."""
    return service.partition("-")[0]


def _delay_after(quick_exits: int) -> float:
    """Seconds before a process is started again: at once the first time, since somebody waits for it."""
    return 0.0 if quick_exits == 1 else min(2.0 ** (quick_exits - 2), MAX_RESTART_DELAY)


class Observer(Protocol):
    """Is told what happens to the services."""

    def ready(self, service: str, seconds: float) -> None:
        """A service answers, this many seconds after its start."""

    def exited(self, service: str, code: int, delay: float, last_line: str) -> None:
        """A service exited by itself and is started again after `delay` seconds."""

    def line(self, service: str, text: str) -> None:
        """A service printed a line."""


class Supervisor:
    """Runs services. `ready` and `while_up` raise ServiceFailedError when one cannot be kept running."""

    def __init__(self, logs: Path, observer: Observer, force: asyncio.Event) -> None:
        self._logs = logs
        self._observer = observer
        self._force = force
        self._services: dict[str, _SupervisedService] = {}
        self._failure: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def start(self, service: Service, environment: Mapping[str, str]) -> None:
        """Start a service and keep it running; does not wait for it."""
        log = self._logs / f"{service.name}.log"
        set_aside(log)
        self._services[service.name] = _SupervisedService(service, log, environment, self._observer, self._failure)

    async def ready(self, *names: str) -> None:
        """Wait until these services answer, or all that were started."""

        async def each() -> None:
            for name in names or tuple(self._services):
                await self._services[name].until_ready()

        await self.while_up(each())

    async def while_up(self, work: Coroutine[Any, Any, T]) -> T:
        """The result of `work`, which is cancelled when a service cannot be kept running."""
        task = asyncio.create_task(work)
        try:
            await asyncio.wait((task, self._failure), return_when=asyncio.FIRST_COMPLETED)
            if self._failure.done():
                self._failure.result()
            return task.result()
        finally:
            task.cancel()
            await asyncio.wait((task,))

    async def stop(self, order: Sequence[Collection[str]]) -> None:
        """Stop everything: each group when the one before has ended. `force` cuts the grace short.

        A name stands for all processes of its kind: "worker" for "worker-2" as well.
        """
        for group in order:
            services = [self._services.pop(name) for name in list(self._services) if kind_of(name) in group]
            await asyncio.gather(*(service.stop(self._force) for service in services))
        assert not self._services, f"no place in the order: {', '.join(self._services)}"
        self._failure.cancel()


class _SupervisedService:
    """Keeps one service running; sets `failure` when that cannot be done."""

    def __init__(
        self,
        service: Service,
        log: Path,
        environment: Mapping[str, str],
        observer: Observer,
        failure: asyncio.Future[None],
    ) -> None:
        self._service = service
        self._log = log
        self._environment = environment
        self._observer = observer
        self._failure = failure
        self._started = time.monotonic()
        self._ready = asyncio.Event()
        self._process: Process | None = None
        self._task = asyncio.create_task(self._run())

    async def until_ready(self) -> None:
        """Wait for the first time it answers; after READY_TIMEOUT the whole stack has failed."""
        try:
            async with asyncio.timeout(READY_TIMEOUT):
                await self._ready.wait()
        except TimeoutError:
            self._fail(f"was not ready within {READY_TIMEOUT:.0f} seconds")

    async def stop(self, force: asyncio.Event) -> None:
        """Stop it for good."""
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)
        if self._process is not None:
            await self._process.stop(force)

    async def _run(self) -> None:
        quick_exits = 0
        while True:
            started = time.monotonic()
            code = await self._run_once()
            uptime = time.monotonic() - started
            quick_exits = quick_exits + 1 if uptime < STABLE_AFTER else 1
            if quick_exits >= MAX_QUICK_EXITS:
                self._fail(f"exited {quick_exits} times in a row (exit code {code})")
                return
            delay = _delay_after(quick_exits)
            self._observer.exited(self._service.name, code, delay, "".join(self._last_lines(1)))
            await asyncio.sleep(delay)

    async def _run_once(self) -> int:
        """Start it and wait until it ends; its exit code."""
        name = self._service.name
        process = Process(self._service, self._log, lambda line: self._observer.line(name, line))
        start = asyncio.create_task(process.start(self._environment))
        try:
            await asyncio.shield(start)
        finally:  # cancelled meanwhile: wait for the start, so that the process can be stopped too
            await start
            self._process = process
        probing = asyncio.create_task(self._probe(process))
        try:
            code = await process.ended()
        finally:
            probing.cancel()
        self._process = None
        return code

    async def _probe(self, process: Process) -> None:
        while not await process.is_ready():  # noqa: ASYNC110, nothing notifies us
            await asyncio.sleep(PROBE_INTERVAL)
        if not self._ready.is_set():
            self._ready.set()
            self._observer.ready(self._service.name, time.monotonic() - self._started)

    def _fail(self, reason: str) -> None:
        if not self._failure.done():
            error = ServiceFailedError(self._service.name, reason, str(self._log), self._last_lines(SHOWN_LINES))
            self._failure.set_exception(error)

    def _last_lines(self, most: int) -> list[str]:
        lines = self._log.read_text(errors="replace").splitlines() if self._log.exists() else []
        return [line for line in lines if line.strip()][-most:]

"""Keeps the stack's processes running: starts them, starts them again when they die, stops them in order.

honcho and its like were tried first: there, one process's end is the end of all, nothing is restarted,
and everything is stopped at once, while the worker needs the database until it has given its leases back.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Collection, Coroutine, Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol, TypeVar

from storytailor_cli.local_stack.errors import ServiceFailed
from storytailor_cli.local_stack.process import Process, Service

T = TypeVar("T")

LOOK_EVERY = 0.05
READY_WITHIN = 120.0
SETTLED_AFTER = 20.0
"""Seconds after which a process counts as having started well; its next death is its first."""
QUICK_DEATHS = 4
LONGEST_PAUSE = 10.0
LAST_LINES = 12


class Audience(Protocol):
    """Who is told what happens."""

    def ready(self, service: str, seconds: float) -> None:
        """A service answers, so many seconds after its start."""

    def died(self, service: str, code: int, pause: float, last_words: str) -> None:
        """A service ended by itself and is started again after a pause."""

    def line(self, service: str, text: str) -> None:
        """A service wrote a line."""


class Supervisor:
    """Runs services. `ready` and `while_up` raise ServiceFailed when one cannot be kept up."""

    def __init__(self, logs: Path, audience: Audience, hurry: asyncio.Event) -> None:
        self._logs = logs
        self._audience = audience
        self._hurry = hurry
        self._keepers: dict[str, _Keeper] = {}
        self._failure: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def begin(self, service: Service, environment: Mapping[str, str]) -> None:
        """Start a service and keep it running; does not wait for it."""
        log = self._logs / f"{service.name}.log"
        if log.exists():
            log.replace(log.with_suffix(".previous.log"))
        self._keepers[service.name] = _Keeper(service, log, environment, self._audience, self._failure)

    async def ready(self, *names: str) -> None:
        """Wait until these services answer, or all that have begun."""

        async def each() -> None:
            for name in names or tuple(self._keepers):
                await self._keepers[name].until_ready()

        await self.while_up(each())

    async def while_up(self, work: Coroutine[Any, Any, T]) -> T:
        """The outcome of `work`, which is cancelled when a service cannot be kept up."""
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
        """Stop everything: each group when the one before has ended. `hurry` cuts the grace short."""
        for group in order:
            keepers = [self._keepers.pop(name) for name in group if name in self._keepers]
            await asyncio.gather(*(keeper.stop(self._hurry) for keeper in keepers))
        assert not self._keepers, f"no place in the order: {', '.join(self._keepers)}"
        self._failure.cancel()


class _Keeper:
    """Keeps one service running."""

    def __init__(
        self,
        service: Service,
        log: Path,
        environment: Mapping[str, str],
        audience: Audience,
        failure: asyncio.Future[None],
    ) -> None:
        self._service = service
        self._log = log
        self._environment = environment
        self._audience = audience
        self._failure = failure
        self._began = time.monotonic()
        self._ready = asyncio.Event()
        self._stopping = False
        self._process: Process | None = None
        self._task = asyncio.create_task(self._run())

    async def until_ready(self) -> None:
        """Wait for the first time it answers; after READY_WITHIN that is a failure of the stack."""
        try:
            async with asyncio.timeout(READY_WITHIN):
                await self._ready.wait()
        except TimeoutError:
            self._fail(f"was not ready within {READY_WITHIN:.0f} seconds")

    async def stop(self, hurry: asyncio.Event) -> None:
        """Stop it for good."""
        self._stopping = True
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)
        if self._process is not None:
            await self._process.stop(hurry)

    async def _run(self) -> None:
        quick_deaths = 0
        while True:
            started = time.monotonic()
            code = await self._one_life()
            lived = time.monotonic() - started
            quick_deaths = quick_deaths + 1 if lived < SETTLED_AFTER else 1
            if quick_deaths >= QUICK_DEATHS:
                self._fail(f"ended {quick_deaths} times in a row (exit code {code})")
                return
            pause = min(0.5 * 2 ** (quick_deaths - 1), LONGEST_PAUSE)
            self._audience.died(self._service.name, code, pause, "".join(self._last_lines(1)))
            await asyncio.sleep(pause)

    async def _one_life(self) -> int:
        """Start it and stay with it until it ends; its exit code."""
        name = self._service.name
        process = Process(self._service, self._log, lambda line: self._audience.line(name, line))
        start = asyncio.create_task(process.start(self._environment))
        try:
            await asyncio.shield(start)
        finally:  # stopped just now: wait for what is under way, so that it can be stopped too
            await start
            self._process = process
        looking = asyncio.create_task(self._look(process))
        try:
            code = await process.ended()
        finally:
            looking.cancel()
        self._process = None
        return code

    async def _look(self, process: Process) -> None:
        while not await _answers(process):  # noqa: ASYNC110, nothing tells us: we have to look
            await asyncio.sleep(LOOK_EVERY)
        if not self._ready.is_set():
            self._ready.set()
            self._audience.ready(self._service.name, time.monotonic() - self._began)

    def _fail(self, what: str) -> None:
        if not self._failure.done():
            error = ServiceFailed(self._service.name, what, str(self._log), self._last_lines(LAST_LINES))
            self._failure.set_exception(error)

    def _last_lines(self, most: int) -> list[str]:
        lines = self._log.read_text(errors="replace").splitlines() if self._log.exists() else []
        return [line for line in lines if line.strip()][-most:]


async def _answers(process: Process) -> bool:
    if process.service.says is not None:
        return process.said_ready
    return process.service.ready is None or await process.service.ready()

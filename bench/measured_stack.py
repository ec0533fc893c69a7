"""A local stack of its own with clients, and what its processes take of the machine."""

from __future__ import annotations

import tempfile
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal
from uuid import UUID

import httpx
import psutil

from bench.stacks import STORYTAILOR, RunningStack, local_stack
from bench.tenants import tenant
from storytailor.db.demo import DEMO_USER

Part = Literal["emulator", "worker", "postgres", "daemon", "code", "api", "webserver", "broker", "supervisor"]
SUPERVISOR: Part = "supervisor"
PARTS: Mapping[str, Part] = {
    "emulator": "emulator",
    "celery": "worker",
    "bin/postgres": "postgres",
    "storytailor_dagster.daemon": "daemon",
    "api grpc": "code",
    "uvicorn": "api",
    "storytailor_dagster.webserver": "webserver",
    "valkey-server": "broker",
}
"""By what stands in its command line: which part of the stack a process is."""


@dataclass
class Stack:
    """A running stack, its API as the demo user and as another family, and its emulator."""

    running: RunningStack
    api: httpx.AsyncClient
    other: httpx.AsyncClient
    emulator: httpx.AsyncClient

    async def behave(self, *, latency: float | Literal["none", "seed"], answers: Literal["canned", "made"]) -> None:
        """How the emulator is to answer from now on."""
        (await self.emulator.post("/config", json={"latency": latency, "answers": answers})).raise_for_status()

    async def calls(self) -> list[dict[str, Any]]:
        """The emulator's log."""
        answer = await self.emulator.get("/log")
        calls: list[dict[str, Any]] = answer.raise_for_status().json()
        return calls

    def processor_seconds(self) -> dict[Part, float]:
        """What each part has used of the processor since it began, with whatever it has started."""
        seconds: dict[Part, float] = {}
        for process, part in self.parts():
            with suppress(psutil.NoSuchProcess):
                times = process.cpu_times()
                ended = times.children_user + times.children_system
                seconds[part] = seconds.get(part, 0.0) + times.user + times.system + ended
        return seconds

    def worker_bytes(self) -> int:
        """The memory of its workers, what they share with others counted in parts."""
        return sum(process.memory_full_info().pss for process, part in self.parts() if part == "worker")

    def parts(self) -> Iterator[tuple[psutil.Process, Part]]:
        """Its processes, and which part each belongs to: a process belongs to what its parent does."""
        supervisor = psutil.Process(self.running.process.pid)
        yield supervisor, SUPERVISOR
        for child in supervisor.children():
            with suppress(psutil.NoSuchProcess):
                said = " ".join(child.cmdline())
                part = next((part for mark, part in PARTS.items() if mark in said), SUPERVISOR)
                yield child, part
                for below in child.children(recursive=True):
                    yield below, part


@asynccontextmanager
async def measured_stack(command: str = STORYTAILOR, **own: str) -> AsyncIterator[Stack]:
    """A stack that is up and knows two families, with clients of it.

    Its voice plan allows as many calls side by side as its stories ask for: what waits is ours.
    """
    own = {"ELEVENLABS_CONCURRENCY": "400"} | own
    with tempfile.TemporaryDirectory() as name, local_stack(Path(name), command=command, **own) as running:
        family = tenant(running.database())
        limits = httpx.Limits(max_connections=32, keepalive_expiry=2)  # before the server's
        async with AsyncExitStack() as clients:

            async def client(url: str, user_id: UUID | None = None) -> httpx.AsyncClient:
                headers = {"Authorization": f"Bearer {running.token(user_id)}"} if user_id else {}
                opened = httpx.AsyncClient(base_url=url, headers=headers, timeout=60, limits=limits)
                return await clients.enter_async_context(opened)

            yield Stack(
                running,
                api=await client(running.api, DEMO_USER),
                other=await client(running.api, family.id),
                emulator=await client(running.emulator),
            )

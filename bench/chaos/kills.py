"""`kill -9`, again and again, of every process of the stack in turn; the order and the pauses are the seed's."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from random import Random
from typing import Literal, get_args

import psutil

ProcessKind = Literal["worker", "api", "daemon", "code", "webserver", "postgres", "valkey"]
KINDS: tuple[ProcessKind, ...] = get_args(ProcessKind)

MARKS: dict[ProcessKind, str] = {
    "worker": "storytailor_dagster.run_worker",
    "api": "api.app:create_app",
    "daemon": "storytailor_dagster.daemon",
    "code": "storytailor_dagster.code_server",
    "webserver": "storytailor_dagster.webserver",
    "postgres": "/postgres",
    "valkey": "valkey",
}
"""What stands in the command line of each."""


@dataclass(frozen=True)
class Kill:
    """A process that was killed, in epoch seconds."""

    process: ProcessKind
    at: float


def processes(supervisor: int, kind: ProcessKind) -> list[psutil.Process]:
    """The stack's processes of this kind that run now."""
    found = []
    for child in psutil.Process(supervisor).children():
        with suppress(psutil.Error):  # it ended just now
            if MARKS[kind] in " ".join(child.cmdline()):
                found.append(child)
    return found


async def kill_in_turn(
    supervisor: int,
    random: Random,
    pauses: tuple[float, float],
    kinds: Sequence[ProcessKind],
    until_up: Callable[[], Awaitable[object]],
    kills: list[Kill],
    most: int | None = None,
) -> None:
    """Kill one process after the other, each kind once a round, until cancelled or `most` are; noted in `kills`.

    Between two kills there is a pause, and the stack answers again: on a busy machine it would be down for good.
    """
    while True:
        for kind in random.sample(kinds, len(kinds)):
            if most is not None and len(kills) >= most:
                return
            await asyncio.sleep(random.uniform(*pauses))
            await until_up()
            if running := processes(supervisor, kind):
                kills.append(Kill(kind, time.time()))
                random.choice(running).kill()

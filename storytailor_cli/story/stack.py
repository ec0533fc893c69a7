"""The stack that a story is made on: the one that is already running, else one started for this story alone."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Coroutine
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import Any, TypeVar

from rich.console import Console
from rich.status import Status

from storytailor.settings import Settings
from storytailor_cli.local_stack.errors import AlreadyRunningError, StackError
from storytailor_cli.local_stack.settings_in_use import not_applied
from storytailor_cli.local_stack.stack import Stack, local_stack
from storytailor_cli.local_stack.state import RunningStack, State
from storytailor_cli.local_stack.supervisor import Supervisor

T = TypeVar("T")
START_TIMEOUT = 180.0
NOT_APPLIED = (
    "! It was started with other settings than stand here and now, and goes on with its own: {}. "
    "To apply these, stop it (Ctrl-C in its terminal) and start it again."
)


@dataclass(frozen=True)
class AttachedStack:
    """Where the API is; and the supervisor, if this process started the stack."""

    api: str
    supervisor: Supervisor | None = None

    async def while_up(self, work: Coroutine[Any, Any, T]) -> T:
        """The result of `work`. Raises ServiceFailedError when a stack of our own cannot be kept up meanwhile."""
        return await (self.supervisor.while_up(work) if self.supervisor else work)


class StartStatus:
    """Shows which services of a starting stack are ready, and afterwards only those that exit: an Observer."""

    def __init__(self, console: Console, status: Status) -> None:
        self._console = console
        self._status = status
        self._up: list[str] = []

    def ready(self, service: str, seconds: float) -> None:
        """Add the service to those that are ready."""
        self._up.append(service)
        self._status.update(f"Starting the local stack: {', '.join(self._up)} …")

    def exited(self, service: str, code: int, delay: float, last_line: str) -> None:
        """Print that the service ended."""
        self._console.print(f"! {service} ended with exit code {code}, restarting: {last_line}", markup=False)

    def line(self, service: str, text: str) -> None:
        """Print nothing: the line is in the log file."""


@asynccontextmanager
async def attach_or_start(settings: Settings, console: Console, force: asyncio.Event) -> AsyncIterator[AttachedStack]:
    """The running stack, as one of its users, else a stack of our own, stopped at the end."""
    state = State(settings.state_dir)
    async with AsyncExitStack() as opened:
        stack = await _start(settings, console, force, opened)
        if stack is None:
            opened.enter_context(state.in_use())
            running = await _wait_until_running(state)
            console.print(f"The local stack is already up: {running.api}")
            if others := not_applied(settings, running):
                console.print(NOT_APPLIED.format(", ".join(others)), markup=False, soft_wrap=True)
            yield AttachedStack(running.api)
            return
        yield AttachedStack(stack.running.api, stack.supervisor)
        await _wait_for_users(state, console)
        console.print("[dim]Stopping the local stack …[/]")


async def _start(settings: Settings, console: Console, force: asyncio.Event, opened: AsyncExitStack) -> Stack | None:
    """A stack of our own without Dagster's web UI; None when another process runs one."""
    if not console.is_terminal:
        console.print("Starting the local stack …")
    with console.status("Starting the local stack (the first time takes a little longer) …") as status:
        starting = local_stack(settings, StartStatus(console, status), force, lasting=False)
        try:
            return await opened.enter_async_context(starting)
        except AlreadyRunningError:
            return None


async def _wait_for_users(state: State, console: Console) -> None:
    """Wait until no other process uses our stack."""
    if state.has_users():
        console.print("Other stories are being made on this stack; it stops after them.")
    while state.has_users():  # noqa: ASYNC110, other processes cannot notify us
        await asyncio.sleep(0.5)


async def _wait_until_running(state: State) -> RunningStack:
    """The stack that another process runs, as soon as it is up."""
    try:
        async with asyncio.timeout(START_TIMEOUT):
            while (running := state.running()) is None:  # noqa: ASYNC110, another process cannot notify us
                await asyncio.sleep(0.2)
            return running
    except TimeoutError:
        raise StackError(
            f"The local stack that another process is starting is not up after {START_TIMEOUT:.0f} seconds."
        ) from None

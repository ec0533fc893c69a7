"""A stack to make a story on: the one that runs already, else one for this story alone."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Coroutine
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import Any, TypeVar

from rich.console import Console
from rich.status import Status

from storytailor.settings import Settings
from storytailor_cli.local_stack.errors import AlreadyRunning, StackError
from storytailor_cli.local_stack.stack import Stack, local_stack
from storytailor_cli.local_stack.state import Running, State
from storytailor_cli.local_stack.supervisor import Supervisor

T = TypeVar("T")
UP_WITHIN = 180.0


@dataclass(frozen=True)
class Host:
    """Where the API is; and the supervisor, if the stack is ours."""

    api: str
    supervisor: Supervisor | None = None

    async def while_up(self, work: Coroutine[Any, Any, T]) -> T:
        """The outcome of `work`. Raises ServiceFailed when our stack cannot be kept up meanwhile."""
        return await (self.supervisor.while_up(work) if self.supervisor else work)


class Waiting:
    """An audience that says what a start still waits for, and afterwards only what went wrong."""

    def __init__(self, console: Console, status: Status) -> None:
        self._console = console
        self._status = status
        self._up: list[str] = []

    def ready(self, service: str, seconds: float) -> None:
        """One more."""
        self._up.append(service)
        self._status.update(f"Starting the local stack: {', '.join(self._up)} …")

    def died(self, service: str, code: int, pause: float, last_words: str) -> None:
        """Always shown."""
        self._console.print(
            f"! {service} ended with exit code {code} and is started again: {last_words}", markup=False
        )

    def line(self, service: str, text: str) -> None:
        """Left to the log file."""


@asynccontextmanager
async def some_stack(settings: Settings, console: Console, hurry: asyncio.Event) -> AsyncIterator[Host]:
    """The running stack as a guest, else a stack of our own, stopped at the end."""
    state = State(settings.state_dir)
    async with AsyncExitStack() as opened:
        stack = await _own(settings, console, hurry, opened)
        if stack is None:
            opened.enter_context(state.used())
            running = await _theirs(state)
            console.print(f"The local stack is up already: {running.api}")
            yield Host(running.api)
            return
        yield Host(stack.running.api, stack.supervisor)
        await _see_guests_off(state, console)
        console.print("[dim]Stopping the local stack …[/]")


async def _own(
    settings: Settings, console: Console, hurry: asyncio.Event, opened: AsyncExitStack
) -> Stack | None:
    """A stack of our own without Dagster's web UI; None when another runs."""
    if not console.is_terminal:
        console.print("Starting the local stack …")
    with console.status("Starting the local stack (the first time takes a little longer) …") as status:
        starting = local_stack(settings, Waiting(console, status), hurry, ui=False)
        try:
            return await opened.enter_async_context(starting)
        except AlreadyRunning:
            return None


async def _see_guests_off(state: State, console: Console) -> None:
    if state.has_guests():
        console.print("Other stories are being made on this stack; it stops after them.")
    while state.has_guests():  # noqa: ASYNC110, other processes: we have to look
        await asyncio.sleep(0.5)


async def _theirs(state: State) -> Running:
    """The stack somebody else runs, as soon as it is up."""
    try:
        async with asyncio.timeout(UP_WITHIN):
            while (running := state.running()) is None:  # noqa: ASYNC110, another process: we have to look
                await asyncio.sleep(0.2)
            return running
    except TimeoutError:
        raise StackError("The local stack that is being started elsewhere does not come up.") from None

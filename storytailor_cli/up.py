"""`storytailor up`: the local stack in the foreground."""

from __future__ import annotations

import asyncio
import time

from rich.console import Console

from storytailor.settings import Settings
from storytailor_cli.doctor.ahead import show_ahead, trouble_ahead
from storytailor_cli.errors import load_settings
from storytailor_cli.interrupts import UserInterruptError, run
from storytailor_cli.local_stack.stack import local_stack
from storytailor_cli.local_stack.state import State
from storytailor_cli.screen import StackScreen, show_addresses


def run_stack(*, verbose: bool) -> None:
    """Run the stack until the user interrupts it, which counts as success."""
    settings = load_settings()
    console = Console(highlight=False)
    try:
        run(lambda force: _until_interrupted(settings, console, force, verbose=verbose))
    except UserInterruptError:
        console.print("[green]Stopped.[/] `make up` carries on where this left off.")


async def _until_interrupted(settings: Settings, console: Console, force: asyncio.Event, *, verbose: bool) -> None:
    logs = State(settings.state_dir).logs
    screen = StackScreen(console, logs, verbose=verbose)
    started = time.monotonic()
    console.print("Starting the local stack …")
    show_ahead(console, await trouble_ahead(settings))
    async with local_stack(settings, screen, force, lasting=True) as stack:
        show_addresses(console, stack.running, logs, time.monotonic() - started)
        try:
            await stack.supervisor.while_up(asyncio.Event().wait())
        finally:
            screen.stopping = True
            console.print("\nStopping (Ctrl-C again stops at once) …")

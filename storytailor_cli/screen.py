"""What `storytailor up` shows of the stack: its start, its addresses, and afterwards only what is wrong."""

from __future__ import annotations

import re
import shutil
import sys
from pathlib import Path

from rich.console import Console
from rich.text import Text

from storytailor.db.demo import DEMO_USER
from storytailor_cli.local_stack.state import RunningStack
from storytailor_cli.local_stack.supervisor import kind_of

DESCRIPTIONS = {
    "postgres": "database",
    "valkey": "broker",
    "emulator": "OpenAI and ElevenLabs, emulated",
    "api": "REST API",
    "code": "asset definitions",
    "webserver": "Dagster's web UI",
    "worker": "makes the stories",
    "daemon": "claims the stories",
}
COLORS = ("cyan", "magenta", "blue", "green", "yellow", "bright_cyan", "bright_magenta", "bright_blue")
IMPORTANT = re.compile(r"\b(WARNING|ERROR|CRITICAL|FATAL|PANIC)\b")
HARMLESS = re.compile(r" - (DEBUG|INFO) - |Dependencies for step |overcommit")
"""What Celery logs as a warning because it was printed to standard error; what follows from an error already
shown; Valkey's advice for servers that keep data."""
WIDTH = max(map(len, DESCRIPTIONS))


class StackScreen:
    """Shows what the supervisor reports: an Observer."""

    def __init__(self, console: Console, logs: Path, *, verbose: bool = False) -> None:
        self._console = console
        self._logs = logs
        self._verbose = verbose
        self._last_line = ""
        self.stopping = False

    def ready(self, service: str, seconds: float) -> None:
        """Print a check mark for the service."""
        self._console.print(
            Text.assemble(
                ("  ✓ ", "green"),
                f"{service:<{WIDTH}} ",
                (f"{DESCRIPTIONS[kind_of(service)]} ({seconds:.1f} s)", "dim"),
            )
        )

    def exited(self, service: str, code: int, delay: float, last_line: str) -> None:
        """Print that the service ended and where its log is, also while stopping."""
        when = f"in {delay:g} s" if delay else "now"
        self._console.print(
            Text.assemble(
                ("  ! ", "bold yellow"),
                f"{service} ended with exit code {code}, restarting {when}: {last_line}",
                (f"\n    {self._logs / service}.log", "dim"),
            ),
            soft_wrap=True,
        )

    def line(self, service: str, text: str) -> None:
        """Print a line that matters, or each with --verbose; all of them are in the log file."""
        important = IMPORTANT.search(text) and not HARMLESS.search(text) and text != self._last_line
        if self.stopping or not (self._verbose or important):
            return
        self._last_line = text
        color = COLORS[list(DESCRIPTIONS).index(kind_of(service))]
        self._console.print(Text.assemble((f"{service:>{WIDTH}} │ ", color), Text.from_ansi(text)), soft_wrap=True)


def show_addresses(console: Console, running: RunningStack, logs: Path, seconds: float) -> None:
    """Print where everything is, and how to get in."""
    rows = {
        "API": f"{running.api}/api/v1",
        "API docs": f"{running.api}/docs",
        "Dagster": running.dagster,
        "Emulators": running.emulator,
        "Token": f"{own_command()} token --user {DEMO_USER}",
        "A story": "make story (in another terminal)",
        "Logs": str(logs),
    }
    console.print(f"\n[bold green]The local stack is up[/] [dim]({seconds:.1f} s)[/]")
    for name, value in rows.items():
        if value is not None:
            console.print(Text.assemble((f"  {name:<9}  ", "bold"), (value, "cyan")), soft_wrap=True)
    console.print("\n[dim]Ctrl-C stops it and loses nothing.[/]")


def own_command() -> str:
    """How this command is called from the current directory."""
    here = Path(sys.argv[0])
    on_path = shutil.which(here.name)
    if on_path is not None and Path(on_path).resolve() == here.resolve():
        return here.name
    return str(here.relative_to(Path.cwd()) if here.is_relative_to(Path.cwd()) else here)

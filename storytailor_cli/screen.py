"""What the stack shows on the screen: little, unless something is wrong."""

from __future__ import annotations

import re
import shutil
import sys
from pathlib import Path

from rich.console import Console
from rich.text import Text

from storytailor.db.demo import DEMO_USER
from storytailor_cli.local_stack.state import Running

WHAT = {
    "postgres": "database",
    "valkey": "broker",
    "emulator": "OpenAI and ElevenLabs, emulated",
    "api": "REST API",
    "code": "asset definitions",
    "dagster": "Dagster's web UI",
    "worker": "makes the stories",
    "daemon": "claims the stories",
}
COLOURS = ("cyan", "magenta", "blue", "green", "yellow", "bright_cyan", "bright_magenta", "bright_blue")
IMPORTANT = re.compile(r"\b(WARNING|ERROR|CRITICAL|FATAL|PANIC)\b")
HARMLESS = re.compile(r" - (DEBUG|INFO) - |Dependencies for step |overcommit")
"""What Celery calls a warning because it came by standard error; what follows from an error already shown;
Valkey's advice for one that keeps data."""
WIDTH = max(map(len, WHAT))


class StackScreen:
    """An audience of the supervisor."""

    def __init__(self, console: Console, logs: Path, *, verbose: bool = False) -> None:
        self._console = console
        self._logs = logs
        self._verbose = verbose
        self._last = ""
        self.stopping = False

    def ready(self, service: str, seconds: float) -> None:
        """A tick."""
        self._console.print(
            Text.assemble(
                ("  ✓ ", "green"), f"{service:<{WIDTH}} ", (f"{WHAT[service]} ({seconds:.1f} s)", "dim")
            )
        )

    def died(self, service: str, code: int, pause: float, last_words: str) -> None:
        """Always shown."""
        self._console.print(
            Text.assemble(
                ("  ! ", "bold yellow"),
                f"{service} ended with exit code {code} and is started again in {pause:g} s: {last_words}",
                (f"\n    {self._logs / service}.log", "dim"),
            ),
            soft_wrap=True,
        )

    def line(self, service: str, text: str) -> None:
        """Shown when it matters, once; everything is in the log file."""
        important = IMPORTANT.search(text) and not HARMLESS.search(text) and text != self._last
        if self.stopping or not (self._verbose or important):
            return
        self._last = text
        colour = COLOURS[list(WHAT).index(service)]
        self._console.print(
            Text.assemble((f"{service:>{WIDTH}} │ ", colour), Text.from_ansi(text)), soft_wrap=True
        )


def show_addresses(console: Console, running: Running, logs: Path, seconds: float) -> None:
    """Where everything is, and how to get in."""
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
    """How this command is called from here."""
    here = Path(sys.argv[0])
    on_path = shutil.which(here.name)
    if on_path is not None and Path(on_path).resolve() == here.resolve():
        return here.name
    return str(here.relative_to(Path.cwd()) if here.is_relative_to(Path.cwd()) else here)

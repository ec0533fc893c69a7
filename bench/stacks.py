"""A local stack of a benchmark's own: `storytailor up` in a folder of its own, on ports that are free."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from storytailor_cli.local_stack.network import free_port

STORYTAILOR = str(Path(sys.executable).with_name("storytailor"))
RATES = (
    "CREATE_RATE_PER_MINUTE",
    "USER_RATE_PER_MINUTE",
    "ACTION_RATE_PER_MINUTE",
    "ADDRESS_RATE_PER_MINUTE",
)
PORTS = ("API_PORT", "DAGSTER_PORT", "EMULATOR_PORT")
KEPT = ("PATH", "HOME", "LANG", "WORKERS")
"""Of our own environment; nothing else of what somebody has set reaches the stack."""


@dataclass(frozen=True)
class RunningStack:
    """Where it is, what it was started with, and the supervisor's process."""

    command: str
    folder: Path
    settings: Mapping[str, str]
    process: subprocess.Popen[bytes]

    @property
    def state(self) -> Path:
        """Its state directory."""
        return self.folder / ".storytailor"

    @property
    def api(self) -> str:
        """The REST API's base."""
        return f"http://127.0.0.1:{self.settings['API_PORT']}/api/v1"

    @property
    def ready(self) -> str:
        """Where the API says whether it serves."""
        return f"http://127.0.0.1:{self.settings['API_PORT']}/ready"

    @property
    def dagster(self) -> str:
        """Dagster's UI."""
        return f"http://127.0.0.1:{self.settings['DAGSTER_PORT']}"

    @property
    def emulator(self) -> str:
        """The emulator's controls."""
        return f"http://127.0.0.1:{self.settings['EMULATOR_PORT']}/_emulator"

    def database(self, name: str = "storytailor") -> str:
        """The URL of one of its databases, as their owner."""
        return f"postgresql://postgres@/{name}?host={self.state / 'sockets'}"

    def token(self, user_id: UUID) -> str:
        """A bearer's."""
        asked = (self.command, "token", "--user", str(user_id))
        printed = subprocess.run(
            asked, cwd=self.folder, env=os.environ | dict(self.settings), capture_output=True, text=True, check=True
        )
        return printed.stdout.splitlines()[-1]


@contextmanager
def local_stack(folder: Path, *, command: str = STORYTAILOR, **settings: str) -> Iterator[RunningStack]:
    """`storytailor up` in this folder, until the end of the block. No rate bounds what is asked of it."""
    settings = {port: str(free_port()) for port in PORTS} | dict.fromkeys(RATES, "100000") | settings
    output = folder / "up.txt"
    kept = {name: value for name, value in os.environ.items() if name in KEPT}
    with output.open("wb") as out:
        process = subprocess.Popen((command, "up"), cwd=folder, env=kept | settings, stdout=out, stderr=out)
    try:
        while "The local stack is up" not in output.read_text():
            if process.poll() is not None:
                raise SystemExit(output.read_text())
            time.sleep(0.2)
        yield RunningStack(command, folder, settings, process)
    finally:
        if keep := os.environ.get("KEEP_LOGS"):
            shutil.copytree(folder / ".storytailor" / "logs", keep, dirs_exist_ok=True)
            shutil.copy(output, keep)
        if process.poll() is None:
            process.send_signal(signal.SIGINT)
        process.wait(timeout=60)

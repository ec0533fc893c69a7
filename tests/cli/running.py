"""The installed command, run as a user's shell runs it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path


def storytailor(*arguments: str, **settings: str) -> subprocess.CompletedProcess[str]:
    """Run the command with these settings and no others."""
    return storytailor_in(None, *arguments, **settings)


def storytailor_in(folder: Path | None, *arguments: str, **settings: str) -> subprocess.CompletedProcess[str]:
    """Run it in this folder, which may hold a `.env`."""
    environment = {"PATH": os.environ["PATH"], "HOME": "/nonexistent", **settings}
    command = (str(Path(sys.executable).with_name("storytailor")), *arguments)
    return subprocess.run(command, env=environment, cwd=folder, capture_output=True, text=True, timeout=60, check=False)

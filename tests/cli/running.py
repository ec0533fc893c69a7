"""The installed command, run as a user's shell runs it."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.aws import free_ports


def storytailor(*arguments: str, **settings: str) -> subprocess.CompletedProcess[str]:
    """Run the command with these settings and no others: in an empty folder, for the checkout may hold a `.env`."""
    with tempfile.TemporaryDirectory() as folder:
        return storytailor_in(Path(folder), *arguments, **settings)


def doctor(state: Path, *options: str, **settings: str) -> subprocess.CompletedProcess[str]:
    """Run the doctor where nothing is amiss but what these settings say: its ports are free."""
    ports = zip(("API_PORT", "DAGSTER_PORT", "EMULATOR_PORT"), map(str, free_ports(3)), strict=True)
    return storytailor("doctor", *options, STORYTAILOR_STATE_DIR=str(state), **dict(ports), **settings)


def storytailor_in(folder: Path, *arguments: str, **settings: str) -> subprocess.CompletedProcess[str]:
    """Run it in this folder, which may hold a `.env`."""
    environment = {"PATH": os.environ["PATH"], "HOME": "/nonexistent", **settings}
    command = (str(Path(sys.executable).with_name("storytailor")), *arguments)
    return subprocess.run(command, env=environment, cwd=folder, capture_output=True, text=True, timeout=60, check=False)

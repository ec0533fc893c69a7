"""Processes of the fleet, run by the commands of the table of processes, with settings of their own and no others."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from storytailor_cli.processes import ProcessName, command

HANGS_SECONDS = 120.0
"""A process that says or does nothing for so long hangs; a busy machine takes half a minute for a start."""


@dataclass(frozen=True)
class Running:
    """A process and the file that takes all it prints."""

    process: subprocess.Popen[bytes]
    output: Path

    @property
    def text(self) -> str:
        return self.output.read_text()

    def says(self, words: str) -> str:
        """Its output, as soon as these words are in it."""
        ends = time.monotonic() + HANGS_SECONDS
        while time.monotonic() < ends:
            if words in self.text:
                return self.text
            if self.process.poll() is not None:
                break
            time.sleep(0.05)
        pytest.fail(f"It never said {words!r} (exit code {self.process.poll()}):\n{self.text}")

    def line(self, words: str) -> str:
        """The only line of its output with these words."""
        (line,) = [line for line in self.says(words).splitlines() if words in line]
        return line

    def stop(self) -> int:
        """Ask it to stop, as a container engine does; its exit code."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(HANGS_SECONDS)


@contextmanager
def running(name: ProcessName, folder: Path, settings: dict[str, str], **parameters: str | int) -> Iterator[Running]:
    """A process of the table, in this folder; stopped at the end, if it has not been."""
    program, *arguments = command(name, **parameters)
    with running_words((str(Path(sys.executable).with_name(program)), *arguments), name, folder, settings) as process:
        yield process


@contextmanager
def running_words(words: Sequence[str], name: str, folder: Path, settings: dict[str, str]) -> Iterator[Running]:
    """The same for any command; `name` is its log's."""
    output = folder / f"{name}.log"
    environment = {"PATH": os.environ["PATH"], "HOME": str(folder), "PYTHONUNBUFFERED": "1", **settings}
    with output.open("wb") as log:
        process = subprocess.Popen(words, cwd=folder, env=environment, stdout=log, stderr=log)
    try:
        yield Running(process, output)
    finally:
        if process.poll() is None:
            process.terminate()
            try:
                process.wait(30)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()

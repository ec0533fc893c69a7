"""A real Chromium: the machine's own, else the one that the npm package @sparticuz/chromium carries."""

from __future__ import annotations

import contextlib
import fcntl
import os
import shutil
import subprocess
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import pytest
from playwright.async_api import Browser, async_playwright

from tests.realtime.node import FOLDER, LOCK, MODULES, find_node, install

INSTALLED = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
UNPACKED = MODULES / ".chromium"
LIBRARIES = UNPACKED / "al2023" / "lib"
UNPACK = "import('@sparticuz/chromium').then((it) => it.default.executablePath()).then(console.log)"
ARGUMENTS = ("--no-sandbox", "--disable-quic", "--disable-gpu", "--disable-background-networking")


@dataclass(frozen=True)
class Chromium:
    """Where it is, and the variables it needs."""

    path: str
    environment: dict[str, str] = field(default_factory=dict)


def find_chromium() -> Chromium:
    """One that starts. Fails the test when there is none, saying what to do."""
    for name in INSTALLED:
        if path := shutil.which(name):
            return Chromium(path)
    node = find_node()
    install(node)
    with LOCK.open() as guard:
        fcntl.flock(guard, fcntl.LOCK_EX)  # one test process unpacks it, the others wait
        UNPACKED.mkdir(exist_ok=True)
        # it brings its libraries along where it believes itself on AWS Lambda
        surroundings = os.environ | {"TMPDIR": str(UNPACKED), "AWS_EXECUTION_ENV": "AWS_Lambda_nodejs20.x"}
        done = subprocess.run(
            [node.node, "-e", UNPACK], cwd=FOLDER, env=surroundings, capture_output=True, text=True, timeout=120
        )
    if done.returncode:
        pytest.fail(f"There is no Chromium for this machine: install one, such as `chromium`.\n{done.stderr[-2000:]}")
    return Chromium(done.stdout.strip(), {"LD_LIBRARY_PATH": str(LIBRARIES)})


@contextlib.asynccontextmanager
async def started_chromium() -> AsyncIterator[Browser]:
    """A browser without a window, as new."""
    chromium = find_chromium()
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=chromium.path, args=list(ARGUMENTS), env={**os.environ, **chromium.environment}
        )
        try:
            yield browser
        finally:
            await browser.close()

"""A machine that never ran Storytailor, and the real stack on it: one for all files here, since it starts slowly."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from bench.incidents.watching import AlertReceiver, receiving_alerts
from bench.tenants import SECRET
from storytailor_cli.local_stack.network import free_port
from tests.browser.front_end import served_front_end
from tests.telemetry.receivers import OtlpReceiver, receiving_traces

STORYTAILOR = str(Path(sys.executable).with_name("storytailor"))
START_TIMEOUT = 180.0
BOOK_TIMEOUT = 300.0
STOP_TIMEOUT = 60.0


@dataclass(frozen=True)
class Machine:
    """A folder and an environment of the test's own, as on a machine that never ran Storytailor."""

    folder: Path
    environment: dict[str, str]

    @property
    def state(self) -> Path:
        return self.folder / ".storytailor"

    def run(self, *arguments: str, timeout: float = 60.0) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            (STORYTAILOR, *arguments),
            cwd=self.folder,
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=timeout,
            check=False,
        )


@pytest.fixture(scope="package")
def front_end() -> Iterator[str]:
    """The origin of a page that is not the API's own."""
    with served_front_end() as origin:
        yield origin


@pytest.fixture(scope="package")
def traces() -> Iterator[OtlpReceiver]:
    """Where the stack sends its traces."""
    with receiving_traces() as receiver:
        yield receiver


@pytest.fixture(scope="package")
def alerts() -> Iterator[AlertReceiver]:
    """Where the stack tells its operator what fails."""
    with receiving_alerts() as receiver:
        yield receiver


@pytest.fixture(scope="package")
def machine(
    tmp_path_factory: pytest.TempPathFactory, front_end: str, traces: OtlpReceiver, alerts: AlertReceiver
) -> Machine:
    settings = {name: str(free_port()) for name in ("API_PORT", "DAGSTER_PORT", "EMULATOR_PORT")}
    settings |= {"CORS_ORIGINS": front_end, "WORKERS": "2", "JWT_SECRET": SECRET}
    settings |= {"OTEL_EXPORTER_OTLP_ENDPOINT": traces.url, "OTEL_BSP_SCHEDULE_DELAY": "500"}
    settings["ALERT_URLS"] = alerts.url
    home = str(tmp_path_factory.mktemp("home"))
    environment = {"PATH": os.environ["PATH"], "HOME": home, "LANG": "C.UTF-8", **settings}
    return Machine(tmp_path_factory.mktemp("machine"), environment)


@pytest.fixture(scope="package")
def stack(machine: Machine) -> Iterator[subprocess.Popen[bytes]]:
    """`storytailor up`, waited for; killed at the end if a test has not stopped it."""
    output = machine.folder / "up.txt"
    with output.open("wb") as out:
        process = subprocess.Popen(
            (STORYTAILOR, "up"),
            cwd=machine.folder,
            env=machine.environment,
            stdout=out,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        deadline = time.monotonic() + START_TIMEOUT
        while "The local stack is up" not in output.read_text():
            assert process.poll() is None, output.read_text()
            assert time.monotonic() < deadline, output.read_text()
            time.sleep(0.2)
        yield process
    finally:
        process.kill()
        process.wait()

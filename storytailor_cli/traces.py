"""`storytailor find-traces`: where words stand in all that the house keeps, to see that a deletion has deleted."""

from __future__ import annotations

import asyncio
import base64
import re
from collections.abc import AsyncIterator
from pathlib import Path

import redis.asyncio as redis
from redis.exceptions import RedisError

from storytailor.db.traces import rows_with
from storytailor.errors import SettingsError
from storytailor.providers.object_store import open_store
from storytailor.settings import Settings
from storytailor.traces import Traces
from storytailor_cli.local_stack import postgres
from storytailor_cli.local_stack.state import State

HELD_OUT = (
    "Not searched: what a picture shows and a voice says; backups, PostgreSQL's files on disk, other machines' logs."
)
BASE64 = re.compile(rb"[A-Za-z0-9+/]{24,}={0,2}")
"""A message's body, as Celery sends it."""


async def find(words: list[str], settings: Settings) -> int:
    """Print each place where one of the words stands; 1 if there is one, else 0. Raises SettingsError."""
    if short := [word for word in words if len(word.strip()) < 3]:
        raise SettingsError(f"{', '.join(map(repr, short))}: three letters at the least, or everything is found.")
    traces, found = Traces([word.strip() for word in words]), 0
    async for place in _places(traces, settings):
        found += 1
        print(place)
    print(HELD_OUT)
    print(f"Found in {found} places." if found else "Nothing found.")
    return 1 if found else 0


async def _places(traces: Traces, settings: Settings) -> AsyncIterator[str]:
    state = State(settings.state_dir)
    databases = await asyncio.to_thread(_databases, settings, state)
    for url, setting in databases.items():
        tables = await rows_with(url, traces, setting=setting)
        print(f"searched: database of {setting}")
        for table, rows in tables.items():
            yield f"FOUND {setting}: {rows} rows of {table}"
    if broker := _broker(settings, state):
        async for place in _in_broker(broker, traces):
            yield place
        print("searched: broker")
    async for place in _in_store(settings, traces):
        yield place
    print("searched: object store")
    async for place in _in_logs(state, traces):
        yield place
    print(f"searched: logs in {state.logs}")


def _databases(settings: Settings, state: State) -> dict[str, str]:
    """The databases' URLs, each once, and the setting each is of. Raises SettingsError when there are none."""
    if settings.database_url is not None:
        found = {settings.direct_database: "DATABASE_URL"}
        found.setdefault(settings.dagster_database, "DAGSTER_DATABASE_URL")
        return found
    if state.running() is None:
        raise SettingsError(f"No stack runs in {settings.state_dir}, and DATABASE_URL is not set: nothing to search.")
    cluster = postgres.prepare(state.postgres)
    return {cluster.url("storytailor"): "DATABASE_URL", cluster.url("dagster"): "DAGSTER_DATABASE_URL"}


def _broker(settings: Settings, state: State) -> str | None:
    """The broker's URL: the setting's, or the one the local stack has started; None where there is none here."""
    if settings.broker_url is not None:
        return settings.broker
    config = state.valkey / "valkey.conf"
    if state.running() is None or not config.is_file():
        return None
    said = dict(re.findall(r"^(port|requirepass) (\S+)$", config.read_text(), re.MULTILINE))
    return f"redis://:{said['requirepass']}@127.0.0.1:{said['port']}/0"


async def _in_broker(url: str, traces: Traces) -> AsyncIterator[str]:
    """Every key's name and value: messages, results, whatever else is there."""
    try:
        async with redis.Redis.from_url(url, socket_timeout=10) as client:
            async for key in client.scan_iter(count=500):
                body = await _value(client, key)
                if traces.in_bytes(b"\n".join((key, body, *map(_decoded, BASE64.findall(body))))):
                    yield f"FOUND broker: {key.decode(errors='replace')[:80]}"
    except RedisError as error:
        raise SettingsError(f"The broker cannot be searched ({type(error).__name__}). Is BROKER_URL right?") from error


def _decoded(part: bytes) -> bytes:
    try:
        return base64.b64decode(part)
    except ValueError:
        return b""


async def _value(client: redis.Redis, key: bytes) -> bytes:
    kind = await client.type(key)
    value: object = b""
    match kind if isinstance(kind, str) else kind.decode():
        case "string":
            value = await client.get(key)
        case "list":
            value = await client.lrange(key, 0, -1)
        case "set":
            value = await client.smembers(key)
        case "zset":
            value = await client.zrange(key, 0, -1)
        case "hash":
            value = await client.hgetall(key)
        case "stream":
            value = await client.xrange(key)
    return _flat(value)


def _flat(value: object) -> bytes:
    if isinstance(value, bytes):
        return value
    if isinstance(value, dict):
        return b"\n".join(_flat(part) for pair in value.items() for part in pair)
    if isinstance(value, list | tuple | set):
        return b"\n".join(_flat(part) for part in value)
    return b""


async def _in_store(settings: Settings, traces: Traces) -> AsyncIterator[str]:
    store = open_store(settings)
    async for keys in store.keys():
        for key in keys:
            if traces.in_text(key) or await asyncio.to_thread(traces.in_file, await store.get(key)):
                yield f"FOUND object store: {key}"


async def _in_logs(state: State, traces: Traces) -> AsyncIterator[str]:
    for path in await asyncio.to_thread(lambda: sorted(state.logs.glob("*"))):
        if path.is_file():
            lines = await asyncio.to_thread(_lines_with, path, traces)
            if lines:
                yield f"FOUND log: {path.name}, lines {', '.join(map(str, lines[:10]))}"


def _lines_with(path: Path, traces: Traces) -> list[int]:
    with path.open(encoding="utf-8", errors="replace") as log:
        return [number for number, line in enumerate(log, start=1) if traces.in_text(line)]

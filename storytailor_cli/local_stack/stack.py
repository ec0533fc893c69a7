"""The local stack as a whole: checked, started in order, in use, stopped."""

from __future__ import annotations

import asyncio
import os
import secrets
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from storytailor.db.administration import create_databases, require_reachable
from storytailor.db.demo import seed_demo
from storytailor.db.migrations import migrate
from storytailor.providers.object_store import open_store
from storytailor.settings import Settings
from storytailor_cli.local_stack import postgres, services
from storytailor_cli.local_stack.environment import Backing, bare, for_children
from storytailor_cli.local_stack.errors import StackError
from storytailor_cli.local_stack.leftovers import end_leftovers
from storytailor_cli.local_stack.network import (
    LOOPBACK,
    LOOPBACK_NAMES,
    broker_answers,
    free_port,
    require_free,
)
from storytailor_cli.local_stack.state import Running, State
from storytailor_cli.local_stack.supervisor import Audience, Supervisor

STOP_ORDER = (("daemon",), ("worker", "dagster"), ("code", "api", "emulator"), ("valkey", "postgres"))
"""Nothing new is begun, then the worker gives its leases back, for which it needs the rest."""


@dataclass(frozen=True)
class Stack:
    """A stack that is up: where it listens, and who keeps it up."""

    running: Running
    supervisor: Supervisor


@asynccontextmanager
async def local_stack(
    settings: Settings, audience: Audience, hurry: asyncio.Event, *, ui: bool
) -> AsyncIterator[Stack]:
    """Start the stack, hand it out once it answers, stop it at the end whatever happens.

    Without `ui`, Dagster's web UI is left out. `hurry` cuts the stopping short. Raises StackError,
    AlreadyRunning, SettingsError and ServiceUnavailable, each with what to do.
    """
    state = State(settings.state_dir)
    state.create()
    with state.owned():
        end_leftovers(state.directory, state.postgres)
        running = _addresses(settings, ui=ui)
        await _require_theirs(settings)
        starter = _Starter(settings, state, audience, hurry)
        try:
            await starter.start(running)
            state.write_running(running)
            yield Stack(running, starter.supervisor)
        finally:
            await starter.stop()


def _addresses(settings: Settings, *, ui: bool) -> Running:
    """Where the stack will listen. Raises StackError when something else does already."""
    api = services.reachable(settings.bind_host)
    needs_emulator = settings.emulator_host in LOOPBACK_NAMES and any(
        url is not None and url.startswith(settings.emulator_url)
        for url, _ in (settings.openai, settings.elevenlabs)
    )
    ports = {"API_PORT": (settings.bind_host, settings.api_port)}
    if ui:
        ports["DAGSTER_PORT"] = (LOOPBACK, settings.dagster_port)
    if needs_emulator:
        ports["EMULATOR_PORT"] = (LOOPBACK, settings.emulator_port)
    require_free(ports)
    return Running(
        pid=os.getpid(),
        api=f"http://{api}:{settings.api_port}",
        dagster=f"http://{LOOPBACK}:{settings.dagster_port}" if ui else None,
        emulator=settings.emulator_url if needs_emulator else None,
    )


async def _require_theirs(settings: Settings) -> None:
    """See that what is not ours to start is there: databases, a broker, a bucket."""
    for name, url in (
        ("DATABASE_URL", settings.database_url),
        ("DAGSTER_DATABASE_URL", settings.dagster_database_url),
    ):
        if url is not None:
            await asyncio.to_thread(require_reachable, url.get_secret_value(), name)
    if settings.broker_url is not None and not await broker_answers(settings.broker):
        raise StackError(
            "The broker of BROKER_URL does not answer. "
            "Start it or correct BROKER_URL; without it, the local stack brings its own."
        )
    await open_store(settings).check()


class _Starter:
    """Starts the parts in the order in which they need each other."""

    def __init__(self, settings: Settings, state: State, audience: Audience, hurry: asyncio.Event) -> None:
        self._settings = settings
        self._state = state
        self._cluster: postgres.Cluster | None = None
        self.supervisor = Supervisor(state.logs, audience, hurry)

    async def start(self, running: Running) -> None:
        """Start everything; returns when it answers."""
        settings, begin, port = self._settings, self.supervisor.begin, free_port()
        shutil.copyfile(services.repository_file("dagster.yaml"), self._state.dagster_home / "dagster.yaml")
        broker = self._begin_broker()
        if running.emulator is not None:
            begin(services.emulator(settings.emulator_port), bare(self._state))
        database, dagster_database = await self._databases()
        backing = Backing(database, dagster_database, broker)
        environment = for_children(settings, self._state, backing, code_port=port)
        begin(services.code_location(port), environment)
        begin(services.api(settings.bind_host, settings.api_port), environment)
        begin(services.worker(settings.stories_in_flight), environment)
        await self.supervisor.ready(
            "code"
        )  # these would only fail to find it, and compete with it for the CPU
        if running.dagster is not None:
            begin(services.dagster_ui(settings.dagster_port), environment)
        begin(services.daemon(), environment)
        await self.supervisor.ready()

    async def stop(self) -> None:
        """Stop everything, and see that nothing is left."""
        await self.supervisor.stop(STOP_ORDER)
        await asyncio.to_thread(end_leftovers, self._state.directory, self._state.postgres)
        if self._cluster is not None:
            postgres.remove_sockets(self._cluster)

    def _begin_broker(self) -> str:
        """The broker's URL; our own is begun."""
        if self._settings.broker_url is not None:
            return self._settings.broker
        port, password = free_port(), secrets.token_hex(16)
        self.supervisor.begin(services.valkey(self._state.valkey, port, password), bare(self._state))
        return f"redis://:{password}@{LOOPBACK}:{port}/0"

    async def _databases(self) -> tuple[str, str]:
        """The URLs of the story database, with today's schema, and of Dagster's.

        Our own are made if need be, with the demo user. Where only DATABASE_URL is set, Dagster's
        tables go into the same database.
        """
        theirs = self._settings.dagster_database_url
        if self._settings.database_url is not None:
            stories = dagster = self._settings.database
            await asyncio.to_thread(migrate, stories)
        else:
            cluster = self._cluster = await asyncio.to_thread(postgres.prepare, self._state.postgres)
            self.supervisor.begin(cluster.service(), bare(self._state))
            await self.supervisor.ready("postgres")
            stories, dagster = cluster.url("storytailor"), cluster.url("dagster")
            await asyncio.to_thread(_furnish, cluster.url("postgres"), stories)
        return stories, theirs.get_secret_value() if theirs else dagster


def _furnish(server: str, stories: str) -> None:
    create_databases(server, ("storytailor", "dagster"))
    migrate(stories)
    seed_demo(stories)

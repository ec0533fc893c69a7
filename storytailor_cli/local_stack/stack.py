"""The local stack as a whole: checked, started in order, in use, stopped."""

from __future__ import annotations

import asyncio
import os
import secrets
import shutil
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass

from storytailor.db.administration import create_databases, require_reachable
from storytailor.db.demo import seed_demo
from storytailor.db.migrations import migrate
from storytailor.endpoints import ROLES, endpoint
from storytailor.providers.object_store import open_store
from storytailor.settings import Settings
from storytailor_cli.local_stack import postgres, services
from storytailor_cli.local_stack.environment import Backends, base_environment, product_environment
from storytailor_cli.local_stack.errors import StackError
from storytailor_cli.local_stack.leftovers import end_leftovers
from storytailor_cli.local_stack.network import (
    LOOPBACK,
    LOOPBACK_NAMES,
    broker_problem,
    free_port,
    reachable,
    require_free,
)
from storytailor_cli.local_stack.settings_in_use import fingerprints
from storytailor_cli.local_stack.state import RunningStack, State
from storytailor_cli.local_stack.supervisor import Observer, Supervisor
from storytailor_cli.local_stack.workers import concurrency, shares, worker_count

STOP_ORDER = (("daemon",), ("worker", "webserver"), ("code", "api", "emulator"), ("valkey", "postgres"))
"""First no new runs are begun, then the workers, all of them, release their leases, for which they need the rest."""


@dataclass(frozen=True)
class Stack:
    """A stack that is up: its addresses, and the supervisor that keeps it up."""

    running: RunningStack
    supervisor: Supervisor


@asynccontextmanager
async def local_stack(
    settings: Settings, observer: Observer, force: asyncio.Event, *, lasting: bool
) -> AsyncIterator[Stack]:
    """Start the stack, yield it once everything answers, stop it at the end whatever happens.

    One that is not `lasting` is for one story: it has no Dagster web UI, and one worker. `force` cuts the stopping
    short. Raises StackError, AlreadyRunningError, SettingsError and ServiceUnavailableError, each with what to do.
    """
    state = State(settings.state_dir)
    state.create()
    with state.locked():
        end_leftovers(state.directory, state.postgres)
        running = _addresses(settings, ui=lasting)
        await _require_external_services(settings)
        starter = _Starter(settings, state, observer, force, worker_count(settings) if lasting else 1)
        try:
            await starter.start(running)
            state.write_running(running)
            starter.start_more_workers()
            yield Stack(running, starter.supervisor)
        finally:
            await starter.stop()


def _addresses(settings: Settings, *, ui: bool) -> RunningStack:
    """Where the stack will listen. Raises StackError when a port is taken."""
    needs_emulator = settings.emulator_host in LOOPBACK_NAMES and any(
        (endpoint(settings, role).base_url or "").startswith(settings.emulator_url) for role in ROLES
    )
    ports = {"API_PORT": (settings.bind_host, settings.api_port)}
    if ui:
        ports["DAGSTER_PORT"] = (LOOPBACK, settings.dagster_port)
    if needs_emulator:
        ports["EMULATOR_PORT"] = (LOOPBACK, settings.emulator_port)
    require_free(ports)
    return RunningStack(
        pid=os.getpid(),
        api=f"http://{reachable(settings.bind_host)}:{settings.api_port}",
        dagster=f"http://{LOOPBACK}:{settings.dagster_port}" if ui else None,
        emulator=settings.emulator_url if needs_emulator else None,
        settings=fingerprints(settings),
    )


async def _require_external_services(settings: Settings) -> None:
    """Raise unless the databases, the broker and the bucket that the settings name can be reached."""
    for name, url in (
        ("DATABASE_URL", settings.database_url),
        ("DAGSTER_DATABASE_URL", settings.dagster_database_url),
    ):
        if url is not None:
            await asyncio.to_thread(require_reachable, url.get_secret_value(), name)
    if settings.broker_url is not None and (problem := await broker_problem(settings.broker)):
        raise StackError(problem)
    await open_store(settings).check()


class _Starter:
    """Starts the services in the order in which they need each other."""

    def __init__(
        self, settings: Settings, state: State, observer: Observer, force: asyncio.Event, workers: int
    ) -> None:
        self._settings = settings
        self._workers = workers
        self._environment: Mapping[str, str] = {}
        self._state = state
        self._cluster: postgres.Cluster | None = None
        self.supervisor = Supervisor(state.logs, observer, force)

    async def start(self, running: RunningStack) -> None:
        """Start everything; returns when all of it answers."""
        settings, start, code_port = self._settings, self.supervisor.start, free_port()
        shutil.copyfile(services.repository_file("dagster.yaml"), self._state.dagster_home / "dagster.yaml")
        broker = self._start_broker()
        if running.emulator is not None:
            start(services.emulator(settings.emulator_port), base_environment(self._state))
        database, dagster_database = await self._start_databases()
        backends = Backends(database, dagster_database, broker)
        environment = product_environment(settings, self._state, backends, code_port=code_port)
        start(services.code_location(code_port), environment)
        start(services.api(settings.bind_host, settings.api_port), environment)
        self._environment = {**environment, **shares(settings, self._workers)}
        self._start_worker(1)
        await self.supervisor.ready("code")  # the rest connects to it, and would compete with it for the CPU
        if running.dagster is not None:
            start(services.webserver(settings.dagster_port), environment)
        start(services.daemon(), environment)
        await self.supervisor.ready()

    def start_more_workers(self) -> None:
        """Start the second worker and those after it, once the first makes stories: nobody waits for them."""
        for number in range(2, self._workers + 1):
            self._start_worker(number)

    def _start_worker(self, number: int) -> None:
        worker = services.worker(concurrency(self._settings, self._workers), number)
        self.supervisor.start(worker, self._environment)

    async def stop(self) -> None:
        """Stop everything, and end whatever is left."""
        await self.supervisor.stop(STOP_ORDER)
        await asyncio.to_thread(end_leftovers, self._state.directory, self._state.postgres)
        if self._cluster is not None:
            postgres.remove_sockets(self._cluster)

    def _start_broker(self) -> str:
        """The broker's URL; the embedded one is started unless BROKER_URL names another."""
        if self._settings.broker_url is not None:
            return self._settings.broker
        port, password = free_port(), secrets.token_hex(16)
        valkey = services.valkey(self._state.valkey, port, password)
        self.supervisor.start(valkey, base_environment(self._state))
        return f"redis://:{password}@{LOOPBACK}:{port}/0"

    async def _start_databases(self) -> tuple[str, str]:
        """The URLs of the story database, migrated, and of Dagster's.

        Without DATABASE_URL the embedded server is started and its databases are prepared. Where only
        DATABASE_URL is set, Dagster's tables go into the same database, in a schema of their own.
        """
        dagster_url = self._settings.dagster_database_url
        if self._settings.database_url is not None:
            stories, dagster = self._settings.database, self._settings.direct_database
            await asyncio.to_thread(migrate, dagster)
        else:
            cluster = self._cluster = await asyncio.to_thread(postgres.prepare, self._state.postgres)
            self.supervisor.start(cluster.service(), base_environment(self._state))
            await self.supervisor.ready("postgres")
            stories, dagster = cluster.url("storytailor"), cluster.url("dagster")
            await asyncio.to_thread(_prepare_databases, cluster.url("postgres"), stories)
        return stories, dagster_url.get_secret_value() if dagster_url else dagster


def _prepare_databases(server: str, stories: str) -> None:
    """Create both databases if need be, migrate the stories' and add the demo user."""
    create_databases(server, ("storytailor", "dagster"))
    migrate(stories)
    seed_demo(stories)

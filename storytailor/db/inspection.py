"""What `storytailor doctor` asks a database: who we are, what stands in between, what we may, what is missing."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Literal

import psycopg
from psycopg.rows import TupleRow, class_row

from storytailor.db.administration import without_secrets
from storytailor.db.announcements import is_heard
from storytailor.db.clock import clock_problem
from storytailor.db.connecting import Connection, bounded, is_pooled, server_process, shares_sessions
from storytailor.db.connection import statement
from storytailor.db.engines import DAGSTER_TABLES
from storytailor.db.migrations.preconditions import OLDEST, tables_of_ours
from storytailor.db.process_connections import PoolSizes, largest_fitting, wanted
from storytailor.db.schema import outdated
from storytailor.errors import SettingsError
from storytailor.settings import Settings

PoolerKind = Literal["none", "session", "transaction"]
CLOSE_THEM = (
    "Run `storytailor migrate`, which closes them to visitors; if they are in another database than the stories, "
    "REVOKE ALL ON them FROM anon, authenticated."
)


@dataclass(frozen=True)
class DatabaseFinding:
    """One thing found out, and what to do if it is a problem."""

    name: str
    result: str
    remedy: str | None = None


@dataclass(frozen=True)
class _Server:
    role: str
    superuser: bool
    version: str
    clock: float
    allowed: int


@dataclass(frozen=True)
class DatabaseReport:
    """What was found out.

    `clock` is what is wrong with this machine's, by the server's. `allowed` is what server, database and role leave to
    us; a pooler's own limit is not seen.
    """

    role: str
    superuser: bool
    version: str
    clock: str | None
    pooler: PoolerKind
    listen_heard: bool
    wanted: int
    allowed: int
    revision: str | None
    exposed_tables: tuple[str, ...]
    pools: PoolSizes

    @property
    def findings(self) -> list[DatabaseFinding]:
        """All of it in words."""
        kind = "superuser" if self.superuser else "no superuser"
        too_old = int(self.version.partition(".")[0]) < OLDEST
        return [
            DatabaseFinding(
                "PostgreSQL",
                f"{self.version}, as {self.role} ({kind})",
                f"Upgrade it: PostgreSQL {OLDEST} or later is needed." if too_old else None,
            ),
            DatabaseFinding(
                "Schema",
                self.revision or "none",
                outdated(self.revision),
            ),
            DatabaseFinding("Clock", "another time than here" if self.clock else "the same time as here", self.clock),
            self._way(),
            self._connections(),
            DatabaseFinding(
                "Closed to visitors",
                f"anybody may read or write {', '.join(self.exposed_tables)}" if self.exposed_tables else "yes",
                CLOSE_THEM if self.exposed_tables else None,
            ),
        ]

    def _way(self) -> DatabaseFinding:
        way = {
            "none": "direct; statements are prepared",
            "session": "by a session pooler; statements are not prepared",
            "transaction": "by a transaction pooler; statements are not prepared",
        }[self.pooler]
        if self.listen_heard:
            return DatabaseFinding("Connection", f"{way}; LISTEN is heard")
        return DatabaseFinding(
            "Connection",
            f"{way}; LISTEN is not heard, so changes are looked for every 2 s, and Dagster refuses to start",
            "Set DATABASE_DIRECT_URL to the direct connection or a session pooler (Supabase: port 5432, not 6543).",
        )

    def _connections(self) -> DatabaseFinding:
        result = f"{self.wanted} wanted by one API and one worker, {self.allowed} allowed"
        if self.pooler != "none":
            result += " by the server; the pooler may allow fewer"
        if self.wanted <= self.allowed:
            return DatabaseFinding("Connections", result)
        fitting = largest_fitting(self.allowed, self.pools)
        if fitting is None:
            return DatabaseFinding("Connections", result, f"Allow {wanted(PoolSizes(2, 2))} or more.")
        return DatabaseFinding(
            "Connections",
            result,
            f"Set DATABASE_CONNECTIONS={fitting.stories} and DAGSTER_CONNECTIONS={fitting.dagster} "
            f"({wanted(fitting)} in all), or allow more.",
        )


async def inspect_database(settings: Settings) -> DatabaseReport:
    """Look at the database of the settings, through two connections. Raises SettingsError when it cannot be reached."""
    pools = PoolSizes(settings.database_connections, settings.dagster_connections)
    async with await _connect(settings.database, "DATABASE_URL") as connection:
        async with connection.cursor(row_factory=class_row(_Server)) as cursor:
            asked = time.time()
            await cursor.execute(statement("inspection/server"))
            (server,) = await cursor.fetchall()
            clock = clock_problem(asked, server.clock, time.time())
        pooler = await _pooler(connection, settings.database)

        async def announce(channel: str) -> None:
            await connection.execute(statement("announcements/probe"), {"channel": channel})

        async with await _connect(settings.direct_database, "DATABASE_DIRECT_URL") as direct:
            heard = await is_heard(direct, announce)
        revision = await _revision(connection)
        exposed = set(await _exposed(connection))
    if settings.dagster_database not in (settings.database, settings.direct_database):
        async with await _connect(settings.dagster_database, "DAGSTER_DATABASE_URL") as connection:
            exposed |= set(await _exposed(connection))
    return DatabaseReport(
        server.role,
        server.superuser,
        server.version,
        clock,
        pooler,
        heard,
        wanted(pools),
        server.allowed,
        revision,
        tuple(sorted(exposed)),
        pools,
    )


async def _connect(url: str, setting: str) -> Connection:
    try:
        connection: psycopg.AsyncConnection[TupleRow] = await psycopg.AsyncConnection.connect(
            bounded(url, application_name="storytailor doctor"), autocommit=True, prepare_threshold=None
        )
    except psycopg.Error as error:
        said = without_secrets(error, url)
        raise SettingsError(
            f"The database of {setting} cannot be reached: {said}. Start it or correct {setting}."
        ) from error
    return connection


async def _pooler(connection: Connection, url: str) -> PoolerKind:
    if not await is_pooled(connection):
        return "none"
    async with await _connect(url, "DATABASE_URL") as other:
        turns = [(await server_process(connection), await server_process(other)) for _ in range(3)]
    return "transaction" if shares_sessions(turns) else "session"


async def _revision(connection: Connection) -> str | None:
    try:
        rows = await (await connection.execute(statement("schema/revision"))).fetchall()
    except (psycopg.errors.UndefinedTable, psycopg.errors.InsufficientPrivilege):
        return None
    return str(rows[0][0]) if rows else None


async def _exposed(connection: Connection) -> list[str]:
    names = {"ours": [*tables_of_ours(), "storytailor_schema"], "dagsters": list(DAGSTER_TABLES)}
    cursor = await connection.execute(statement("inspection/exposed_tables"), names)
    return [str(name) for (name,) in await cursor.fetchall()]

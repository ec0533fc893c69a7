"""The SQLAlchemy engine for tables that others keep in PostgreSQL: Dagster's storages share one in each process.

As for our own connections, no wait is without an end. What a connection needs is set after connecting, since PgBouncer
refuses startup `options`; it holds as long as the session, so a pooler in transaction mode is refused.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from typing import Any

import psycopg2
from psycopg2.extensions import ISOLATION_LEVEL_AUTOCOMMIT
from sqlalchemy import Connection, Engine, ExceptionContext, create_engine, event
from sqlalchemy.exc import DBAPIError, DisconnectionError

from storytailor.db.connecting import bounded, is_trusted, shares_sessions
from storytailor.db.connection import statement
from storytailor.db.patience import patience
from storytailor.errors import SettingsError

log = logging.getLogger(__name__)

SCHEMA = "dagster"
DAGSTER_TABLES = (
    *("alembic_version", "asset_check_executions", "asset_daemon_asset_evaluations", "asset_event_tags", "asset_keys"),
    *("backfill_tags", "bulk_actions", "concurrency_limits", "concurrency_slots", "daemon_heartbeats"),
    *("dynamic_partitions", "event_logs", "instance_info", "instigators", "job_ticks", "jobs", "kvs", "pending_steps"),
    *("run_tags", "runs", "secondary_indexes", "snapshots"),
)
"""All tables that Dagster makes for its storages; a test holds them to its own metadata."""
STATEMENT_TIMEOUT = "30s"
RECYCLE_SECONDS = 1_800
CHECKOUT_SECONDS = 60.0
"""A statement waits so long for one of the engine's connections …"""
CONNECT_PATIENCE = 40.0
"""… and so long for a server that is restarting or has no connection left; in a run longer."""
FIRST_PAUSE, LONGEST_PAUSE = 0.1, 3.0
PASSING = (
    "too many connections",
    "too many clients",
    "remaining connection slots",
    "max clients reached",
    "no more connections allowed",
    "starting up",
    "shutting down",
    "in recovery mode",
    "connection refused",
    "server closed the connection",
    "no such file or directory",
)
"""What is said of a failure to connect that ends by itself."""
NEEDS_SESSION = (
    "Dagster's tables cannot be kept through a pooler in transaction mode: its settings would not stay with it. "
    "Set DATABASE_DIRECT_URL (or DAGSTER_DATABASE_URL) to the direct connection or a session pooler."
)


def open_engine(url: str, *, max_connections: int) -> Engine:
    """An engine on Dagster's tables, with at most so many connections; it connects when it is first used.

    The tables are in a schema of their own, which nobody else may look into; where an earlier version put them into
    `public`, they stay there. Raises SettingsError, at first use, when such a schema cannot be had.
    """
    connect = _Connector(bounded(url, application_name="storytailor dagster"))
    engine = create_engine(
        "postgresql+psycopg2://",
        creator=connect,
        isolation_level="AUTOCOMMIT",
        pool_size=1,  # the others are given back when they are not needed
        max_overflow=max_connections - 1,
        pool_timeout=CHECKOUT_SECONDS,
        pool_recycle=RECYCLE_SECONDS,
    )
    event.listen(engine, "checkin", _note_return)
    event.listen(engine, "checkout", _check)
    event.listen(engine, "handle_error", _note_read_only)
    return engine


def _note_return(_connection: Any, record: Any) -> None:
    record.info["returned"] = time.monotonic()


def _check(connection: Any, record: Any, _proxy: Any) -> None:
    """Let a connection of the pool show that it leads to the server, unless it did so a moment ago.

    SQLAlchemy's own `pool_pre_ping` asks each time: eight hundred times a story.
    """
    returned = record.info.get("returned")
    if returned is None or is_trusted(connection.fileno(), time.monotonic() - returned):
        return
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except psycopg2.Error as error:
        raise DisconnectionError from error  # another one is taken, or opened


def _note_read_only(failure: ExceptionContext) -> None:
    """A server that takes no writes is as good as gone, with all its sessions: see `closed_when_read_only`."""
    if isinstance(failure.original_exception, psycopg2.errors.ReadOnlySqlTransaction):
        failure.is_disconnect = True


class _Connector:
    """Opens connections, each with its session's settings; the first finds out about pooler and schema."""

    def __init__(self, conninfo: str) -> None:
        self._conninfo = conninfo
        self._schema: str | None = None

    def __call__(self) -> Any:
        connection = wait_for_connection(lambda: psycopg2.connect(self._conninfo))
        try:
            connection.set_isolation_level(ISOLATION_LEVEL_AUTOCOMMIT)
            with connection.cursor() as cursor:
                if self._schema is None:
                    self._require_session(connection)
                    self._schema = _schema_of(cursor)
                cursor.execute(
                    f"SET search_path TO {self._schema}; SET TIME ZONE 'UTC'; "
                    f"SET statement_timeout TO '{STATEMENT_TIMEOUT}'; SET synchronous_commit TO off"
                )
        except BaseException:
            connection.close()
            raise
        return connection

    def _require_session(self, connection: Any) -> None:
        if _server_process(connection) == connection.info.backend_pid:
            return
        other = wait_for_connection(lambda: psycopg2.connect(self._conninfo))
        try:
            other.set_isolation_level(ISOLATION_LEVEL_AUTOCOMMIT)
            turns = [(_server_process(connection), _server_process(other)) for _ in range(3)]
        finally:
            other.close()
        if shares_sessions(turns):
            raise SettingsError(NEEDS_SESSION)


def wait_for_connection(connect: Callable[[], Any]) -> Any:
    """Connect; while the server says that it has no connection left or is restarting, try again, ever more slowly."""
    ends, pause = time.monotonic() + patience(CONNECT_PATIENCE), FIRST_PAUSE
    while True:
        try:
            return connect()
        except psycopg2.OperationalError as error:
            said = str(error).lower()
            if time.monotonic() + pause > ends or not any(words in said for words in PASSING):
                raise
            log.warning(
                "Dagster's database takes no connection now, trying again in %g s: %s", pause, str(error).strip()
            )
        time.sleep(pause)
        pause = min(2 * pause, LONGEST_PAUSE)


def repeat_when_lost(connection: Connection) -> None:
    """Have this connection, whose statements commit by themselves, repeat a statement that it was lost under.

    It connects anew for that, as patiently as ever. A write whose answer was lost may then be there twice: one event
    too many in Dagster's log is better than a story's step that fails for a restart.
    """
    execute, losses = connection.execute, _Losses()

    def execute_again(*arguments: Any, **options: Any) -> Any:
        while True:
            try:
                return execute(*arguments, **options)
            except DBAPIError as error:
                if not losses.are_borne(error):
                    raise
                connection.rollback()  # of nothing: SQLAlchemy wants it before it connects anew

    setattr(connection, "execute", execute_again)  # noqa: B010  # which a method cannot be by assignment


def do_though_lost(work: Callable[[bool], None]) -> None:
    """Do this, a transaction on a connection that it asks for; and again, which it is told, while one is lost under it.

    The last to be lost may have committed all the same: whoever is told that it is done again sees to that.
    """
    losses, again = _Losses(), False
    while True:
        try:
            return work(again)
        except DBAPIError as error:
            if not losses.are_borne(error):
                raise
        again = True


class _Losses:
    """The connections that a piece of work has lost; it is repeated as long as there is patience to connect."""

    def __init__(self) -> None:
        self._ends = time.monotonic() + patience(CONNECT_PATIENCE)
        self._pause = FIRST_PAUSE

    def are_borne(self, error: DBAPIError) -> bool:
        """Whether to repeat what ended so, a little later: it has lost its connection, and there is time left."""
        if not error.connection_invalidated or time.monotonic() + self._pause > self._ends:
            return False
        log.warning("The connection to Dagster's database was lost; repeating what was under way: %s", error.orig)
        time.sleep(self._pause)
        self._pause = min(2 * self._pause, LONGEST_PAUSE)
        return True


def _server_process(connection: Any) -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        return int(cursor.fetchone()[0])


def _schema_of(cursor: Any) -> str:
    cursor.execute(statement("dagster/kept_in_public"))
    if cursor.fetchone()[0]:
        return "public"
    cursor.execute("SELECT to_regnamespace(%s)", (SCHEMA,))
    if cursor.fetchone()[0] is None:
        try:
            cursor.execute(statement("dagster/create_schema"))
        except psycopg2.errors.InsufficientPrivilege as refused:
            raise SettingsError(
                f"The login of Dagster's database may not create the schema {SCHEMA}. As an administrator: "
                f"CREATE SCHEMA {SCHEMA} AUTHORIZATION <that login>; or set DAGSTER_DATABASE_URL to a database it owns."
            ) from refused
    return SCHEMA

"""What is done to a database server before there is a schema: is it there, make the databases."""

from __future__ import annotations

from collections.abc import Iterable

import psycopg
from psycopg import sql

from storytailor.db.connection import CONNECT_TIMEOUT
from storytailor.errors import SettingsError


def require_reachable(url: str) -> None:
    """Connect once. Raises SettingsError with the server's own words; the URL's password stays out."""
    plain = url.replace("postgresql+psycopg2://", "postgresql://", 1)
    try:
        psycopg.connect(plain, connect_timeout=CONNECT_TIMEOUT, application_name="storytailor look").close()
    except psycopg.Error as error:
        words = " ".join(str(error).split())
        secret = psycopg.conninfo.conninfo_to_dict(plain).get("password") if _parses(plain) else plain
        raise SettingsError(
            f"The database of DATABASE_URL cannot be reached: {words.replace(str(secret or plain), '***')}. "
            "Start it or correct DATABASE_URL; without it, the local stack brings its own."
        ) from error


def create_databases(server_url: str, names: Iterable[str]) -> None:
    """Make the databases that are not there yet."""
    with psycopg.connect(server_url, autocommit=True, connect_timeout=CONNECT_TIMEOUT) as connection:
        there = {name for (name,) in connection.execute("SELECT datname FROM pg_database")}
        for name in names:
            if name not in there:
                connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))


def _parses(url: str) -> bool:
    try:
        psycopg.conninfo.conninfo_to_dict(url)
    except psycopg.ProgrammingError:
        return False
    return True

"""What is done to a database server before there is a schema: check that it answers, create the databases."""

from __future__ import annotations

from collections.abc import Iterable

import psycopg
from psycopg import sql

from storytailor.db.connection import CONNECT_TIMEOUT
from storytailor.errors import SettingsError


def require_reachable(url: str, setting: str) -> None:
    """Connect once to the URL of `setting`. Raises SettingsError with the server's own words, no secrets."""
    plain = url.replace("postgresql+psycopg2://", "postgresql://", 1)
    try:
        psycopg.connect(plain, connect_timeout=CONNECT_TIMEOUT, application_name="storytailor check").close()
    except psycopg.Error as error:
        message = str(error).strip().splitlines()[0].removeprefix("connection failed: ")
        raise SettingsError(
            f"The database of {setting} cannot be reached: {message.replace(_secret_of(plain), '***')}. "
            f"Start it or correct {setting}; without it, the local stack brings its own."
        ) from error


def create_databases(server_url: str, names: Iterable[str]) -> None:
    """Create the databases that do not exist yet."""
    with psycopg.connect(server_url, autocommit=True, connect_timeout=CONNECT_TIMEOUT) as connection:
        existing = {name for (name,) in connection.execute("SELECT datname FROM pg_database")}
        for name in names:
            if name not in existing:
                connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))


def _secret_of(url: str) -> str:
    """The URL's password; all of what does not parse."""
    try:
        return str(psycopg.conninfo.conninfo_to_dict(url).get("password") or url)
    except psycopg.ProgrammingError:
        return url

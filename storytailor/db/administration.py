"""What is done to a database server before there is a schema: check that it answers, create the databases."""

from __future__ import annotations

from collections.abc import Iterable

import psycopg
from psycopg import sql

from storytailor.db.connecting import bounded
from storytailor.errors import SettingsError
from storytailor.settings import in_checkout

UNSET = "; without it, the local stack brings its own"


def require_reachable(url: str, setting: str) -> None:
    """Connect once to the URL of `setting`. Raises SettingsError with the server's own words, no secrets."""
    try:
        psycopg.connect(bounded(url, application_name="storytailor check")).close()
    except psycopg.Error as error:
        raise SettingsError(
            f"The database of {setting} cannot be reached: {without_secrets(error, url)}. "
            f"Start it or correct {setting}{UNSET if in_checkout() else ''}."
        ) from error


def create_databases(server_url: str, names: Iterable[str]) -> None:
    """Create the databases that do not exist yet."""
    with psycopg.connect(bounded(server_url), autocommit=True) as connection:
        existing = {name for (name,) in connection.execute("SELECT datname FROM pg_database")}
        for name in names:
            if name not in existing:
                connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))


def without_secrets(error: Exception, url: str) -> str:
    """The first line of what the server or libpq said, without the URL's password."""
    message = str(error).strip().splitlines()[0].removeprefix("connection failed: ")
    return message.replace(_secret_of(url), "***")


def _secret_of(url: str) -> str:
    """The URL's password; all of what does not parse."""
    try:
        return str(psycopg.conninfo.conninfo_to_dict(bounded(url)).get("password") or url)
    except psycopg.ProgrammingError:
        return url

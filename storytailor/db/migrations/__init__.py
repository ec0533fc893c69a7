"""The schema, as numbered SQL files run by Alembic. `migrate` brings a database up to date."""

from __future__ import annotations

from pathlib import Path
from typing import cast

import psycopg
import sqlalchemy
from alembic import command, op
from alembic.config import Config

from storytailor.db.administration import without_secrets
from storytailor.db.migrations.plan import plan
from storytailor.errors import SettingsError

HERE = Path(__file__).parent


def migrate(database_url: str) -> None:
    """Bring the database at this URL to the newest revision; does nothing when it is there already, or beyond.

    All or nothing. Raises SettingsError with the server's own words when it cannot be done.
    """
    config = Config()
    config.set_main_option("script_location", str(HERE))
    config.attributes["url"] = database_url
    try:
        if not plan(database_url).is_newer:
            command.upgrade(config, "head")
    except (psycopg.Error, sqlalchemy.exc.DBAPIError) as error:
        said = error.orig if isinstance(error, sqlalchemy.exc.DBAPIError) and error.orig else error
        message = without_secrets(said, database_url)
        raise SettingsError(
            f"The schema could not be brought up to date, and nothing was changed: {message}"
        ) from error


def run_sql(revision_file: str) -> None:
    """Run the .sql file that stands beside a revision's .py file, as one script in its transaction."""
    run_script(op.get_bind(), Path(revision_file).with_suffix(".sql"))


def run_script(connection: sqlalchemy.Connection, file: Path) -> None:
    """Run a .sql file as one script in the connection's transaction, past SQLAlchemy, which reads % as its own."""
    cast("psycopg.Connection", connection.connection.driver_connection).execute(file.read_bytes())

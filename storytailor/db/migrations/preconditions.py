"""What must hold of a database before anything is written to it, each with the way out."""

import re
from pathlib import Path

from sqlalchemy import Connection, text

from storytailor.errors import SettingsError

VERSIONS = Path(__file__).parent / "versions"
OLDEST = 15
CREATE_TABLE = re.compile(r"^CREATE TABLE (\w+)", re.MULTILINE)


def tables_of_ours() -> list[str]:
    """The names of all tables that the migrations create."""
    return sorted({name for file in VERSIONS.glob("*.sql") for name in CREATE_TABLE.findall(file.read_text())})


def require_supported_server(connection: Connection) -> None:
    """Raise SettingsError for a server that is too old."""
    number = int(connection.execute(text("SHOW server_version_num")).scalar_one())
    if number < OLDEST * 10_000:
        raise SettingsError(
            f"The server of DATABASE_URL is PostgreSQL {number // 10_000}; {OLDEST} or later is needed. Upgrade it."
        )


def require_room_for_ours(connection: Connection) -> None:
    """Raise SettingsError for a database without our schema where tables of others have our tables' names."""
    if connection.execute(text("SELECT to_regclass('storytailor_schema')")).scalar() is not None:
        return
    taken = connection.execute(
        text(
            "SELECT relname FROM pg_class WHERE relnamespace = current_schema()::regnamespace AND relname = ANY(:ours)"
        ),
        {"ours": tables_of_ours()},
    ).scalars()
    if names := ", ".join(sorted(taken)):
        raise SettingsError(
            f"The database of DATABASE_URL already has tables of another application under names of ours: {names}. "
            "Nothing was changed. Give Storytailor a database of its own (on Supabase: a project of its own), "
            "or rename those tables."
        )

"""Alembic's entry point: one connection, one transaction, one migrator at a time."""

from pathlib import Path

import psycopg
from alembic import context
from sqlalchemy import NullPool, create_engine, text

from storytailor.db.connecting import bounded
from storytailor.db.engines import DAGSTER_TABLES
from storytailor.db.migrations import run_script
from storytailor.db.migrations.preconditions import require_room_for_ours, require_supported_server

MIGRATION_LOCK = 0x5702_7A11  # any fixed number: two migrators wait for each other

DAGSTER = {"names": ",".join(DAGSTER_TABLES)}

conninfo = bounded(context.config.attributes["url"], application_name="storytailor migrate")
engine = create_engine(
    "postgresql+psycopg://",
    creator=lambda: psycopg.connect(conninfo, prepare_threshold=None),  # a pooler may stand in between
    poolclass=NullPool,
)
with engine.connect() as connection, connection.begin():
    connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": MIGRATION_LOCK})
    require_supported_server(connection)
    require_room_for_ours(connection)
    context.configure(connection=connection, version_table="storytailor_schema")
    with context.begin_transaction():
        context.run_migrations()
        connection.execute(text("SELECT set_config('storytailor.dagster_tables', :names, true)"), DAGSTER)
        run_script(connection, Path(__file__).with_name("visitors.sql"))

"""Alembic's entry point: one connection, one transaction, one migrator at a time."""

from pathlib import Path

from alembic import context
from sqlalchemy import NullPool, create_engine, text
from sqlalchemy.engine import make_url

from storytailor.db.migrations import run_script

MIGRATION_LOCK = 0x5702_7A11  # any fixed number: two migrators wait for each other

url = make_url(context.config.attributes["url"]).set(drivername="postgresql+psycopg")
with create_engine(url, poolclass=NullPool).connect() as connection, connection.begin():
    connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": MIGRATION_LOCK})
    context.configure(connection=connection, version_table="storytailor_schema")
    with context.begin_transaction():
        context.run_migrations()
        run_script(connection, Path(__file__).with_name("visitors.sql"))

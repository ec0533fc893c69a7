"""A database like a hosted Supabase project's: the login `project` is no superuser, and visitors are granted all."""

from __future__ import annotations

from typing import LiteralString

import psycopg

ROLES: tuple[LiteralString, ...] = (
    "CREATE ROLE anon NOLOGIN",
    "CREATE ROLE authenticated NOLOGIN",
    "CREATE ROLE project LOGIN CREATEROLE IN ROLE anon, authenticated",
)
DEFAULTS: tuple[LiteralString, ...] = (
    "CREATE PUBLICATION supabase_realtime",
    "ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT ALL ON TABLES TO anon, authenticated",
    "ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT ALL ON SEQUENCES TO anon, authenticated",
    "ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT ALL ON FUNCTIONS TO anon, authenticated",
)


def make_roles(server: str) -> None:
    """Make the roles on the server of this superuser's URL, unless they are there."""
    with psycopg.connect(server, autocommit=True) as connection:
        if connection.execute("SELECT to_regrole('project')").fetchone() == (None,):
            for statement in ROLES:
                connection.execute(statement)


def make_project(server: str, name: str, url: str) -> None:
    """Make the database `name` on the server of this superuser's URL; `url` is its own, as its owner."""
    make_roles(server)
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} OWNER project".encode())
    with psycopg.connect(url) as connection:
        for statement in DEFAULTS:
            connection.execute(statement)

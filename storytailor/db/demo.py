"""The local stack's demo user, with a library and three characters to play with."""

from __future__ import annotations

from uuid import UUID

import psycopg

from storytailor.db.connecting import bounded
from storytailor.db.connection import statement

DEMO_USER = UUID("00000000-0000-4000-8000-000000000001")
DEMO_CREDITS = 1_000


def seed_demo(url: str, *, restore: bool = False) -> None:
    """Give a database the demo user, once: what was changed or deleted since stays as it is.

    With `restore`, what is missing comes back: also for a demo user whom a request has made, who has no characters.
    """
    parameters = {"user_id": DEMO_USER, "credits": DEMO_CREDITS, "restore": restore}
    with psycopg.connect(bounded(url)) as connection:
        connection.execute(statement("demo/seed"), parameters)

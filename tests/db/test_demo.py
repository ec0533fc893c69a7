"""The demo user's library."""

from __future__ import annotations

import psycopg

from storytailor.db.demo import DEMO_USER, seed_demo
from storytailor.safety.traits import TRAITS


def test_the_demo_is_seeded_once_and_what_was_changed_stays(database_url: str) -> None:
    seed_demo(database_url)
    with psycopg.connect(database_url) as connection:
        rows = connection.execute("SELECT name, traits FROM characters ORDER BY created_at DESC").fetchall()
        assert [name for name, _ in rows] == ["Maya", "Theo", "Fennel"]
        assert all(trait in TRAITS for _, traits in rows for trait in traits)
        connection.execute("DELETE FROM characters WHERE name = 'Theo'")
        connection.execute("UPDATE characters SET name = 'Mia' WHERE name = 'Maya'")
    seed_demo(database_url)
    with psycopg.connect(database_url) as connection:
        rows = connection.execute("SELECT name FROM characters ORDER BY created_at DESC").fetchall()
        assert rows == [("Mia",), ("Fennel",)]
        (credits,) = connection.execute("SELECT credits FROM users WHERE id = %s", (DEMO_USER,)).fetchall()
        assert credits == (1000,)

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


def test_a_demo_user_who_came_by_a_request_is_given_characters_when_asked_for(database_url: str) -> None:
    with psycopg.connect(database_url) as connection:
        connection.execute("INSERT INTO users (id) VALUES (%s)", (DEMO_USER,))
    seed_demo(database_url, restore=True)
    seed_demo(database_url, restore=True)
    with psycopg.connect(database_url) as connection:
        rows = connection.execute("SELECT name FROM characters ORDER BY created_at DESC").fetchall()
        assert rows == [("Maya",), ("Theo",), ("Fennel",)]
        assert connection.execute("SELECT credits FROM users").fetchall() == [(1000,)]

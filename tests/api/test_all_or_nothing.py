"""A story is created whole or not at all, wherever its transaction breaks."""

from __future__ import annotations

import httpx
import psycopg
import pytest

from tests.api.conftest import Person, create_person

TABLES = ("stories", "asset_generation_jobs", "credit_ledger", "idempotency_keys")
STORIES = "/api/v1/stories"


def count(database_url: str) -> dict[str, int]:
    with psycopg.connect(database_url) as connection:
        rows = {name: connection.execute(f"SELECT count(*) FROM {name}").fetchone() for name in TABLES}  # noqa: S608
    return {name: row[0] for name, row in rows.items() if row}


def break_inserts(database_url: str, table: str) -> None:
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute(
            """CREATE FUNCTION break_down() RETURNS trigger LANGUAGE plpgsql AS
               $$ BEGIN RAISE EXCEPTION 'the disk is full' USING ERRCODE = '53100'; END $$"""
        )
        connection.execute(f"CREATE TRIGGER break_down BEFORE INSERT ON {table} EXECUTE FUNCTION break_down()")


def mend(database_url: str, table: str) -> None:
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute(f"DROP TRIGGER break_down ON {table}")


@pytest.mark.parametrize("table", TABLES)
async def test_a_fault_at_any_write_of_the_creating_transaction_leaves_nothing_behind(
    client: httpx.AsyncClient, maya: Person, database_url: str, table: str
) -> None:
    headers = maya.headers | {"Idempotency-Key": "once"}
    break_inserts(database_url, table)
    answer = await client.post(STORIES, json=maya.story_request(), headers=headers)
    assert answer.status_code in (500, 503)
    assert "disk" not in answer.text
    assert count(database_url) == dict.fromkeys(TABLES, 0)
    mend(database_url, table)

    answer = await client.post(STORIES, json=maya.story_request(), headers=headers)
    assert answer.status_code == 201
    assert count(database_url) == {
        "stories": 1,
        "asset_generation_jobs": 11,
        "credit_ledger": 1,
        "idempotency_keys": 1,
    }


async def test_a_debit_that_cannot_be_taken_off_the_credits_leaves_nothing_behind(
    client: httpx.AsyncClient, database_url: str
) -> None:
    free = create_person(database_url)
    for _ in range(2):  # the free tier's own
        assert (await client.post(STORIES, json=free.story_request(), headers=free.headers)).status_code == 201
    before = count(database_url)
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute("UPDATE users SET credits = 1")
        connection.execute(
            """CREATE FUNCTION break_down() RETURNS trigger LANGUAGE plpgsql AS
               $$ BEGIN RAISE EXCEPTION 'the disk is full' USING ERRCODE = '53100'; END $$"""
        )
        connection.execute("CREATE TRIGGER break_down BEFORE UPDATE OF credits ON users EXECUTE FUNCTION break_down()")
    answer = await client.post(STORIES, json=free.story_request(), headers=free.headers)
    assert answer.status_code in (500, 503)
    assert count(database_url) == before

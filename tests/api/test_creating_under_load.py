"""platform.md, row 12: a POST waits for nothing that makers hold, however many stories are being made."""

from __future__ import annotations

import asyncio
import os
import statistics
import subprocess
import sys

import httpx
import psycopg
from pydantic import SecretStr

from api.app import create_app
from storytailor.settings import Settings
from storytailor_cli.local_stack import services
from tests.api.conftest import SECRET, Person, client_of
from tests.breaking_proxy import breaking_way

STORIES = "/api/v1/stories"
ROUND_TRIPS = 7
"""Of a POST: twice it is waited that a transaction is committed, and five times for what was asked."""


async def ask(client: httpx.AsyncClient, person: Person) -> str:
    answer = await client.post(STORIES, json=person.story_request(), headers=person.headers)
    assert answer.status_code == 201, answer.text
    story_id: str = answer.json()["data"]["id"]
    return story_id


async def test_row_12_a_post_waits_neither_for_makers_connections_nor_for_what_they_have_locked(
    client: httpx.AsyncClient, maya: Person, settings: Settings
) -> None:
    being_made = await ask(client, maya)
    with psycopg.connect(settings.database) as maker:  # in the middle of a write, for as long as this test lasts
        maker.execute("SELECT FROM stories WHERE id = %s FOR NO KEY UPDATE", (being_made,))
        maker.execute("SELECT FROM asset_generation_jobs WHERE story_id = %s FOR UPDATE", (being_made,))
        maker.execute("SELECT FROM characters WHERE id = %s FOR KEY SHARE", (maya.character_id,))
        maker.execute("NOTIFY story_changed, 'x'")
        async with asyncio.timeout(20):  # a statement that waits for a lock is ended after 30 s
            await ask(client, maya)


async def test_row_12_a_post_waits_for_no_connection_to_be_opened(
    client: httpx.AsyncClient, maya: Person, stranger: Person, settings: Settings
) -> None:
    kept = await connections(settings, settings.database_connections)
    await asyncio.gather(*(ask(client, person) for person in (maya, stranger) * 4))
    assert await connections(settings, settings.database_connections) == kept


async def connections(settings: Settings, fewest: int) -> set[int]:
    """The server's processes for the API's connections, once there are so many; the one that LISTENs is another's."""
    wanted = "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND query NOT LIKE 'LISTEN%%'"
    async with await psycopg.AsyncConnection.connect(settings.database, application_name="a look") as look:
        async with asyncio.timeout(20):
            while True:
                rows = await (await look.execute(wanted + " AND application_name = 'storytailor'")).fetchall()
                if len(rows) >= fewest:
                    return {pid for (pid,) in rows}
                await asyncio.sleep(0.05)


async def test_row_12_a_post_waits_for_the_database_a_bounded_number_of_times(
    maya: Person, settings: Settings, database_url: str
) -> None:
    async with breaking_way(database_url) as (url, proxy):
        app = create_app(settings.model_copy(update={"database_url": SecretStr(url)}))
        async with app.router.lifespan_context(app), client_of(app) as client:
            turns: list[int] = []
            for _ in range(
                12
            ):  # what is prepared after a while is asked for otherwise; at first connections are opened
                before = proxy.turns
                await ask(client, maya)
                turns.append(proxy.turns - before)
    assert 0 < statistics.median(turns) <= ROUND_TRIPS, turns


def test_row_12_the_processor_is_the_apis_before_it_is_the_makers() -> None:
    answers = services.api("127.0.0.1", 8000).niceness
    between = {services.emulator(8100).niceness, services.daemon().niceness, services.webserver(3000).niceness}
    assert answers < min(between) <= max(between) < services.worker(2).niceness


FROZEN = """
import asyncio, gc
from api.app import create_app

async def main():
    app = create_app()
    async with app.router.lifespan_context(app):
        gc.collect()
        print(gc.get_freeze_count(), len(gc.get_objects()))

asyncio.run(main())
"""


def test_row_12_no_collection_of_garbage_in_the_api_looks_at_what_it_loaded_at_its_start(settings: Settings) -> None:
    environment = {"PATH": os.environ["PATH"], "DATABASE_URL": settings.database, "JWT_SECRET": SECRET}
    said = subprocess.run(
        (sys.executable, "-c", FROZEN), env=environment, capture_output=True, text=True, timeout=60, check=True
    ).stdout
    frozen, looked_at = map(int, said.split())
    assert looked_at < frozen / 10

"""The stories' side of retention: what is finished is held still meanwhile, and settled messages are forgotten."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

import psycopg

from storytailor.db import Database, Queue
from storytailor.db.retention import Retention
from tests.db.conftest import CreateStory


async def change(database: Database, sql: str, *params: object) -> None:
    async with database.transaction() as connection:
        await connection.execute(sql.encode(), params or None)


async def test_a_story_that_is_being_forgotten_is_claimed_only_afterwards(
    database: Database, database_url: str, create_story: CreateStory, queue: Queue
) -> None:
    finished, waiting = await create_story(), await create_story()
    await change(database, "UPDATE asset_generation_jobs SET status = 'ready' WHERE story_id = %s", finished)
    await change(database, "UPDATE asset_generation_jobs SET status = 'ready', claims = 1 WHERE story_id = %s", waiting)
    await change(
        database,
        "UPDATE asset_generation_jobs SET status = 'queued' WHERE story_id = %s AND asset_type = 'cover'",
        waiting,
    )

    def queue_it_again(story_ids: Sequence[UUID]) -> Sequence[UUID]:
        with psycopg.connect(database_url) as connection:
            connection.execute("UPDATE asset_generation_jobs SET status = 'queued' WHERE story_id = %s", [finished])
        return story_ids

    retention, claimed = Retention(database), list[UUID]()

    def work(story_ids: Sequence[UUID]) -> Sequence[UUID]:
        queue_it_again(story_ids)
        with psycopg.connect(database_url, autocommit=True) as connection:
            claimable = connection.execute("SELECT id FROM stories FOR UPDATE SKIP LOCKED").fetchall()
        claimed.extend(story_id for (story_id,) in claimable)  # what a claim locks first of all
        return story_ids

    assert await retention.while_finished([finished, waiting], work) == [finished]
    assert claimed == []
    assert {lease.story_id for lease in await queue.claim(in_flight=10)} == {finished, waiting}
    assert await retention.while_finished([finished, waiting], work) is None


async def test_messages_that_were_settled_long_ago_are_forgotten_and_those_that_wait_are_not(
    database: Database, create_story: CreateStory
) -> None:
    story_id = await create_story()
    for state, days in (("delivered", 31), ("dead", 31), ("delivered", 29), ("waiting", None)):
        await change(
            database,
            """INSERT INTO webhook_outbox (story_id, user_id, url, payload, state, created_at, settled_at)
               SELECT id, creator_user_id, 'https://a.example', '{}', %s, now() - interval '90 days',
                      now() - interval '1 day' * %s FROM stories WHERE id = %s""",
            *(state, days, story_id),
        )
    retention = Retention(database)
    assert await retention.forget_webhooks(30, most=1) == 1
    assert await retention.forget_webhooks(30, most=100) == 1
    assert await retention.forget_webhooks(30, most=100) == 0
    async with database.transaction() as connection:
        left = await (await connection.execute("SELECT state FROM webhook_outbox ORDER BY 1")).fetchall()
    assert [state for (state,) in left] == ["delivered", "waiting"]

"""Portraits of a character that is deleted in that very moment: none is kept, and nobody hears of an error."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from uuid import UUID

import pytest

from storytailor.db import Database
from storytailor.db.portraits import Portraits

Ask = Callable[[Portraits, UUID], Awaitable[object]]
ASKED: dict[str, Ask] = {
    "to sit": lambda portraits, maya: portraits.sit(maya, "her looks", 10),
    "to be kept": lambda portraits, maya: portraits.keep(maya, "her looks", f"characters/{maya}/portrait-0.png"),
}


@pytest.mark.usefixtures("user")
@pytest.mark.parametrize("ask", ASKED.values(), ids=ASKED)
async def test_a_character_that_is_being_deleted_is_waited_for_and_then_gone(database: Database, ask: Ask) -> None:
    async with database.transaction() as family:
        deleted = await family.execute("DELETE FROM characters RETURNING id")
        ((maya,),) = await deleted.fetchall()
        asked = asyncio.ensure_future(ask(Portraits(database), maya))
        await asyncio.wait({asked}, timeout=0.5)  # for as long as the family is not done
        assert not asked.done()
    assert await asked is None
    async with database.transaction() as connection:
        for table in ("portraits", "portrait_sittings"):
            assert (await connection.execute(f"SELECT FROM {table}".encode())).rowcount == 0, table

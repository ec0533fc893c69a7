"""Work that goes on side by side ends when it is told to."""

from __future__ import annotations

import asyncio

import pytest

from storytailor.tasks import start, stop, together


async def deaf_once(ended: list[str]) -> None:
    """Loses the first cancel, as a wait for a connection can."""
    try:
        await asyncio.Event().wait()
    except asyncio.CancelledError:
        await asyncio.Event().wait()
    finally:
        ended.append("deaf")


async def test_work_that_loses_its_first_cancel_ends_at_the_next() -> None:
    ended: list[str] = []
    task = start(together(deaf_once(ended), asyncio.sleep(600)), "test")
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    await asyncio.wait_for(stop([task]), 10)
    assert task.cancelled()
    assert ended == ["deaf"]


async def test_what_breaks_ends_the_others_and_is_heard_of() -> None:
    async def breaks() -> None:
        raise ValueError("broken")

    ended: list[str] = []
    with pytest.raises(ValueError, match="broken"):
        await asyncio.wait_for(together(deaf_once(ended), breaks()), 10)
    assert ended == ["deaf"]

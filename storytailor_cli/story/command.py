"""From the wish to the book: a stack, a request, a wait, the files."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from uuid import UUID

from rich.console import Console
from rich.markup import escape

from storytailor.db.demo import DEMO_USER
from storytailor.errors import StorytailorError
from storytailor.settings import Settings
from storytailor.status import failed_reasons
from storytailor.tokens import mint
from storytailor_cli.errors import INTERRUPTED, complain, load_settings
from storytailor_cli.interrupts import Interrupted, run
from storytailor_cli.local_stack.state import signing_secret
from storytailor_cli.story.bookshelf import Shelved, make, shelve
from storytailor_cli.story.client import Client
from storytailor_cli.story.progress import NAMES, show
from storytailor_cli.story.stack import some_stack

DEFAULT_CHARACTERS = ("Maya", "Fennel")


def make_story(wish: dict[str, Any], characters: Sequence[str], out: Path) -> int:
    """Make the story that is wished for; the exit code: 0 only if all of it is ready."""
    settings = load_settings()
    console = Console(highlight=False)
    make(out)  # a place that cannot be written to is better said now
    try:
        return run(lambda hurry: _make(settings, console, wish, characters, out, hurry))
    except Interrupted:
        console.print("Stopped. What was begun goes on when the local stack is up again.")
        return INTERRUPTED


async def _make(
    settings: Settings,
    console: Console,
    wish: dict[str, Any],
    characters: Sequence[str],
    out: Path,
    hurry: asyncio.Event,
) -> int:
    token = mint(DEMO_USER, signing_secret(settings), issuer=settings.jwt_issuer)
    async with some_stack(settings, console, hurry) as stack, Client(stack.api, token) as client:
        return await stack.while_up(_tell(client, console, wish, characters, out))


async def _tell(
    client: Client, console: Console, wish: dict[str, Any], characters: Sequence[str], out: Path
) -> int:
    chosen = choose(await client.characters(), characters)
    names = " and ".join(character["name"] for character in chosen)
    console.print(
        f"A story of {escape(names)}: [bold]{wish['story_type'].replace('_', ' ')}[/], "
        f"{escape(', '.join(wish['themes']))}"
    )
    began = time.monotonic()
    receipt = await client.create({**wish, "character_ids": [character["id"] for character in chosen]})
    story_id = UUID(receipt["id"])
    with show(console, receipt["asset_generation_status"]["assets"]) as bars:
        async for story in client.follow(story_id):
            bars.update(story["asset_generation_status"]["assets"])
    story = await client.story(story_id)
    shelved = await shelve(story, out / str(story_id))
    return _report(console, story, shelved, out / str(story_id), time.monotonic() - began)


def choose(library: list[dict[str, Any]], wanted: Sequence[str]) -> list[dict[str, Any]]:
    """The characters of these names or ids; without any, the demo's two or whoever is there.

    Raises StorytailorError for one that is not there, naming those that are.
    """
    by_handle = {character["name"].casefold(): character for character in reversed(library)}
    by_handle |= {character["id"]: character for character in library}
    if not library:
        raise StorytailorError(
            "There is no character to tell of. The demo characters come with the embedded database only: "
            "unset DATABASE_URL, or make one with POST /api/v1/characters as the demo user."
        )
    if not wanted:
        found = [by_handle[name.casefold()] for name in DEFAULT_CHARACTERS if name.casefold() in by_handle]
        return found or library[:1]
    for handle in wanted:
        if handle.casefold() not in by_handle:
            there = ", ".join(sorted(character["name"] for character in library))
            raise StorytailorError(f"There is no character {handle!r}. There are: {there}.")
    return list(
        {by_handle[handle.casefold()]["id"]: by_handle[handle.casefold()] for handle in wanted}.values()
    )


def _report(console: Console, story: dict[str, Any], shelved: Shelved, folder: Path, seconds: float) -> int:
    """Say how it ended; the exit code."""
    overall = story["asset_generation_status"]["overall"]
    for asset, reason in failed_reasons(story["asset_generation_status"]).items():
        complain(f"{NAMES[asset]}: {reason}")
    for trouble in shelved.troubles:
        complain(trouble)
    if shelved.missing:
        complain(f"Not in the book: {', '.join(shelved.missing)}")
    whole = overall == "ready" and not shelved.troubles and not shelved.missing
    if whole:
        console.print(f"\n[bold green]“{escape(story['title'])}” is ready[/] [dim]({seconds:.1f} s)[/]")
    else:
        complain(f"“{story['title']}” is {overall}, and the book is not whole.")
    console.print(f"  {folder}/", markup=False, soft_wrap=True)
    return 0 if whole else 1

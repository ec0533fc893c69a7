"""The course of `storytailor story`: find a stack, ask for the story, wait for it, save the files, report."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console
from rich.markup import escape

from storytailor.db.demo import DEMO_USER
from storytailor.endpoints import endpoint
from storytailor.errors import SettingsError, StorytailorError
from storytailor.settings import Settings
from storytailor.tokens import mint
from storytailor_cli.doctor.ahead import show_ahead, trouble_ahead
from storytailor_cli.errors import INTERRUPTED, load_settings, print_error
from storytailor_cli.interrupts import UserInterruptError, run
from storytailor_cli.local_stack.settings_in_use import not_applied
from storytailor_cli.local_stack.state import State, signing_secret
from storytailor_cli.story.client import Character, Client, Story, StoryOptions
from storytailor_cli.story.download import SavedBook, create_folder, save_book
from storytailor_cli.story.progress import label, progress_display
from storytailor_cli.story.stack import attach_or_start

DEFAULT_CHARACTERS = ("Maya", "Fennel")
EMULATED_LANGUAGES = ("en", "de", "fr", "es")
"""What the emulator writes: `LANGUAGES` of its storyteller, which nothing here may import."""


def make_story(options: StoryOptions, characters: Sequence[str], out: Path) -> int:
    """Make one story of these characters (names or ids); the exit code: 0 only if all of it is ready."""
    settings = load_settings()
    console = Console(highlight=False)
    create_folder(out)  # before anything is started: a folder that cannot be written to is an error at once
    try:
        return run(lambda force: _on_a_stack(settings, console, options, characters, out, force))
    except UserInterruptError:
        console.print("Stopped. Unfinished work resumes when the local stack is up again.")
        return INTERRUPTED


async def _on_a_stack(
    settings: Settings,
    console: Console,
    options: StoryOptions,
    characters: Sequence[str],
    out: Path,
    force: asyncio.Event,
) -> int:
    running = State(settings.state_dir).running()
    # the stack that is up works with its own settings: of others, nothing is to be feared
    foreseen = running is None or not not_applied(settings, running)
    if foreseen:
        check_language(settings, options.language)
    ahead = await trouble_ahead(settings) if foreseen else []
    show_ahead(console, ahead)
    if any(knock.severity == "problem" for knock in ahead):
        print_error("No story is begun: it would fail.")
        return 1
    token = mint(DEMO_USER, signing_secret(settings), issuer=settings.jwt_issuer)
    async with attach_or_start(settings, console, force) as stack, Client(stack.api, token) as client:
        return await stack.while_up(_request_and_wait(client, console, options, characters, out))


def check_language(settings: Settings, language: str) -> None:
    """Raises StorytailorError for a language that nobody here could write: of those, the emulator knows four."""
    try:
        emulated = endpoint(settings, "text").is_emulated
    except SettingsError:  # a key from Parameter Store, which the code location reads
        return
    if emulated and language.lower().replace("_", "-").split("-")[0] not in EMULATED_LANGUAGES:
        raise StorytailorError(
            f"No story is begun in {language!r}: without a key, stories are written on this machine, in English, "
            "German, French and Spanish only. Set OPENAI_API_KEY for other languages."
        )


async def _request_and_wait(
    client: Client, console: Console, options: StoryOptions, wanted: Sequence[str], out: Path
) -> int:
    characters = choose_characters(await client.characters(), wanted)
    names = " and ".join(character.name for character in characters)
    console.print(
        f"A story of {escape(names)}: [bold]{options.story_type.replace('_', ' ')}[/], "
        f"{escape(', '.join(options.themes))}"
    )
    started = time.monotonic()
    receipt = await client.create(options, characters)
    with progress_display(console, receipt.asset_generation_status.assets) as display:
        async for status in client.follow(receipt.id):
            display.update(status.assets)
    story = await client.story(receipt.id)
    folder = out / str(receipt.id)
    saved = await save_book(story, folder)
    return _report(console, story, saved, folder, time.monotonic() - started)


def choose_characters(library: Sequence[Character], wanted: Sequence[str]) -> list[Character]:
    """The characters of these names or ids, each once; without any, the demo's two or else the first.

    Raises StorytailorError for one that does not exist, naming those that do.
    """
    if not library:
        raise StorytailorError(
            "There are no characters. The demo characters come with the embedded database only: "
            "unset DATABASE_URL, or make one with POST /api/v1/characters as the demo user."
        )
    known = {character.name.casefold(): character for character in reversed(library)}
    known |= {character.id: character for character in library}
    if not wanted:
        defaults = (name.casefold() for name in DEFAULT_CHARACTERS)
        return [known[name] for name in defaults if name in known] or [library[0]]
    chosen: dict[str, Character] = {}
    for name_or_id in wanted:
        character = known.get(name_or_id.casefold())
        if character is None:
            names = ", ".join(sorted(character.name for character in library))
            raise StorytailorError(f"There is no character {name_or_id!r}. There are: {names}.")
        chosen[character.id] = character
    return list(chosen.values())


def _report(console: Console, story: Story, saved: SavedBook, folder: Path, seconds: float) -> int:
    """Print how it ended; the exit code."""
    status = story.status
    for name, asset in status.assets.items():
        if asset.status == "failed":
            print_error(f"{label(name)}: {asset.error or 'no reason was recorded'}")
        elif asset.placeholder_reason:
            print_error(f"{label(name)}: {asset.placeholder_reason}")
    for error in saved.errors:
        print_error(error)
    if saved.missing:
        print_error(f"Not in the book: {', '.join(saved.missing)}")
    complete = status.overall == "ready" and not saved.errors and not saved.missing
    if complete:
        console.print(f"\n[bold green]“{escape(story.title)}” is ready[/] [dim]({seconds:.1f} s)[/]")
    else:
        print_error(f"“{story.title}” is {status.overall}, and the book is incomplete.")
    console.print(f"  {folder}/", markup=False, soft_wrap=True)
    return 0 if complete else 1

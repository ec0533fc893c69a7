"""The command `storytailor`: its subcommands and their options.

What a command does is in a module of its own, imported when the command is called, so that `--help` is quick.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated
from uuid import UUID

import typer

from storytailor.story import StoryType
from storytailor_cli.errors import PlainErrors

app = typer.Typer(
    name="storytailor",
    help="From characters, a kind of story and themes to a finished children's book.",
    cls=PlainErrors,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,  # they show local variables, and with them keys
)


def _print_version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        typer.echo(f"storytailor {version('storytailor')}")
        raise typer.Exit


@app.callback()
def main(
    _: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """From characters, a kind of story and themes to a finished children's book."""


stories = typer.Typer(invoke_without_command=True, help="Make one book, or show where one stands.")
app.add_typer(stories, name="story")


@stories.callback()
def story(
    context: typer.Context,
    theme: Annotated[
        list[str] | None,
        typer.Option(help="What it is about; may be given again. [default: courage, friendship]"),
    ] = None,
    story_type: Annotated[StoryType, typer.Option("--type", help="The kind of story.")] = StoryType.ADVENTURE,
    character: Annotated[
        list[str] | None,
        typer.Option(help="Who is in it, by name or id; may be given again. [default: Maya and Fennel]"),
    ] = None,
    title: Annotated[str | None, typer.Option(help="The title; without one, the story finds its own.")] = None,
    age: Annotated[int, typer.Option(min=2, max=12, help="The reader's age.")] = 6,
    language: Annotated[str, typer.Option(help="The language, such as en, de, es, fr.")] = "en",
    voice: Annotated[str | None, typer.Option(help="The narrator: an ElevenLabs voice id.")] = None,
    out: Annotated[Path, typer.Option(help="Where the book goes, in a folder by its id.")] = Path("out"),
) -> None:
    """Make one book and put it into out/<story-id>/; starts the local stack if it is not up."""
    if context.invoked_subcommand is not None:
        return
    from storytailor_cli.story.client import StoryOptions
    from storytailor_cli.story.command import make_story

    options = StoryOptions(
        story_type=story_type,
        themes=theme or ["courage", "friendship"],
        title=title,
        age=age,
        language=language,
        voice_id=voice,
    )
    raise typer.Exit(make_story(options, character or [], out))


@stories.command()
def show(story_id: Annotated[UUID, typer.Argument(help="The story's id.")]) -> None:
    """Say where a story stands, asset by asset, and where to see it in Dagster's UI; without its words."""
    import asyncio

    from storytailor_cli.errors import load_settings
    from storytailor_cli.story.show import show_story

    asyncio.run(show_story(story_id, load_settings()))


@app.command()
def up(
    verbose: Annotated[bool, typer.Option("--verbose", "-v", help="Show all output of the processes.")] = False,
) -> None:
    """Run the local stack in the foreground until Ctrl-C."""
    from storytailor_cli.up import run_stack

    run_stack(verbose=verbose)


@app.command()
def token(
    user: Annotated[UUID, typer.Option(help="The user's id.")],
    hours: Annotated[float, typer.Option(min=0.01, help="How long it is valid.")] = 24.0,
) -> None:
    """Print a bearer token for the local stack, alone on the last line."""
    from storytailor.tokens import mint
    from storytailor_cli.errors import load_settings
    from storytailor_cli.local_stack.state import signing_secret

    settings = load_settings()
    typer.echo(mint(user, signing_secret(settings, create=False), hours=hours, issuer=settings.jwt_issuer))


@app.command()
def migrate(
    plan: Annotated[bool, typer.Option("--plan", help="Only say what would be done, and how to go back.")] = False,
) -> None:
    """Bring the database of DATABASE_URL to the newest schema; says first what there is no way back from."""
    from storytailor.db.administration import require_reachable
    from storytailor.db.migrations import migrate as bring_up_to_date
    from storytailor.db.migrations.plan import plan as plan_for
    from storytailor_cli.errors import load_settings

    settings = load_settings()
    url = settings.direct_database
    require_reachable(url, "DATABASE_DIRECT_URL" if settings.database_direct_url else "DATABASE_URL")
    ahead = plan_for(url)
    for line in ahead.words:
        typer.echo(line)
    if plan:
        typer.echo("Nothing was done." if ahead.steps else "There is nothing to do.")
        return
    bring_up_to_date(url)
    if not ahead.is_newer:
        typer.echo("The database has the newest schema.")


@app.command()
def logins(
    administrator: Annotated[
        str, typer.Option(envvar="ADMIN_DATABASE_URL", help="URL of a superuser of the server.", show_default=False)
    ],
    api: Annotated[
        str, typer.Option(envvar="API_DATABASE_URL", help="DATABASE_URL of the API's processes.", show_default=False)
    ],
) -> None:
    """Make the logins that API_DATABASE_URL, DATABASE_URL and DAGSTER_DATABASE_URL name, and their databases."""
    from storytailor.db.administration import require_reachable
    from storytailor.db.logins import Login, make_logins
    from storytailor.errors import SettingsError
    from storytailor_cli.errors import load_settings

    settings = load_settings()
    if settings.dagster_database_url is None:
        raise SettingsError("DAGSTER_DATABASE_URL is not set: name the database and the login that Dagster shall have.")
    require_reachable(administrator, "ADMIN_DATABASE_URL")
    make_logins(
        administrator,
        api=Login.of(api, "API_DATABASE_URL"),
        makers=Login.of(settings.database, "DATABASE_URL"),
        dagster=Login.of(settings.dagster_database_url.get_secret_value(), "DAGSTER_DATABASE_URL"),
    )
    typer.echo("The API, the makers and Dagster have a login each.")


@app.command()
def demo() -> None:
    """Give the database of DATABASE_URL the demo user of the README, with three characters."""
    from storytailor.db.administration import require_reachable
    from storytailor.db.demo import DEMO_USER, seed_demo
    from storytailor_cli.errors import load_settings

    url = load_settings().database
    require_reachable(url, "DATABASE_URL")
    seed_demo(url, restore=True)
    typer.echo(f"The user {DEMO_USER} has characters to play with.")


@app.command()
def webhooks() -> None:
    """Send the webhooks that are due, until it is stopped: for a fleet whose API may not read the outbox."""
    from storytailor_cli.errors import load_settings
    from storytailor_cli.webhooks import send_webhooks

    send_webhooks(load_settings())


@app.command()
def bucket(
    public_read: Annotated[
        bool,
        typer.Option(
            "--public-read", help="Let anybody read finished books (ASSETS_ACCESS=public); a CDN does not need that."
        ),
    ] = False,
) -> None:
    """Create the bucket of ASSETS_BUCKET if it does not exist, private, and let pages of CORS_ORIGINS read what they
    have the URL of.
    """
    from storytailor.errors import SettingsError
    from storytailor.providers.object_store import s3_client
    from storytailor.providers.object_store.making import make_bucket
    from storytailor_cli.errors import load_settings

    settings = load_settings()
    if settings.assets_bucket is None:
        raise SettingsError("ASSETS_BUCKET is not set: name the bucket to create.")
    if public_read and not settings.books_are_public:
        raise SettingsError("--public-read opens finished books to anybody: set ASSETS_ACCESS=public if you mean that.")
    make_bucket(settings.assets_bucket, s3_client(settings), public_read=public_read, origins=settings.cors_origins)
    typer.echo(f"The bucket {settings.assets_bucket} exists.")


@app.command()
def find_traces(
    words: Annotated[list[str], typer.Argument(help="Names, ids or other words to look for, in any case.")],
) -> None:
    """Say where words stand in databases, broker, stored objects and logs; exits with 1 where they do, 0 where not."""
    import asyncio

    from storytailor_cli.errors import load_settings
    from storytailor_cli.traces import find

    raise typer.Exit(asyncio.run(find(words, load_settings())))


@app.command()
def doctor(as_json: Annotated[bool, typer.Option("--json", help="Print the findings as JSON.")] = False) -> None:
    """Check this machine, the settings, and how stories fare, and say what to do about each problem."""
    from storytailor_cli.doctor.command import run_checks

    raise typer.Exit(run_checks(as_json=as_json))

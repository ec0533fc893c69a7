"""The documents say what is there: links, paths, modules and names exist, and their SQL runs."""

from __future__ import annotations

import importlib
import json
import re
from collections.abc import Iterator
from uuid import UUID, uuid4

import psycopg
import pytest

from tests.docs.pages import (
    ROOT,
    blocks,
    directories,
    links,
    packages,
    pages,
    prose,
    spans,
    words_of_the_source,
)

TROUBLESHOOTING = "docs/troubleshooting.md"
EXAMPLE_STORY = UUID("01234567-89ab-cdef-0123-456789abcdef")
CURRENT = [page for page in pages() if page != "CHANGELOG.md"]
"""Pages that tell of today: the changelog may name what is gone."""
HOW_TOS = [page for page in pages() if page.startswith("docs/how-to/")]
OTHERS = {"TimeZone", "service_role", "CHANNEL_ERROR"}
"""Names in code type that are PostgreSQL's and Supabase's, and not in our source."""
RUN_TAGS = {"storytailor/lease", "storytailor/claim", "storytailor/traceparent"}
"""Look like paths, and are tags of Dagster's runs."""
DECISIONS = [page for page in pages() if re.match(r"docs/decisions/\d{4}-", page)]


@pytest.fixture
def connection(database_url: str) -> Iterator[psycopg.Connection]:
    with psycopg.connect(database_url) as opened:
        yield opened


@pytest.fixture
def example_story(connection: psycopg.Connection) -> None:
    """The story whose id the page's queries have: a placeholder for a cover, a failed job, a webhook."""
    user, library = uuid4(), uuid4()
    cover = {"status": "ready", "url": "https://x/cover.png", "metadata": {"fallback": True}}
    assets = {"cover": cover, "audio": {"status": "failed", "error": "No."}}
    values = {
        "user": user,
        "library": library,
        "story": EXAMPLE_STORY,
        "status": json.dumps({"overall": "partial", "assets": assets}),
        "usage": json.dumps({"cover": {"cost_usd": 0.25}, "audio": {"cost_usd": None}}),
    }
    for statement in (
        "INSERT INTO users (id) VALUES (%(user)s)",
        "INSERT INTO libraries (id, owner_user_id, name) VALUES (%(library)s, %(user)s, 'Home')",
        """INSERT INTO stories (id, library_id, creator_user_id, title, asset_generation_status, usage,
                                asset_generation_started_at)
           VALUES (%(story)s, %(library)s, %(user)s, 'T', %(status)s, %(usage)s, now())""",
        """INSERT INTO asset_generation_jobs (story_id, asset_type, status, error_message, started_at, completed_at)
           VALUES (%(story)s, 'audio', 'failed', 'No.', now(), now()),
                  (%(story)s, 'cover', 'ready', NULL, now(), now()), (%(story)s, 'pdf', 'queued', NULL, NULL, NULL)""",
        """INSERT INTO webhook_outbox (story_id, user_id, url, payload)
           VALUES (%(story)s, %(user)s, 'https://x', '{}')""",
        "INSERT INTO webhook_lines (receiver, user_id, served_at, misses) VALUES ('x', %(user)s, now(), 1)",
    ):
        connection.execute(statement, values)


@pytest.mark.parametrize("page", pages())
def test_every_link_leads_to_a_file(page: str) -> None:
    folder = (ROOT / page).parent
    assert [link for link in links(page) if not (folder / link).exists()] == []


@pytest.mark.parametrize("page", CURRENT)
def test_every_path_that_is_named_exists(page: str) -> None:
    paths = [span for span in spans(page) if re.fullmatch(r"[\w./*-]+/[\w./*-]*", span)]
    named = [path for path in paths if path.partition("/")[0] in directories() and path not in RUN_TAGS]
    bases = (ROOT, (ROOT / page).parent)
    found = {path for path in named for base in bases if list(base.glob(path.rstrip("/")))}
    assert [path for path in named if path not in found] == []


@pytest.mark.parametrize("page", CURRENT)
def test_every_module_that_is_named_exists(page: str) -> None:
    dotted = [span.split(".") for span in spans(page) if re.fullmatch(r"\w+(\.\w+)+", span)]
    named = [(packages()[first] / second) for first, second, *_ in dotted if first in packages()]
    exists = {path: (ROOT / path).is_dir() or (ROOT / path).with_suffix(".py").is_file() for path in named}
    assert [str(path) for path, there in exists.items() if not there] == []


@pytest.mark.parametrize("page", CURRENT)
def test_every_name_in_code_type_stands_in_the_source(page: str) -> None:
    names = [span.removesuffix("()") for span in spans(page)]
    compound = [name for name in names if re.fullmatch(r"[A-Za-z]+(_[A-Za-z0-9]+)+|([A-Z][a-z0-9]+){2,}", name)]
    methods = [name for name in names if re.fullmatch(r"[A-Z][a-z]\w*\.[a-z_]+", name)]
    words = [*compound, *(word for name in methods for word in name.split("."))]
    assert [word for word in words if word not in words_of_the_source() | OTHERS] == []


@pytest.mark.parametrize("page", HOW_TOS)
def test_every_import_in_an_example_works(page: str) -> None:
    for block in blocks(page, "python"):
        for module, names in re.findall(r"^from (\S+) import (.+)$", block, re.MULTILINE):
            found = importlib.import_module(module)
            assert [name for name in names.split(", ") if not hasattr(found, name)] == [], module


@pytest.mark.parametrize("page", HOW_TOS)
def test_every_how_to_is_linked_from_contributing(page: str) -> None:
    assert page in links("CONTRIBUTING.md")


@pytest.mark.parametrize("sql", blocks(TROUBLESHOOTING, "sql"), ids=lambda sql: sql.splitlines()[0])
def test_every_query_for_troubleshooting_runs(connection: psycopg.Connection, example_story: None, sql: str) -> None:
    connection.execute(sql)


def test_the_query_for_missing_urls_finds_an_asset_that_is_ready_without_one(
    connection: psycopg.Connection, example_story: None
) -> None:
    (query,) = [sql for sql in blocks(TROUBLESHOOTING, "sql") if "?|" in sql]
    assert connection.execute(query).fetchall() == []
    connection.execute("UPDATE stories SET asset_generation_status = asset_generation_status #- '{assets,cover,url}'")
    assert connection.execute(query).fetchall() == [(EXAMPLE_STORY, "cover")]


def test_the_example_of_a_migration_runs(connection: psycopg.Connection) -> None:
    connection.execute("CREATE TABLE bookmarks (owner_user_id UUID REFERENCES users, story_id UUID REFERENCES stories)")
    (sql,) = blocks("docs/how-to/add-a-migration.md", "sql")
    connection.execute(sql)


def test_the_example_of_an_optional_asset_lets_a_story_do_without_it(connection: psycopg.Connection) -> None:
    (sql,) = blocks("docs/how-to/add-an-asset.md", "sql")
    connection.execute(sql)
    overall = connection.execute(
        """SELECT story_overall('{"lullaby": {"status": "failed"}, "cover": {"status": "ready"}}')"""
    ).fetchone()
    assert overall == ("partial",)


@pytest.mark.parametrize("page", DECISIONS)
def test_every_decision_has_a_status_and_a_date_and_stands_in_the_index(page: str) -> None:
    heading, blank, status = (ROOT / page).read_text().splitlines()[:3]
    number, _, title = heading.removeprefix("# ").partition(". ")
    found = re.fullmatch(r"Status: (accepted|superseded by \d+)\. Date: (\d{4}-\d\d-\d\d)\.", status)
    assert blank == ""
    assert found, status
    row = f"| {number} | [{title}]({page.rpartition('/')[2]}) | {found[1]} | {found[2]} |"
    assert row in prose("docs/decisions/README.md").splitlines()


def test_the_changelog_has_the_version_of_the_package() -> None:
    version = re.search(r'^version = "(.+)"$', (ROOT / "pyproject.toml").read_text(), re.MULTILINE)
    assert version
    assert re.search(rf"^## {re.escape(version[1])} - \d{{4}}-\d\d-\d\d$", prose("CHANGELOG.md"), re.MULTILINE)

"""Stories that ended before placeholders made a book partial."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import uuid4

import psycopg
import pytest
from alembic import command
from alembic.config import Config

from storytailor.db.migrations import HERE, migrate
from tests.postgres import url_of

ENDED = """
    WITH person AS (INSERT INTO users (id) VALUES (gen_random_uuid()) RETURNING id),
         library AS (INSERT INTO libraries (owner_user_id, name) SELECT id, 'Home' FROM person RETURNING *)
    INSERT INTO stories (library_id, creator_user_id, title, webhook_url, asset_generation_status)
    SELECT id, owner_user_id, 'Rain', 'https://example.org/hook',
           '{"assets": {"cover": {"status": "ready", "progress": 100, "metadata": {"fallback": true}}}}' FROM library
"""
STORY = "SELECT asset_generation_status->>'overall', revision, asset_generation_completed_at FROM stories"


@pytest.fixture
def at_revision_6(postgres: str) -> Iterator[str]:
    """The URL of a database as it was before that rule."""
    name = f"test_{uuid4().hex[:12]}"
    config = Config()
    config.set_main_option("script_location", str(HERE))
    config.attributes["url"] = url_of(postgres, name)
    with psycopg.connect(postgres, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
        command.upgrade(config, "0006")
        yield url_of(postgres, name)
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


def test_a_story_that_ended_before_keeps_its_ending_until_it_is_remade(at_revision_6: str) -> None:
    with psycopg.connect(at_revision_6, autocommit=True) as connection:
        connection.execute(ENDED)
        before = connection.execute(STORY).fetchone()
        assert before is not None
        assert before[0] == "ready"
        migrate(at_revision_6)
        assert connection.execute(STORY).fetchone() == before
        assert connection.execute("SELECT count(*) FROM webhook_outbox").fetchone() == (0,)
        touched = "UPDATE stories SET asset_generation_status = asset_generation_status RETURNING status"
        assert connection.execute(touched).fetchone() == ("ready",)
        assert (connection.execute(STORY).fetchone() or ("gone",))[0] == "partial"

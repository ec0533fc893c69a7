"""What the doctor says of stories, by the installed command and without a family's words."""

from __future__ import annotations

import json
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest

from storytailor.db.demo import seed_demo
from tests.cli.running import doctor

CREATE = """INSERT INTO stories (id, library_id, creator_user_id, title, brief)
            SELECT %s, id, owner_user_id, 'The Secret Kite', '{"story_type": "bedtime"}' FROM libraries LIMIT 1"""
FAILED = """INSERT INTO asset_generation_jobs (story_id, asset_type, status, error_message, started_at, completed_at)
            VALUES (%s, 'audio', 'failed', 'The characters are used up: raise the limit.', now(), now())"""
DRAWN = """INSERT INTO asset_generation_jobs (story_id, asset_type, status, metadata, started_at, completed_at)
           VALUES (%s, 'cover', 'ready', '{"fallback": true, "fallbackReason": "blocked"}', now(), now())"""
STILL = "UPDATE stories SET updated_at = now() - interval '11 minutes'"
ENDED = "INSERT INTO measurements (metric, stage, outcome, amount) VALUES ('story', 'all', %s, %s)"
STANDING = "SELECT note_standing_alert('queue', 'Work has waited 400 s and no worker is there to do it. Start one.')"
INCOMPLETE = """UPDATE stories SET asset_generation_status =
                jsonb_set(asset_generation_status, '{assets,cover}', '{"status": "ready", "progress": 100}')"""
Findings = dict[str, dict[str, str | None]]


def findings(database_url: str, folder: Path) -> Findings:
    """What the doctor prints as JSON, by name."""
    done = doctor(folder, "--json", DATABASE_URL=database_url)
    found = json.loads(done.stdout)
    assert found["ok"] is (done.returncode == 0)
    assert "Kite" not in done.stdout
    return {finding["name"]: finding for finding in found["findings"]}


def test_a_database_without_stories_has_nothing_to_be_mended(database_url: str, tmp_path: Path) -> None:
    found = findings(database_url, tmp_path)
    stories = {name: found[name]["severity"] for name in ("Stories", "Objective", "Ready assets", "Webhooks")}
    assert set(stories.values()) == {"ok"}


def test_each_trouble_of_the_stories_is_said_with_what_to_do(database_url: str, tmp_path: Path) -> None:
    seed_demo(database_url)
    story = str(uuid4())
    with psycopg.connect(database_url) as connection:
        connection.execute(CREATE.encode(), (story,))
        connection.execute(FAILED.encode(), (story,))
        connection.execute(DRAWN.encode(), (story,))
        connection.execute("ALTER TABLE stories DISABLE TRIGGER USER")
        connection.execute(INCOMPLETE)
        connection.execute(STILL)
        connection.execute("ALTER TABLE stories ENABLE TRIGGER USER")
        for outcome, seconds in (("ready", 100), ("ready", 301), ("failed", 5)):
            connection.execute(ENDED.encode(), (outcome, seconds))
        connection.execute(STANDING)
    found = findings(database_url, tmp_path)
    assert f"story show {story}" in str(found["Stories"]["remedy"])
    assert "has not moved for 11 min" in str(found["Stories"]["result"])
    assert str(found["Objective"]["result"]).startswith("1 of 3 stories of the last 24 hours were in time")
    assert "characters are used up" in str(found["Failed: audio"]["result"])
    assert str(found["Placeholders: cover"]["result"]) == "1 story in 24 hours could not be drawn: blocked"
    assert "Start one" in str(found["Now: queue"]["remedy"])
    assert found["Now: queue"]["severity"] == "problem"
    assert str(found["Ready assets"]["result"]) == "1 without file or data"
    assert all(finding["remedy"] for finding in found.values() if finding["severity"] != "ok")


@pytest.mark.parametrize("seconds", ["300", "61"])
def test_an_objective_between_two_bounds_is_refused_and_named(database_url: str, tmp_path: Path, seconds: str) -> None:
    done = doctor(tmp_path, DATABASE_URL=database_url, OBJECTIVE_SECONDS=seconds)
    assert ("OBJECTIVE_SECONDS" in done.stdout + done.stderr) is (seconds == "61")

"""`storytailor story show` and what the doctor says of workers, by the installed command."""

from __future__ import annotations

from pathlib import Path
from uuid import uuid4

import psycopg
from psycopg.types.json import Jsonb

from storytailor.db.demo import DEMO_USER, seed_demo
from tests.cli.running import storytailor
from tests.dagster.conftest import StoryMaker, dagster_url, kept, maker, settings

__all__ = ["dagster_url", "kept", "maker", "settings"]

STORY = "01234567-89ab-4def-8123-456789abcdef"
TRACEPARENT = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
USAGE = {"content": {"models": {"writer-1": {"calls": 2, "input_tokens": 9}}, "cost_usd": 0.015}}
CREATE = """INSERT INTO stories (id, library_id, creator_user_id, title, brief)
            SELECT %s, id, owner_user_id, 'The Secret Kite', '{"story_type": "bedtime"}' FROM libraries LIMIT 1"""
JOBS = """INSERT INTO asset_generation_jobs (story_id, asset_type, status, claims, error_message, lease_token, begun_at,
                                             lease_expires_at)
          VALUES (%(id)s, 'content', 'ready', 1, NULL, NULL, NULL, NULL),
                 (%(id)s, 'palette', 'failed', 1, 'Cancelled by the operator.', NULL, NULL, NULL),
                 (%(id)s, 'audio', 'queued', 0, NULL, gen_random_uuid(), NULL, now() + interval '9 seconds'),
                 (%(id)s, 'activities', 'generating', 1, NULL, gen_random_uuid(), now(), now() - interval '1 second'),
                 (%(id)s, 'cover', 'queued', 0, NULL, NULL, NULL, NULL)"""


def test_a_story_is_shown_as_it_stands_without_its_words(database_url: str, tmp_path: Path) -> None:
    seed_demo(database_url)
    with psycopg.connect(database_url) as connection:
        connection.execute(CREATE.encode(), (STORY,))
        connection.execute(JOBS.encode(), {"id": STORY})
        connection.execute("UPDATE asset_generation_jobs SET request_id = 'req-7', traceparent = %s", (TRACEPARENT,))
        connection.execute("UPDATE stories SET usage = %s", (Jsonb(USAGE),))
    shown = storytailor(
        *("story", "show", STORY), DATABASE_URL=database_url, STORYTAILOR_STATE_DIR=str(tmp_path), DAGSTER_PORT="9"
    )
    assert shown.returncode == 0, shown.stderr
    first, verdict, *jobs = shown.stdout.splitlines()
    assert first.startswith(f"Story {STORY}: generating, bedtime, asked for 20")
    assert verdict == "It is being made: activities."
    why = {line.split()[0]: line for line in jobs}
    assert "Cancelled by the operator." in why["palette"]
    assert "waits for the sensor" in why["cover"]
    assert "waits for a worker" in why["audio"]
    assert "its worker is gone" in why["activities"]
    assert f"http://127.0.0.1:9/assets/content?view=partitions&partition={STORY}" in why["Partition"]
    assert "writer-1 2 calls, 0.0150 dollars" in why["content"]
    assert "Asked for by  request req-7, trace 0af7651916cd43dd8448eb211c80319c" in shown.stdout
    assert "Kite" not in shown.stdout
    assert str(DEMO_USER) not in shown.stdout


def test_a_storys_runs_are_shown_without_dagsters_ui_and_without_its_login(
    kept: StoryMaker, database_url: str, dagster_url: str, tmp_path: Path
) -> None:
    story_id = kept.ask(generate_assets=False)
    other = kept.materialize(kept.ask(generate_assets=False), ["content"]).run_id
    runs = [kept.materialize(story_id, ["content"]).run_id for _ in range(2)]
    place = {
        "DATABASE_URL": database_url,
        "STORYTAILOR_STATE_DIR": str(tmp_path),
        "DAGSTER_LOGIN": "me:a-long-password-of-tests",
    }
    shown = storytailor("story", "show", str(story_id), **place, DAGSTER_DATABASE_URL=dagster_url, DAGSTER_PORT="9")
    assert shown.returncode == 0, shown.stderr
    lines = [line for line in shown.stdout.splitlines() if line.startswith("Run")]
    assert lines == [f"Run SUCCESS   http://127.0.0.1:9/runs/{run}" for run in reversed(runs)]
    assert other not in shown.stdout

    elsewhere = storytailor("story", "show", str(story_id), **place)
    assert elsewhere.returncode == 0, elsewhere.stderr
    assert "Runs          unknown: Dagster's tables cannot be read here." in elsewhere.stdout


def test_a_story_that_does_not_exist_is_named(database_url: str, tmp_path: Path) -> None:
    story = str(uuid4())
    shown = storytailor("story", "show", story, DATABASE_URL=database_url, STORYTAILOR_STATE_DIR=str(tmp_path))
    assert (shown.returncode, story in shown.stderr) == (1, True)


def test_the_doctor_says_that_no_worker_is_there(database_url: str, tmp_path: Path) -> None:
    done = storytailor("doctor", DATABASE_URL=database_url, STORYTAILOR_STATE_DIR=str(tmp_path))
    assert done.returncode == 1
    (line,) = [line for line in done.stdout.splitlines() if "Workers" in line]
    assert line.startswith("✗")
    assert line.endswith("none there")

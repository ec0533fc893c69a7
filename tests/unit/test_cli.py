"""The command line, as far as it goes without the stack."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import jwt
import pytest
from typer.testing import CliRunner

from storytailor.errors import StorytailorError
from storytailor.settings import Settings
from storytailor.tokens import mint
from storytailor_cli import app
from storytailor_cli.errors import load_settings
from storytailor_cli.story.bookshelf import documents, links, write
from storytailor_cli.story.client import parse_events
from storytailor_cli.story.command import choose
from storytailor_cli.story.progress import note

ROOT = Path(__file__).parents[2]
MAYA = {"id": str(uuid4()), "name": "Maya"}
FENNEL = {"id": str(uuid4()), "name": "Fennel"}
THEO = {"id": str(uuid4()), "name": "Theo"}


def storytailor(*arguments: str, **settings: str) -> subprocess.CompletedProcess[str]:
    """Run the installed command, as a stranger's shell would."""
    environment = {"PATH": os.environ["PATH"], "HOME": "/nonexistent", **settings}
    command = (str(Path(sys.executable).with_name("storytailor")), *arguments)
    return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60, check=False)


def test_env_example_lists_every_setting_and_its_default() -> None:
    listed = dict(re.findall(r"^#([A-Z][A-Z0-9_]*)=(.*)$", (ROOT / ".env.example").read_text(), re.MULTILINE))
    known = {
        str(field.validation_alias or name).upper(): field.default
        for name, field in Settings.model_fields.items()
    }
    assert listed.keys() == known.keys()
    for name, value in listed.items():
        default = known[name]
        same = float(value) == default if isinstance(default, float) else value == str(default or "")
        assert same, f"{name} defaults to {default!r}, not {value!r}"


def test_a_token_stands_for_the_user_and_ends() -> None:
    user, secret = uuid4(), "s" * 32
    claims = jwt.decode(mint(user, secret, hours=2), secret, algorithms=["HS256"], audience="authenticated")
    assert (claims["sub"], claims["role"]) == (str(user), "authenticated")
    assert claims["exp"] - claims["iat"] == 2 * 3600


def test_the_token_command_prints_it_alone_on_the_last_line_and_keeps_its_secret(tmp_path: Path) -> None:
    state, user = tmp_path / "state", str(uuid4())
    first, second = (
        storytailor("token", "--user", user, STORYTAILOR_STATE_DIR=str(state)).stdout.splitlines()[-1]
        for _ in range(2)
    )
    secret = (state / "jwt_secret").read_text().strip()
    assert (state / "jwt_secret").stat().st_mode & 0o777 == 0o600
    for token in (first, second):
        assert jwt.decode(token, secret, algorithms=["HS256"], audience="authenticated")["sub"] == user


def test_a_secret_of_ones_own_signs_the_token(tmp_path: Path) -> None:
    secret = "a secret that is long enough for HS256"
    done = storytailor(
        "token", "--user", str(uuid4()), JWT_SECRET=secret, STORYTAILOR_STATE_DIR=str(tmp_path)
    )
    assert jwt.decode(done.stdout.strip(), secret, algorithms=["HS256"], audience="authenticated")


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"API_PORT": "99999"}, "API_PORT: Input should be less than or equal to 65535"),
        (
            {"DATABASE_URL": "postgresql://me:hunter2@127.0.0.1:9/db"},
            "The database of DATABASE_URL cannot be",
        ),
        ({"DATABASE_URL": "me:hunter2"}, "The database of DATABASE_URL cannot be"),
        ({"BROKER_URL": "redis://:hunter2@127.0.0.1:9/0"}, "The broker of BROKER_URL does not answer"),
        ({"ASSETS_BUCKET": "nowhere"}, "ASSETS_BUCKET is set but ASSETS_BASE_URL is not"),
        ({"STORYTAILOR_STATE_DIR": "/proc/nowhere"}, "STORYTAILOR_STATE_DIR moves it"),
    ],
)
def test_what_is_wrong_is_one_line_that_says_what_to_do(
    settings: dict[str, str], words: str, tmp_path: Path
) -> None:
    free_ports = {"API_PORT": "28901", "DAGSTER_PORT": "28902", "EMULATOR_PORT": "28903"}
    done = storytailor("up", **{"STORYTAILOR_STATE_DIR": str(tmp_path), **free_ports, **settings})
    assert done.returncode == 1
    assert words in done.stderr
    assert len(done.stderr.splitlines()) == 1
    assert "hunter2" not in done.stderr + done.stdout


def test_migrate_without_a_database_says_which_setting_is_missing() -> None:
    done = storytailor("migrate")
    assert done.returncode == 1
    assert done.stderr.startswith("✗ DATABASE_URL is not set.")


def test_migrate_twice_is_migrate_once(database_url: str) -> None:
    for _ in range(2):
        done = storytailor("migrate", DATABASE_URL=database_url)
        assert (done.returncode, done.stdout) == (0, "The database has the newest schema.\n")


def test_the_doctor_names_what_is_wrong_and_what_to_do(tmp_path: Path) -> None:
    done = storytailor(
        "doctor",
        STORYTAILOR_STATE_DIR=str(tmp_path),
        BROKER_URL="redis://:hunter2@127.0.0.1:9/0",
        OPENAI_API_KEY="sk-hunter2",
        OPENAI_BASE_URL="http://127.0.0.1:9/v1",
    )
    assert done.returncode == 1
    assert "✗ Broker" in done.stdout
    assert "Correct OPENAI_BASE_URL or start it." in done.stdout
    assert "hunter2" not in done.stdout


def test_the_version_is_said() -> None:
    assert re.fullmatch(r"storytailor \d+\.\d+\.\d+\n", CliRunner().invoke(app, ["--version"]).output)


def test_a_kind_of_story_that_does_not_exist_is_refused_with_those_that_do() -> None:
    result = CliRunner().invoke(app, ["story", "--type", "epic"])
    assert result.exit_code == 2
    assert "bedtime" in result.output


def test_settings_that_are_wrong_are_named_without_their_values(tmp_path: Path) -> None:
    assert load_settings().api_port
    done = storytailor("token", "--user", str(uuid4()), LEASE_SECONDS="hunter2")
    assert "LEASE_SECONDS" in done.stderr
    assert "hunter2" not in done.stderr


def test_characters_are_chosen_by_name_or_id_each_once() -> None:
    library = [MAYA, FENNEL, THEO]
    assert choose(library, ["theo", "MAYA", THEO["id"]]) == [THEO, MAYA]
    assert choose(library, []) == [MAYA, FENNEL]
    assert choose([THEO], []) == [THEO]


def test_a_character_that_is_not_there_is_answered_with_those_that_are() -> None:
    with pytest.raises(StorytailorError, match=r"no character 'max'. There are: Fennel, Maya\."):
        choose([MAYA, FENNEL], ["max"])


async def test_an_event_stream_is_read_with_comments_and_lines_of_data() -> None:
    async def lines() -> AsyncIterator[str]:
        for line in (": ping", "", "id: 7", "event: story", "data: {", "data:}", "", "id: 8", ""):
            yield line

    assert [event async for event in parse_events(lines())] == [{"id": "7", "event": "story", "data": "{\n}"}]


def test_every_file_of_the_book_has_its_source_and_a_missing_one_is_none() -> None:
    picture = {"status": "ready", "url": "http://here/stories/1/cover.png"}
    story: dict[str, Any] = {
        "audio_words": [{"txt": "Once", "start": 0.0, "end": 0.3}],
        "asset_generation_status": {
            "assets": {
                "cover": picture,
                "activities": {"status": "ready", "data": {"questions": []}},
                "pdf": {"status": "ready", "url": "p", "metadata": {"printUrl": "pp"}},
                "epub": {"status": "failed", "error": "no"},
            }
        },
    }
    found = documents(story) | links(story)
    assert found.keys() == {
        *("story.json", "words.json", "activities.json", "audio.mp3"),
        *("cover.png", "scene_1.png", "scene_2.png", "scene_3.png", "scene_4.png"),
        *("story.pdf", "story-print.pdf", "story.epub"),
    }
    assert (found["story-print.pdf"], found["story.epub"], found["cover.png"]) == ("pp", None, picture["url"])


def test_a_file_is_written_whole_and_readable(tmp_path: Path) -> None:
    write(tmp_path / "cover.png", b"picture")
    assert [path.name for path in tmp_path.iterdir()] == ["cover.png"]
    assert (tmp_path / "cover.png").stat().st_mode & 0o777 == 0o644


def test_progress_says_the_palette_step_the_attempt_and_the_placeholder() -> None:
    about = {"paletteStep": "Dusk", "motif": "A Light", "attempt": 2, "fallback": True}
    asset = {"status": "ready", "metadata": about}
    assert note(asset) == "Dusk, attempt 2, a placeholder picture"
    assert note({"status": "failed", "error": "refused"}) == "refused"

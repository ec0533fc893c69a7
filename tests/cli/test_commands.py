"""The commands, as far as they go without the stack."""

from __future__ import annotations

import os
import re
from pathlib import Path
from uuid import uuid4

import jwt
import pytest
from typer.testing import CliRunner

from storytailor.settings import Settings
from storytailor.tokens import mint
from storytailor_cli.app import app
from storytailor_cli.errors import load_settings
from storytailor_cli.local_stack.state import signing_secret
from tests.cli.running import storytailor


def test_a_token_stands_for_the_user_and_expires() -> None:
    user, secret = uuid4(), "s" * 32
    claims = jwt.decode(mint(user, secret, hours=2), secret, algorithms=["HS256"], audience="authenticated")
    assert (claims["sub"], claims["role"]) == (str(user), "authenticated")
    assert claims["exp"] - claims["iat"] == 2 * 3600


def test_the_token_command_prints_it_alone_on_the_last_line_and_keeps_its_secret(tmp_path: Path) -> None:
    state, user = tmp_path / "state", str(uuid4())
    signing_secret(Settings(_env_file=None, STORYTAILOR_STATE_DIR=state))  # as the stack's first start makes it
    first, second = (
        storytailor("token", "--user", user, STORYTAILOR_STATE_DIR=str(state)).stdout.splitlines()[-1] for _ in range(2)
    )
    secret = (state / "jwt_secret").read_text().strip()
    assert (state / "jwt_secret").stat().st_mode & 0o777 == 0o600
    for token in (first, second):
        assert jwt.decode(token, secret, algorithms=["HS256"], audience="authenticated")["sub"] == user


def test_without_a_stack_no_token_is_printed_and_nothing_is_written(tmp_path: Path) -> None:
    done = storytailor("token", "--user", str(uuid4()), STORYTAILOR_STATE_DIR=str(tmp_path / "state"))
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith(f"✗ There is no local stack in {tmp_path / 'state'}")
    assert "make up" in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_jwt_secret_signs_the_token_when_it_is_set(tmp_path: Path) -> None:
    secret = "a secret that is long enough for HS256"
    done = storytailor("token", "--user", str(uuid4()), JWT_SECRET=secret, STORYTAILOR_STATE_DIR=str(tmp_path))
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
def test_an_error_is_one_line_that_says_what_to_do(settings: dict[str, str], words: str, tmp_path: Path) -> None:
    free_ports = {"API_PORT": "28901", "DAGSTER_PORT": "28902", "EMULATOR_PORT": "28903"}
    done = storytailor("up", **{"STORYTAILOR_STATE_DIR": str(tmp_path), **free_ports, **settings})
    assert done.returncode == 1
    assert words in done.stderr
    assert len(done.stderr.splitlines()) == 1
    assert "hunter2" not in done.stderr + done.stdout


def test_no_test_reads_what_the_developer_has_set(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / ".env").write_text(f"JWT_SECRET={'s' * 32}\nAPI_PORT=1\n")  # as a checkout's may
    monkeypatch.chdir(tmp_path)
    assert (load_settings().jwt_secret, load_settings().api_port) == (None, 8000)
    done = storytailor("token", "--user", str(uuid4()))
    assert "There is no local stack" in done.stderr
    assert not Settings.model_fields.keys() & {name.lower() for name in os.environ}


def test_migrate_without_a_database_says_which_setting_is_missing() -> None:
    done = storytailor("migrate")
    assert done.returncode == 1
    assert done.stderr.startswith("✗ DATABASE_URL is not set.")


def test_migrating_twice_changes_nothing(database_url: str) -> None:
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
    assert "If it stays so, check OPENAI_BASE_URL." in done.stdout
    assert "hunter2" not in done.stdout


def test_leases_that_one_late_renewal_would_lose_are_refused_at_the_start() -> None:
    done = storytailor("token", "--user", str(uuid4()), LEASE_SECONDS="6")
    assert done.returncode != 0
    assert "LEASE_RENEWAL_SECONDS: Value error, three times as much must be less than LEASE_SECONDS" in done.stderr


def test_the_version_is_printed() -> None:
    assert re.fullmatch(r"storytailor \d+\.\d+\.\d+\n", CliRunner().invoke(app, ["--version"]).output)


def test_an_unknown_kind_of_story_is_refused_with_those_that_exist() -> None:
    result = CliRunner().invoke(app, ["story", "--type", "epic"])
    assert result.exit_code == 2
    assert "bedtime" in result.output


def test_settings_that_are_wrong_are_named_without_their_values(tmp_path: Path) -> None:
    assert load_settings().api_port
    done = storytailor("token", "--user", str(uuid4()), LEASE_SECONDS="hunter2")
    assert "LEASE_SECONDS" in done.stderr
    assert "hunter2" not in done.stderr

"""No password has a default: the file is refused without, and one command writes what is missing."""

from __future__ import annotations

import shutil
import stat
import subprocess
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from dotenv import dotenv_values

from storytailor.settings import Settings
from storytailor.webhooks.signing import signing_keys
from tests.deployment.compose import FILE, ROOT, SECRETS, all_services
from tests.deployment.interpolation import MissingVariableError


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A folder with the script in its place."""
    (tmp_path / "deploy").mkdir()
    shutil.copy(ROOT / "deploy" / "secrets.sh", tmp_path / "deploy")
    return tmp_path


def run(checkout: Path) -> dict[str, str]:
    """What .env holds after the command."""
    subprocess.run(["sh", str(checkout / "deploy" / "secrets.sh")], check=True, capture_output=True, cwd="/")
    return {name: value or "" for name, value in dotenv_values(checkout / ".env").items()}


@pytest.mark.parametrize("missing", sorted(set(SECRETS)))
def test_without_a_secret_the_file_is_refused_and_says_what_to_do(missing: str) -> None:
    with pytest.raises(MissingVariableError, match=f"^{missing}: run sh deploy/secrets.sh once"):
        all_services({name: "x" for name in SECRETS if name != missing})


def test_nothing_that_is_secret_has_a_default() -> None:
    assert {
        *("POSTGRES_PASSWORD", "API_PASSWORD", "MAKER_PASSWORD", "DAGSTER_PASSWORD", "BROKER_PASSWORD"),
        *("DAGSTER_LOGIN", "WEBHOOK_SECRET", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"),
    } == set(SECRETS)
    for name in SECRETS:
        assert f"${{{name}:-" not in FILE.read_text()
        assert f"${{{name}-" not in FILE.read_text()


def test_the_command_writes_every_secret_that_the_file_asks_for_and_its_owner_alone_may_read_them(
    checkout: Path,
) -> None:
    made = run(checkout)
    assert made.keys() == {*SECRETS, "JWT_SECRET", "URL_SECRET"}
    assert all_services(made)
    assert stat.S_IMODE((checkout / ".env").stat().st_mode) == 0o600
    assert [len(key) for key in signing_keys(made["WEBHOOK_SECRET"])] == [32]
    assert len(set(made.values())) == len(made)
    for name in made:
        assert len(made[name]) >= 20, name
    Settings(_env_file=None, jwt_secret=made["JWT_SECRET"], dagster_login=made["DAGSTER_LOGIN"])


def test_where_published_keys_check_the_tokens_no_shared_secret_is_made_or_asked_for(checkout: Path) -> None:
    (checkout / ".env").write_text("JWT_JWKS_URL=https://auth.example/jwks.json\n")
    made = run(checkout)
    assert "JWT_SECRET" not in made
    given = all_services(made)["api"].environment_given(made)
    assert "JWT_SECRET" not in given
    assert given["URL_SECRET"] == made["URL_SECRET"]  # without either the API does not start


def test_they_stand_in_urls_unharmed(checkout: Path) -> None:
    made = run(checkout)
    services = all_services(made)
    passwords = {
        urlsplit(services[service].environment[setting] or "").password
        for service, setting in (("api", "DATABASE_URL"), ("worker", "DATABASE_URL"), ("worker", "BROKER_URL"))
    }
    assert passwords == {made["API_PASSWORD"], made["MAKER_PASSWORD"], made["BROKER_PASSWORD"]}


def test_what_is_there_stays_as_it_is_and_a_last_line_without_an_end_too(checkout: Path) -> None:
    (checkout / ".env").write_text("JWT_SECRET=\nOPENAI_API_KEY=sk-mine")
    first = run(checkout)
    assert (first["JWT_SECRET"], first["OPENAI_API_KEY"]) == ("", "sk-mine")
    assert run(checkout) == first
    assert all_services(first)  # published keys only: no secret of one's own is forced upon anybody

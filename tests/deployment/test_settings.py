"""Every setting is in .env.example and reaches the fleet from .env, and nobody is given what they have no use for."""

from __future__ import annotations

import re

import pytest

from storytailor.settings import Settings
from tests.deployment.compose import ROOT, SECRETS, all_services, own_services

SETTINGS = {str(field.validation_alias or name).upper(): field.default for name, field in Settings.model_fields.items()}
LISTENING = {
    *("STORYTAILOR_STATE_DIR", "BIND_HOST", "API_PORT", "DAGSTER_PORT", "EMULATOR_HOST", "EMULATOR_PORT", "WORKERS"),
}
"""What docker-compose.yml decides: where a container listens, and how many there are of it."""
WITHHELD = {
    "api": {
        "DATABASE_URL",
        "DATABASE_DIRECT_URL",
        "DAGSTER_DATABASE_URL",
        "BROKER_URL",
        "WEBHOOK_SECRET",
        "C2PA_PRIVATE_KEY",
    }
}
"""What the API is not given: it has a login of its own, and nothing to do with runs, webhooks and signing."""
OF_THE_UI = {"DAGSTER_LOGIN", "DAGSTER_HOSTS"}
READ_BY_OTHERS = {"CODE_LOCATION_HOST", "CODE_LOCATION_PORT"}  # workspace.yaml
PASSWORDS = tuple(name for name in SECRETS if name not in {*SETTINGS, *READ_BY_OTHERS})
DOTENV = {name: f"yours-{name}" for name in (*SETTINGS, *SECRETS)}
"""A .env in which everything is set."""
FLEET_ONLY = DOTENV.keys() - {"DATABASE_URL", "DAGSTER_DATABASE_URL", "BROKER_URL"}


def test_env_example_lists_every_setting_and_its_default() -> None:
    text = (ROOT / ".env.example").read_text()
    listed = dict(re.findall(r"^#([A-Z][A-Z0-9_]*)=(.*)$", text, re.MULTILINE))
    assert listed.keys() == SETTINGS.keys()
    for name, value in listed.items():
        default = SETTINGS[name]
        same = float(value) == default if isinstance(default, float) else value.lower() == str(default or "").lower()
        assert same, f"{name} defaults to {default!r}, not {value!r}"


@pytest.mark.parametrize("service", ["api", "worker", "daemon", "code", "webhooks", "migrations"])
def test_every_setting_in_env_reaches_the_container_as_it_stands_there(service: str) -> None:
    given = all_services(DOTENV)[service].environment_given(DOTENV)
    expected = SETTINGS.keys() - LISTENING - OF_THE_UI - WITHHELD.get(service, set())
    assert {name: given.get(name) for name in expected} == {name: DOTENV[name] for name in expected}


@pytest.mark.parametrize("service", ["api", "worker", "daemon", "code", "webhooks", "migrations"])
def test_a_container_is_given_settings_and_nothing_else(service: str) -> None:
    assert all_services()[service].environment.keys() - READ_BY_OTHERS <= SETTINGS.keys()


def test_a_setting_that_is_not_in_env_is_not_in_the_container_either() -> None:
    secrets = dict.fromkeys(SECRETS, "x")
    given = all_services(secrets)["worker"].environment_given(secrets)
    assert "STORY_MODEL" not in given
    assert "" not in given.values()


def test_the_api_s_environment_holds_nobody_else_s_password() -> None:
    variables = {name: DOTENV[name] for name in FLEET_ONLY}
    held = " ".join(all_services(variables)["api"].environment_given(variables).values())
    assert [name for name in PASSWORDS if DOTENV[name] in held] == ["API_PASSWORD"]
    assert DOTENV["WEBHOOK_SECRET"] not in held


def test_only_the_making_of_logins_knows_the_administrator_s_password() -> None:
    variables = {name: DOTENV[name] for name in FLEET_ONLY}
    services = all_services(variables)
    knowing = {
        name
        for name, service in services.items()
        if DOTENV["POSTGRES_PASSWORD"] in " ".join(service.environment_given(variables).values())
    }
    assert knowing == {"postgres", "logins"}


def test_dagster_s_ui_holds_no_key_and_no_way_to_the_stories() -> None:
    variables = {name: DOTENV[name] for name in FLEET_ONLY}
    held = all_services(variables)["webserver"].environment_given(variables)
    assert held.keys() == {"DAGSTER_DATABASE_URL", "BROKER_URL", "LOG_FORMAT", *OF_THE_UI, *READ_BY_OTHERS}


def test_the_emulator_is_given_no_setting_and_no_key() -> None:
    assert own_services()["emulator"].environment == {}


def test_another_server_s_urls_in_env_are_taken_by_the_api_and_the_makers() -> None:
    elsewhere = {**dict.fromkeys(SECRETS, "x"), "DATABASE_URL": "postgresql://maker@elsewhere/db"}
    services = all_services(elsewhere)
    assert services["api"].environment["DATABASE_URL"] == services["worker"].environment["DATABASE_URL"]
    elsewhere["API_DATABASE_URL"] = "postgresql://api@elsewhere/db"
    assert all_services(elsewhere)["api"].environment["DATABASE_URL"] == "postgresql://api@elsewhere/db"


def test_an_empty_value_is_as_good_as_none(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in SETTINGS:
        monkeypatch.setenv(name, "")
    assert Settings(_env_file=None) == Settings.model_construct()

"""Every setting is in .env.example and handed on by docker-compose.yml, and nothing else is."""

from __future__ import annotations

import re

import pytest

from storytailor.settings import Settings
from tests.deployment.compose import ROOT, own_services

SETTINGS = {str(field.validation_alias or name).upper(): field.default for name, field in Settings.model_fields.items()}
FIXED = {
    *("DATABASE_URL", "DAGSTER_DATABASE_URL", "BROKER_URL", "STORYTAILOR_STATE_DIR"),
    *("BIND_HOST", "API_PORT", "DAGSTER_PORT", "EMULATOR_HOST", "EMULATOR_PORT"),
}
"""Settings that docker-compose.yml decides: where its own services are."""
READ_BY_OTHERS = {
    *("CODE_LOCATION_HOST", "CODE_LOCATION_PORT"),  # workspace.yaml
    *("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_DEFAULT_REGION"),  # boto3
}


def test_env_example_lists_every_setting_and_its_default() -> None:
    text = (ROOT / ".env.example").read_text()
    listed = dict(re.findall(r"^#([A-Z][A-Z0-9_]*)=(.*)$", text, re.MULTILINE))
    assert listed.keys() == SETTINGS.keys()
    for name, value in listed.items():
        default = SETTINGS[name]
        same = float(value) == default if isinstance(default, float) else value == str(default or "")
        assert same, f"{name} defaults to {default!r}, not {value!r}"


@pytest.mark.parametrize("service", sorted(own_services().keys() - {"emulator"}))
def test_compose_hands_on_every_setting_under_its_own_name(service: str) -> None:
    environment = own_services()[service].environment
    assert environment.keys() - READ_BY_OTHERS == SETTINGS.keys()
    for name in SETTINGS.keys() - FIXED:
        assert re.fullmatch(rf"\$\{{{name}(:[-?]|-)[^}}]*\}}", environment[name]), name


def test_the_emulator_is_given_no_setting_and_no_key() -> None:
    assert own_services()["emulator"].environment == {}


def test_an_empty_value_is_as_good_as_none(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in SETTINGS:
        monkeypatch.setenv(name, "")
    assert Settings(_env_file=None) == Settings.model_construct()

"""docker-compose.yml, as far as it can be checked without a container engine."""

from __future__ import annotations

import re
import shutil
import sysconfig
from pathlib import Path
from typing import Any

import pytest
import yaml
from compose_pydantic import ComposeSpecification

from storytailor.settings import Settings

ROOT = Path(__file__).parents[2]
NOT_OURS = re.compile(r"AWS_|DAGSTER_HOME|CODE_LOCATION_|DATABASE_URL")
OWN_IMAGES = ("postgres", "valkey", "s3")


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    document = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
    return {name: part for name, part in document.items() if not name.startswith("x-")}


def ours(compose: dict[str, Any]) -> dict[str, Any]:
    return {name: service for name, service in compose["services"].items() if name not in OWN_IMAGES}


def test_it_is_a_compose_file(compose: dict[str, Any]) -> None:
    assert set(ComposeSpecification.model_validate(compose).services or {}) == set(compose["services"])


def test_every_service_waits_only_for_services_that_are_there(compose: dict[str, Any]) -> None:
    for service in compose["services"].values():
        assert set(service.get("depends_on") or {}) <= set(compose["services"])


def test_every_command_is_one_the_image_installs(compose: dict[str, Any]) -> None:
    scripts = sysconfig.get_path("scripts")
    for name, service in ours(compose).items():
        assert shutil.which(service["command"][0], path=scripts), name


def test_the_image_is_given_only_settings_that_exist(compose: dict[str, Any]) -> None:
    known = {name.upper() for name in Settings.model_fields}
    given = {name for service in ours(compose).values() for name in service["environment"]}
    assert {name for name in given if name not in known and not NOT_OURS.match(name)} == set()


def test_nothing_is_published_beyond_the_loopback_interface(compose: dict[str, Any]) -> None:
    ports = [port for service in compose["services"].values() for port in service.get("ports", ())]
    assert ports
    assert all(port.startswith("127.0.0.1:") for port in ports)


def test_files_that_are_mounted_are_in_the_repository(compose: dict[str, Any]) -> None:
    for service in compose["services"].values():
        for volume in service.get("volumes", ()):
            source = volume.split(":")[0]
            assert not source.startswith("./") or (ROOT / source).is_file()

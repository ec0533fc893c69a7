"""docker-compose.yml, as far as it can be checked without a container engine."""

from __future__ import annotations

import re
import shutil
import sysconfig

from compose_pydantic import ComposeSpecification

from storytailor_cli.processes import COMMANDS, ProcessName, command
from tests.deployment.compose import ROOT, all_services, document, own_services

FLEET: dict[ProcessName, dict[str, str | int]] = {
    "migrations": {},
    "bucket": {},
    "api": {"host": "0.0.0.0", "port": 8000},
    "code": {"host": "0.0.0.0", "port": 4000},
    "webserver": {"host": "0.0.0.0", "port": 3000, "workspace": "workspace.yaml"},
    "daemon": {"workspace": "workspace.yaml"},
    "worker": {"concurrency": 50},
    "emulator": {"host": "0.0.0.0", "port": 8100},
}
RUN_ONCE = ("migrations", "bucket")


def test_it_is_a_compose_file() -> None:
    assert set(ComposeSpecification.model_validate(document()).services or {}) == set(all_services())


def test_each_service_runs_the_command_of_the_table_of_processes() -> None:
    commands = {name: tuple(service.command) for name, service in own_services().items()}
    assert commands == {process: command(process, **FLEET[process]) for process in COMMANDS}


def test_every_command_is_one_the_image_installs() -> None:
    scripts = sysconfig.get_path("scripts")
    assert all(shutil.which(service.command[0], path=scripts) for service in own_services().values())


def test_every_service_waits_only_for_services_that_exist() -> None:
    for service in all_services().values():
        assert set(service.depends_on) <= set(all_services())


def test_every_service_that_keeps_running_has_a_health_check() -> None:
    without = {name for name, service in all_services().items() if service.healthcheck is None}
    assert without == set(RUN_ONCE)


def test_each_image_is_a_stage_of_the_dockerfile_and_the_emulator_has_its_own() -> None:
    stages = set(re.findall(r"^FROM .* AS (\w+)$", (ROOT / "Dockerfile").read_text(), re.MULTILINE))
    targets = {name: service.build.target for name, service in own_services().items() if service.build}
    assert set(targets.values()) <= stages
    assert targets == {**dict.fromkeys(own_services(), "product"), "emulator": "emulator"}


def test_nothing_is_published_beyond_the_loopback_interface() -> None:
    ports = [port for service in all_services().values() for port in service.ports]
    assert ports
    assert all(port.startswith("127.0.0.1:") for port in ports)


def test_files_that_are_mounted_are_in_the_repository() -> None:
    for service in all_services().values():
        for volume in service.volumes:
            source = volume.split(":")[0]
            assert not source.startswith("./") or (ROOT / source).is_file()

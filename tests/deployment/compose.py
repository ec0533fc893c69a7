"""docker-compose.yml as the tests read it: as it stands, or with its variables filled in."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

import yaml
from pydantic import BaseModel, ConfigDict, Field, JsonValue

from tests.deployment.interpolation import interpolated

ROOT = Path(__file__).parents[2]
FILE = ROOT / "docker-compose.yml"
OTHERS_IMAGES = ("postgres", "valkey", "s3")
SECRETS = tuple(dict.fromkeys(re.findall(r"\$\{(\w+):?\?", FILE.read_text())))
"""The variables without which the file is refused."""


class Build(BaseModel):
    """How an image is built."""

    context: str
    target: str


class Service(BaseModel):
    """What the tests look at in a service. A variable without a value comes from .env, if it stands there."""

    model_config = ConfigDict(extra="ignore")

    command: list[str]
    image: str
    build: Build | None = None
    environment: dict[str, str | None] = Field(default_factory=dict)
    depends_on: dict[str, JsonValue] = Field(default_factory=dict)
    healthcheck: JsonValue = None
    ports: list[str] = Field(default_factory=list)
    volumes: list[str] = Field(default_factory=list)
    networks: list[str] = Field(default_factory=list)
    profiles: list[str] = Field(default_factory=list)
    restart: str = "no"
    init: bool = False
    user: str | None = None
    read_only: bool = False
    cap_drop: list[str] = Field(default_factory=list)
    security_opt: list[str] = Field(default_factory=list)
    mem_limit: str | None = None
    pids_limit: int | None = None
    stop_grace_period: str | None = None
    logging: dict[str, JsonValue] = Field(default_factory=dict)

    def environment_given(self, variables: Mapping[str, str]) -> dict[str, str]:
        """What its processes find in their environment when these variables stand in .env."""
        return {
            name: variables[name] if value is None else value
            for name, value in self.environment.items()
            if value is not None or name in variables
        }


def document() -> dict[str, JsonValue]:
    """The file, without the fragments that only its anchors use."""
    parts = yaml.safe_load(FILE.read_text())
    return {name: part for name, part in parts.items() if not name.startswith("x-")}


def all_services(variables: Mapping[str, str] | None = None) -> Mapping[str, Service]:
    """Every service by name, as it stands, or as it is with these variables in .env. Raises MissingVariableError."""
    services = document()["services"]
    if variables is not None:
        services = interpolated(services, variables)
    assert isinstance(services, dict)
    return {name: Service.model_validate(service) for name, service in services.items()}


def own_services(variables: Mapping[str, str] | None = None) -> Mapping[str, Service]:
    """The services that run our images."""
    return {name: service for name, service in all_services(variables).items() if name not in OTHERS_IMAGES}

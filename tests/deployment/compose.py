"""docker-compose.yml as the tests read it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import yaml
from pydantic import BaseModel, ConfigDict, Field, JsonValue

ROOT = Path(__file__).parents[2]
OTHERS_IMAGES = ("postgres", "valkey", "s3")


class Build(BaseModel):
    """How an image is built."""

    context: str
    target: str


class Service(BaseModel):
    """What the tests look at in a service."""

    model_config = ConfigDict(extra="ignore")

    command: list[str]
    image: str
    build: Build | None = None
    environment: dict[str, str] = Field(default_factory=dict)
    depends_on: dict[str, JsonValue] = Field(default_factory=dict)
    healthcheck: JsonValue = None
    ports: list[str] = Field(default_factory=list)
    volumes: list[str] = Field(default_factory=list)


def document() -> dict[str, JsonValue]:
    """The file, without the fragments that only its anchors use."""
    parts = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
    return {name: part for name, part in parts.items() if not name.startswith("x-")}


def all_services() -> Mapping[str, Service]:
    """Every service by name."""
    services = yaml.safe_load((ROOT / "docker-compose.yml").read_text())["services"]
    return {name: Service.model_validate(service) for name, service in services.items()}


def own_services() -> Mapping[str, Service]:
    """The services that run our images."""
    return {name: service for name, service in all_services().items() if name not in OTHERS_IMAGES}

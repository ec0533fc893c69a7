"""deploy/kubernetes as the tests read it: manifests, the values for Dagster's chart, the examples of secrets."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import yaml
from dotenv import dotenv_values
from pydantic import SecretStr

from storytailor.settings import Settings
from tests.deployment.compose import ROOT

FOLDER = ROOT / "deploy" / "kubernetes"
WORKLOADS = ("Deployment", "Job")


@dataclass(frozen=True)
class Manifest:
    """One object, and the file it stands in."""

    file: str
    object: dict[str, Any]

    @property
    def kind(self) -> str:
        return str(self.object["kind"])

    @property
    def name(self) -> str:
        return str(self.object["metadata"]["name"])

    @property
    def spec(self) -> dict[str, Any]:
        found: dict[str, Any] = self.object["spec"]
        return found

    @property
    def pod(self) -> dict[str, Any]:
        """What its pods are like."""
        found: dict[str, Any] = self.spec["template"]["spec"]
        return found

    @property
    def container(self) -> dict[str, Any]:
        """The only container of its pods."""
        (found,) = self.pod["containers"]
        assert isinstance(found, dict)
        return found

    @property
    def process(self) -> str:
        """Its name without ours before it."""
        return self.name.removeprefix("storytailor-")


def manifests(*kinds: str) -> list[Manifest]:
    """All of these kinds, or all."""
    return [manifest for manifest in _read() if not kinds or manifest.kind in kinds]


def workloads() -> dict[str, Manifest]:
    """What runs processes of ours, by the process."""
    found = {manifest.process: manifest for manifest in manifests(*WORKLOADS)}
    del found["broker"]
    return found


def chart_values() -> dict[str, Any]:
    """The values for Dagster's own chart."""
    values: dict[str, Any] = yaml.safe_load((FOLDER / "dagster-values.yaml").read_text())
    return values


def config(name: str) -> Mapping[str, str]:
    """A ConfigMap."""
    (found,) = (one for one in manifests("ConfigMap") if one.name == name)
    data: Mapping[str, str] = found.object["data"]
    return data


def secret_files() -> dict[str, Mapping[str, str | None]]:
    """The example of each Secret, by the Secret's name."""
    files = sorted((FOLDER / "secrets").glob("*.env.example"))
    return {f"storytailor-{file.name.removesuffix('.env.example')}": dotenv_values(file) for file in files}


def secret_settings() -> set[str]:
    """The settings whose values nobody may read."""
    return {
        str(field.validation_alias or name).upper()
        for name, field in Settings.model_fields.items()
        if SecretStr.__name__ in str(field.annotation)
    }


def _read() -> Iterator[Manifest]:
    for file in sorted((FOLDER / "manifests").glob("*.yaml")):
        for part in yaml.safe_load_all(file.read_text()):
            yield Manifest(file.name, part)

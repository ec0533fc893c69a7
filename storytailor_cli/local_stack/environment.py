"""What the stack's processes find in their environment: the settings that the embedded parts decide."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass

from storytailor.settings import Settings
from storytailor_cli.local_stack.leftovers import MARK
from storytailor_cli.local_stack.network import LOOPBACK
from storytailor_cli.local_stack.state import State, signing_secret


@dataclass(frozen=True)
class Backing:
    """What the processes stand on, by URL: the story database, Dagster's, and the broker."""

    database: str
    dagster_database: str
    broker: str


def bare(state: State) -> dict[str, str]:
    """Our own environment with the stack's mark, fit for long-running Python processes."""
    environment = {**os.environ, MARK: str(state.directory), "PYTHONUNBUFFERED": "1"}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)  # importing Dagster twice as fast is worth the files
    return environment


def for_children(settings: Settings, state: State, backing: Backing, *, code_port: int) -> Mapping[str, str]:
    """The environment of the processes that are ours."""
    environment = bare(state) | {
        "DATABASE_URL": backing.database,
        "DAGSTER_DATABASE_URL": with_driver(backing.dagster_database),
        "BROKER_URL": backing.broker,
        "STORYTAILOR_STATE_DIR": str(state.directory),
        "DAGSTER_HOME": str(state.dagster_home),
        "CODE_LOCATION_HOST": LOOPBACK,
        "CODE_LOCATION_PORT": str(code_port),
        "JWT_SECRET": signing_secret(settings),
    }
    if settings.webhook_secret is None:
        environment["WEBHOOK_SECRET"] = state.secret("webhook_secret", prefix="whsec_")
    if "webhook_allow_local" not in settings.model_fields_set:
        environment["WEBHOOK_ALLOW_LOCAL"] = "true"  # whoever plays here has their receiver here
    if settings.assets_bucket is None:
        environment["ASSETS_DIR"] = str(settings.assets_folder.absolute())
    return environment


def with_driver(url: str) -> str:
    """The URL as Dagster needs it: with psycopg 3, its NOTIFY is a syntax error."""
    scheme, separator, rest = url.partition("://")
    return (
        f"postgresql+psycopg2://{rest}" if scheme in ("postgres", "postgresql") else scheme + separator + rest
    )

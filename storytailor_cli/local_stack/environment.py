"""The environment of the stack's processes: the settings that the embedded parts decide."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass

from storytailor.settings import Settings
from storytailor_cli.local_stack.leftovers import STACK_VARIABLE
from storytailor_cli.local_stack.network import LOOPBACK, LOOPBACK_NAMES
from storytailor_cli.local_stack.state import State, signing_secret


@dataclass(frozen=True)
class Backends:
    """The URLs of what the processes connect to: the story database, Dagster's, and the broker."""

    database: str
    dagster_database: str
    broker: str


def base_environment(state: State) -> dict[str, str]:
    """Our own environment, marked with the stack it belongs to, for a long-running process."""
    environment = {**os.environ, STACK_VARIABLE: str(state.directory), "PYTHONUNBUFFERED": "1"}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)  # importing Dagster twice as fast is worth the files
    return environment


def product_environment(settings: Settings, state: State, backends: Backends, *, code_port: int) -> Mapping[str, str]:
    """The environment of the API and of Dagster's processes."""
    environment = base_environment(state) | {
        "DATABASE_URL": backends.database,
        "DAGSTER_DATABASE_URL": backends.dagster_database,
        "BROKER_URL": backends.broker,
        "STORYTAILOR_STATE_DIR": str(state.directory),
        "DAGSTER_HOME": str(state.dagster_home),
        "CODE_LOCATION_HOST": LOOPBACK,
        "CODE_LOCATION_PORT": str(code_port),
        "JWT_SECRET": signing_secret(settings),
        "ASK_AT_START": "false",  # the command that starts the stack has asked, and shows it
        "DRAIN_SECONDS": "0",  # whoever presses Ctrl-C wants it stopped
    }
    if settings.webhook_secret is None:
        environment["WEBHOOK_SECRET"] = state.secret("webhook_secret", prefix="whsec_")
    if "webhook_allow_local" not in settings.model_fields_set:
        environment["WEBHOOK_ALLOW_LOCAL"] = "true"  # a receiver on this machine is the usual case here
    if "show_usage" not in settings.model_fields_set:
        environment["SHOW_USAGE"] = "true"  # whoever runs this stack is the operator
    if "demo_login" not in settings.model_fields_set and settings.bind_host in LOOPBACK_NAMES:
        environment["DEMO_LOGIN"] = "true"  # the page at / is to show something without a login; nobody else reaches it
    if settings.assets_bucket is None:
        environment["ASSETS_DIR"] = str(settings.assets_folder.absolute())
    return environment

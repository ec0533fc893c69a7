"""Which settings a running stack was started with, kept so that nobody can read them: another shell's may differ."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Mapping

from pydantic import SecretStr

from storytailor.settings import Settings
from storytailor_cli.local_stack.state import RunningStack

NOT_COMPARED = "state_dir"
"""The stack is found by it."""
SALT = "salt"


def fingerprints(settings: Settings, salt: str | None = None) -> Mapping[str, str]:
    """A salted hash of each setting's value by the setting's name, and the salt."""
    salt = salt or secrets.token_hex(16)
    names = {name: str(field.validation_alias or name).upper() for name, field in Settings.model_fields.items()}
    names.pop(NOT_COMPARED)
    hashes = {shown: _hash(salt, getattr(settings, name)) for name, shown in names.items()}
    return {SALT: salt, **hashes}


def not_applied(settings: Settings, running: RunningStack) -> list[str]:
    """The names of the settings that the running stack has otherwise; none for one that kept no fingerprints."""
    if SALT not in running.settings:
        return []
    mine = fingerprints(settings, running.settings[SALT])
    return [name for name, hashed in mine.items() if running.settings.get(name, hashed) != hashed]


def _hash(salt: str, value: object) -> str:
    if isinstance(value, SecretStr):
        value = value.get_secret_value()
    elif isinstance(value, frozenset):
        value = sorted(value)
    return hashlib.sha256(f"{salt}:{value!r}".encode()).hexdigest()

"""How long a secret has to be, so that nobody finds it by trying."""

from __future__ import annotations

import re

from pydantic import SecretStr, ValidationInfo

from storytailor.errors import SettingsError

SHORTEST_BYTES = 32
SHORTEST_PASSWORD = 16
HOW_TO_MAKE = 'python3 -c "import secrets; print(secrets.token_urlsafe(32))"'
HOST = re.compile(r"[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?|\[[0-9a-f:.]+\]")


def long_enough(secret: SecretStr | None, given: ValidationInfo) -> SecretStr | None:
    """The secret. Raises SettingsError, which does not repeat it, for one of fewer than 32 bytes."""
    if secret is not None:
        require_bytes((given.field_name or "").upper(), secret.get_secret_value().strip().encode())
    return secret


def parts_of(secret: SecretStr) -> list[SecretStr]:
    """The secrets between commas, without what is empty."""
    return [SecretStr(part.strip()) for part in secret.get_secret_value().split(",") if part.strip()]


def each_long_enough(secret: SecretStr | None, given: ValidationInfo) -> SecretStr | None:
    """Secrets with commas between. Raises SettingsError, which repeats none, for one of fewer than 32 bytes."""
    for part in [] if secret is None else parts_of(secret):
        long_enough(part, given)
    return secret


def require_bytes(name: str, key: bytes) -> None:
    """Raise SettingsError, which does not repeat the key, for one of fewer than 32 bytes."""
    if len(key) < SHORTEST_BYTES:
        raise SettingsError(
            f"{name} is too short: {len(key)} bytes can be found by trying. It needs {SHORTEST_BYTES} or more. "
            f"One is made by {HOW_TO_MAKE}"
        )


def login(written: SecretStr | None) -> SecretStr | None:
    """`user:password`. Raises SettingsError, which does not repeat it, where one is missing or the password short."""
    if written is not None:
        user, colon, password = written.get_secret_value().partition(":")
        if not (user and colon and len(password) >= SHORTEST_PASSWORD):
            raise SettingsError(
                f"DAGSTER_LOGIN is to be user:password, with {SHORTEST_PASSWORD} characters of password or more. "
                f"A password is made by {HOW_TO_MAKE}"
            )
    return written


def parse_hosts(written: object) -> object:
    """The host names in a list with commas, in lower case and without ports. Raises SettingsError for what is none."""
    if not isinstance(written, str):
        return written
    names = frozenset(name.strip().lower() for name in written.split(",") if name.strip())
    for name in names:
        if HOST.fullmatch(name) is None:
            raise SettingsError(f"DAGSTER_HOSTS: {name} is no host's name: write it without scheme, port and path.")
    return frozenset(name.strip("[]") for name in names)

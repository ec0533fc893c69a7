"""Who may use Dagster's UI: one login, by HTTP Basic."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from ipaddress import ip_address

from storytailor.errors import SettingsError
from storytailor.settings import Settings

REALM = 'Basic realm="Storytailor operators", charset="UTF-8"'


class Login:
    """A user and a password, as `DAGSTER_LOGIN` has them."""

    def __init__(self, user_and_password: str) -> None:
        self._digest = _digest(user_and_password.encode())

    def admits(self, authorization: str | None) -> bool:
        """Whether this `Authorization` header carries it; takes as long for a wrong one as for the right one."""
        scheme, _, encoded = (authorization or "").partition(" ")
        try:
            given = base64.b64decode(encoded.strip(), validate=True) if scheme.lower() == "basic" else b""
        except (binascii.Error, ValueError):
            given = b""
        return hmac.compare_digest(_digest(given), self._digest)


def login_for(settings: Settings, host: str) -> Login | None:
    """The login the UI asks for where it listens on `host`; None on loopback without DAGSTER_LOGIN.

    Raises SettingsError where strangers could reach it and no login is set.
    """
    if settings.dagster_login is not None:
        return Login(settings.dagster_login.get_secret_value())
    if not _is_loopback(host):
        raise SettingsError(
            f"Dagster's UI is to listen on {host}, where others than this machine reach it, and DAGSTER_LOGIN is not "
            "set. Set it to user:password with at least 16 characters of password; one is made by "
            "python3 -c \"import secrets; print('operator:' + secrets.token_urlsafe(24))\""
        )
    return None


def _digest(value: bytes) -> bytes:
    return hashlib.sha256(value).digest()


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"

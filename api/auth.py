"""Who asks: the bearer token, checked."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

import jwt

from storytailor.errors import SettingsError, Unauthorized
from storytailor.settings import Settings

AUDIENCE = "authenticated"


@dataclass(frozen=True)
class Caller:
    """Who a valid token stands for, and until when (Unix time)."""

    user_id: UUID
    expires_at: float

    @property
    def seconds_left(self) -> float:
        """How long the token still holds."""
        return max(0.0, self.expires_at - time.time())


class Keys(Protocol):
    """Where the key that checks a token comes from. The algorithms are the source's, never the token's."""

    @property
    def algorithms(self) -> list[str]:
        """The algorithms these keys are for."""

    async def key_for(self, token: str) -> str | jwt.PyJWK:
        """The key for this token. Raises jwt.PyJWTError when there is none."""


@dataclass(frozen=True, repr=False)
class SharedSecret:
    """HS256 with one secret: `JWT_SECRET`."""

    secret: str
    algorithms = ["HS256"]  # noqa: RUF012  not a field

    async def key_for(self, token: str) -> str:
        """The secret, whatever the token."""
        return self.secret


class Authenticator:
    """Checks bearer tokens."""

    def __init__(self, keys: Keys, issuer: str | None = None) -> None:
        self._keys = keys
        self._issuer = issuer

    async def caller(self, token: str | None) -> Caller:
        """Who the token stands for. Raises Unauthorized when it is missing, wrong, expired or not for us."""
        if not token:
            raise Unauthorized("Send a bearer token: `Authorization: Bearer <JWT>`.")
        try:
            claims = jwt.decode(
                token,
                await self._keys.key_for(token),
                algorithms=self._keys.algorithms,
                audience=AUDIENCE,
                issuer=self._issuer,
                options={"require": ["exp", "sub", "aud"]},
            )
            return Caller(UUID(claims["sub"]), float(claims["exp"]))
        except jwt.ExpiredSignatureError:
            raise Unauthorized("The bearer token has expired. Sign in again.") from None
        except (jwt.PyJWTError, ValueError):
            raise Unauthorized("The bearer token is not valid here.") from None


def open_authenticator(settings: Settings) -> Authenticator:
    """The authenticator the settings ask for. Raises SettingsError when they ask for none."""
    if settings.jwt_secret is None:
        raise SettingsError(
            "JWT_SECRET is not set, so no bearer token could be checked. Run `make up`, which brings its own, "
            "or set JWT_SECRET to the secret your identity provider signs with (see .env.example)."
        )
    return Authenticator(SharedSecret(settings.jwt_secret.get_secret_value()), settings.jwt_issuer)

"""Checks bearer tokens, and says who the caller is."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

import jwt

from api.keys import Keys, PublishedKeys, SharedSecret
from storytailor.errors import SettingsError, UnauthorizedError
from storytailor.settings import Settings, or_make_up
from storytailor.tokens import AUDIENCE

SIGNED_IN = "authenticated"
"""Supabase's role of whoever has signed in; its keys for all pages and for servers have others."""
NOT_VALID = "The bearer token is not valid here."


@dataclass(frozen=True)
class Caller:
    """Who a valid token stands for, and until when (Unix time)."""

    user_id: UUID
    expires_at: float

    @property
    def seconds_left(self) -> float:
        """How long the token still holds."""
        return max(0.0, self.expires_at - time.time())


class Authenticator:
    """Checks bearer tokens against one or more sources of keys."""

    def __init__(
        self, sources: Sequence[Keys], issuer: str | None = None, *, leeway: float = 0.0, guests: bool = False
    ) -> None:
        """`leeway`: seconds by which the issuer's clock may be ahead of ours or behind. `guests`: taken or not."""
        self._guests = guests
        self._sources = sources
        self._issuer = issuer
        self._leeway = leeway

    async def caller(self, token: str | None) -> Caller:
        """Who the token stands for.

        Raises UnauthorizedError when it is missing, wrong, expired or not for us, and ServiceUnavailableError when
        published keys are needed and cannot be had.
        """
        if not token:
            raise UnauthorizedError("Send a bearer token: `Authorization: Bearer <JWT>`.")
        try:
            header = jwt.get_unverified_header(token)
            source = self._source(header.get("alg"))
            claims = jwt.decode(
                token,
                await source.key(header.get("kid")),
                algorithms=source.algorithms,
                audience=AUDIENCE,
                issuer=self._issuer,
                leeway=self._leeway,
                options={"require": ["exp", "sub", "aud"]},
            )
            _require_somebody(claims, guests=self._guests)
            return Caller(UUID(claims["sub"]), float(claims["exp"]))
        except jwt.ExpiredSignatureError:
            raise UnauthorizedError("The bearer token has expired. Sign in again.") from None
        except (jwt.PyJWTError, ValueError):
            raise UnauthorizedError(NOT_VALID) from None

    def _source(self, algorithm: object) -> Keys:
        """The source for this algorithm; what the token claims only chooses among those we trust."""
        for source in self._sources:
            if algorithm in source.algorithms:
                return source
        raise UnauthorizedError(NOT_VALID)


def _require_somebody(claims: Mapping[str, object], *, guests: bool) -> None:
    """Raise UnauthorizedError for a token of nobody's: Supabase's keys for everybody and for servers, and guests'.

    A token without a role is another provider's.
    """
    role = claims.get("role", SIGNED_IN)
    if role != SIGNED_IN:
        raise UnauthorizedError(f"This token's role is not `{SIGNED_IN}`. Sign in, and send the token you get.")
    if claims.get("is_anonymous") and not guests:
        raise UnauthorizedError(
            "This token is a guest's, and guests are not taken here. Sign in with an account, and send its token."
        )


def open_authenticator(settings: Settings) -> Authenticator:
    """The authenticator the settings ask for. Raises SettingsError when they ask for none."""
    sources: list[Keys] = []
    if settings.jwt_secret is not None:
        sources.append(SharedSecret(settings.jwt_secret.get_secret_value()))
    if settings.jwt_jwks_url is not None:
        sources.append(PublishedKeys(settings.jwt_jwks_url))
    if not sources:
        raise SettingsError(
            "Neither JWT_SECRET nor JWT_JWKS_URL is set, so no bearer token could be checked. "
            + or_make_up("what your identity provider signs with")
        )
    return Authenticator(sources, settings.jwt_issuer, leeway=settings.jwt_leeway_seconds, guests=settings.allow_guests)

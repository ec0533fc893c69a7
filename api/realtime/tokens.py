"""Whom a channel's token stands for."""

from __future__ import annotations

import jwt

from api.auth import Authenticator, Caller

KEYS_OF_PROJECTS = ("sb_publishable_", "sb_secret_")


async def caller_of(
    authenticator: Authenticator, access_token: object, apikey: str | None
) -> tuple[Caller | None, str | None]:
    """The caller, and the token that says so: the access token if there is one, else the apikey.

    None without a token, or with a front end's public key, which names no user: then no row can be read.
    Raises UnauthorizedError for any other token that does not hold, and ServiceUnavailableError.
    """
    token = access_token if isinstance(access_token, str) and not _is_public(access_token) else apikey
    if not token or _is_public(token):
        return None, token
    return await authenticator.caller(token), token


def _is_public(token: str) -> bool:
    """Whether this is a project's public key. Not checked further: it opens nothing."""
    if not token or token.startswith(KEYS_OF_PROJECTS):
        return True
    try:
        claims = jwt.decode(token, options={"verify_signature": False})
    except jwt.PyJWTError:
        return False
    return claims.get("role") == "anon" and "sub" not in claims

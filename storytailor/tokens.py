"""Bearer tokens as Supabase issues them: HS256, audience `authenticated`."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID

import jwt

AUDIENCE = "authenticated"


def mint(user_id: UUID, secret: str, *, hours: float = 24.0, issuer: str | None = None) -> str:
    """A token by which its bearer is this user for so many hours."""
    now = datetime.now(UTC)
    claims = {
        "sub": str(user_id),
        "aud": AUDIENCE,
        "role": AUDIENCE,
        "iat": now,
        "exp": now + timedelta(hours=hours),
    }
    return jwt.encode(claims | ({"iss": issuer} if issuer else {}), secret, algorithm="HS256")

"""Somebody who asks for stories in a benchmark, with a token that its processes take."""

from __future__ import annotations

import time
from dataclasses import dataclass
from uuid import UUID, uuid4

import jwt
import psycopg

SECRET = "a-secret-of-the-benchmark-only-and-long-enough"
"""JWT_SECRET of the processes that are measured."""


@dataclass(frozen=True)
class Tenant:
    """Somebody with a character and stories to spend."""

    id: UUID
    character: UUID

    @property
    def headers(self) -> dict[str, str]:
        """A token's."""
        claims = {"sub": str(self.id), "aud": "authenticated", "exp": time.time() + 3600}
        return {"Authorization": f"Bearer {jwt.encode(claims, SECRET)}"}

    @property
    def upload_path(self) -> str:
        """Where pictures of the character go."""
        return f"/api/v1/characters/{self.character}/reference-images"


def tenant(database_url: str) -> Tenant:
    """A new one."""
    made, library = Tenant(uuid4(), uuid4()), uuid4()
    with psycopg.connect(database_url) as connection:
        connection.execute("INSERT INTO users (id, credits) VALUES (%s, 100000)", (made.id,))
        connection.execute(
            "INSERT INTO libraries (id, owner_user_id, name) VALUES (%s, %s, 'Books')", (library, made.id)
        )
        connection.execute(
            "INSERT INTO characters (id, library_id, owner_user_id, name) VALUES (%s, %s, %s, 'Maya')",
            (made.character, library, made.id),
        )
    return made

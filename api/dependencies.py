"""What routes are given: the open parts of the app, and who asks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, cast

from fastapi import Depends, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from api.auth import Authenticator, Caller
from api.events import Pace, StoryFeed
from storytailor.db import Accounts, Database, Stories
from storytailor.providers.object_store import ObjectStore


@dataclass(frozen=True)
class Parts:
    """What the app holds open from start to stop."""

    database: Database
    stories: Stories
    accounts: Accounts
    store: ObjectStore
    authenticator: Authenticator
    feed: StoryFeed
    pace: Pace
    assets_url: str


def _parts(request: Request) -> Parts:
    return cast("Parts", request.app.state.parts)


AppParts = Annotated[Parts, Depends(_parts)]

_bearer = HTTPBearer(
    scheme_name="bearer", bearerFormat="JWT", description="Audience `authenticated`.", auto_error=False
)


async def _caller(
    parts: AppParts, credentials: Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)]
) -> Caller:
    return await parts.authenticator.caller(credentials.credentials if credentials else None)


CurrentCaller = Annotated[Caller, Depends(_caller)]

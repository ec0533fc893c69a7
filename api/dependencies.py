"""What routes are given: the open parts of the app, and who asks."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Annotated, Any, cast

from fastapi import Depends, Request, Response
from fastapi.routing import APIRoute
from fastapi.security import HTTPBearer

from api.auth import Authenticator, Caller
from api.events import Pace, StoryFeed
from api.metrics import Metrics
from storytailor.db import Accounts, Database, Stories
from storytailor.db.characters import Characters
from storytailor.db.reference_images import ReferenceImages
from storytailor.db.story_actions import SecondThoughts
from storytailor.providers.object_store import ObjectStore
from storytailor.providers.openai import OpenAI
from storytailor.webhooks.targets import Targets


@dataclass(frozen=True)
class Parts:
    """What the app holds open from start to stop."""

    database: Database
    stories: Stories
    story_actions: SecondThoughts
    accounts: Accounts
    characters: Characters
    reference_images: ReferenceImages
    store: ObjectStore
    openai: OpenAI
    authenticator: Authenticator
    feed: StoryFeed
    pace: Pace
    assets_url: str
    webhook_targets: Targets
    metrics: Metrics


async def _parts(request: Request) -> Parts:  # async, or FastAPI would send it through a thread
    return cast("Parts", request.app.state.parts)


AppParts = Annotated[Parts, Depends(_parts)]

_bearer = HTTPBearer(
    scheme_name="bearer", bearerFormat="JWT", description="Audience `authenticated`.", auto_error=False
)


class SignedInRoute(APIRoute):
    """A route that asks who is there before it reads what is sent: a stranger's body is never parsed."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """The handler, behind the check of the bearer token."""
        handler = super().get_route_handler()

        async def signed_in(request: Request) -> Response:
            credentials = await _bearer(request)
            token = credentials.credentials if credentials else None
            request.state.caller = await (await _parts(request)).authenticator.caller(token)
            return await handler(request)

        return signed_in


async def _caller(request: Request, _documented: Annotated[object, Depends(_bearer)]) -> Caller:
    return cast("Caller", request.state.caller)


CurrentCaller = Annotated[Caller, Depends(_caller)]
"""Who asks, on a router whose `route_class` is SignedInRoute."""

"""What routes are given: the app's state, and the caller."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Annotated, Any, cast

from fastapi import Depends, FastAPI, Request, Response
from fastapi.routing import APIRoute
from fastapi.security import HTTPBearer

from api.archive import OneEach
from api.auth import Authenticator, Caller
from api.concurrency import ConcurrencyLimit
from api.events import StoryFeed
from api.image_workers import ImageWorkers
from api.judging import Judging
from api.limits import StreamTimings
from api.lines import Lines
from api.metrics import Metrics
from api.moderation import ModerationHealth
from api.rates import Rates, refuse_stranger
from storytailor.db import Accounts, Stories
from storytailor.db.budgets import HouseSpending
from storytailor.db.characters import Characters
from storytailor.db.erasure import Erasure
from storytailor.db.export import Export
from storytailor.db.health import QueueHealth
from storytailor.db.measurements import Measurements
from storytailor.db.realtime import StoryRecords
from storytailor.db.reference_images import ReferenceImages
from storytailor.db.schema import Schema
from storytailor.db.story_actions import StoryActions
from storytailor.db.story_shares import StoryShares
from storytailor.db.webhook_secrets import WebhookSecrets
from storytailor.errors import UnauthorizedError
from storytailor.providers.listed_voices import ListedVoices
from storytailor.providers.object_store import ObjectStore, ObjectUrls
from storytailor.providers.openai import OpenAI
from storytailor.settings import Settings
from storytailor.webhooks.targets import TargetPolicy


@dataclass(frozen=True)
class AppState:
    """What the app holds open from start to stop. Of the database it holds what owners may see, and numbers."""

    settings: Settings
    stories: Stories
    story_actions: StoryActions
    story_records: StoryRecords
    story_shares: StoryShares
    accounts: Accounts
    erasure: Erasure
    export: Export
    exporting: OneEach
    characters: Characters
    reference_images: ReferenceImages
    image_workers: ImageWorkers
    queue_health: QueueHealth
    house_spending: HouseSpending
    measurements: Measurements
    schema: Schema
    store: ObjectStore
    listed_voices: ListedVoices
    openai: OpenAI
    moderation: ModerationHealth
    judging: Judging
    authenticator: Authenticator
    feed: StoryFeed
    timings: StreamTimings
    urls: ObjectUrls
    shared_urls: ObjectUrls
    webhook_targets: TargetPolicy
    webhook_secrets: WebhookSecrets
    metrics: Metrics
    rates: Rates
    streams: ConcurrencyLimit
    lines: Lines


def state_of(app: FastAPI) -> AppState:
    """The state that the app's lifespan has put there."""
    return cast("AppState", app.state.opened)


async def _state(request: Request) -> AppState:  # async, or FastAPI would send it through a thread
    return state_of(request.app)


CurrentState = Annotated[AppState, Depends(_state)]

_bearer = HTTPBearer(
    scheme_name="bearer", bearerFormat="JWT", description="Audience `authenticated`.", auto_error=False
)


class AuthenticatedRoute(APIRoute):
    """A route that checks the bearer token before it reads the body: a stranger's body is never parsed.

    Nor is that of a user who asks too often.
    """

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """The handler, behind the check of the bearer token."""
        handler = super().get_route_handler()

        async def authenticated(request: Request) -> Response:
            credentials = await _bearer(request)
            token = credentials.credentials if credentials else None
            state = state_of(request.app)
            try:
                caller = await state.authenticator.caller(token)
            except UnauthorizedError:
                refuse_stranger(state.rates, request)
                raise
            request.state.caller = caller
            state.rates.users.spend(caller.user_id)
            async with state.lines.turn(caller.user_id):
                return await handler(request)

        return authenticated


async def _caller(request: Request, _documented: Annotated[object, Depends(_bearer)]) -> Caller:
    return cast("Caller", request.state.caller)


CurrentCaller = Annotated[Caller, Depends(_caller)]
"""The caller, on a router whose `route_class` is AuthenticatedRoute."""

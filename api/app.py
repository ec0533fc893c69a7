"""The REST API as an ASGI app: `uvicorn api.app:create_app --factory`."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from importlib.metadata import version
from typing import Any

from fastapi import APIRouter, FastAPI

from api.auth import open_authenticator
from api.dependencies import Parts
from api.errors import NOT_AS_DOCUMENTED, InternalError, install_error_handlers, refusals
from api.events import Pace, StoryFeed
from api.metrics import Measured, Metrics
from api.middleware import TOO_LARGE, BodyLimit, RequestId
from api.realtime import Limits, realtime_routes
from api.routes import characters, events, health, libraries, me, reference_images, stories, story_actions
from api.routes import metrics as metrics_route
from api.stored_objects import StoredObjects
from storytailor.db import Accounts, Database, Stories
from storytailor.db.characters import Characters
from storytailor.db.outbox import Outbox
from storytailor.db.reference_images import ReferenceImages
from storytailor.db.story_actions import SecondThoughts
from storytailor.errors import MakingError, PayloadTooLarge, ServiceUnavailable, Unauthorized
from storytailor.providers.object_store import open_store
from storytailor.providers.openai import OpenAI
from storytailor.settings import Settings, get_settings
from storytailor.tasks import start, stop
from storytailor.webhooks.dispatcher import Courier
from storytailor.webhooks.sender import open_messenger
from storytailor.webhooks.targets import Targets

log = logging.getLogger("storytailor.api")

ANY_ROUTE = refusals(
    Unauthorized("The bearer token has expired. Sign in again."),
    PayloadTooLarge(TOO_LARGE),
    NOT_AS_DOCUMENTED,
    InternalError("0f3c9a4e8d3f4c55b7b2a9d10c1e6f72"),
    ServiceUnavailable("The database does not answer. Is it up, and is DATABASE_URL right?"),
)


class Api(FastAPI):
    """FastAPI, whose OpenAPI document drops every null, with the nulls of our errors' `data` put back."""

    def openapi(self) -> dict[str, Any]:
        """The OpenAPI document."""
        document = super().openapi()
        for methods in document["paths"].values():
            for operation in methods.values():
                for response in operation["responses"].values():
                    examples = response.get("content", {}).get("application/json", {}).get("examples", {})
                    for example in examples.values():
                        example["value"].setdefault("data", None)
        return document


def create_app(
    settings: Settings | None = None, pace: Pace | None = None, limits: Limits | None = None
) -> FastAPI:
    """The app, nothing opened yet. Raises SettingsError for a setting that is missing or wrong."""
    settings = settings or get_settings()
    metrics = Metrics()
    app = Api(
        title="Storytailor",
        summary="Characters, a kind of story and themes in; an illustrated, narrated children's book out.",
        version=version("storytailor"),
        lifespan=_lifespan(settings, pace or Pace(), metrics),
        redirect_slashes=False,
        generate_unique_id_function=lambda route: route.name,
    )
    install_error_handlers(app)
    app.add_middleware(BodyLimit)
    app.add_middleware(RequestId)
    app.add_middleware(Measured, metrics=metrics)  # added last, so outermost

    v1 = APIRouter(prefix="/api/v1", responses=ANY_ROUTE)
    for routes in (stories, story_actions, events, characters, reference_images, libraries, me):
        v1.include_router(routes.router)
    app.include_router(v1)
    app.include_router(health.router)
    app.include_router(metrics_route.router)
    app.include_router(realtime_routes(limits or Limits()))
    if settings.assets_bucket is None:
        app.mount("/assets", StoredObjects(settings.assets_folder))
    return app


def _lifespan(
    settings: Settings, pace: Pace, metrics: Metrics
) -> Callable[[FastAPI], AbstractAsyncContextManager[None]]:
    url, authenticator, store = settings.database, open_authenticator(settings), open_store(settings)
    targets = Targets(allow_local=settings.webhook_allow_local)
    messenger = open_messenger(settings, targets)

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        database, openai = await Database(url).open(), OpenAI(settings)
        feed = StoryFeed(url, patience=pace.patience)
        app.state.parts = Parts(
            database=database,
            stories=Stories(database, per_minute=settings.create_rate_per_minute),
            story_actions=SecondThoughts(database),
            accounts=Accounts(database),
            characters=Characters(database),
            reference_images=ReferenceImages(database),
            store=store,
            openai=openai,
            authenticator=authenticator,
            feed=feed,
            pace=pace,
            assets_url=settings.assets_url,
            webhook_targets=targets,
            metrics=metrics,
        )
        tasks = [
            start(feed.run(), "ear for story changes"),
            start(_warm_up(openai), "warm-up"),
        ]
        if messenger is not None:
            courier = Courier(Outbox(database), messenger)
            tasks.append(start(courier.run(), "webhook courier"))
        try:
            yield
        finally:
            await stop(tasks)
            await openai.close()
            await database.close()

    return lifespan


async def _warm_up(openai: OpenAI) -> None:
    """Open the connection to moderation, so that the first request for a story is answered as fast as the next."""
    try:
        await openai.moderate(["Once upon a time."])
    except MakingError as failure:
        log.warning("Moderation does not answer yet, so no story can be asked for: %s", failure)

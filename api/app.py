"""The REST API as an ASGI app: `uvicorn api.app:create_app --factory`."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from importlib.metadata import version
from typing import Any

from fastapi import APIRouter, FastAPI
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from api.access_log import keep_secrets_out_of_logs, log_as
from api.account_key import account_key
from api.archive import OneEach
from api.auth import open_authenticator
from api.cors import CorsMiddleware
from api.dependencies import AppState
from api.docs import install_docs
from api.errors import NOT_AS_DOCUMENTED, InternalError, error_responses, install_error_handlers
from api.events import StoryFeed
from api.headers import HeadersMiddleware
from api.image_workers import ImageWorkers
from api.judging import Judging
from api.limits import (
    BODY_TOO_LARGE,
    DATABASE_PATIENCE,
    EXPORTS,
    MODERATION_RETRY,
    SHARED_URL_SECONDS,
    STATEMENT_SECONDS,
    SocketLimits,
    StreamTimings,
)
from api.lines import Lines
from api.methods import MethodsMiddleware
from api.metrics import Metrics, MetricsMiddleware
from api.middleware import BodyLimitMiddleware, RequestIdMiddleware
from api.moderation import ModerationHealth
from api.rates import Rates, StrangersMiddleware
from api.realtime import realtime_routes
from api.realtime.signed_records import SignedStoryRecords
from api.routes import (
    account,
    characters,
    events,
    health,
    reference_images,
    shares,
    stories,
    story_actions,
    webhook_secret,
)
from api.routes import metrics as metrics_route
from api.shares import Shares
from api.stored_objects import StoredObjects
from storytailor.at_start import keep_what_is_loaded, warn_of, works_with
from storytailor.db import Accounts, Stories
from storytailor.db.budgets import Budgets, HouseSpending
from storytailor.db.characters import Characters
from storytailor.db.connection import database_of
from storytailor.db.erasure import Erasure
from storytailor.db.export import Export
from storytailor.db.health import QueueHealth
from storytailor.db.orders import Orders
from storytailor.db.outbox import Outbox
from storytailor.db.reference_images import ReferenceImages
from storytailor.db.schema import Schema, require_newest_schema
from storytailor.db.story_actions import StoryActions
from storytailor.db.story_shares import StoryShares
from storytailor.db.webhook_secrets import WebhookSecrets
from storytailor.derived_keys import derived_key
from storytailor.errors import PayloadTooLargeError, RateLimitedError, ServiceUnavailableError, UnauthorizedError
from storytailor.making.expected_costs import ExpectedCosts
from storytailor.providers.object_store import ObjectStore, open_store, open_urls
from storytailor.providers.object_store.knocks import knock_at
from storytailor.providers.openai import OpenAI
from storytailor.settings import Settings, get_settings
from storytailor.tasks import start, stop
from storytailor.webhooks.dispatcher import WebhookDispatcher
from storytailor.webhooks.sender import open_sender
from storytailor.webhooks.targets import TargetPolicy

log = logging.getLogger("storytailor.api")

ANY_ROUTE = error_responses(
    UnauthorizedError("The bearer token has expired. Sign in again."),
    PayloadTooLargeError(BODY_TOO_LARGE),
    RateLimitedError("That is more than 600 requests a minute. Ask again in 1 s.", retry_after=1),
    NOT_AS_DOCUMENTED,
    InternalError("0f3c9a4e8d3f4c55b7b2a9d10c1e6f72"),
    ServiceUnavailableError("The database does not answer. Is it up, and is DATABASE_URL right?"),
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
    settings: Settings | None = None, timings: StreamTimings | None = None, limits: SocketLimits | None = None
) -> FastAPI:
    """The app, nothing opened yet. Without `settings` it is the whole process: it reads them, and says how to log.

    Raises SettingsError for a setting that is missing or wrong.
    """
    if own_process := settings is None:
        settings = get_settings()
        log_as(settings.log_format)
    keep_secrets_out_of_logs()
    metrics, rates = Metrics(), Rates.of(settings)
    app = Api(
        title="Storytailor",
        summary="Characters, a kind of story and themes in; an illustrated, narrated children's book out.",
        version=version("storytailor"),
        lifespan=_lifespan(settings, timings or StreamTimings(), metrics, rates, own_process=own_process),
        redirect_slashes=False,
        docs_url=None,
        redoc_url=None,
        generate_unique_id_function=lambda route: route.name,
    )
    install_error_handlers(app)
    install_docs(app)
    app.add_middleware(MethodsMiddleware)
    app.add_middleware(BodyLimitMiddleware)
    app.add_middleware(StrangersMiddleware, rates=rates)
    app.add_middleware(RequestIdMiddleware)
    app.add_middleware(HeadersMiddleware, hsts_seconds=settings.hsts_seconds)
    app.add_middleware(CorsMiddleware, origins=settings.cors_origins)  # around whatever answers an error
    app.add_middleware(MetricsMiddleware, metrics=metrics)
    if settings.trusted_proxies:  # added last, so outermost
        app.add_middleware(ProxyHeadersMiddleware, trusted_hosts=list(settings.trusted_proxies))

    v1 = APIRouter(prefix="/api/v1", responses=ANY_ROUTE)
    for routes in (stories, story_actions, shares, events, characters, reference_images, account, webhook_secret):
        v1.include_router(routes.router)
    v1.include_router(shares.open_router)
    app.include_router(v1)
    app.include_router(health.router)
    app.include_router(metrics_route.router)
    app.include_router(realtime_routes(limits or SocketLimits()))
    if settings.assets_bucket is None:
        app.mount("/assets", StoredObjects(settings))
    return app


def _lifespan(
    settings: Settings, timings: StreamTimings, metrics: Metrics, rates: Rates, *, own_process: bool
) -> Callable[[FastAPI], AbstractAsyncContextManager[None]]:
    _ = settings.database  # raises when there is none
    authenticator, store, urls = open_authenticator(settings), open_store(settings), open_urls(settings)
    shared_urls = open_urls(settings, seconds=SHARED_URL_SECONDS)
    targets = TargetPolicy(allow_local=settings.webhook_allow_local)
    sender = open_sender(settings, targets)

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with AsyncExitStack() as stack:  # also what was opened before a start that fails is closed
            openai = await stack.enter_async_context(OpenAI(settings))
            database = await database_of(
                settings,
                timeout=DATABASE_PATIENCE,
                statement_seconds=STATEMENT_SECONDS,
                kept_open=True,
                account_key=account_key(settings),
            ).open()
            stack.push_async_callback(database.close)
            await require_newest_schema(database)
            log.info("This API works with %s.", works_with(settings))
            moderation = ModerationHealth(openai, retry_seconds=MODERATION_RETRY)
            orders = Orders(
                remakes=settings.remakes_per_story,
                budgets=Budgets(settings.user_daily_budget, settings.daily_budget),
                expect_costs=ExpectedCosts(settings),
            )
            accounts = Accounts(database, refused_per_minute=settings.create_rate_per_minute)
            images = ImageWorkers()
            stack.push_async_callback(images.close)
            feed = StoryFeed(database.announcements, reconnect_seconds=timings.reconnect_seconds)
            app.state.opened = AppState(
                settings=settings,
                stories=Stories(database, per_minute=settings.create_rate_per_minute, orders=orders),
                story_actions=StoryActions(database, orders=orders),
                story_records=SignedStoryRecords(database, urls),
                story_shares=StoryShares(database, derived_key(settings, "shared links")),
                accounts=accounts,
                erasure=Erasure(database),
                characters=Characters(database, most=settings.characters_per_user),
                reference_images=ReferenceImages(database, most=settings.pictures_per_user),
                export=Export(database),
                exporting=OneEach(EXPORTS),
                image_workers=images,
                queue_health=QueueHealth(database, in_flight=settings.stories_in_flight),
                house_spending=HouseSpending(database),
                schema=Schema(database),
                store=store,
                openai=openai,
                moderation=moderation,
                judging=Judging(openai, moderation, accounts),
                authenticator=authenticator,
                feed=feed,
                timings=timings,
                urls=urls,
                shared_urls=shared_urls,
                webhook_targets=targets,
                webhook_secrets=WebhookSecrets(database, overlap_hours=settings.former_webhook_secret_hours),
                metrics=metrics,
                rates=rates,
                streams=Shares(settings.streams_per_user, "event streams"),
                lines=Lines(),
            )
            tasks = [start(feed.run(), "listener for story changes"), start(moderation.run(), "watch on moderation")]
            if settings.assets_bucket is not None and settings.ask_at_start:
                tasks.append(start(_try_store(store, settings), "look at the object store"))
            if sender is not None:
                dispatcher = WebhookDispatcher(Outbox(database), sender)
                tasks.append(start(dispatcher.run(), "webhook dispatcher"))
            if own_process:
                tasks.append(start(images.warm(), "first process that decodes pictures"))
                keep_what_is_loaded()
            try:
                yield
            finally:
                await stop(tasks)

    return lifespan


async def _try_store(store: ObjectStore, settings: Settings) -> None:
    """Warn of what is not fine with the bucket. The watch on moderation warns of that."""
    warn_of("Object store: ", await knock_at(store, settings))

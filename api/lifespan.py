"""What the API holds open from start to stop, and what goes on in it beside the requests."""

from __future__ import annotations

import asyncio
import logging
from asyncio import Task
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from dataclasses import dataclass

from fastapi import FastAPI

from api.archive import OneEach
from api.auth import Authenticator, open_authenticator
from api.concurrency import ConcurrencyLimit
from api.dependencies import AppState
from api.events import StoryFeed
from api.image_workers import ImageWorkers
from api.judging import Judging
from api.limits import (
    DATABASE_PATIENCE,
    EXPORTS,
    MODERATION_RETRY,
    SHARED_URL_SECONDS,
    STATEMENT_SECONDS,
    StreamTimings,
)
from api.lines import Lines
from api.metrics import Metrics
from api.moderation import ModerationHealth
from api.rates import Rates
from api.realtime.signed_records import SignedStoryRecords
from storytailor import tracing
from storytailor.at_start import BOUND_SPENDING, keep_what_is_loaded, unbounded_spending, warn_of, works_with
from storytailor.db import Accounts, Stories
from storytailor.db.alerts import Alerts
from storytailor.db.budgets import Budgets, HouseSpending
from storytailor.db.characters import Characters
from storytailor.db.clock import watch_clock
from storytailor.db.connection import Database, database_of
from storytailor.db.erasure import Erasure
from storytailor.db.export import Export
from storytailor.db.health import QueueHealth
from storytailor.db.measurements import Measurements
from storytailor.db.orders import Orders
from storytailor.db.reference_images import ReferenceImages
from storytailor.db.schema import Schema, require_newest_schema
from storytailor.db.story_actions import StoryActions
from storytailor.db.story_shares import StoryShares
from storytailor.db.webhook_secrets import WebhookSecrets
from storytailor.derived_keys import derived_key
from storytailor.making.expected_costs import ExpectedCosts
from storytailor.providers.listed_voices import ListedVoices
from storytailor.providers.object_store import ObjectStore, ObjectUrls, open_store, open_urls
from storytailor.providers.object_store.knocks import knock_at
from storytailor.providers.openai import OpenAI
from storytailor.sealing import Sealing, open_sealing
from storytailor.settings import Settings
from storytailor.tasks import start, stop
from storytailor.webhooks.delivery import WebhookDelivery
from storytailor.webhooks.sender import open_sender
from storytailor.webhooks.targets import TargetPolicy

log = logging.getLogger("storytailor.api")


def lifespan_of(
    settings: Settings, timings: StreamTimings, metrics: Metrics, rates: Rates, *, own_process: bool
) -> Callable[[FastAPI], AbstractAsyncContextManager[None]]:
    """What is opened for as long as the app runs. What the settings lack is said now, not at its start."""
    _ = settings.database  # raises when there is none
    doors = _doors(settings)

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with AsyncExitStack() as stack:  # also what was opened before a start that fails is closed
            if own_process:
                stack.push_async_callback(asyncio.to_thread, tracing.close)  # when all else is closed
            openai = await stack.enter_async_context(OpenAI(settings))
            database = await database_of(
                settings,
                timeout=DATABASE_PATIENCE,
                statement_seconds=STATEMENT_SECONDS,
                kept_open=True,
                account_key=doors.account_key,
            ).open()
            stack.push_async_callback(database.close)
            await require_newest_schema(database)
            log.info("This API works with %s.", works_with(settings))
            if settings.ask_at_start and (unbounded := unbounded_spending(settings)):
                log.warning("Spending: %s. %s", unbounded, BOUND_SPENDING)
            state = _state(settings, doors, database, openai, timings, metrics, rates)
            stack.push_async_callback(state.image_workers.close)
            app.state.opened = state
            tasks = _tasks(state, database, doors)
            stack.push_async_callback(stop, tasks)
            if own_process:
                tasks.append(start(state.image_workers.warm(), "first process that decodes pictures"))
                keep_what_is_loaded()
            yield

    return lifespan


@dataclass(frozen=True)
class _Doors:
    """What only needs the settings: who may come in, where objects lie, and the keys of this house."""

    authenticator: Authenticator
    store: ObjectStore
    urls: ObjectUrls
    shared_urls: ObjectUrls
    share_key: bytes
    account_key: bytes
    targets: TargetPolicy
    sealing: Sealing
    webhooks: WebhookDelivery


def _doors(settings: Settings) -> _Doors:
    """Raises SettingsError for what is missing."""
    targets = TargetPolicy(allow_local=settings.webhook_allow_local)
    return _Doors(
        authenticator=open_authenticator(settings),
        store=open_store(settings),
        urls=open_urls(settings),
        shared_urls=open_urls(settings, seconds=SHARED_URL_SECONDS),
        share_key=derived_key(settings, "shared links"),
        account_key=derived_key(settings, "deleted accounts"),
        targets=targets,
        sealing=open_sealing(settings),
        webhooks=WebhookDelivery(settings, open_sender(settings, targets)),
    )


def _state(
    settings: Settings,
    doors: _Doors,
    database: Database,
    openai: OpenAI,
    timings: StreamTimings,
    metrics: Metrics,
    rates: Rates,
) -> AppState:
    """What routes work with."""
    orders = Orders(
        remakes=settings.remakes_per_story,
        budgets=Budgets(settings.user_daily_budget, settings.daily_budget),
        expect_costs=ExpectedCosts(settings),
    )
    accounts = Accounts(database, refused_per_minute=settings.create_rate_per_minute)
    moderation = ModerationHealth(openai, Alerts(database), retry_seconds=MODERATION_RETRY)
    return AppState(
        settings=settings,
        stories=Stories(database, per_minute=settings.create_rate_per_minute, orders=orders),
        story_actions=StoryActions(database, orders=orders),
        story_records=SignedStoryRecords(database, doors.urls),
        story_shares=StoryShares(database, doors.share_key),
        accounts=accounts,
        erasure=Erasure(database),
        characters=Characters(database, most=settings.characters_per_user),
        reference_images=ReferenceImages(
            database,
            most=settings.pictures_per_user,
            most_bytes=settings.picture_megabytes_per_user * 1_000_000,
        ),
        export=Export(database),
        exporting=OneEach(EXPORTS),
        image_workers=ImageWorkers(),
        queue_health=QueueHealth(database, in_flight=settings.stories_in_flight),
        house_spending=HouseSpending(database),
        measurements=Measurements(database),
        schema=Schema(database),
        store=doors.store,
        listed_voices=ListedVoices(settings),
        openai=openai,
        moderation=moderation,
        judging=Judging(openai, moderation, accounts, orders),
        authenticator=doors.authenticator,
        feed=StoryFeed(database.announcements, reconnect_seconds=timings.reconnect_seconds),
        timings=timings,
        urls=doors.urls,
        shared_urls=doors.shared_urls,
        webhook_targets=doors.targets,
        webhook_secrets=WebhookSecrets(database, doors.sealing, overlap_hours=settings.former_webhook_secret_hours),
        metrics=metrics,
        rates=rates,
        streams=ConcurrencyLimit(settings.streams_per_user, "event streams"),
        lines=Lines(),
    )


def _tasks(state: AppState, database: Database, doors: _Doors) -> list[Task[None]]:
    """What goes on beside the requests."""
    tasks = [
        start(state.feed.run(), "listener for story changes"),
        start(state.moderation.run(), "watch on moderation"),
        start(watch_clock(database), "watch on the clock"),
    ]
    if state.settings.assets_bucket is not None and state.settings.ask_at_start:
        tasks.append(start(_try_store(state.store, state.settings), "look at the object store"))
    tasks.append(start(doors.webhooks.run_if_it_may(database), "webhook dispatcher"))
    return tasks


async def _try_store(store: ObjectStore, settings: Settings) -> None:
    """Warn of what is not fine with the bucket. The watch on moderation warns of that."""
    warn_of("Object store: ", await knock_at(store, settings))

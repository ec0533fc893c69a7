"""The REST API as an ASGI app: `uvicorn api.app:create_app --factory`."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from functools import cache
from importlib.metadata import version
from typing import Any

from fastapi import APIRouter, FastAPI
from fastapi.routing import APIRoute
from starlette.routing import BaseRoute
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from api.access_log import keep_secrets_out_of_logs, log_as
from api.cors import CorsMiddleware
from api.docs import install_docs
from api.errors import NOT_AS_DOCUMENTED, InternalError, error_responses, install_error_handlers
from api.headers import HeadersMiddleware
from api.lifespan import lifespan_of
from api.limits import (
    BODY_TOO_LARGE,
    SocketLimits,
    StreamTimings,
)
from api.methods import MethodsMiddleware
from api.metrics import Metrics, MetricsMiddleware
from api.middleware import BodyLimitMiddleware, RequestIdMiddleware
from api.rates import Rates, StrangersMiddleware
from api.reader_page import install_reader_page
from api.realtime import realtime_routes
from api.routes import (
    account,
    characters,
    events,
    health,
    options,
    reference_images,
    shares,
    stories,
    story_actions,
    webhook_secret,
)
from api.routes import metrics as metrics_route
from api.stored_objects import StoredObjects
from api.tracing import TracingMiddleware
from storytailor.at_start import send_telemetry
from storytailor.errors import PayloadTooLargeError, RateLimitedError, ServiceUnavailableError, UnauthorizedError
from storytailor.settings import Settings, get_settings

log = logging.getLogger("storytailor.api")

ANY_ROUTE = error_responses(
    UnauthorizedError("The bearer token has expired. Sign in again."),
    PayloadTooLargeError(BODY_TOO_LARGE),
    RateLimitedError("That is more than 600 requests a minute. Ask again in 1 s.", retry_after=1),
    NOT_AS_DOCUMENTED,
    InternalError("0f3c9a4e8d3f4c55b7b2a9d10c1e6f72"),
    ServiceUnavailableError("The database does not answer. Is it up, and is DATABASE_URL right?"),
)


@cache
def _routes() -> Sequence[BaseRoute]:
    """The routes that need no setting, built once a process: FastAPI takes a fifth of a second for their models.

    The prefix stands where v1 is included: without one there, FastAPI builds all of them a second time to look for
    empty paths.
    """
    v1 = APIRouter(responses=ANY_ROUTE)
    of_stories = (stories, story_actions, shares, events)
    for routes in (*of_stories, characters, reference_images, options, account, webhook_secret):
        v1.include_router(routes.router)
    v1.include_router(shares.open_router)
    every = APIRouter(generate_unique_id_function=_name_of)
    every.include_router(v1, prefix="/api/v1")
    every.include_router(health.router)
    every.include_router(metrics_route.router)
    return every.routes


def _name_of(route: APIRoute) -> str:
    """What a route is called in the OpenAPI document."""
    return route.name


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
        send_telemetry(settings, "storytailor-api")
    keep_secrets_out_of_logs()
    metrics, rates = Metrics(), Rates.of(settings)
    app = Api(
        title="Storytailor",
        summary="Characters, a kind of story and themes in; an illustrated, narrated children's book out.",
        version=version("storytailor"),
        lifespan=lifespan_of(settings, timings or StreamTimings(), metrics, rates, own_process=own_process),
        redirect_slashes=False,
        docs_url=None,
        redoc_url=None,
        generate_unique_id_function=_name_of,
        # FastAPI's own would tell paths, which open shared stories, and what exceptions say
        telemetry={"tracing": False, "metrics": False, "logs": False, "auto_configure": False},
    )
    install_error_handlers(app)
    install_docs(app)
    install_reader_page(app, settings)
    app.add_middleware(MethodsMiddleware)
    app.add_middleware(BodyLimitMiddleware)
    app.add_middleware(StrangersMiddleware, rates=rates)
    app.add_middleware(RequestIdMiddleware)
    app.add_middleware(TracingMiddleware)
    app.add_middleware(HeadersMiddleware, hsts_seconds=settings.hsts_seconds)
    app.add_middleware(CorsMiddleware, origins=settings.cors_origins)  # around whatever answers an error
    app.add_middleware(MetricsMiddleware, metrics=metrics)
    if settings.trusted_proxies:  # added last, so outermost
        app.add_middleware(ProxyHeadersMiddleware, trusted_hosts=list(settings.trusted_proxies))

    app.router.routes.extend(_routes())
    app.include_router(realtime_routes(limits or SocketLimits()))
    if settings.assets_bucket is None:
        app.mount("/assets", StoredObjects(settings))
    return app

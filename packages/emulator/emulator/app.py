"""The emulator's HTTP service: OpenAI's and ElevenLabs's routes, and those that control it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import APIRouter, FastAPI, Request
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, Response

from emulator import elevenlabs_routes, openai_routes
from emulator.control import FAULT_KINDS, Config
from emulator.real_answers import ANSWERS
from emulator.service import Emulator, Service
from emulator.traffic import Traffic
from emulator.wire_errors import WireError, elevenlabs_error, openai_error

control = APIRouter()


def create_app() -> FastAPI:
    """A new emulator; its settings and log are its own."""
    service = Service()

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        yield
        service.close()

    app = FastAPI(title="Storytailor emulator", lifespan=lifespan)
    app.state.service = service
    app.add_middleware(Traffic, control=service.control)
    app.include_router(control)
    app.include_router(openai_routes.router)
    app.include_router(elevenlabs_routes.router)
    app.add_exception_handler(WireError, _wire_error)
    app.add_exception_handler(HTTPException, _no_such_route)
    app.add_exception_handler(Exception, _own_fault)
    return app


@control.get("/health")
async def health() -> dict[str, str]:
    """Says that it is up."""
    return {"status": "ok"}


@control.get("/_emulator/config")
async def configuration(service: Emulator) -> Config:
    """The settings in force."""
    return service.control.config


@control.post("/_emulator/config")
async def configure(config: Config, service: Emulator) -> Config:
    """Replaces the settings: what is left out goes back to its default."""
    service.control.configure(config)
    return config


@control.get("/_emulator/faults")
async def faults() -> list[dict[str, object]]:
    """The kinds of faults beside status codes: their names, a sentence each, where they are met and were seen."""
    kinds: list[dict[str, object]] = [{"kind": name, "says": says} for name, says in FAULT_KINDS.items()]
    named: list[dict[str, object]] = [
        {
            "kind": answer.name,
            "says": answer.says,
            "providers": answer.providers,
            "route": answer.route,
            "source": answer.source,
        }
        for answer in ANSWERS
    ]
    return kinds + named


@control.get("/_emulator/pictures/{name}")
async def picture(name: str, service: Emulator) -> Response:
    """A picture handed out by its address (the fault `url_pictures`)."""
    kept = service.pictures.get(name)
    if kept is None:
        return Response("<Error><Code>ExpiredToken</Code></Error>", 403, media_type="application/xml")
    return Response(kept, media_type="image/png")


@control.get("/_emulator/log")
async def log(service: Emulator) -> Response:
    """The calls received, oldest first."""
    return JSONResponse([call.model_dump(by_alias=True) for call in service.control.log.calls()])


@control.delete("/_emulator/log", status_code=204)
async def clear_log(service: Emulator) -> None:
    """Empties the log."""
    service.control.log.clear()


def _wire_error(_: Request, error: Exception) -> Response:
    assert isinstance(error, WireError)
    return error.response()


def _no_such_route(request: Request, error: Exception) -> Response:
    """A provider's 404 or 405, in its own shape."""
    assert isinstance(error, HTTPException)
    if request.url.path.startswith("/openai/"):
        path = request.url.path.removeprefix("/openai")
        return openai_error(error.status_code, f"Invalid URL ({request.method} {path})").response()
    return JSONResponse({"detail": error.detail}, error.status_code, error.headers)


def _own_fault(request: Request, _: Exception) -> Response:
    """A mistake of the emulator's own, which the server logs; the client can still parse the answer."""
    message = "The emulator made a mistake; its log says which."
    if request.url.path.startswith("/openai/"):
        return openai_error(500, message).response()
    return elevenlabs_error(500, "internal_server_error", message).response()

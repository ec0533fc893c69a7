"""The server's own log lines name paths, never what stands behind the `?`."""

from __future__ import annotations

import logging

import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus

from tests.api.test_events import Served, served

__all__ = ["served"]


@pytest.fixture
def server_log(caplog: pytest.LogCaptureFixture) -> pytest.LogCaptureFixture:
    caplog.set_level(logging.INFO, "uvicorn.access")
    caplog.set_level(logging.INFO, "uvicorn.error")
    return caplog


async def test_no_query_is_logged_whether_it_is_of_a_request_or_a_socket(
    served: Served, server_log: pytest.LogCaptureFixture
) -> None:
    loggers = [logging.getLogger(name) for name in ("uvicorn.access", "uvicorn.error")]
    for logger in loggers:
        logger.setLevel(logging.INFO)
        logger.addHandler(server_log.handler)
    try:
        await served.client.get("/api/v1/shared/somebodys-secret")
        for path in ("/api/v1/me", "/realtime/v1/websocket", "/nothing", "/assets/stories/x/cover.png"):
            await served.client.get(f"{path}?token=somebodys-secret&signature=somebodys-secret")
        url = str(served.client.base_url).replace("http", "ws", 1)
        async with connect(f"{url}/realtime/v1/websocket?vsn=2.0.0&apikey=somebodys-secret"):
            pass
        for path in ("/realtime/v1/websocket?vsn=9&apikey=somebodys-secret", "/other?token=somebodys-secret"):
            with pytest.raises(InvalidStatus, match="403"):
                async with connect(url + path):
                    pass
    finally:
        for logger in loggers:
            logger.removeHandler(server_log.handler)

    for path in (
        "/api/v1/me",
        "/api/v1/shared/",
        "/realtime/v1/websocket",
        "/nothing",
        "/other",
        "/assets/stories/x/cover.png",
    ):
        assert path in server_log.text
    assert "somebodys-secret" not in server_log.text

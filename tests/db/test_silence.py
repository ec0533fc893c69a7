"""A database that goes silent, as behind a firewall that has forgotten the connection: no wait is without an end."""

from __future__ import annotations

import asyncio
import os
import socket
import sys
import time
from uuid import uuid4

import psycopg
import psycopg2
import pytest

from storytailor.db import Database
from storytailor.db.announcements import STORY_CHANGED
from storytailor.db.connecting import bounded
from storytailor.errors import ServiceUnavailableError
from tests.servers import Server
from tests.silent_proxy import silent_proxy


async def test_statements_end_within_seconds_and_go_on_when_the_database_is_back(server_15: Server) -> None:
    async with silent_proxy(server_15.port) as proxy:
        database = await Database(Server(proxy.port).url("postgres"), timeout=4, statement_seconds=4).open()
        assert await database.execute("announcements/probe", channel="x")
        proxy.silent = True
        for _ in range(2):
            began = time.monotonic()
            with pytest.raises(ServiceUnavailableError):
                await database.execute("announcements/probe", channel="x")
            assert time.monotonic() - began < 30
        proxy.silent = False
        async with asyncio.timeout(60):
            while True:
                try:
                    assert await database.execute("announcements/probe", channel="x")
                    break
                except ServiceUnavailableError:
                    continue
        await database.close()


async def test_a_statement_under_way_when_the_silence_begins_ends_too(server_15: Server) -> None:
    async with silent_proxy(server_15.port) as proxy:
        database = await Database(Server(proxy.port).url("postgres"), statement_seconds=3).open()

        async def go_silent() -> None:
            async with asyncio.timeout(60), database.transaction() as connection:
                proxy.silent = True
                await connection.execute("SELECT 1")

        with pytest.raises(ServiceUnavailableError):
            await go_silent()
        await database.close()


async def test_a_listener_finds_out_that_its_connection_has_gone_silent(
    server_15: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("storytailor.db.announcements.HEARTBEAT_SECONDS", 0.5)
    async with silent_proxy(server_15.port) as proxy:
        url = server_15.url("postgres")
        database = await Database(url, listen_url=Server(proxy.port).url("postgres")).open()
        announced = database.announcements.listen(STORY_CHANGED)
        assert await anext(announced) == ""
        proxy.silent = True
        with pytest.raises(ServiceUnavailableError):
            async with asyncio.timeout(60):
                await anext(announced)
        await database.close()


async def test_a_lock_somebody_holds_is_not_waited_for_without_an_end(server_15: Server) -> None:
    lock = uuid4().int % 2**31
    with psycopg.connect(server_15.url("postgres")) as holder:
        holder.execute("SELECT pg_advisory_lock(%s)", (lock,))
        database = await Database(server_15.url("postgres"), statement_seconds=1).open()
        with pytest.raises(ServiceUnavailableError):
            async with asyncio.timeout(60), database.transaction() as connection:
                await connection.execute("SELECT pg_advisory_lock(%s)", (lock,))
        await database.close()


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux has TCP_USER_TIMEOUT")
def test_tcp_gives_up_on_a_silent_peer_by_itself(server_15: Server) -> None:
    url = server_15.url("postgres")
    for connection in (psycopg.connect(bounded(url)), psycopg2.connect(bounded(url))):
        with socket.socket(fileno=os.dup(connection.fileno())) as tcp:
            assert tcp.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE)
            assert tcp.getsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT) == 10_000
            assert tcp.getsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPIDLE) == 10
        connection.close()


def test_what_the_url_says_itself_goes_before_our_limits() -> None:
    assert "keepalives_idle=99" in bounded("postgresql://host/db?keepalives_idle=99")
    assert "options" not in bounded("postgresql+psycopg2://host/db")


async def test_a_connection_that_the_server_has_ended_a_moment_ago_is_not_lent_out(database_url: str) -> None:
    database = await Database(database_url, max_size=1).open()
    user = uuid4()

    async def process() -> int:
        async with database.as_user(user) as connection:  # which is not repeated
            ((found,),) = await (await connection.execute("SELECT pg_backend_pid()")).fetchall()
            return int(found)

    before = await process()
    assert await process() == before
    async with await psycopg.AsyncConnection.connect(database_url) as other:
        await other.execute("SELECT pg_terminate_backend(%s, 5000)", (before,))
    assert await process() != before
    await database.close()

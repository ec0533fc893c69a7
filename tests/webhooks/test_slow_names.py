"""One tenant's slow names hold a few of the resolver's threads, and nobody else's deliveries."""

from __future__ import annotations

import asyncio
import gc
import socket
import threading
import time
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest

from storytailor.webhooks.sender import WebhookSender
from storytailor.webhooks.targets import LOOKUPS_OF_ONE, RESOLVER_THREADS, TargetPolicy
from tests.webhooks.receiver import SECRET, Receiver, message_to

SLOW, FAST = "slow.test", "localhost"


class SlowNames:
    """The machine's resolver, which answers of SLOW's hosts when it is told to."""

    def __init__(self) -> None:
        self.answers = threading.Event()
        self.waiting = 0
        self._system = socket.getaddrinfo

    def __call__(self, host: Any, *options: Any, **more: Any) -> Any:
        if str(host).endswith(SLOW):
            self.waiting += 1
            self.answers.wait(30)
            self.waiting -= 1
            raise socket.gaierror("no such name")
        return self._system(host, *options, **more)


@pytest.fixture
def names(monkeypatch: pytest.MonkeyPatch) -> Iterator[SlowNames]:
    slow = SlowNames()
    monkeypatch.setattr(socket, "getaddrinfo", slow)
    yield slow
    slow.answers.set()


async def test_one_tenants_slow_names_take_their_own_places_and_another_tenants_message_arrives(
    names: SlowNames, receiver: Receiver
) -> None:
    sender = WebhookSender(SECRET, TargetPolicy(allow_local=True), timeout=0.5)
    theirs, mine = uuid4(), uuid4()
    urls = [f"https://n{number}.{SLOW}/" for number in range(60)]
    attempts = [sender.send(message_to(url, theirs)) for url in urls]
    failed = await asyncio.gather(*attempts, return_exceptions=True)
    assert all(isinstance(failure, Exception) for failure in failed)
    assert names.waiting == LOOKUPS_OF_ONE, "given up by who waited, and still a thread each"
    assert names.waiting < RESOLVER_THREADS._max_workers / 4

    patient = WebhookSender(SECRET, TargetPolicy(allow_local=True), timeout=10)
    await patient.send(message_to(receiver.url.replace("127.0.0.1", FAST), mine))
    assert len(receiver.received) == 1


async def test_places_come_back_when_the_resolver_has_answered_and_nothing_is_kept_of_a_tenant(
    names: SlowNames, receiver: Receiver
) -> None:
    policy = TargetPolicy(allow_local=True)
    tenant = uuid4()
    asked = [asyncio.create_task(policy.check(f"https://n{number}.{SLOW}/", tenant)) for number in range(9)]
    await asyncio.wait(asked, timeout=0.3)
    assert names.waiting == LOOKUPS_OF_ONE
    names.answers.set()
    failed = await asyncio.gather(*asked, return_exceptions=True)
    assert ["has no address" in str(failure) for failure in failed] == [True] * 9
    found = await policy.check(receiver.url.replace("127.0.0.1", FAST), tenant)
    assert found.addresses
    del asked, failed
    deadline = time.monotonic() + 10
    while len(policy._lookups):  # the resolver's threads end a little after they have answered
        assert time.monotonic() < deadline
        gc.collect()
        await asyncio.sleep(0.01)

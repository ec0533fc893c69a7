"""Which URLs may be called, whatever a name resolves to."""

from __future__ import annotations

import asyncio
import socket
from ipaddress import ip_address

import pytest

from storytailor.webhooks.targets import (
    Resolve,
    TargetPolicy,
    TargetRefusedError,
    TargetUnknownError,
    is_public,
)

PRIVATE = [
    "0.0.0.0",
    "10.0.0.1",
    "100.64.0.1",
    "127.0.0.1",
    "127.255.255.254",
    "169.254.169.254",
    "172.16.0.1",
    "172.31.255.255",
    "192.0.0.1",
    "192.0.2.1",
    "192.88.99.1",
    "192.168.1.1",
    "198.18.0.1",
    "198.51.100.1",
    "203.0.113.1",
    "224.0.0.1",
    "239.255.255.250",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "::127.0.0.1",
    "::ffff:10.0.0.1",
    "::ffff:93.184.216.34",
    "64:ff9b::10.0.0.1",
    "64:ff9b:1::1",
    "100::1",
    "2001::1",
    "2001:db8::1",
    "2002:0a00:0001::1",
    "3fff::1",
    "5f00::1",
    "fc00::1",
    "fd12:3456::1",
    "fe80::1",
    "fe80::1%lo",
    "fec0::1",
    "ff02::1",
]
PUBLIC = ["1.1.1.1", "93.184.216.34", "172.32.0.1", "2606:2800:220:1:248:1893:25c8:1946", "2a00:1450::1"]


def resolving_to(*addresses: str) -> Resolve:
    async def resolve(host: str, port: int) -> list[str]:
        return list(addresses)

    return resolve


@pytest.mark.parametrize("address", PRIVATE)
def test_an_address_that_is_not_everybodys_is_not_public(address: str) -> None:
    assert not is_public(ip_address(address))


@pytest.mark.parametrize("address", PUBLIC)
def test_an_address_of_the_internet_is_public(address: str) -> None:
    assert is_public(ip_address(address))


@pytest.mark.parametrize("address", PRIVATE)
async def test_a_name_with_one_private_address_is_refused_whatever_the_others(address: str) -> None:
    targets = TargetPolicy(resolve=resolving_to("93.184.216.34", address))
    with pytest.raises(TargetRefusedError, match="not on the public internet") as refusal:
        await targets.check("https://hooks.test/")
    assert address not in str(refusal.value)


async def test_a_public_name_comes_with_its_addresses_each_once() -> None:
    targets = TargetPolicy(resolve=resolving_to("93.184.216.34", "2a00:1450::1", "93.184.216.34"))
    target = await targets.check("https://hooks.test:8443/a?b=c")
    assert target.addresses == ("93.184.216.34", "2a00:1450::1")
    assert str(target.url) == "https://hooks.test:8443/a?b=c"


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("http://hooks.test/", "https://"),
        ("ftp://hooks.test/", "https://"),
        ("//hooks.test/", "https://"),
        ("https:///path", "no host"),
        ("https://user:secret@hooks.test/", "user name"),
        ("https://user@hooks.test/", "user name"),
        ("https://hooks.test:22/", "port 22"),
        ("https://hooks.test:80/", "port 80"),
        ("https://hooks.test:0/", "no port 0"),
        ("https://hooks.test:70000/", "no port 70000"),
        ("https://ho\x00oks.test/", "not a URL"),
    ],
)
async def test_a_url_of_another_form_is_refused_before_anybody_looks_it_up(url: str, why: str) -> None:
    targets = TargetPolicy(resolve=resolving_to("93.184.216.34"))
    with pytest.raises(TargetRefusedError, match=why):
        await targets.check(url)


@pytest.mark.parametrize(
    "url",
    [
        "https://localhost/",
        "https://127.0.0.1/",
        "https://127.1/",
        "https://2130706433/",
        "https://0x7f.0.0.1/",
        "https://[::1]/",
        "https://[::ffff:127.0.0.1]/",
        "https://10.1.2.3/",
        "https://169.254.169.254/latest/meta-data/",
    ],
)
async def test_however_it_is_written_a_private_address_is_refused(url: str) -> None:
    with pytest.raises(TargetRefusedError):
        await TargetPolicy().check(url)


async def test_the_local_stack_may_call_this_machine_and_nothing_else_that_is_private() -> None:
    for url in ("http://127.0.0.1:9/", "https://localhost:22/", "http://[::1]:8080/"):
        await TargetPolicy(allow_local=True).check(url)
    for url in (
        "http://10.0.0.1/",
        "https://192.168.1.1/",
        "http://169.254.169.254/",
        "http://93.184.216.34/",
    ):
        with pytest.raises(TargetRefusedError):
            await TargetPolicy(allow_local=True).check(url)
    with pytest.raises(TargetRefusedError):
        await TargetPolicy(allow_local=True, resolve=resolving_to("127.0.0.1", "10.0.0.1")).check("https://a.test/")


async def test_a_name_without_an_address_is_unknown() -> None:
    async def nobody(host: str, port: int) -> list[str]:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    with pytest.raises(TargetUnknownError, match=r"nowhere\.test has no address"):
        await TargetPolicy(resolve=nobody).check("https://nowhere.test/")
    with pytest.raises(TargetUnknownError):
        await TargetPolicy().check(f"https://{'a' * 70}.test/")


async def test_a_name_in_any_script_is_looked_up_in_its_ascii_form() -> None:
    asked: asyncio.Queue[str] = asyncio.Queue()

    async def resolve(host: str, port: int) -> list[str]:
        await asked.put(f"{host}:{port}")
        return ["93.184.216.34"]

    await TargetPolicy(resolve=resolve).check("https://bücher.test/")
    assert await asked.get() == "xn--bcher-kva.test:443"

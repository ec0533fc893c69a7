"""Knocking at the store as a story's files will: put, get, read as an owner and as anybody does, delete."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from urllib.parse import urlsplit
from uuid import uuid4

import httpx

from storytailor.errors import MakingError, ServiceUnavailableError, SettingsError
from storytailor.providers.cloudfront import open_cdn
from storytailor.providers.object_store.bucket import Bucket
from storytailor.providers.object_store.presigned import readers_url
from storytailor.providers.object_store.store import ObjectStore
from storytailor.providers.object_store.urls import open_urls
from storytailor.settings import Settings

BODY = b"storytailor was here"
PLACES = ("characters/doctor/", "stories/doctor/")
"""Where it is knocked: where nothing is ever public, and where finished books may be."""
LONGEST_KNOCK = 3600.0
READ_TIMEOUT = 10.0
HOW_TO = "docs/how-to/put-a-cdn-before-the-bucket.md"
OPEN_IT = f"`storytailor bucket --public-read`, or a CDN that may read it: {HOW_TO}."
NOT_PURGED = (
    "Set CLOUDFRONT_DISTRIBUTION_ID, and deleted books leave its caches within minutes. Another CDN is to be told "
    f"otherwise: {HOW_TO}#what-is-deleted."
)
CLOSE_IT = (
    "Everybody who has its address can read it. `storytailor bucket` takes back what --public-read had opened; another "
    f"policy, an ACL or a CDN is closed where it was set: {HOW_TO}."
)


@dataclass(frozen=True)
class StoreKnock:
    """One thing that was tried. `remedy` says what to do when it did not go well, else it is None.

    `warning`: no story fails by it.
    """

    what: str
    result: str
    remedy: str | None = None
    warning: bool = False

    @property
    def ok(self) -> bool:
        """Whether it went well."""
        return self.remedy is None


async def knock_at(store: ObjectStore, settings: Settings) -> list[StoreKnock]:
    """Try everything a story needs of the store, with small objects that are deleted again.

    What cannot be tried because something before it failed is left out. Never raises for a store that fails.
    """
    try:
        await store.check()
    except ServiceUnavailableError as error:
        return [StoreKnock("Store", "cannot be used", str(error))]
    knocks = [await _region(store, settings)] if isinstance(store, Bucket) else []
    name = f"{int(time.time())}-{uuid4().hex}.txt"
    key = PLACES[0] + name
    books = [PLACES[1] + name] if settings.books_are_public else []
    knocks.append(await _tried("Put", f"{len(BODY)} bytes stored", lambda: _put(store, [key, *books])))
    if knocks[-1].ok:
        knocks.append(await _tried("Get", "the same bytes read", lambda: _get(store, key)))
        if settings.assets_base_url is not None:
            knocks += [knock async for knock in _as_readers(key, settings)]
            knocks += [await _public_read(settings.assets_url + book) for book in books]
        knocks.append(await _tried("Delete", "removed again", lambda: _delete(store, [key, *books])))
    return [*knocks, *await _purge(settings)]


async def _region(bucket: Bucket, settings: Settings) -> StoreKnock:
    there, here = await bucket.region(), bucket.client_region
    if there is None or here is None or there == here:
        return StoreKnock("Region", there or here or "the server names none")
    return StoreKnock("Region", f"the bucket is in {there}, asked for in {here}", f"Set AWS_REGION={there}.")


async def _put(store: ObjectStore, keys: list[str]) -> None:
    for key in keys:
        await store.put(key, BODY)


async def _delete(store: ObjectStore, keys: list[str]) -> None:
    """Remove these, and what knocks have left that were killed before they came to it."""
    await store.delete(keys)
    for place in PLACES:
        async for left in store.keys(place):
            await store.delete([key for key in left if _is_left_over(key)])


def _is_left_over(key: str) -> bool:
    """Whether no knock can be at this any more; before names had the time in them nobody can say, and it is."""
    began = key.rpartition("/")[2].partition("-")[0]
    return not began.isdecimal() or time.time() - int(began) > LONGEST_KNOCK


async def _get(store: ObjectStore, key: str) -> None:
    if await store.get(key) != BODY:
        raise MakingError("", remedy="The store gave back other bytes than were put: which server is this?")


async def _tried(what: str, went_well: str, call: Callable[[], Awaitable[None]]) -> StoreKnock:
    try:
        await call()
    except MakingError as failure:
        return StoreKnock(what, failure.detail or "refused", failure.remedy or str(failure))
    return StoreKnock(what, went_well)


async def _as_readers(key: str, settings: Settings) -> AsyncIterator[StoreKnock]:
    """An owner's browser, with the signed URL; and anybody's, without the signature and by ASSETS_BASE_URL."""
    try:
        url = (await open_urls(settings, seconds=120).current())(key)
    except (ServiceUnavailableError, SettingsError) as error:
        yield StoreKnock("Signed read", "nothing to sign with", str(error))
        return
    unsigned = url.partition("?")[0]
    mend = "Is ASSETS_BASE_URL the bucket's URL as readers reach it, and AWS_REGION right?"
    yield await _read("Signed read", url, "readable by a signed URL", mend)
    for place in dict.fromkeys((unsigned, settings.assets_url + key)):
        answer = await _answer(place)
        if isinstance(answer, httpx.Response) and answer.content == BODY:
            yield StoreKnock("Private", f"{place} can be read without a signature", CLOSE_IT)
            return
    yield StoreKnock("Private", "not readable without a signature")


async def _public_read(url: str) -> StoreKnock:
    """Anybody's browser and a finished book: no signature, by ASSETS_BASE_URL."""
    mend = f"Is ASSETS_BASE_URL right, and may anybody read the bucket's stories? {OPEN_IT}"
    return await _read("Public read", url, "readable at ASSETS_BASE_URL", mend)


async def _purge(settings: Settings) -> list[StoreKnock]:
    """Whether deleted books leave the CDN, where there is one. What may be ordered there shows only by an order."""
    bucket, host = settings.assets_bucket, urlsplit(settings.assets_url).hostname or ""
    if not settings.books_are_public or bucket is None or readers_url(settings.assets_url, bucket):
        return []
    try:
        cdn = open_cdn(settings)
        if cdn is None:
            result = f"a CDN at {host} keeps what was deleted for up to a year"
            return [StoreKnock("Purge", result, NOT_PURGED, warning=True)]
        names = (await cdn.look()).names
    except SettingsError as error:
        return [StoreKnock("Purge", "cannot be asked", str(error), warning=True)]
    except MakingError as failure:
        return [StoreKnock("Purge", failure.detail, failure.remedy, warning=True)]
    if host not in names:
        result = f"distribution {cdn.distribution_id} serves {', '.join(sorted(names))}, and not {host}"
        return [StoreKnock("Purge", result, "Check CLOUDFRONT_DISTRIBUTION_ID and ASSETS_BASE_URL.", warning=True)]
    return [StoreKnock("Purge", f"distribution {cdn.distribution_id} serves {host}")]


async def _read(what: str, url: str, went_well: str, mend: str) -> StoreKnock:
    answer, place = await _answer(url), url.partition("?")[0]
    if isinstance(answer, httpx.HTTPError):
        return StoreKnock(
            what, f"{place} does not answer ({type(answer).__name__})", f"Correct ASSETS_BASE_URL. {mend}"
        )
    if answer.status_code != httpx.codes.OK:
        return StoreKnock(what, f"{place} answers {answer.status_code}", mend)
    if answer.content != BODY:
        return StoreKnock(what, f"{place} answers with something else", f"ASSETS_BASE_URL leads elsewhere. {mend}")
    return StoreKnock(what, went_well)


async def _answer(url: str) -> httpx.Response | httpx.HTTPError:
    try:
        async with httpx.AsyncClient(timeout=READ_TIMEOUT, follow_redirects=True) as client:
            return await client.get(url)
    except httpx.HTTPError as error:
        return error

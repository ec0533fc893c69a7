"""Knocking at the store as a story's files will: put, get, read as the public does, delete."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from uuid import uuid4

import httpx

from storytailor.errors import MakingError, ServiceUnavailableError
from storytailor.providers.object_store.bucket import Bucket
from storytailor.providers.object_store.store import ObjectStore
from storytailor.settings import Settings

BODY = b"storytailor was here"
READ_TIMEOUT = 10.0
HOW_TO = "`storytailor bucket --public-read`, or a CDN that may read it: docs/how-to/put-a-cdn-before-the-bucket.md."


@dataclass(frozen=True)
class StoreKnock:
    """One thing that was tried. `remedy` says what to do when it did not go well, else it is None."""

    what: str
    result: str
    remedy: str | None = None

    @property
    def ok(self) -> bool:
        """Whether it went well."""
        return self.remedy is None


async def knock_at(store: ObjectStore, settings: Settings) -> list[StoreKnock]:
    """Try everything a story needs of the store, with a small object below `doctor/` that is deleted again.

    What cannot be tried because something before it failed is left out. Never raises for a store that fails.
    """
    key = f"doctor/{uuid4().hex}.txt"
    try:
        await store.check()
    except ServiceUnavailableError as error:
        return [StoreKnock("Store", "cannot be used", str(error))]
    knocks = [await _region(store, settings)] if isinstance(store, Bucket) else []
    knocks.append(await _tried("Put", f"{len(BODY)} bytes stored", lambda: store.put(key, BODY)))
    if knocks[-1].ok:
        knocks.append(await _tried("Get", "the same bytes read", lambda: _get(store, key)))
        if settings.assets_base_url is not None:
            knocks.append(await _public_read(settings.assets_url + key))
        knocks.append(await _tried("Delete", "removed again", lambda: store.delete([key])))
    return knocks


async def _region(bucket: Bucket, settings: Settings) -> StoreKnock:
    there, here = await bucket.region(), bucket.client_region
    if there is None or here is None or there == here:
        return StoreKnock("Region", there or here or "the server names none")
    return StoreKnock("Region", f"the bucket is in {there}, asked for in {here}", f"Set AWS_REGION={there}.")


async def _get(store: ObjectStore, key: str) -> None:
    if await store.get(key) != BODY:
        raise MakingError("", remedy="The store gave back other bytes than were put: which server is this?")


async def _tried(what: str, went_well: str, call: Callable[[], Awaitable[None]]) -> StoreKnock:
    try:
        await call()
    except MakingError as failure:
        return StoreKnock(what, failure.detail or "refused", failure.remedy or str(failure))
    return StoreKnock(what, went_well)


async def _public_read(url: str) -> StoreKnock:
    """A reader's browser: no credentials, by ASSETS_BASE_URL."""
    what, mend = "Public read", f"Is ASSETS_BASE_URL right, and may anybody read the bucket? {HOW_TO}"
    try:
        async with httpx.AsyncClient(timeout=READ_TIMEOUT, follow_redirects=True) as client:
            answer = await client.get(url)
    except httpx.HTTPError as error:
        return StoreKnock(what, f"{url} does not answer ({type(error).__name__})", f"Correct ASSETS_BASE_URL. {mend}")
    if answer.status_code != httpx.codes.OK:
        return StoreKnock(what, f"{url} answers {answer.status_code}", mend)
    if answer.content != BODY:
        return StoreKnock(what, f"{url} answers with something else", f"ASSETS_BASE_URL leads elsewhere. {mend}")
    return StoreKnock(what, "readable at ASSETS_BASE_URL")

"""Objects in an S3 bucket."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, TypeVar
from urllib.parse import urlsplit

from botocore.exceptions import ClientError

from storytailor.errors import ServiceUnavailableError
from storytailor.providers.aws import AWS_ERRORS, aws_reason, aws_words
from storytailor.providers.object_store.client import CONNECTIONS
from storytailor.providers.object_store.failures import Doing, permanent, transient
from storytailor.providers.object_store.refusals import failure, passes
from storytailor.providers.object_store.remedies import Place, remedy
from storytailor.providers.object_store.store import cache_control, content_type, parted

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_s3.type_defs import ObjectIdentifierTypeDef

T = TypeVar("T")


def place_of(name: str, client: S3Client) -> Place:
    """Where this client looks for the bucket."""
    return Place(name, urlsplit(client.meta.endpoint_url).netloc, client.meta.region_name)


class Bucket:
    """Objects in an S3 bucket, reached by threads of its own: a store that hangs holds nothing else up."""

    def __init__(self, name: str, client: S3Client, *, books_are_public: bool = False) -> None:
        self.name = name
        self._books_are_public = books_are_public
        self._client = client
        self._place = place_of(name, client)
        self.client_region = client.meta.region_name
        self._threads = ThreadPoolExecutor(CONNECTIONS, thread_name_prefix=f"bucket {name}")

    async def put(self, key: str, body: bytes) -> None:
        """Upload, with what caches may do with it."""
        caching = cache_control(key, books_are_public=self._books_are_public)
        await self._call(
            "stored",
            lambda: self._client.put_object(
                Bucket=self.name, Key=key, Body=body, ContentType=content_type(key), CacheControl=caching
            ),
        )

    async def get(self, key: str) -> bytes:
        """Download."""
        return await self._call("read", lambda: self._client.get_object(Bucket=self.name, Key=key)["Body"].read(), key)

    async def delete(self, keys: Iterable[str]) -> None:
        """Remove, all in one request (1,000 at the most)."""
        objects: list[ObjectIdentifierTypeDef] = [{"Key": key} for key in keys]
        if not objects:
            return
        answer = await self._call(
            "removed",
            lambda: self._client.delete_objects(Bucket=self.name, Delete={"Objects": objects, "Quiet": True}),
        )
        if errors := answer.get("Errors"):  # inside a 200
            first = ClientError({"Error": {**errors[0]}}, "DeleteObjects")  # type: ignore[typeddict-unknown-key]
            say = transient if passes(first) else permanent
            count = f"{len(errors)} objects of bucket {self.name} could not be removed: {aws_reason(first)}."
            raise say("removed", f"{count} {remedy(first, self._place)}", aws_words(first))

    async def delete_below(self, prefix: str) -> None:
        """List and remove, a page of 1,000 at a time."""
        parted(prefix)
        pages = self._client.get_paginator("list_objects_v2").paginate(Bucket=self.name, Prefix=prefix)
        listed = await self._call("removed", lambda: [page.get("Contents", []) for page in pages])
        for page in listed:
            await self.delete(found["Key"] for found in page)

    async def keys(self, beginning: str = "") -> AsyncIterator[list[str]]:
        """A page of 1,000 at a time."""
        pages = iter(self._client.get_paginator("list_objects_v2").paginate(Bucket=self.name, Prefix=beginning))
        while (page := await self._call("read", lambda: next(pages, None))) is not None:
            yield [found["Key"] for found in page.get("Contents", [])]

    async def check(self) -> None:
        """The bucket is there and may be used. It is listed: a HEAD request would not say why it was refused."""
        await self._checked(lambda: self._client.list_objects_v2(Bucket=self.name, MaxKeys=1))

    async def region(self) -> str | None:
        """The region the bucket is in, which Amazon says and few others. Raises as `check` does."""
        return (await self._checked(lambda: self._client.head_bucket(Bucket=self.name))).get("BucketRegion")

    async def _checked(self, call: Callable[[], T]) -> T:
        try:
            return await self._in_thread(call)
        except AWS_ERRORS as error:
            raise ServiceUnavailableError(
                f"Bucket {self.name} cannot be used. {remedy(error, self._place)} [{aws_words(error)}]", retry_after=30
            ) from error

    async def _call(self, doing: Doing, call: Callable[[], T], key: str | None = None) -> T:
        try:
            return await self._in_thread(call)
        except AWS_ERRORS as error:
            raise failure(doing, error, self._place, key=key) from error

    async def _in_thread(self, call: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._threads, call)

"""Where finished files lie: an S3 bucket behind a CDN, or a folder the API serves."""

from __future__ import annotations

import asyncio
import hashlib
import json
import os
import shutil
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, TypeVar
from uuid import UUID, uuid4

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from storytailor.errors import ObjectMissingError, ServiceUnavailableError, SettingsError, TransientError
from storytailor.settings import Settings

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_s3.type_defs import ObjectIdentifierTypeDef

T = TypeVar("T")

FOR_A_YEAR = "public, max-age=31536000, immutable"
CONTENT_TYPES = {
    "png": "image/png",
    "jpg": "image/jpeg",
    "webp": "image/webp",
    "mp3": "audio/mpeg",
    "pdf": "application/pdf",
    "epub": "application/epub+zip",
}


def story_prefix(story_id: UUID) -> str:
    """What the keys of all the story's objects begin with."""
    return f"stories/{story_id}/"


def object_key(story_id: UUID, asset: str, body: bytes, extension: str) -> str:
    """`stories/<story-id>/<asset>-<first 12 of sha256>.<ext>`: new bytes, new key, so a cache never lies."""
    return f"{story_prefix(story_id)}{asset}-{hashlib.sha256(body).hexdigest()[:12]}.{extension}"


class ObjectStore(Protocol):
    """Bytes by key. Failures are TransientError; every call has a timeout."""

    async def put(self, key: str, body: bytes) -> None:
        """Store `body`; its content type follows from the key's extension."""

    async def get(self, key: str) -> bytes:
        """The bytes under `key`. Raises ObjectMissingError when they are not there (yet)."""

    async def delete(self, keys: Iterable[str]) -> None:
        """Remove these; one that is not there is as good as removed."""

    async def delete_below(self, prefix: str) -> None:
        """Remove every object whose key begins with `prefix`, which names at least a first folder."""

    async def check(self) -> None:
        """Raise ServiceUnavailableError, saying what to do, when nothing can be stored here."""


class Folder:
    """Objects as files below a folder of this machine."""

    def __init__(self, root: Path) -> None:
        self.root = root

    async def put(self, key: str, body: bytes) -> None:
        """Write beside and rename, so that nobody reads half a file."""
        await asyncio.to_thread(self._write, self._path(key), body)

    async def get(self, key: str) -> bytes:
        """The file's bytes."""
        try:
            return await asyncio.to_thread(self._path(key).read_bytes)
        except FileNotFoundError as error:
            raise ObjectMissingError(f"The stored object {key} is not there.") from error
        except OSError as error:
            raise TransientError(f"The stored object {key} cannot be read: {error.strerror}.") from error

    async def delete(self, keys: Iterable[str]) -> None:
        """Remove the files."""
        for key in keys:
            try:
                await asyncio.to_thread(self._path(key).unlink, missing_ok=True)
            except OSError as error:
                raise TransientError(f"The stored object {key} could not be removed: {error.strerror}.") from error

    async def delete_below(self, prefix: str) -> None:
        """Remove the files, and the folder itself when all of it goes."""
        folder, name = _parted(prefix)
        await asyncio.to_thread(self._remove, self._path(folder), name)

    async def check(self) -> None:
        """The folder can be made and written to."""
        try:
            await asyncio.to_thread(self.root.mkdir, parents=True, exist_ok=True)
            if not os.access(self.root, os.W_OK):
                raise PermissionError(13, "no permission to write")
        except OSError as error:
            raise ServiceUnavailableError(
                f"Files cannot be stored in {self.root}: {error.strerror}. Set ASSETS_DIR to a writable folder.",
                retry_after=30,
            ) from error

    def _path(self, key: str) -> Path:
        path = (self.root / key).resolve()
        if not path.is_relative_to(self.root.resolve()):
            raise ValueError(f"The key {key!r} leads out of the store.")
        return path

    @staticmethod
    def _remove(folder: Path, beginning: str) -> None:
        try:
            if not beginning:
                shutil.rmtree(folder)
            else:
                for path in folder.iterdir():
                    if path.name.startswith(beginning):
                        path.unlink(missing_ok=True)
        except FileNotFoundError:
            pass  # there never was any, or somebody else is removing them as well
        except OSError as error:
            raise TransientError(f"Files in {folder.name} could not be removed: {error.strerror}.") from error

    @staticmethod
    def _write(path: Path, body: bytes) -> None:
        draft = path.with_name(f".{path.name}.{uuid4().hex}")
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            draft.write_bytes(body)
            draft.replace(path)
        except OSError as error:
            with suppress(OSError):  # the first error is the one to tell
                draft.unlink(missing_ok=True)
            raise TransientError(f"The file {path.name} could not be stored: {error.strerror}.") from error


UPLOAD_ATTEMPTS = 3
"""The one retry layer of an upload."""
AWS_ERRORS = (BotoCoreError, ClientError)
"""What a call to AWS, or to a server that speaks S3, raises."""


def s3_client(
    endpoint_url: str | None = None,
    *,
    max_attempts: int = UPLOAD_ATTEMPTS,
    profile_name: str | None = None,
    **options: Any,
) -> S3Client:
    """A client whose calls end in time; `options` are boto3's own. What is not given, boto3 finds as it always does."""
    return boto3.Session(profile_name=profile_name).client(
        "s3",
        endpoint_url=endpoint_url,
        **options,
        config=Config(
            connect_timeout=5,
            read_timeout=30,
            max_pool_connections=32,
            retries={"mode": "standard", "total_max_attempts": max_attempts},
        ),
    )


class Bucket:
    """Objects in an S3 bucket."""

    def __init__(self, name: str, client: S3Client) -> None:
        self.name = name
        self._client = client

    async def put(self, key: str, body: bytes) -> None:
        """Upload, to be cached for a year: the key changes with the bytes."""
        extension = key.rpartition(".")[2]
        await self._call(
            "stored",
            lambda: self._client.put_object(
                Bucket=self.name,
                Key=key,
                Body=body,
                ContentType=CONTENT_TYPES.get(extension, "application/octet-stream"),
                CacheControl=FOR_A_YEAR,
            ),
        )

    async def get(self, key: str) -> bytes:
        """Download."""
        return await self._call("read", lambda: self._client.get_object(Bucket=self.name, Key=key)["Body"].read())

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
            code = errors[0].get("Code", "no code")
            raise TransientError(f"{len(errors)} objects of bucket {self.name} could not be removed: {code}.")

    async def delete_below(self, prefix: str) -> None:
        """List and remove, a page of 1,000 at a time."""
        _parted(prefix)
        pages = self._client.get_paginator("list_objects_v2").paginate(Bucket=self.name, Prefix=prefix)
        listed = await self._call("listed", lambda: [page.get("Contents", []) for page in pages])
        for page in listed:
            await self.delete(found["Key"] for found in page)

    async def check(self) -> None:
        """The bucket is there and may be used."""
        try:
            await asyncio.to_thread(self._client.head_bucket, Bucket=self.name)
        except AWS_ERRORS as error:
            raise ServiceUnavailableError(
                f"The bucket {self.name} cannot be used ({aws_reason(error)}). "
                "Create it, or check ASSETS_BUCKET, AWS_ENDPOINT_URL_S3 and the AWS credentials.",
                retry_after=30,
            ) from error

    async def make(self, *, public_read: bool) -> None:
        """Make the bucket where it is missing; `public_read` lets anybody read what lies in it."""
        try:
            await asyncio.to_thread(self._client.create_bucket, Bucket=self.name)
        except self._client.exceptions.BucketAlreadyOwnedByYou:
            pass  # what was asked for is there
        except AWS_ERRORS as error:
            if aws_reason(error) != "BucketAlreadyExists":  # some servers say this of one's own as well
                raise ServiceUnavailableError(f"The bucket {self.name} cannot be made: {aws_reason(error)}.") from error
        if public_read:
            await self._call(
                "opened to readers",
                lambda: self._client.put_bucket_policy(Bucket=self.name, Policy=_public_read(self.name)),
            )

    async def _call(self, done: str, call: Callable[[], T]) -> T:
        try:
            return await asyncio.to_thread(call)
        except AWS_ERRORS as error:
            reason = aws_reason(error)
            kind = ObjectMissingError if reason == "NoSuchKey" else TransientError
            raise kind(f"An object of bucket {self.name} could not be {done}: {reason}.") from error


def _parted(prefix: str) -> tuple[str, str]:
    """The folder of a prefix, and how the names in it begin. Raises ValueError for all of the store."""
    folder, _, name = prefix.rpartition("/")
    if not folder:
        raise ValueError(f"The prefix {prefix!r} names no folder of the store.")
    return folder, name


def _public_read(bucket: str) -> str:
    return json.dumps(
        {
            "Version": "2012-10-17",
            "Statement": [
                {
                    "Effect": "Allow",
                    "Principal": "*",
                    "Action": "s3:GetObject",
                    "Resource": f"arn:aws:s3:::{bucket}/*",
                }
            ],
        }
    )


def aws_reason(error: BotoCoreError | ClientError) -> str:
    """The error's code in AWS's words, or what kind of failure it was; without secrets."""
    if isinstance(error, ClientError):
        return str(error.response["Error"].get("Code", "no code"))
    return type(error).__name__


def open_store(settings: Settings, s3: S3Client | None = None) -> ObjectStore:
    """The bucket that is set, reached by `s3` if given, else the local folder.

    Raises SettingsError for a bucket without a public URL.
    """
    if settings.assets_bucket is None:
        return Folder(settings.assets_folder)
    if settings.assets_base_url is None:
        raise SettingsError(
            "ASSETS_BUCKET is set but ASSETS_BASE_URL is not: set it to the CDN's (or the bucket's public) URL."
        )
    return Bucket(settings.assets_bucket, s3 or s3_client(settings.aws_endpoint_url_s3))

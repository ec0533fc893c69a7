"""Where finished files lie: an S3 bucket, or a folder the API serves."""

from __future__ import annotations

from typing import TYPE_CHECKING

from storytailor.errors import SettingsError
from storytailor.providers.object_store.bucket import Bucket
from storytailor.providers.object_store.client import UPLOAD_ATTEMPTS, s3_client
from storytailor.providers.object_store.folder import Folder, is_draft
from storytailor.providers.object_store.store import (
    CONTENT_TYPES,
    ObjectStore,
    cache_control,
    is_of_a_book,
    object_key,
    portrait_prefix,
    story_prefix,
)
from storytailor.providers.object_store.urls import ObjectUrls, UrlOf, folder_signer, open_urls
from storytailor.settings import Settings

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

__all__ = [
    "CONTENT_TYPES",
    "UPLOAD_ATTEMPTS",
    "Bucket",
    "Folder",
    "ObjectStore",
    "ObjectUrls",
    "UrlOf",
    "cache_control",
    "folder_signer",
    "is_draft",
    "is_of_a_book",
    "object_key",
    "open_store",
    "open_urls",
    "portrait_prefix",
    "s3_client",
    "story_prefix",
]


def open_store(settings: Settings, s3: S3Client | None = None) -> ObjectStore:
    """The bucket that is set, reached by `s3` if given, else the local folder.

    Raises SettingsError for a bucket without ASSETS_BASE_URL.
    """
    if settings.assets_bucket is None:
        return Folder(settings.assets_folder)
    if settings.assets_base_url is None:
        raise SettingsError(
            "ASSETS_BUCKET is set but ASSETS_BASE_URL is not: set it to the bucket's URL, such as "
            "https://<bucket>.s3.<region>.amazonaws.com, or with ASSETS_ACCESS=public to the CDN's."
        )
    client = s3 or s3_client(settings)
    return Bucket(settings.assets_bucket, client, books_are_public=settings.books_are_public)

"""What is deleted of books leaves the CDN: ordered once, as often as it takes, and by nobody who dies forgotten."""

from __future__ import annotations

import os
from pathlib import Path
from uuid import uuid4

import pytest

from storytailor.cdn_purging import purge_deleted
from storytailor.db import Database
from storytailor.db.cdn_purges import CdnPurges
from storytailor.db.orphaned_objects import OrphanedObjects
from storytailor.errors import TransientError
from storytailor.object_cleanup import delete_orphans
from storytailor.providers.cloudfront import CloudFront, open_cdn
from storytailor.providers.object_store import Folder
from storytailor.settings import Settings
from tests.cloudfront import Cdn, refusing


def opened(distribution_id: str) -> CloudFront:
    cdn = open_cdn(
        Settings(
            _env_file=None, cloudfront_distribution_id=distribution_id, assets_base_url="https://cdn.example/books"
        )
    )
    assert cdn is not None
    return cdn


async def orphan(database: Database, *prefixes: str) -> None:
    """Objects that no row shows, to be deleted now."""
    async with database.transaction() as connection:
        for prefix in prefixes:
            await connection.execute(
                "INSERT INTO object_removals (owner_user_id, prefix, due_at) VALUES (%s, %s, now())", (uuid4(), prefix)
            )


async def sweep(database: Database, folder: Path, *, behind_cdn: bool = True) -> None:
    await delete_orphans(OrphanedObjects(database, behind_cdn=behind_cdn), Folder(folder))


async def minutes_pass(database: Database, minutes: int) -> None:
    async with database.transaction() as connection:
        await connection.execute("UPDATE cdn_purges SET due_at = due_at - interval '1 minute' * %s", (minutes,))


async def test_files_of_books_that_are_deleted_leave_the_cdn_and_no_other_is_ever_named_there(
    database: Database, tmp_path: Path, cdn: Cdn
) -> None:
    story = f"stories/{uuid4()}/"
    await orphan(database, story, f"{story}cover-0123456789ab.png", f"characters/{uuid4()}/portrait-")
    await sweep(database, tmp_path)
    assert await purge_deleted(CdnPurges(database), opened(cdn.distribution_id)) == 2
    assert sorted(cdn.paths()) == [f"/books/{story}*", f"/books/{story}cover-0123456789ab.png"]
    assert (await CdnPurges(database).waiting()).entries == 0


async def test_without_a_distribution_nothing_is_written_down(database: Database, tmp_path: Path) -> None:
    await orphan(database, f"stories/{uuid4()}/")
    await sweep(database, tmp_path, behind_cdn=False)
    assert (await CdnPurges(database).waiting()).entries == 0
    assert open_cdn(Settings(_env_file=None)) is None


@pytest.mark.parametrize(
    ("code", "status", "words"),
    [
        ("TooManyInvalidationsInProgress", 400, "as many invalidations in progress as it takes"),
        ("AccessDenied", 403, "need cloudfront:CreateInvalidation on distribution E1"),
        ("NoSuchDistribution", 404, "check CLOUDFRONT_DISTRIBUTION_ID"),
    ],
)
async def test_an_order_that_is_refused_is_sent_again_later_until_it_is_taken(
    database: Database, tmp_path: Path, cdn: Cdn, monkeypatch: pytest.MonkeyPatch, code: str, status: int, words: str
) -> None:
    purges, story = CdnPurges(database), f"stories/{uuid4()}/"
    await orphan(database, story)
    await sweep(database, tmp_path)
    with refusing(code, status) as url, monkeypatch.context() as elsewhere:
        elsewhere.setitem(os.environ, "AWS_ENDPOINT_URL_CLOUDFRONT", url)
        refuses = opened("E1")
        for attempt in range(3):
            with pytest.raises(TransientError) as refusal:
                await purge_deleted(purges, refuses)
            assert words in refusal.value.for_operator
            assert await purge_deleted(purges, refuses) == 0  # not due before some minutes have passed
            await minutes_pass(database, 2**attempt)
    assert (await purges.waiting()).entries == 1
    assert await purge_deleted(purges, opened(cdn.distribution_id)) == 1
    assert cdn.paths() == [f"/books/{story}*"]


async def test_an_order_whose_sender_died_is_sent_again_as_the_same_order(
    database: Database, tmp_path: Path, cdn: Cdn
) -> None:
    purges = CdnPurges(database)
    await orphan(database, f"stories/{uuid4()}/", f"stories/{uuid4()}/")
    await sweep(database, tmp_path)

    class DiesBeforeItIsSettled(CdnPurges):
        async def done(self, purges: object) -> None:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        await purge_deleted(DiesBeforeItIsSettled(database), opened(cdn.distribution_id))
    assert await purge_deleted(purges, opened(cdn.distribution_id)) == 0  # it may be at it still
    await minutes_pass(database, 3)
    assert await purge_deleted(purges, opened(cdn.distribution_id)) == 2
    (first, again) = cdn.orders()
    assert first == again  # which CloudFront takes for one


async def test_many_deleted_stories_are_ordered_as_few_at_a_time_as_cloudfront_takes(
    database: Database, tmp_path: Path, cdn: Cdn
) -> None:
    await orphan(database, *(f"stories/{uuid4()}/" for _ in range(40)))
    await sweep(database, tmp_path)
    assert await purge_deleted(CdnPurges(database), opened(cdn.distribution_id)) == 40
    assert [len(paths) for _, paths in cdn.orders()] == [15, 15, 10]
    assert len(set(cdn.paths())) == 40

"""A store that is away: what was made is put again, for as long as is said, and not a moment for what lasts."""

from __future__ import annotations

import errno
from pathlib import Path

import pytest

from storytailor.errors import ObjectMissingError, PermanentError
from storytailor.providers.object_store import Bucket, Folder
from storytailor.providers.object_store.patience import Patience, PatientStore
from tests.aws import bucket_at, client_of
from tests.s3_gate import S3Gate


class Clock:
    """Time that passes only in sleep; what it is told happens then."""

    def __init__(self) -> None:
        self.now = 0.0
        self.sleeps: list[float] = []
        self.at: dict[float, object] = {}

    def __call__(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.now += seconds
        self.sleeps.append(seconds)
        for moment in [moment for moment in self.at if moment <= self.now]:
            happens = self.at.pop(moment)
            assert callable(happens)
            happens()


def patient(store: Bucket | Folder, clock: Clock) -> PatientStore:
    return PatientStore(store, clock=clock, sleep=clock.sleep)


@pytest.mark.parametrize("away", ["refuses", "closed"])
async def test_a_store_that_is_away_for_a_minute_has_the_bytes_in_the_end(
    s3_url: str, aws_credentials: None, away: str
) -> None:
    with S3Gate(s3_url) as gate:
        bucket = bucket_at(gate.url, "patient", max_attempts=1)
        gate.shut(away)
        clock = Clock()
        clock.at[60.0] = gate.open
        store = patient(bucket, clock)
        await store.put("stories/x/a.png", b"dearly paid")
        assert await store.get("stories/x/a.png") == b"dearly paid"
    assert 60 <= clock.now < 90
    assert clock.sleeps[0] <= 1.5
    assert max(clock.sleeps) <= 22.5


async def test_a_store_that_stays_away_ends_with_words_for_both(s3_url: str, aws_credentials: None) -> None:
    with S3Gate(s3_url) as gate:
        bucket = bucket_at(gate.url, "patient", max_attempts=1)
        gate.shut("refuses")
        clock = Clock()
        with pytest.raises(PermanentError) as given_up:
            await patient(bucket, clock).put("stories/x/a.png", b"dearly paid")
    assert 150 < clock.now <= Patience().seconds
    assert str(given_up.value) == "A finished file could not be stored right now."
    assert "Tried again for 1" in given_up.value.remedy
    assert "AWS_ENDPOINT_URL_S3" in given_up.value.remedy
    assert "503" in given_up.value.detail


async def test_what_only_the_operator_can_mend_is_not_waited_for(s3_url: str, aws_credentials: None) -> None:
    clock, client = Clock(), client_of(s3_url, aws_access_key_id="test", aws_secret_access_key="hunter2")
    with pytest.raises(PermanentError, match="could not be stored") as refused:
        await patient(Bucket("patient", client), clock).put("stories/x/a.png", b"x")
    assert "AWS_SECRET_ACCESS_KEY" in refused.value.remedy
    assert clock.sleeps == []


async def test_a_missing_object_is_not_waited_for(tmp_path: Path) -> None:
    clock = Clock()
    with pytest.raises(ObjectMissingError):
        await patient(Folder(tmp_path), clock).get("stories/x/a.png")
    assert clock.sleeps == []


async def test_a_full_disk_is_waited_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    clock, write = Clock(), Path.write_bytes

    def full(path: Path, body: bytes) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", full)
    clock.at[40.0] = lambda: monkeypatch.setattr(Path, "write_bytes", write)
    store = patient(Folder(tmp_path), clock)
    await store.put("stories/x/a.png", b"dearly paid")
    assert await store.get("stories/x/a.png") == b"dearly paid"


async def test_a_disk_that_stays_full_is_named_with_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(path: Path, body: bytes) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(PermanentError) as given_up:
        await patient(Folder(tmp_path), Clock()).put("stories/x/a.png", b"dearly paid")
    assert "No space left on device. Make room there, or move ASSETS_DIR." in given_up.value.remedy


def test_many_who_were_refused_at_once_do_not_come_back_at_once() -> None:
    waits = {Patience().wait_before(3) for _ in range(20)}
    assert len(waits) > 1
    assert min(waits) >= 2.0
    assert max(waits) <= 6.0

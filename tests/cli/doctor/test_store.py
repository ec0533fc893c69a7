"""What the doctor says of a bucket that stories could be put into, and that families could not read."""

from __future__ import annotations

from pathlib import Path

import pytest

from storytailor.providers.object_store.making import make_bucket
from tests.aws import CREDENTIALS, client_of
from tests.cli.running import doctor


def said_of(s3_url: str, bucket: str, folder: Path, **settings: str) -> str:
    """What the doctor prints, who ends with 1."""
    usual = {"AWS_ENDPOINT_URL_S3": s3_url, "ASSETS_BUCKET": bucket, "ASSETS_BASE_URL": f"{s3_url}/{bucket}"}
    done = doctor(folder, **{**CREDENTIALS, **usual, **settings})
    assert done.returncode == 1, done.stdout
    assert CREDENTIALS["AWS_SECRET_ACCESS_KEY"] not in done.stdout + done.stderr
    return done.stdout


def below(line: str, said: str) -> str:
    """What to do about the line that begins so."""
    lines = said.splitlines()
    (at,) = [number for number, found in enumerate(lines) if found.startswith(f"✗ {line}")]
    return lines[at + 1].strip()


def test_the_doctor_names_the_region_that_a_bucket_is_in(moto_url: str, tmp_path: Path) -> None:
    make_bucket("far", client_of(moto_url, aws_region="eu-central-1"))
    said = said_of(moto_url, "far", tmp_path, AWS_REGION="us-east-1")
    assert "the bucket is in eu-central-1, asked for in us-east-1" in said
    assert below("Object store: Region", said) == "→ Set AWS_REGION=eu-central-1."
    assert "✓ Object store: Signed read" in said


def test_the_doctor_names_both_ways_out_for_a_bucket_that_nobody_may_read(moto_url: str, tmp_path: Path) -> None:
    make_bucket("closed", client_of(moto_url))
    said = said_of(moto_url, "closed", tmp_path, ASSETS_ACCESS="public")
    todo = below("Object store: Public read", said)
    assert "`storytailor bucket --public-read`" in todo
    assert "a CDN that may read it: docs/how-to/put-a-cdn-before-the-bucket.md" in todo
    assert "✓ Object store: Put" in said


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"ASSETS_BUCKET": "nowhere"}, "There is no bucket nowhere"),
        ({"AWS_ENDPOINT_URL_S3": "http://127.0.0.1:9"}, "AWS_ENDPOINT_URL_S3"),
    ],
    ids=["no bucket", "no server"],
)
def test_the_doctor_names_the_setting_of_a_store_that_is_not_there(
    moto_url: str, tmp_path: Path, wrong: dict[str, str], words: str
) -> None:
    assert words in below("Object store: Store", said_of(moto_url, "closed", tmp_path, **wrong))

"""AWS on this machine: a real S3 server, a Parameter Store, and credentials for both."""

from __future__ import annotations

import os
import socket
import ssl
import subprocess
import sysconfig
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import pytest
import trustme
from moto.server import ThreadedMotoServer

from storytailor.providers.object_store import Bucket, s3_client
from storytailor.providers.object_store.making import make_bucket
from storytailor.settings import Settings

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

CREDENTIALS = {
    "AWS_ACCESS_KEY_ID": "test",
    "AWS_SECRET_ACCESS_KEY": "test-secret",
    "AWS_DEFAULT_REGION": "us-east-1",
}


def free_ports(count: int) -> list[int]:
    held = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [listener.getsockname()[1] for listener in held]
    for listener in held:
        listener.close()
    return ports


def client_of(s3_url: str, **settings: Any) -> S3Client:
    """The client that our settings make for this server."""
    options = {name: settings.pop(name) for name in ("max_attempts",) if name in settings}
    return s3_client(Settings(_env_file=None, aws_endpoint_url_s3=s3_url, **settings), **options)


def bucket_at(s3_url: str, name: str, **settings: Any) -> Bucket:
    """A bucket of this server that anybody may read, made if it is not there."""
    client = client_of(s3_url, **settings)
    make_bucket(name, client, public_read=True)
    return Bucket(name, client)


@dataclass(frozen=True)
class S3Server:
    """A SeaweedFS that listens twice, with TLS and without; `authority` is the file with the certificate to trust."""

    url: str
    tls_url: str
    authority: Path


@pytest.fixture(scope="session")
def s3_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[S3Server]:
    """The tests' own SeaweedFS."""
    weed = Path(sysconfig.get_path("scripts")) / "weed"
    s3_port, tls_port, filer, master, volume = free_ports(5)
    folder = tmp_path_factory.mktemp("weed")
    authority, certificate, key = (folder / name for name in ("authority.pem", "certificate.pem", "key.pem"))
    issuer = trustme.CA()
    issued = issuer.issue_cert("127.0.0.1", "localhost")
    issuer.cert_pem.write_to_path(authority)
    issued.cert_chain_pems[0].write_to_path(certificate)
    issued.private_key_pem.write_to_path(key)
    with (folder / "log").open("wb") as log:
        server = subprocess.Popen(
            [weed, "mini", f"-dir={folder}", "-ip=127.0.0.1", "-ip.bind=127.0.0.1", f"-s3.port={s3_port}",
             f"-s3.port.https={tls_port}", f"-s3.cert.file={certificate}", f"-s3.key.file={key}",
             f"-filer.port={filer}", f"-master.port={master}", f"-volume.port={volume}", "-admin.ui=false",
             "-webdav=false", "-s3.port.iceberg=0", "-s3.port.lance=0"],  # whose ports would be the same for every one
            stdout=log, stderr=log, env={**os.environ, **CREDENTIALS}, start_new_session=True,
        )  # fmt: skip
    url, tls_url = f"http://127.0.0.1:{s3_port}", f"https://127.0.0.1:{tls_port}"
    trusted = ssl.create_default_context(cafile=authority)
    try:
        for _ in range(300):
            try:
                for listens in (url, tls_url):
                    httpx.get(listens, timeout=1, verify=trusted)
                break
            except httpx.HTTPError:
                time.sleep(0.1)
        else:
            pytest.fail(f"SeaweedFS did not start: {(folder / 'log').read_text()[-800:]}")
        yield S3Server(url, tls_url, authority)
    finally:
        server.terminate()
        server.wait(20)


@pytest.fixture(scope="session")
def s3_url(s3_server: S3Server) -> str:
    """The S3 server's URL without TLS."""
    return s3_server.url


@pytest.fixture
def s3_tls_url(s3_server: S3Server, aws_credentials: None) -> str:
    """The S3 server's URL with TLS. Credentials and the certificate to trust are in the environment."""
    os.environ["AWS_CA_BUNDLE"] = os.environ["SSL_CERT_FILE"] = str(s3_server.authority)
    return s3_server.tls_url


@pytest.fixture
def aws_credentials() -> Iterator[None]:
    """Credentials and a region in the environment."""
    before = dict(os.environ)
    os.environ.update(CREDENTIALS)
    yield
    os.environ.clear()
    os.environ.update(before)


@pytest.fixture
def moto_url(aws_credentials: None) -> Iterator[str]:
    """The URL of an AWS of the test's own, whose buckets have regions and owners as Amazon's do."""
    server = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    httpx.post(f"http://{host}:{port}/moto-api/reset").raise_for_status()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture
def ssm_url(moto_url: str) -> str:
    """The URL of a Parameter Store of the test's own, which boto3 finds by itself."""
    os.environ["AWS_ENDPOINT_URL_SSM"] = moto_url
    return moto_url

"""AWS on this machine: a real S3 server, a Parameter Store, and credentials for both."""

from __future__ import annotations

import os
import socket
import subprocess
import sysconfig
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from moto.server import ThreadedMotoServer

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


@pytest.fixture(scope="session")
def s3_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The URL of a SeaweedFS of the tests' own."""
    weed = Path(sysconfig.get_path("scripts")) / "weed"
    s3_port, filer, master, volume = free_ports(4)
    folder = tmp_path_factory.mktemp("weed")
    with (folder / "log").open("wb") as log:
        server = subprocess.Popen(
            [weed, "mini", f"-dir={folder}", "-ip=127.0.0.1", "-ip.bind=127.0.0.1", f"-s3.port={s3_port}",
             f"-filer.port={filer}", f"-master.port={master}", f"-volume.port={volume}", "-admin.ui=false",
             "-webdav=false"],
            stdout=log, stderr=log, env={**os.environ, **CREDENTIALS}, start_new_session=True,
        )  # fmt: skip
    url = f"http://127.0.0.1:{s3_port}"
    try:
        for _ in range(300):
            try:
                httpx.get(url, timeout=1)
                break
            except httpx.HTTPError:
                time.sleep(0.1)
        else:
            pytest.fail(f"SeaweedFS did not start: {(folder / 'log').read_text()[-800:]}")
        yield url
    finally:
        server.terminate()
        server.wait(20)


@pytest.fixture
def aws_credentials() -> Iterator[None]:
    """Credentials and a region in the environment."""
    before = dict(os.environ)
    os.environ.update(CREDENTIALS)
    yield
    os.environ.clear()
    os.environ.update(before)


@pytest.fixture
def ssm_url(aws_credentials: None) -> Iterator[str]:
    """The URL of a Parameter Store of the test's own, which boto3 finds by itself."""
    server = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    httpx.post(f"http://{host}:{port}/moto-api/reset").raise_for_status()
    os.environ["AWS_ENDPOINT_URL_SSM"] = url = f"http://{host}:{port}"
    yield url
    server.stop()

"""A CloudFront on this machine: moto's, by the wire; and one that refuses every order."""

from __future__ import annotations

import contextlib
import os
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import boto3
import pytest

REFUSAL = (
    '<ErrorResponse xmlns="http://cloudfront.amazonaws.com/doc/2020-05-31/"><Error><Type>Sender</Type><Code>{code}</Code>'
    "<Message>No.</Message></Error><RequestId>1</RequestId></ErrorResponse>"
)


class Cdn:
    """A distribution of moto's, which serves cdn.example."""

    def __init__(self) -> None:
        self._client: Any = boto3.client("cloudfront")
        origin = {"Id": "bucket", "DomainName": "b.s3.amazonaws.com", "S3OriginConfig": {"OriginAccessIdentity": ""}}
        made = self._client.create_distribution(
            DistributionConfig={
                "CallerReference": "test",
                "Aliases": {"Quantity": 1, "Items": ["cdn.example"]},
                "Origins": {"Quantity": 1, "Items": [origin]},
                "DefaultCacheBehavior": {"TargetOriginId": "bucket", "ViewerProtocolPolicy": "https-only"},
                "Comment": "",
                "Enabled": True,
            }
        )
        self.distribution_id: str = made["Distribution"]["Id"]

    def orders(self) -> list[tuple[str, list[str]]]:
        """The reference and the paths of each invalidation, the oldest first."""
        listed = self._client.list_invalidations(DistributionId=self.distribution_id)["InvalidationList"]
        found = [
            self._client.get_invalidation(DistributionId=self.distribution_id, Id=item["Id"])["Invalidation"]
            for item in listed.get("Items", [])
        ]
        batches = [invalidation["InvalidationBatch"] for invalidation in found]
        return [(batch["CallerReference"], batch["Paths"]["Items"]) for batch in batches]

    def paths(self) -> list[str]:
        """All paths that were ordered to go."""
        return [path for _, paths in self.orders() for path in paths]


@pytest.fixture
def cdn(moto_url: str) -> Cdn:
    """The distribution, which boto3 finds by itself."""
    os.environ["AWS_ENDPOINT_URL_CLOUDFRONT"] = moto_url
    return Cdn()


@contextlib.contextmanager
def refusing(code: str, status: int) -> Iterator[str]:
    """The URL of a CloudFront that answers all with this error."""

    class Refusal(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            self.do_GET()

        def do_GET(self) -> None:
            body = REFUSAL.format(code=code).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Refusal) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()

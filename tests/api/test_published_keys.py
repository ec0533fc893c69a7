from __future__ import annotations

import json
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from uuid import UUID, uuid4

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from api.auth import Authenticator
from api.keys import PublishedKeys, SharedSecret
from storytailor.errors import ServiceUnavailableError, UnauthorizedError
from tests.api.conftest import SECRET, token

SOMEBODY = uuid4()


@dataclass
class Provider:
    """An identity provider that publishes its keys, and counts who asks for them."""

    url: str = ""
    asked: int = 0
    keys: dict[str, Any] = field(default_factory=dict)

    def add(self, kid: str, key: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey) -> None:
        self.keys[kid] = key

    def sign(self, kid: str, **claims: Any) -> str:
        key = self.keys[kid]
        algorithm = "ES256" if isinstance(key, ec.EllipticCurvePrivateKey) else "RS256"
        all_claims = {"sub": str(SOMEBODY), "aud": "authenticated", "exp": time.time() + 86_400} | claims
        return jwt.encode(all_claims, key, algorithm, headers={"kid": kid})

    def published(self) -> dict[str, Any]:
        keys = []
        for kid, key in self.keys.items():
            kind = jwt.algorithms.ECAlgorithm if isinstance(key, ec.EllipticCurvePrivateKey) else None
            to_jwk = (kind or jwt.algorithms.RSAAlgorithm).to_jwk
            keys.append(json.loads(to_jwk(key.public_key())) | {"kid": kid, "use": "sig"})
        return {"keys": keys}


@pytest.fixture
def provider() -> Iterator[Provider]:
    provider = Provider()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            provider.asked += 1
            body = json.dumps(provider.published()).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None: ...

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    provider.url = f"http://127.0.0.1:{server.server_port}/jwks.json"
    provider.add("first", ec.generate_private_key(ec.SECP256R1()))
    yield provider
    server.shutdown()
    server.server_close()


async def who(authenticator: Authenticator, bearer: str) -> UUID:
    return (await authenticator.caller(bearer)).user_id


async def test_tokens_signed_with_published_keys_are_good(provider: Provider) -> None:
    provider.add("second", rsa.generate_private_key(65537, 2048))
    authenticator = Authenticator([PublishedKeys(provider.url)])

    for kid in ("first", "second", "first"):
        assert await who(authenticator, provider.sign(kid)) == SOMEBODY
    assert provider.asked == 1


async def test_a_secret_and_published_keys_go_together(provider: Provider) -> None:
    authenticator = Authenticator([SharedSecret(SECRET), PublishedKeys(provider.url)])

    assert await who(authenticator, token(SOMEBODY)) == SOMEBODY
    assert provider.asked == 0
    assert await who(authenticator, provider.sign("first")) == SOMEBODY


async def test_a_token_signed_with_another_key_of_that_name_is_refused(provider: Provider) -> None:
    authenticator = Authenticator([PublishedKeys(provider.url)])
    await authenticator.caller(provider.sign("first"))
    provider.add("first", ec.generate_private_key(ec.SECP256R1()))

    with pytest.raises(UnauthorizedError):
        await authenticator.caller(provider.sign("first"))


async def test_where_keys_are_published_no_shared_secret_is_taken(provider: Provider) -> None:
    authenticator = Authenticator([PublishedKeys(provider.url)])

    with pytest.raises(UnauthorizedError):
        await authenticator.caller(token(SOMEBODY))


@pytest.mark.parametrize("kid", [None, "unknown", "x" * 10_000])
async def test_unknown_keys_do_not_have_us_ask_again_and_again(provider: Provider, kid: str | None) -> None:
    authenticator = Authenticator([PublishedKeys(provider.url)])
    key = ec.generate_private_key(ec.SECP256R1())
    bearer = jwt.encode({"sub": "x"}, key, "ES256", headers={"kid": kid} if kid else None)
    for _ in range(5):
        with pytest.raises(UnauthorizedError):
            await authenticator.caller(bearer)

    assert provider.asked == 1


async def test_a_provider_that_is_down_is_not_the_callers_fault(provider: Provider) -> None:
    authenticator = Authenticator([PublishedKeys("http://127.0.0.1:1/jwks.json")])

    with pytest.raises(ServiceUnavailableError, match="JWT_JWKS_URL"):
        await authenticator.caller(provider.sign("first"))

"""Posts a signed webhook to the address that was checked."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Mapping
from http import HTTPStatus

import httpx

from storytailor.db.outbox import Message
from storytailor.errors import StorytailorError
from storytailor.settings import Settings
from storytailor.webhooks.signing import WebhookSigner
from storytailor.webhooks.targets import Target, TargetPolicy, TargetRefusedError, TargetUnknownError

USER_AGENT = "Storytailor-Webhooks/1"


class NotDeliveredError(StorytailorError):
    """The receiver has not taken it; the text says why.

    `gone`: it asked never to be sent anything again. `silent`: no answer came, and waiting for one took its time.
    """

    def __init__(self, message: str, *, gone: bool = False, silent: bool = False) -> None:
        super().__init__(message)
        self.gone = gone
        self.silent = silent


class WebhookSender:
    """Signs and posts messages. Timeouts are seconds; `ssl_context` is what certificates are checked against.

    `timeout` bounds the whole of a delivery, the look-up of the host included. `secret` is the house's, if it has one.
    """

    def __init__(
        self,
        secret: str | None,
        policy: TargetPolicy,
        *,
        connect_timeout: float = 5.0,
        timeout: float = 15.0,
        ssl_context: ssl.SSLContext | None = None,
    ) -> None:
        self._signer = WebhookSigner(secret)
        self._policy = policy
        self._timeout = timeout
        self._http_timeout = httpx.Timeout(timeout, connect=connect_timeout)
        self._ssl_context = ssl_context or httpx.create_ssl_context()

    async def send(self, message: Message) -> None:
        """Post the body; return when the receiver says 2xx, else raise NotDeliveredError. Follows no redirect.

        It is signed by the tenant's own secrets, if there are any, else by the house's; SettingsError without.
        """
        try:
            async with asyncio.timeout(self._timeout):
                target = await self._policy.check(message.url, message.user_id)
                status = await self._post(target, message.body.encode(), self._headers(message))
        except TargetRefusedError as refusal:
            raise NotDeliveredError(f"The URL is refused: {refusal}.") from refusal
        except TargetUnknownError as unknown:
            raise NotDeliveredError(f"The URL leads nowhere: {unknown}.", silent=True) from unknown
        except (TimeoutError, httpx.TimeoutException) as late:
            raise NotDeliveredError(f"The receiver did not answer within {self._timeout:g} s.", silent=True) from late
        except httpx.HTTPError as broken:
            raise NotDeliveredError(f"The connection failed: {type(broken).__name__}.", silent=True) from broken
        _require_success(status)

    def _headers(self, message: Message) -> dict[str, str]:
        return {
            **self._signer.headers(str(message.id), message.body, message.claimed_at, message.own_secrets),
            "content-type": "application/json",
            "user-agent": USER_AGENT,
        }

    async def _post(self, target: Target, body: bytes, headers: Mapping[str, str]) -> int:
        """The answer's status, from the first of the target's addresses that can be reached."""
        *others, last = target.addresses
        for address in others:
            try:
                return await self._post_to(address, target.url, body, headers)
            except (httpx.ConnectError, httpx.ConnectTimeout):
                continue
        return await self._post_to(last, target.url, body, headers)

    async def _post_to(self, address: str, url: httpx.URL, body: bytes, headers: Mapping[str, str]) -> int:
        """Post to this address and no other, with the name it was checked for in Host, SNI and certificate.

        Each message has a connection of its own: two names at one address must never share a TLS session.
        What the receiver writes below its headers is not read.
        """
        async with (
            httpx.AsyncClient(verify=self._ssl_context, timeout=self._http_timeout, trust_env=False) as client,
            client.stream(
                "POST",
                url.copy_with(host=address),
                content=body,
                headers={"host": url.netloc.decode("ascii"), **headers},
                extensions={"sni_hostname": url.raw_host.decode("ascii").rstrip(".")},
                follow_redirects=False,
            ) as response,
        ):
            return response.status_code


def open_sender(settings: Settings, policy: TargetPolicy) -> WebhookSender:
    """The sender these settings describe. Without WEBHOOK_SECRET it signs by tenants' own secrets only."""
    secret = settings.webhook_secret
    return WebhookSender(secret.get_secret_value() if secret else None, policy)


def _require_success(status: int) -> None:
    if 200 <= status < 300:
        return
    if status == HTTPStatus.GONE:
        raise NotDeliveredError("The receiver answered 410: it wants no more of these.", gone=True)
    if 300 <= status < 400:
        raise NotDeliveredError(f"The receiver answered {status}, a redirect: those are not followed.")
    raise NotDeliveredError(f"The receiver answered {status}.")

"""The certificate that is checked for the name although the address is what is called."""

from __future__ import annotations

import datetime
import ssl
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from storytailor.webhooks.sender import NotDeliveredError, WebhookSender
from storytailor.webhooks.targets import TargetPolicy
from tests.webhooks.receiver import SECRET, Receiver, message_to, receiving


async def test_a_certificate_must_be_for_the_name_that_was_asked_for(tmp_path: Path) -> None:
    certificate = self_signed(tmp_path, "receiver.test")
    server = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    server.load_cert_chain(certificate)
    client = ssl.create_default_context(cafile=str(certificate))
    async with receiving(ssl_context=server) as receiver:
        url = f"https://receiver.test:{receiver.port}/hook"
        await sender(client).send(message_to(url))
        assert receiver.received[0].verified() == {}
        assert receiver.received[0].headers["host"] == f"receiver.test:{receiver.port}"

        with pytest.raises(NotDeliveredError, match="connection failed"):
            await sender(client).send(message_to(url.replace("receiver", "another")))
        with pytest.raises(NotDeliveredError, match="connection failed"):  # by an authority nobody knows
            await sender(None).send(message_to(url))
        assert len(receiver.received) == 1


async def test_what_is_not_http_is_a_failure_like_any_other(receiver: Receiver) -> None:
    receiver.answers.append("chat")
    with pytest.raises(NotDeliveredError, match="connection failed: RemoteProtocolError"):
        await sender(None).send(message_to(receiver.url))


def sender(ssl_context: ssl.SSLContext | None) -> WebhookSender:
    async def here(host: str, port: int) -> list[str]:
        return ["127.0.0.1"]

    return WebhookSender(SECRET, TargetPolicy(allow_local=True, resolve=here), timeout=2, ssl_context=ssl_context)


def self_signed(folder: Path, name: str) -> Path:
    """A file with a key and a certificate for `name`, signed by itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    now = datetime.datetime.now(datetime.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(hours=1))
        .not_valid_after(now + datetime.timedelta(hours=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    file = folder / f"{name}.pem"
    file.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        + certificate.public_bytes(serialization.Encoding.PEM)
    )
    return file

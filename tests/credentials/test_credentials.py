"""Content credentials, read back as anybody reads them."""

from __future__ import annotations

import json
import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import c2pa
import lameenc
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from emulator.testing import serving
from storytailor.book import epub, print_pdf, screen_pdf
from storytailor.credentials import signing
from storytailor.credentials.certificates import identity_of
from storytailor.credentials.signing import MEDIA_TYPES, Origin, with_credentials
from storytailor.errors import SettingsError
from storytailor.settings import Settings
from tests.absent_server import AbsentServer
from tests.book.epub_checking import must_be_valid, needs_java
from tests.book.sample_book import TEXTS, make_book, make_narration, make_picture

SOURCES = "http://cv.iptc.org/newscodes/digitalsourcetype/"
OURS = Settings(_env_file=None)


def silence(seconds: int) -> bytes:
    encoder = lameenc.Encoder()
    encoder.set_in_sample_rate(44_100)
    encoder.set_channels(1)
    return bytes(encoder.encode(bytes(88_200 * seconds)) + encoder.flush())


def files() -> dict[str, bytes]:
    book, mp3 = make_book(), silence(20)
    return {
        "png": make_picture(256, 256),
        "mp3": mp3,
        "pdf": screen_pdf(book),
        "epub": epub(book, make_narration("\n\n".join(TEXTS)), mp3),
    }


def said_of(body: bytes, extension: str) -> tuple[str, dict[str, Any]]:
    """Whether the credentials hold, and their manifest."""
    with c2pa.Reader(MEDIA_TYPES[extension], BytesIO(body)) as reader:
        store = json.loads(reader.json())
    return store["validation_state"], store["manifests"][store["active_manifest"]]


@pytest.fixture(scope="module")
def signed() -> dict[str, bytes]:
    origin = Origin("scene_1", ["gpt-image-2.5-flare"])
    return {kind: with_credentials(body, kind, origin, identity_of(OURS)) for kind, body in files().items()}


@pytest.mark.parametrize("kind", MEDIA_TYPES)
def test_a_file_says_that_a_model_made_it_and_which(signed: dict[str, bytes], kind: str) -> None:
    state, manifest = said_of(signed[kind], kind)
    assert state == "Valid"
    (created,) = manifest["assertions"][0]["data"]["actions"]
    assert (created["action"], created["digitalSourceType"]) == ("c2pa.created", f"{SOURCES}trainedAlgorithmicMedia")
    assert created["description"] == "Made by gpt-image-2.5-flare."
    assert manifest["claim_generator_info"][0]["name"] == "Storytailor"


@pytest.mark.parametrize("kind", MEDIA_TYPES)
def test_a_file_that_was_changed_afterwards_is_found_out(signed: dict[str, bytes], kind: str) -> None:
    original, body = files()[kind], bytearray(signed[kind])
    middle = len(original) // 2
    body[body.index(original[middle : middle + 32])] ^= 1
    try:
        state, _ = said_of(bytes(body), kind)
    except c2pa.C2paError:
        return
    assert state == "Invalid"


def test_a_placeholder_is_not_called_a_model_s() -> None:
    body = with_credentials(make_picture(), "png", Origin("cover", drawn=True), identity_of(OURS))
    _, manifest = said_of(body, "png")
    assert manifest["assertions"][0]["data"]["actions"][0]["digitalSourceType"] == f"{SOURCES}algorithmicMedia"


@needs_java
def test_a_signed_epub_is_still_one(signed: dict[str, bytes], tmp_path: Path) -> None:
    path = tmp_path / "story.epub"
    path.write_bytes(signed["epub"])
    must_be_valid([path])


def test_a_picture_hardly_grows_by_it(signed: dict[str, bytes]) -> None:
    assert len(signed["png"]) - len(make_picture(256, 256)) < 8_000


def issued_to(name: str) -> tuple[str, str]:
    """A certificate and key as an authority would hand out, here its own."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(x509.NameOID.ORGANIZATION_NAME, name)])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder(subject, subject)
        .public_key(key.public_key())
        .serial_number(7)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=30))
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(
            x509.KeyUsage(True, False, False, False, False, False, False, False, False),
            critical=True,
        )
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.EMAIL_PROTECTION]), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(key.public_key()), critical=False)
        .sign(key, hashes.SHA256())
    )
    return certificate.public_bytes(serialization.Encoding.PEM).decode(), pem(key)


def pem(key: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey) -> str:
    form = serialization.PrivateFormat.PKCS8
    return key.private_bytes(serialization.Encoding.PEM, form, serialization.NoEncryption()).decode()


@pytest.mark.parametrize("in_files", [False, True])
def test_the_operator_s_own_certificate_signs(tmp_path: Path, in_files: bool) -> None:
    certificate, key = issued_to("Lantern House")
    if in_files:
        (tmp_path / "cert.pem").write_text(certificate)
        (tmp_path / "key.pem").write_text(key)
        certificate, key = str(tmp_path / "cert.pem"), str(tmp_path / "key.pem")
    identity = identity_of(Settings(_env_file=None, c2pa_certificate=certificate, c2pa_private_key=key))
    _, manifest = said_of(with_credentials(make_picture(), "png", Origin("cover"), identity), "png")
    assert manifest["signature_info"]["issuer"] == "Lantern House"


@contextmanager
def authority(kind: str) -> Iterator[str]:
    """Where a time-stamp authority should be."""
    with ExitStack() as stack:
        if kind == "nobody listens":
            yield stack.enter_context(AbsentServer()).url
        elif kind == "it hangs":
            silent = stack.enter_context(socket.create_server(("127.0.0.1", 0)))
            yield f"http://127.0.0.1:{silent.getsockname()[1]}"
        else:
            app = Starlette(routes=[Route("/", lambda _: Response(status_code=500), methods=["POST"])])
            yield stack.enter_context(serving(app))


@pytest.mark.parametrize("kind", ["nobody listens", "it answers by an error", "it hangs"])
def test_a_dead_time_stamp_authority_costs_no_file_and_is_told_of_and_waited_for_once(
    kind: str, caplog: pytest.LogCaptureFixture
) -> None:
    with authority(kind) as url:
        identity = replace(identity_of(OURS), timestamp_url=url)
        seconds = []
        for _ in range(3):
            began = time.monotonic()
            body = with_credentials(make_picture(), "png", Origin("cover"), identity)
            seconds.append(time.monotonic() - began)
            assert said_of(body, "png")[0] == "Valid"
    assert seconds[0] < 40
    assert max(seconds[1:]) < 1
    (warning,) = [record.getMessage() for record in caplog.records if record.levelname == "WARNING"]
    assert "C2PA_TIMESTAMP_URL does not answer" in warning
    assert "set another, or none" in warning


def test_a_time_stamp_authority_that_failed_is_asked_again_after_a_while(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []

    async def answer(request: Request) -> Response:
        asked.append(request.method)
        return Response(status_code=500)

    with serving(Starlette(routes=[Route("/", answer, methods=["POST"])])) as url:
        identity = replace(identity_of(OURS), timestamp_url=url)
        for rest in (signing.REST_SECONDS, 0.0):
            asked.clear()
            signing._rests_until.clear()
            monkeypatch.setattr(signing, "REST_SECONDS", rest)
            for _ in range(2):
                with_credentials(make_picture(), "png", Origin("cover"), identity)
            assert len(asked) == (1 if rest else 2)


def test_a_file_that_is_none_does_not_put_the_time_stamp_authority_to_rest(caplog: pytest.LogCaptureFixture) -> None:
    with authority("nobody listens") as url, pytest.raises(c2pa.C2paError):
        with_credentials(b"no picture", "png", Origin("cover"), replace(identity_of(OURS), timestamp_url=url))
    assert caplog.records == []


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"c2pa_certificate": "-----BEGIN CERTIFICATE-----"}, "belong together"),
        ({"c2pa_private_key": "-----BEGIN PRIVATE KEY-----"}, "belong together"),
        ({"c2pa_certificate": "/nowhere.pem", "c2pa_private_key": "x"}, "C2PA_CERTIFICATE names a file that cannot be"),
        ({"c2pa_certificate": "-----BEGIN X", "c2pa_private_key": "-----BEGIN nothing"}, "is no private key"),
        (
            {"c2pa_certificate": "-----BEGIN X", "c2pa_private_key": pem(rsa.generate_private_key(65537, 2048))},
            "ECDSA key over P-256",
        ),
    ],
)
def test_who_cannot_sign_is_told_which_setting_is_wrong(settings: dict[str, str], said: str) -> None:
    with pytest.raises(SettingsError, match=said):
        identity_of(Settings(_env_file=None, **settings))  # type: ignore[arg-type]


def test_the_print_file_is_signed_like_the_others() -> None:
    state, _ = said_of(with_credentials(print_pdf(make_book()), "pdf", Origin("pdf"), identity_of(OURS)), "pdf")
    assert state == "Valid"

"""Who signs content credentials: the operator by a certificate, or one made here, which nobody vouches for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from storytailor.errors import SettingsError
from storytailor.settings import Settings

_TEN_YEARS = timedelta(days=10 * 365)


@dataclass(frozen=True)
class Identity:
    """Who signs: the certificate with those above it, and its private key (ECDSA over P-256), both as PEM."""

    certificates: bytes
    private_key: bytes
    timestamp_url: str = ""


def identity_of(settings: Settings) -> Identity:
    """The identity that the settings name; without one a self-made one, which readers show as not trusted.

    Raises SettingsError for half of one, or for files that cannot be read.
    """
    certificate, key = settings.c2pa_certificate, settings.c2pa_private_key
    if not certificate and key is None:
        return _self_made()
    if not certificate or key is None:
        raise SettingsError("C2PA_CERTIFICATE and C2PA_PRIVATE_KEY belong together: set both, or neither.")
    return Identity(
        _pem(certificate, "C2PA_CERTIFICATE"),
        _p256(_pem(key.get_secret_value(), "C2PA_PRIVATE_KEY")),
        settings.c2pa_timestamp_url or "",
    )


def _pem(value: str, setting: str) -> bytes:
    """The text itself, or what the file of that name holds."""
    if value.lstrip().startswith("-----BEGIN"):
        return value.encode()
    try:
        return Path(value).expanduser().read_bytes()
    except OSError as error:
        raise SettingsError(f"{setting} names a file that cannot be read: {error.strerror}.") from error


def _p256(pem: bytes) -> bytes:
    try:
        key = serialization.load_pem_private_key(pem, None)
    except (ValueError, TypeError) as error:
        raise SettingsError("C2PA_PRIVATE_KEY is no private key in PEM without a passphrase.") from error
    if not isinstance(key, ec.EllipticCurvePrivateKey) or not isinstance(key.curve, ec.SECP256R1):
        raise SettingsError("C2PA_PRIVATE_KEY has to be an ECDSA key over P-256 (ES256).")
    return _as_pem(key)


@cache
def _self_made() -> Identity:
    """A certificate of this process, below an authority of its own that is thrown away: it says how, not who."""
    authority, key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    above = _certificate("Storytailor self-made authority", authority, authority)
    signer = _certificate("Storytailor, self-made", key, authority, above)
    chain = b"".join(one.public_bytes(serialization.Encoding.PEM) for one in (signer, above))
    return Identity(chain, _as_pem(key))


def _certificate(
    name: str,
    key: ec.EllipticCurvePrivateKey,
    issuer_key: ec.EllipticCurvePrivateKey,
    issuer: x509.Certificate | None = None,
) -> x509.Certificate:
    """A certificate as C2PA asks for them; one without an issuer is an authority."""
    subject = x509.Name(
        [x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Storytailor"), x509.NameAttribute(NameOID.COMMON_NAME, name)]
    )
    now, signs = datetime.now(UTC), issuer is not None
    usage = x509.KeyUsage(
        digital_signature=signs,
        key_cert_sign=not signs,
        crl_sign=not signs,
        **dict.fromkeys(
            ("content_commitment", "key_encipherment", "data_encipherment", "key_agreement", "encipher_only",
             "decipher_only"), False,
        ),
    )  # fmt: skip
    builder = (
        x509.CertificateBuilder(issuer.subject if issuer else subject, subject, key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + _TEN_YEARS)
        .add_extension(x509.BasicConstraints(ca=not signs, path_length=None if signs else 0), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key.public_key()), critical=False)
        .add_extension(usage, critical=True)
    )
    if signs:
        builder = builder.add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.EMAIL_PROTECTION]), critical=False)
    return builder.sign(issuer_key, hashes.SHA256())


def _as_pem(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )

"""Where the key of the papers comes from: our own ring, or what an authority gave the office (PKCS #12 file, PKCS #11 token)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import serialization

from calakan.signing import cms
from calakan.signing.hardware import Place, key_at
from calakan.signing.keys import CODE, OWN, P12, PAPER, PKCS11, Keyring, SourceError
from calakan.signing.timestamp import TimeStamper, trusted


@dataclass(frozen=True, kw_only=True)
class Source:
    """What the settings say about signing."""

    token: Place | None = None
    p12: str = ""
    password: str = field(default="", repr=False)
    timestamp_url: str = ""
    timestamp_roots: str = ""


def paper_envelope(ring: Keyring, source: Source, *, now: datetime) -> tuple[str, cms.Envelope]:
    """The key's name in the ring, and what signs with it. Raises SourceError, NoKeyError, TimeStampError."""
    stamp = TimeStamper(source.timestamp_url, trusted(source.timestamp_roots)) if source.timestamp_url else None
    if source.token is not None:
        return _from_token(ring, source.token, stamp, now=now)
    if source.p12:
        return _from_p12(ring, source, stamp, now=now)
    key = ring.current(PAPER, OWN)
    return key.kid, cms.Envelope(cms.raw_signing(ring.private(key.kid)), ring.chain(key), stamp=stamp)


def _from_token(ring: Keyring, place: Place, stamp: cms.Stamping | None, *, now: datetime) -> tuple[str, cms.Envelope]:
    key = key_at(place)
    chain = key.chain(now=now)
    return ring.record(PKCS11, _encoded(chain), on=now.date()).kid, cms.Envelope(key.sign, chain, stamp=stamp)


def _from_p12(ring: Keyring, source: Source, stamp: cms.Stamping | None, *, now: datetime) -> tuple[str, cms.Envelope]:
    from cryptography.hazmat.primitives.serialization import pkcs12  # late: heavy, few need it

    try:
        content = Path(source.p12).read_bytes()
        key, leaf, others = pkcs12.load_key_and_certificates(content, source.password.encode() or None)
    except (OSError, ValueError) as error:
        raise SourceError(f"CALAKAN_SIGNING_P12 cannot be opened: {error}") from error
    if key is None or leaf is None:
        raise SourceError("CALAKAN_SIGNING_P12 holds no key with its certificate")
    if not leaf.not_valid_before_utc <= now <= leaf.not_valid_after_utc:
        raise SourceError("the certificate in CALAKAN_SIGNING_P12 is not valid today")
    chain = [leaf, *others]
    try:
        envelope = cms.Envelope(cms.raw_signing(key), chain, stamp=stamp)
    except cms.UnusableKeyError as error:
        raise SourceError(f"CALAKAN_SIGNING_P12: {error}") from error
    return ring.record(P12, _encoded(chain), on=now.date()).kid, envelope


def _encoded(chain: Sequence[x509.Certificate]) -> list[bytes]:
    return [certificate.public_bytes(serialization.Encoding.DER) for certificate in chain]


class CodeSigner:
    """Signs the text of the QR with the ring's Ed25519 key."""

    def __init__(self, ring: Keyring) -> None:
        self.kid = ring.current(CODE).kid
        self._key = ring.private(self.kid)

    def __call__(self, data: bytes) -> bytes:
        return bytes(self._key.sign(data))

"""Where the key of the papers comes from: our own ring, or a PKCS #12 file that the office was given by an authority."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from calakan.certificates.signing import cms
from calakan.certificates.signing.keys import CODE, OWN, P12, PAPER, Keyring
from calakan.certificates.signing.timestamp import TimeStamper


class SourceError(OSError):
    """The key cannot be opened now: a wrong password or a missing file. Papers wait until that is mended."""


@dataclass(frozen=True, kw_only=True)
class Source:
    """What the settings say about signing."""

    p12: str = ""
    password: str = field(default="", repr=False)
    timestamp_url: str = ""


def paper_envelope(ring: Keyring, source: Source, *, now: datetime) -> tuple[str, cms.Envelope]:
    """The key's name in the ring, and what signs with it. Raises SourceError, NoKeyError."""
    stamp = TimeStamper(source.timestamp_url) if source.timestamp_url else None
    if source.p12:
        return _from_p12(ring, source, stamp, now=now)
    key = ring.current(PAPER, OWN)
    return key.kid, cms.Envelope(cms.raw_signing(ring.private(key.kid)), ring.chain(key), stamp=stamp)


def _from_p12(ring: Keyring, source: Source, stamp: cms.Stamping | None, *, now: datetime) -> tuple[str, cms.Envelope]:
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.serialization import pkcs12

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
    encoded = [item.public_bytes(serialization.Encoding.DER) for item in chain]
    return ring.record(P12, encoded, on=now.date()).kid, envelope


class CodeSigner:
    """Signs the text of the QR with the ring's Ed25519 key."""

    def __init__(self, ring: Keyring) -> None:
        self.kid = ring.current(CODE).kid
        self._key = ring.private(self.kid)

    def __call__(self, data: bytes) -> bytes:
        return bytes(self._key.sign(data))

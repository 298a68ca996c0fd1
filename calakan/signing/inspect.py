"""What a PDF says about itself, without any server: is it unchanged since it was signed, and by whom."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass

from calakan.signing import der
from calakan.signing.cms import CONTENT_TYPE, DATA, MESSAGE_DIGEST, SIGNED_DATA, SIGNING_CERTIFICATE
from calakan.signing.keys import PAPER, PublicKey

RANGE = re.compile(rb"/ByteRange\s*\[\s*(\d{1,10})\s+(\d{1,10})\s+(\d{1,10})\s+(\d{1,10})\s*\]")
QR = re.compile(rb"/CalakanQR \(([A-Za-z0-9:/.#$%*+_-]{20,2000})\)")
LARGEST = 20 * 1024 * 1024


class UnsignedError(ValueError):
    """The file carries no signature."""


class ChangedError(ValueError):
    """The file is not the one that was signed."""


class UnknownSignerError(ValueError):
    """Intact, but signed by somebody who is not in the list of keys."""


@dataclass(frozen=True, slots=True)
class Signed:
    """An intact signature over the whole file; `key` is ours, or None when the signer was not looked up."""

    signer: bytes
    key: PublicKey | None


def qr_text(content: bytes) -> str | None:
    """The text of the QR, which our papers also carry in their information dictionary."""
    found = QR.search(content)
    return found[1].decode() if found else None


def whole_file_signature(content: bytes) -> Signed:
    """The last signature, if it covers everything. Raises UnsignedError, ChangedError."""
    ranges = RANGE.findall(content)
    if not ranges:
        raise UnsignedError()
    return _covering(content, tuple(map(int, ranges[-1])))


def first_signature(content: bytes) -> Signed:
    """The first signature over the file as it was then: time stamps and revocation data may follow it.

    Raises UnsignedError, ChangedError.
    """
    found = RANGE.search(content)
    if found is None:
        raise UnsignedError()
    ranges = tuple(map(int, found.groups()))
    return _covering(content[: ranges[2] + ranges[3]], ranges)


def _covering(content: bytes, ranges: tuple[int, ...]) -> Signed:
    start, before, after, rest = ranges
    if start != 0 or after + rest != len(content) or before >= after:
        raise ChangedError("the signature does not cover the whole file")
    held = content[before:after]
    if held[:1] != b"<" or held[-1:] != b">":
        raise ChangedError("the signature is not where it should be")
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.x509 import InvalidVersion  # no ValueError

    digest = hashlib.sha256(content[:before])
    digest.update(content[after:])
    try:
        return Signed(_check(bytes.fromhex(held[1:-1].decode("ascii")), digest.digest()), None)
    except ChangedError:
        raise
    except (ValueError, TypeError, KeyError, IndexError, StopIteration, InvalidVersion, UnsupportedAlgorithm) as error:
        raise ChangedError("the signature cannot be read") from error


def signed_by(content: bytes, keys: Sequence[PublicKey]) -> Signed:
    """An intact file signed by one of these keys. Raises UnsignedError, ChangedError, UnknownSignerError."""
    found = whole_file_signature(content)
    for key in keys:
        if key.purpose == PAPER and key.raw[0] == found.signer:
            return Signed(found.signer, key)
    raise UnknownSignerError()


def _check(cms: bytes, digest: bytes) -> bytes:
    """The signer's certificate of a CMS over this digest."""
    from cryptography import x509  # late: heavy, few need it

    kind, wrapped = der.decode(cms).only(der.SEQUENCE).children()
    if kind.whole != SIGNED_DATA:
        raise ChangedError("no signed data")
    parts = der.decode(wrapped.body).children()
    certificates = [child.whole for part in parts if part.tag == 0xA0 for child in part.children()]
    signer = parts[-1].only(der.SET).children()[0].children()
    issuer, serial = signer[1].children()
    attributes = next(part for part in signer if part.tag == 0xA0)
    values = {kind.whole: value for kind, value in (item.children() for item in attributes.children())}
    if values[CONTENT_TYPE].children()[0].whole != DATA or values[MESSAGE_DIGEST].children()[0].body != digest:
        raise ChangedError("the content was changed")
    for raw in certificates:
        certificate = x509.load_der_x509_certificate(raw)
        if certificate.serial_number == serial.number() and certificate.issuer.public_bytes() == issuer.whole:
            bound = values.get(SIGNING_CERTIFICATE)
            if bound is not None and hashlib.sha256(raw).digest() not in bound.body:
                raise ChangedError("another certificate was meant")
            _verify(certificate.public_key(), signer, der.encode(der.SET, attributes.body))
            return raw
    raise ChangedError("the signer's certificate is missing")


def _verify(public: object, signer: list[der.Value], attributes: bytes) -> None:
    from cryptography.exceptions import InvalidSignature  # late: heavy, few need it
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa

    signature = next(part.body for part in signer if part.tag == der.OCTETS)
    try:
        if isinstance(public, ec.EllipticCurvePublicKey):
            public.verify(signature, attributes, ec.ECDSA(hashes.SHA256()))
        elif isinstance(public, rsa.RSAPublicKey):
            public.verify(signature, attributes, padding.PKCS1v15(), hashes.SHA256())
        else:
            raise ChangedError("unknown kind of key")
    except InvalidSignature:
        raise ChangedError("the signature does not hold") from None

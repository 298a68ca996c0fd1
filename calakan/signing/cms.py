"""A detached CMS signature as PAdES B-B wants it (ETSI EN 319 142-1): everything constant is encoded once per key.

No signing time inside: in a PDF it stands in the signature dictionary.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa

from calakan.signing import der

CONTENT_TYPE, MESSAGE_DIGEST = der.oid("1.2.840.113549.1.9.3"), der.oid("1.2.840.113549.1.9.4")
SIGNING_CERTIFICATE = der.oid("1.2.840.113549.1.9.16.2.47")
TIME_STAMP = der.oid("1.2.840.113549.1.9.16.2.14")
DATA, SIGNED_DATA = der.oid("1.2.840.113549.1.7.1"), der.oid("1.2.840.113549.1.7.2")
SHA256 = der.encode(der.SEQUENCE, der.oid("2.16.840.1.101.3.4.2.1"))
ECDSA_SHA256 = der.encode(der.SEQUENCE, der.oid("1.2.840.10045.4.3.2"))
RSA_SHA256 = der.encode(der.SEQUENCE, der.oid("1.2.840.113549.1.1.11"), der.encode(der.NULL))
EXPLICIT_0, EXPLICIT_1 = 0xA0, 0xA1
TIME_STAMP_ROOM = 12_288
SPARE = 160

Signing = Callable[[bytes], bytes]
Stamping = Callable[[bytes], bytes]


FEWEST_RSA_BITS = 2048  # what Indonesian issuers still give (PSrE); shorter ones can be broken


class UnusableKeyError(ValueError):
    """A key that we can not sign with, or that does not belong to its certificate."""


class Envelope:
    """Makes signatures with one key; `sign` is its raw operation over the attributes (SHA-256)."""

    def __init__(
        self, sign: Signing, chain: Sequence[x509.Certificate], *, stamp: Stamping | None = None, name: str = ""
    ) -> None:
        leaf = chain[0]
        self._sign, self._stamp = sign, stamp
        self.name = name or _common_name(leaf)
        self.until = leaf.not_valid_after_utc
        encoded = [certificate.public_bytes(serialization.Encoding.DER) for certificate in chain]
        hashed = der.encode(der.OCTETS, hashlib.sha256(encoded[0]).digest())
        ess = der.encode(der.SEQUENCE, der.encode(der.SEQUENCE, der.encode(der.SEQUENCE, hashed)))
        self._constant = (_attribute(CONTENT_TYPE, DATA), _attribute(SIGNING_CERTIFICATE, ess))
        self._certificates = der.encode(EXPLICIT_0, *encoded)
        self._signer = der.encode(der.SEQUENCE, leaf.issuer.public_bytes(), der.integer(leaf.serial_number))
        public = leaf.public_key()
        if isinstance(public, ec.EllipticCurvePublicKey):
            self._algorithm, longest = ECDSA_SHA256, 2 * (public.key_size // 8 + 4) + 4
        elif isinstance(public, rsa.RSAPublicKey):
            if public.key_size < FEWEST_RSA_BITS:
                raise UnusableKeyError(f"an RSA key needs {FEWEST_RSA_BITS} bits at least")
            self._algorithm, longest = RSA_SHA256, public.key_size // 8
        else:
            raise UnusableKeyError("the key must be elliptic curve (P-256, P-384) or RSA")
        self.room = len(self._certificates) + len(self._signer) + longest + 3 * SPARE
        self.room += TIME_STAMP_ROOM if stamp else 0

    def sign(self, digest: bytes) -> bytes:
        """The CMS of content with this SHA-256. Raises what the key or the time stamp service raise."""
        attributes = sorted((*self._constant, _attribute(MESSAGE_DIGEST, der.encode(der.OCTETS, digest))))
        signature = self._sign(der.encode(der.SET, *attributes))
        unsigned = b""
        if self._stamp is not None:
            unsigned = der.encode(EXPLICIT_1, _attribute(TIME_STAMP, self._stamp(signature)))
        signer = der.encode(
            der.SEQUENCE,
            der.integer(1),
            self._signer,
            SHA256,
            der.encode(EXPLICIT_0, *attributes),
            self._algorithm,
            der.encode(der.OCTETS, signature),
            unsigned,
        )
        data = der.encode(
            der.SEQUENCE,
            der.integer(1),
            der.encode(der.SET, SHA256),
            der.encode(der.SEQUENCE, DATA),
            self._certificates,
            der.encode(der.SET, signer),
        )
        return der.encode(der.SEQUENCE, SIGNED_DATA, der.encode(EXPLICIT_0, data))


def raw_signing(key: object) -> Signing:
    """The operation of a key held in memory; the same content gives the same signature (RFC 6979)."""
    if isinstance(key, ec.EllipticCurvePrivateKey):
        algorithm = ec.ECDSA(hashes.SHA256(), deterministic_signing=True)
        return lambda data: key.sign(data, algorithm)
    if isinstance(key, rsa.RSAPrivateKey):
        return lambda data: key.sign(data, padding.PKCS1v15(), hashes.SHA256())
    raise UnusableKeyError("the key must be elliptic curve (P-256, P-384) or RSA")


def _attribute(kind: bytes, value: bytes) -> bytes:
    return der.encode(der.SEQUENCE, kind, der.encode(der.SET, value))


def _common_name(certificate: x509.Certificate) -> str:
    names = certificate.subject.get_attributes_for_oid(x509.NameOID.COMMON_NAME)
    return str(names[0].value) if names else certificate.subject.rfc4514_string()

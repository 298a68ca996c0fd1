"""A key inside a PKCS #11 token (HSM, smart card): it never leaves the token, which signs for us.

The session is opened by the process that signs, reused for all its papers, and opened anew after an error.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from hashlib import sha256
from threading import Lock
from typing import Any, NamedTuple

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa, utils

from calakan.signing.keys import SourceError

NAME = "CALAKAN_SIGNING_PKCS11"
PROBE = b"calakan: which certificate belongs to this key?"
LONGEST_CHAIN = 5


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where the key lies: the token's module (a shared library), the token and the key by their labels."""

    module: str
    token: str
    label: str
    pin: str = field(default="", repr=False)


class _Opened(NamedTuple):
    """The library's types do not say that a private key signs."""

    key: Any
    certificates: Sequence[x509.Certificate]


class HardwareKey:
    """Raises SourceError while the token is away or will not have us."""

    def __init__(self, place: Place) -> None:
        self._place, self._alone = place, Lock()
        self._opened: _Opened | None = None
        self._refused = ""

    def sign(self, data: bytes) -> bytes:
        """The signature over data's SHA-256, as certificates know it."""
        with self._session() as opened:
            return _signature(opened.key, data)

    def chain(self, *, now: datetime) -> list[x509.Certificate]:
        """The certificate of this key that is valid longest, then its issuers as far as the token has them."""
        with self._session() as opened:
            signature = _signature(opened.key, PROBE)
            ours = [one for one in opened.certificates if _verifies(one, signature, PROBE)]
            valid = [one for one in ours if one.not_valid_before_utc <= now <= one.not_valid_after_utc]
            if not valid:
                lacking = "the certificate of the key is not valid today" if ours else "the key has no certificate"
                raise SourceError(f"{NAME}: {lacking}")
            chain = [max(valid, key=lambda one: one.not_valid_after_utc)]
            while len(chain) < LONGEST_CHAIN and (issuer := _issuer(chain[-1], opened.certificates)) is not None:
                chain.append(issuer)
            return chain

    @contextmanager
    def _session(self) -> Iterator[_Opened]:
        try:
            import pkcs11  # not on every system, and for a token alone
        except ImportError as error:
            raise SourceError(f"{NAME}: python-pkcs11 cannot be had on this machine") from error
        with self._alone:
            try:
                self._opened = self._opened or self._log_in()
                yield self._opened
            except SourceError:
                self._forget()
                raise
            except pkcs11.PKCS11Error as error:
                self._forget()
                if isinstance(error, pkcs11.PinIncorrect | pkcs11.PinInvalid | pkcs11.PinLenRange):
                    self._refused = f"{NAME}_PIN is not the PIN of the token; it is not tried again before a restart"
                raise SourceError(self._refused or f"{NAME}: {type(error).__name__} {error}".strip()) from error

    def _log_in(self) -> _Opened:
        import pkcs11  # not on every system, and for a token alone

        if self._refused:
            raise SourceError(self._refused)
        token = pkcs11.lib(self._place.module).get_token(token_label=self._place.token)
        if is_last_try(token.flags):
            raise SourceError(f"{NAME}: one more wrong PIN would lock the token; log in once with the token's own tool")
        session = token.open(user_pin=self._place.pin or None)
        key = session.get_key(object_class=pkcs11.ObjectClass.PRIVATE_KEY, label=self._place.label)
        wanted = {pkcs11.Attribute.CLASS: pkcs11.ObjectClass.CERTIFICATE}
        return _Opened(key, _readable(held[pkcs11.Attribute.VALUE] for held in session.get_objects(wanted)))

    def _forget(self) -> None:
        """The module begins afresh next time: only then does it see a token that was put back."""
        import pkcs11  # not on every system, and for a token alone

        self._opened = None
        try:
            pkcs11.lib(self._place.module).finalize()
        except pkcs11.PKCS11Error:
            pkcs11.unload(self._place.module)


@cache
def key_at(place: Place) -> HardwareKey:
    """One for the whole process."""
    return HardwareKey(place)


def is_last_try(flags: int) -> bool:
    """Whether a wrong PIN would lock the token: that try is left to a human being."""
    import pkcs11  # not on every system, and for a token alone

    return bool(flags & pkcs11.TokenFlag.USER_PIN_FINAL_TRY)


def _signature(key: Any, data: bytes) -> bytes:
    import pkcs11  # not on every system, and for a token alone

    if key.key_type is pkcs11.KeyType.RSA:
        return bytes(key.sign(data, mechanism=pkcs11.Mechanism.SHA256_RSA_PKCS))
    if key.key_type is not pkcs11.KeyType.EC:
        raise SourceError(f"{NAME}: the key must be elliptic curve (P-256, P-384) or RSA")
    # Every token signs a digest; not every one makes it.
    raw = bytes(key.sign(sha256(data).digest(), mechanism=pkcs11.Mechanism.ECDSA))
    half = len(raw) // 2
    return utils.encode_dss_signature(int.from_bytes(raw[:half]), int.from_bytes(raw[half:]))


def _verifies(certificate: x509.Certificate, signature: bytes, data: bytes) -> bool:
    public = certificate.public_key()
    try:
        if isinstance(public, rsa.RSAPublicKey):
            public.verify(signature, data, padding.PKCS1v15(), hashes.SHA256())
        elif isinstance(public, ec.EllipticCurvePublicKey):
            public.verify(signature, data, ec.ECDSA(hashes.SHA256()))
        else:
            return False
    except InvalidSignature:
        return False
    return True


def _issuer(certificate: x509.Certificate, others: Iterable[x509.Certificate]) -> x509.Certificate | None:
    if certificate.issuer == certificate.subject:
        return None
    return next((one for one in others if one.subject == certificate.issuer), None)


def _readable(encoded: Iterable[bytes]) -> list[x509.Certificate]:
    """A token may hold what is no certificate of ours to read."""
    found = []
    for content in encoded:
        try:
            found.append(x509.load_der_x509_certificate(bytes(content)))
        except ValueError:
            continue
    return found

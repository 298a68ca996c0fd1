"""Other installations whose papers are believed by their signature: an admin pastes their public keys, nothing is fetched."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from calakan.audit import services as audit
from calakan.certificates.errors import IssuerIsUs, IssuerKeys, IssuersMany, IssuerTwice
from calakan.kernel import db
from calakan.kernel.actor import Actor
from calakan.kernel.errors import NotFound
from calakan.signing.keys import CODE, PAPER, PublicKey, kid_of, parse

MOST = 200
MOST_KEYS = 50


class TrustedIssuer(db.Base):
    """`keys` is the list that the installation publishes, as it was pasted."""

    __tablename__ = "trusted_issuer"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(sa.String(160), unique=True)
    keys: Mapped[str] = mapped_column(sa.Text)
    changed_at: Mapped[datetime]


def listed() -> Sequence[TrustedIssuer]:
    return db.session().scalars(sa.select(TrustedIssuer).order_by(TrustedIssuer.name)).all()


def trust(name: str, keys: str, *, own: Collection[str], actor: Actor, now: datetime) -> None:
    """Believe what these keys signed, under this name; a name that is there gets these keys instead. `own` are the ids of ours.

    Raises IssuerKeys, IssuerIsUs, IssuerTwice, IssuersMany.
    """
    given = _checked(keys)
    if any(key.kid in own for key in given):
        raise IssuerIsUs()
    name = " ".join(name.split())
    db.alone("certificates.issuers", "")
    held = listed()
    for other in held:
        if other.name != name and {key.raw[0] for key in parse(other.keys)} & {key.raw[0] for key in given}:
            raise IssuerTwice(name=other.name)
    found = next((one for one in held if one.name == name), None)
    if found is None:
        if len(held) >= MOST:
            raise IssuersMany(most=MOST)
        found = TrustedIssuer(name=name, keys=keys, changed_at=now)
        db.session().add(found)
    found.keys, found.changed_at = keys, now
    db.session().flush()
    audit.record("certificates.trust_issuer", found, actor=actor, now=now)


def distrust(id: int, *, actor: Actor, now: datetime) -> None:
    """Raises NotFound."""
    found = db.session().get(TrustedIssuer, id)
    if found is None:
        raise NotFound()
    audit.record("certificates.distrust_issuer", found, actor=actor, now=now)
    db.session().delete(found)


def signer_of(certificate: bytes) -> tuple[TrustedIssuer, PublicKey, list[PublicKey]] | None:
    """Whose key of papers this is, and all keys of that installation."""
    for issuer in listed():
        keys = parse(issuer.keys)
        for key in keys:
            if key.purpose == PAPER and key.raw[0] == certificate:
                return issuer, key, keys
    return None


def _checked(text: str) -> list[PublicKey]:
    """Raises IssuerKeys for what is not such a list, or lacks a key of papers or one of QR codes."""
    from cryptography import x509  # late: heavy, few need it
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    try:
        keys = parse(text)
        purposes = {key.purpose for key in keys}
        for key in keys:
            if kid_of(key.raw[0]) != key.kid:
                raise IssuerKeys()
            if key.purpose == PAPER:
                x509.load_der_x509_certificate(key.raw[0])
            else:
                Ed25519PublicKey.from_public_bytes(key.raw[0])
    except (ValueError, TypeError, IndexError, AttributeError, RecursionError) as error:
        raise IssuerKeys() from error
    if len(keys) > MOST_KEYS or purposes != {PAPER, CODE}:
        raise IssuerKeys()
    return keys

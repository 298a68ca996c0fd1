"""What lets a person in besides password and mail: passkeys, and accounts at other issuers."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from calakan.kernel.db import Base


class Passkey(Base):
    """The public half of a key pair that a device of its owner keeps (WebAuthn); the device asks who uses it."""

    __tablename__ = "passkey"

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"), index=True)
    credential_id: Mapped[bytes] = mapped_column(sa.LargeBinary(1023), unique=True)
    public_key: Mapped[bytes] = mapped_column(sa.LargeBinary(2000))
    # How often the device says that it signed; many always say 0.
    sign_count: Mapped[int] = mapped_column(sa.BigInteger)
    name: Mapped[str] = mapped_column(sa.String(60))
    created_at: Mapped[datetime]
    last_used_at: Mapped[datetime | None]
    # Somebody else signs with it too: from then on it counts for nothing.
    copied_at: Mapped[datetime | None]


class PasskeyChallenge(Base):
    """What a device must sign, once and soon; only its hash is kept. `person_id`: who adds a passkey with it."""

    __tablename__ = "passkey_challenge"

    id: Mapped[int] = mapped_column(primary_key=True)
    challenge_hash: Mapped[str] = mapped_column(sa.String(64), unique=True)
    person_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"), index=True)
    expires_at: Mapped[datetime] = mapped_column(index=True)


class IssuerAccount(Base):
    """Whom another issuer (OpenID Connect) knows under `subject`; the address is what it said then, for its owner to know it by."""

    __tablename__ = "issuer_account"
    __table_args__ = (sa.UniqueConstraint("issuer", "subject"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"), index=True)
    issuer: Mapped[str] = mapped_column(sa.String(255))
    subject: Mapped[str] = mapped_column(sa.String(255))
    email: Mapped[str] = mapped_column(sa.String(254))
    created_at: Mapped[datetime]
    last_used_at: Mapped[datetime | None]

"""The signatures of one run of papers: opened when the first paper needs them, so that idle workers stay small."""

from __future__ import annotations

from datetime import date, datetime
from functools import cached_property

from calakan.certificates.models import Certificate
from calakan.office.queries import office_settings
from calakan.signing import token
from calakan.signing.cms import Envelope
from calakan.signing.hardware import Place
from calakan.signing.keys import Keyring
from calakan.signing.sources import CodeSigner, Source, paper_envelope
from config import Settings

BSRE = "bsre"


def keyring(settings: Settings) -> Keyring:
    return Keyring(settings.keys_dir)


def ensure_keys(settings: Settings, *, now: datetime) -> bool:
    """The keys of a first start; True when they were made now."""
    return keyring(settings).ensure(office_settings().organiser, now=now)


def source(settings: Settings) -> Source:
    """Where the settings say that the key of the papers is."""
    place = Place(
        module=settings.signing_pkcs11_module,
        token=settings.signing_pkcs11_token,
        label=settings.signing_pkcs11_label,
        pin=settings.signing_pkcs11_pin,
    )
    return Source(
        token=place if place.module else None,
        p12=settings.signing_p12,
        password=settings.signing_p12_password,
        timestamp_url=settings.timestamp_url,
        timestamp_roots=settings.timestamp_roots,
    )


class Seals:
    """Raises OSError (SourceError, TimeStampError) where a key or a service is away."""

    def __init__(self, settings: Settings, *, now: datetime) -> None:
        self._settings, self._now = settings, now

    @cached_property
    def _ring(self) -> Keyring:
        ring = keyring(self._settings)
        ring.ensure(office_settings().organiser, now=self._now)
        return ring

    @cached_property
    def _paper(self) -> tuple[str, Envelope]:
        return paper_envelope(self._ring, source(self._settings), now=self._now)

    @cached_property
    def _code(self) -> CodeSigner:
        return CodeSigner(self._ring)

    @property
    def elsewhere(self) -> bool:
        """True when an official signs the finished files by way of BSrE."""
        return self._settings.signing == BSRE

    @property
    def paper_kid(self) -> str | None:
        return None if self.elsewhere else self._paper[0]

    @property
    def envelope(self) -> Envelope | None:
        """What signs the papers here; None when that happens elsewhere."""
        return None if self.elsewhere else self._paper[1]

    @property
    def code_kid(self) -> str:
        return self._code.kid

    def qr_text(self, row: Certificate) -> str:
        """The signed text of this paper's QR."""
        return self.code_text(row.code, qr_facts(row))

    def code_text(self, code: str, facts: token.Facts) -> str:
        """The signed text of a QR that says these facts."""
        return token.make(self._settings.base_url, code, facts, kid=self._code.kid, sign=self._code)


def qr_facts(row: Certificate) -> token.Facts:
    event = row.facts["event"]
    days = [date.fromisoformat(day) for day in event["dates"]] or [row.issued_on or token.EPOCH]
    return token.Facts(
        name=row.facts["name"],
        number=row.number or "",
        revision=row.revision,
        role=row.role.value,
        jp=row.jp,
        first_on=days[0],
        last_on=days[-1],
        specimen=bool(event["specimen"]),
    )

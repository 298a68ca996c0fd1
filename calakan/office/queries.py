"""Reads of the office's settings and lists."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field, fields
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any, Protocol

import sqlalchemy as sa

from calakan.kernel import db
from calakan.office.models import Choice, ChoiceKind, Holiday, OfficeSetting

# Whose house this is before an admin says otherwise.
FIRST: dict[str, str] = json.loads((Path(__file__).parent / "data" / "house.json").read_text())
_production = False


@dataclass(frozen=True, kw_only=True)
class Signer:
    """`scan` is the stored file of a scanned signature, if one is printed."""

    post: str
    name: str
    rank: str = ""
    nip: str = ""
    scan: str = ""


@dataclass(frozen=True, kw_only=True)
class OfficeSettings:
    """Every value an admin may change; the defaults are those of the domain guide and of `data/house.json`."""

    organiser: str = FIRST["organiser"]
    programme_name: str = FIRST["programme_name"]
    short_name: str = FIRST["short_name"]
    programme_tagline: str = FIRST["programme_tagline"]
    region: str = FIRST["region"]
    province: str = FIRST["province"]
    zone: str = FIRST["zone"]
    place_of_issue: str = FIRST["place_of_issue"]
    signers: list[Signer] = field(default_factory=lambda: [Signer(post=FIRST["signer_post"], name="")])
    number_pattern: str = FIRST["number_pattern"]
    statement_pattern: str = FIRST["statement_pattern"]
    letter_pattern: str = FIRST["letter_pattern"]
    classification: str = "400.3.4"
    event_level: str = "kabupaten"
    correction_days: int = 30
    approve_titles: bool = True
    # JP a year: PP 11/2017 art. 203 for PNS, PP 49/2018 art. 40 for PPPK.
    yearly_jp_target: int = 20
    pppk_jp_target: int = 24
    minutes_per_jp: int = 45
    min_attendance_percent: int = 80
    room_opens_minutes: int = 30
    code_opens_minutes: int = 0
    # How long each kind of data is kept (domain guide 6.1; what it calls unverified an office sets by its own schedule).
    export_days: int = 30
    list_days: int = 180
    message_days: int = 365
    trace_days: int = 365
    calendar_days: int = 90
    attendance_days: int = 5 * 365
    work_days: int = 5 * 365
    clash_buffer_minutes: int = 15
    # Whether those who wait still get seats by themselves once the first session has begun.
    promote_late: bool = False
    # Days before the first session after which nobody gives back a seat alone; 0 is until the last session is over.
    leave_days: int = 0
    # Whether panitia see and steer only the diklat on whose committee they are.
    limit_committee: bool = False
    # Each seat that an official gives his people is a letter to somebody who did not ask.
    official_sends_per_day: int = 200
    # What an hour in a meeting room costs of somebody's data (MB).
    room_mb_per_hour: int = 250
    second_factor_required: bool = field(default_factory=lambda: _production)
    # What each channel lets through; 0 is no cap for mail, and for the others that of the provider.
    mail_per_second: int = 0
    mail_per_minute: int = 0
    mail_per_hour: int = 0
    mail_per_day: int = 0
    whatsapp_per_second: int = 0
    whatsapp_per_minute: int = 0
    whatsapp_per_hour: int = 0
    whatsapp_per_day: int = 0
    telegram_per_second: int = 0
    telegram_per_minute: int = 0
    telegram_per_hour: int = 0
    telegram_per_day: int = 0
    push_per_second: int = 0
    push_per_minute: int = 0
    push_per_hour: int = 0
    push_per_day: int = 0
    contact: str = FIRST["contact"]
    privacy_contact: str = FIRST["privacy_contact"]
    # Whose post that is at a time no source confirmed (UU 27/2022 art. 58): the office types it.
    complaint_authority: str = ""
    # Stored files, see `office.emblems`; without one it is what is built in.
    logo: str = ""
    letterhead: str = ""
    # A line each; nothing typed is the organiser, the programme and the contact.
    letterhead_text: str = ""

    @property
    def jp_targets(self) -> dict[str, int]:
        """Status of employment -> JP a year, of those who have another target than everybody."""
        return dict.fromkeys(("pppk", "pppk_paruh_waktu"), self.pppk_jp_target)

    def jp_target_of(self, employment: str | None) -> int:
        """JP a year for somebody of this status."""
        return self.jp_targets.get(employment or "", self.yearly_jp_target)


def connect(*, production: bool) -> None:
    """Called once, from `calakan.app`: what nobody has set is stricter where it counts."""
    global _production
    _production = production


def in_production() -> bool:
    return _production


def office_settings() -> OfficeSettings:
    """Read once a transaction."""
    found: OfficeSettings = db.once("office settings", _office_settings)
    return found


def _office_settings() -> OfficeSettings:
    return _of(dict(db.session().execute(sa.select(OfficeSetting.name, OfficeSetting.value)).all()))


def settings_text() -> sa.ScalarSelect[str]:
    """All that is set, as one text: for a statement that is made anyway and hands it to `set_as`."""
    if db.engine().dialect.name == "postgresql":
        told: Any = sa.func.json_object_agg(OfficeSetting.name, OfficeSetting.value)
    else:
        told = sa.func.json_group_object(OfficeSetting.name, sa.func.json(OfficeSetting.value))
    return sa.select(sa.cast(told, sa.Text)).select_from(OfficeSetting).scalar_subquery()


def set_as(text: str | None) -> dict[str, Any]:
    """What the text of `settings_text` says, by name; whoever asks for the settings in this transaction gets these."""
    values, settings = _read(text or "{}", _production)
    db.once("office settings", lambda: settings)
    return values


@lru_cache(maxsize=4)
def _read(text: str, _: bool) -> tuple[dict[str, Any], OfficeSettings]:
    """The same text is the same settings; of an installation in production, or of another."""
    values: dict[str, Any] = json.loads(text)
    return values, _of(values)


def _of(rows: dict[str, Any]) -> OfficeSettings:
    known = {f.name for f in fields(OfficeSettings)}
    values: dict[str, Any] = {name: value for name, value in rows.items() if name in known}
    if not str(values.get("contact", "x")).strip():
        del values["contact"]  # whoever is refused is always told whom to ask
    if "signers" in values:
        values["signers"] = [Signer(**signer) for signer in values["signers"]]
    return OfficeSettings(**values)


class Entry(Protocol):
    """One entry of a list."""

    id: int
    kind: ChoiceKind
    code: str
    label: str
    active: bool


class Choices:
    """All lists at once: labels for showing, active entries for choosing."""

    def __init__(self, rows: Sequence[Entry]) -> None:
        self._rows = rows
        self._labels = {(row.kind, row.code): row.label for row in rows}

    def label(self, kind: ChoiceKind | str, code: str | None) -> str:
        return self._labels.get((ChoiceKind(kind), code or ""), code or "")

    def active(self, kind: ChoiceKind | str, *, keep: str | None = None) -> list[tuple[str, str]]:
        """(code, label) of what may be chosen now; `keep` stays choosable though switched off."""
        return [(r.code, r.label) for r in self._rows if r.kind == ChoiceKind(kind) and (r.active or r.code == keep)]

    def rows(self, kind: ChoiceKind | str) -> list[Entry]:
        return [row for row in self._rows if row.kind == ChoiceKind(kind)]


def choices() -> Choices:
    """Read once a transaction."""
    found: Choices = db.once("choices", lambda: Choices(db.session().execute(_CHOICES).all()))
    return found


_CHOICES = sa.select(Choice.id, Choice.kind, Choice.code, Choice.label, Choice.active).order_by(
    Choice.kind, Choice.position, Choice.id
)


def holidays(first: date, last: date) -> dict[date, str]:
    """Day -> name of the public holidays from `first` to `last`, both included."""
    wanted = sa.select(Holiday).where(sa.or_(Holiday.yearly, Holiday.day.between(first, last)))
    found: dict[date, str] = {}
    for row in db.session().scalars(wanted.order_by(Holiday.yearly.desc(), Holiday.id)):
        years = range(first.year, last.year + 1) if row.yearly else [row.day.year]
        for year in years:
            day = _in_year(row.day, year)
            if first <= day <= last:
                found[day] = row.name
    return dict(sorted(found.items()))


def _in_year(day: date, year: int) -> date:
    """29 February stands on the 28th of a common year."""
    try:
        return day.replace(year=year)
    except ValueError:
        return date(year, 2, 28)


def holiday_rows() -> Sequence[Holiday]:
    """As the office typed them: the yearly ones first, then by date."""
    return db.session().scalars(sa.select(Holiday).order_by(Holiday.yearly.desc(), Holiday.day)).all()

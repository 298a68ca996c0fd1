"""What a person says of himself: name and titles, post, workplace, numbers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from calakan.audit import services as audit
from calakan.kernel import clock, db
from calakan.kernel.actor import Actor
from calakan.people import kabupaten, names, nip, notices, phones
from calakan.people.agreements import NoticeAcceptance
from calakan.people.errors import KecamatanUnknown, NameTooLong, SchoolUnknown, SchoolUnnamed
from calakan.people.models import Jenjang, Kecamatan, Person, School, Sex
from calakan.people.services import accounts

NOTICE_VERSION = notices.CURRENT
MOST_BEFORE, MOST_AFTER = 60, 80  # characters of their columns


@dataclass(frozen=True, kw_only=True)
class Profile:
    """What the profile form holds, as typed."""

    name: str
    title_before: str = ""
    title_after: str = ""
    sex: Sex | None = None
    phone: str = ""
    jabatan: str | None = None
    subject_taught: str = ""
    jenjang: Jenjang | None = None
    employment: str | None = None
    school_id: int | None = None
    school_elsewhere: str = ""
    kabupaten_elsewhere: str = ""
    kecamatan_code: str | None = None
    nip: str = ""
    nuptk: str = ""
    accept_notice: bool = False


def save_profile(person_id: int, profile: Profile, *, actor: Actor, now: datetime) -> Person:
    """Store a checked and tidied profile. A school decides the kecamatan and gives the level when none is chosen.

    Raises NameTooLong, NameUndrawable, NameIsAddress, NipInvalid, NipTaken, NuptkInvalid, NuptkTaken, PhoneInvalid, SchoolUnknown,
    SchoolUnnamed, KecamatanUnknown.
    """
    person = db.lock(Person, person_id)
    _rename(person, profile, now=now)
    person.sex = profile.sex
    person.phone = phones.check_phone(profile.phone) if profile.phone else None
    person.jabatan = profile.jabatan
    person.subject_taught = profile.subject_taught if profile.jabatan == "guru_mapel" else ""
    person.jenjang = profile.jenjang
    person.nuptk = nip.check_nuptk(profile.nuptk) if profile.nuptk else None
    _place(person, profile)
    if profile.accept_notice:
        agree(person, now=now)
    person.updated_at = now
    db.session().flush()
    audit.record("people.save_profile", person, actor=actor, now=now)
    return person


def agree(person: Person, *, now: datetime, version: int = NOTICE_VERSION) -> None:
    """This version of the notice was read; what was accepted before keeps its moment."""
    if person.notice_accepted_at is None or person.notice_version < version:
        person.notice_version, person.notice_accepted_at = version, now
    db.session().flush()
    if db.session().get(NoticeAcceptance, (person.id, version)) is None:
        db.session().add(NoticeAcceptance(person_id=person.id, version=version, at=now))


def take_back(person: Person) -> None:
    """Somebody else's ticks: the person is asked at the next log-in."""
    person.notice_accepted_at = None
    db.session().execute(sa.delete(NoticeAcceptance).where(NoticeAcceptance.person_id == person.id))


def accept_notice(person_id: int, *, actor: Actor, now: datetime) -> None:
    """Asked once, at the first log-in of somebody whom others entered."""
    person = db.lock(Person, person_id)
    agree(person, now=now)
    db.session().flush()
    audit.record("people.accept_notice", person, actor=actor, now=now)


def save_name(person_id: int, profile: Profile, *, actor: Actor, now: datetime) -> Person:
    """Of a profile only what a certificate needs: name, titles, status and NIP.

    Raises NameTooLong, NameUndrawable, NameIsAddress, NipInvalid, NipTaken.
    """
    person = db.lock(Person, person_id)
    _rename(person, profile, now=now)
    person.updated_at = now
    db.session().flush()
    audit.record("people.save_profile", person, actor=actor, now=now)
    return person


def _rename(person: Person, profile: Profile, *, now: datetime) -> None:
    before, after = names.title_before(profile.title_before), names.title_after(profile.title_after)
    # A title gets the dot that was left out, and may so outgrow its column.
    if len(before) > MOST_BEFORE or len(after) > MOST_AFTER:
        raise NameTooLong(bytes=len(f"{before}{after}".encode()), most=names.MOST_PRINTED)
    person.title_before, person.title_after = before, after
    accounts.rename(person, profile.name)
    person.employment = profile.employment
    person.nip = nip.check_nip(profile.nip, today=clock.local(now).date()) if profile.nip else None


def _place(person: Person, profile: Profile) -> None:
    person.school_id, person.school_elsewhere, person.kabupaten_elsewhere = None, "", ""
    if profile.school_id is not None:
        school = db.session().get(School, profile.school_id)
        if school is None:
            raise SchoolUnknown()
        person.school_id = school.id
        person.kecamatan_code = school.kecamatan_code
        person.jenjang = person.jenjang or school.jenjang
        return
    person.school_elsewhere = profile.school_elsewhere
    person.kabupaten_elsewhere = kabupaten.tidy(profile.kabupaten_elsewhere)
    if person.kabupaten_elsewhere and not person.school_elsewhere:
        raise SchoolUnnamed()
    if profile.kecamatan_code and db.session().get(Kecamatan, profile.kecamatan_code) is None:
        raise KecamatanUnknown()
    # Someone from another kabupaten has no kecamatan of ours.
    person.kecamatan_code = None if person.kabupaten_elsewhere else (profile.kecamatan_code or None)

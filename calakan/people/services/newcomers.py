"""The account that comes along with a first enrolment: made when the address is proven, of what the prover has seen."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from calakan.audit import services as audit
from calakan.kernel import db
from calakan.kernel.text import search_key
from calakan.people import phones, queries
from calakan.people.errors import NumberOfAnother
from calakan.people.models import Person, School
from calakan.people.services import accounts, entry, numbers, profile
from calakan.people.services.profile import NOTICE_VERSION


@dataclass(frozen=True, kw_only=True)
class Newcomer:
    """What a stranger says of himself, with the notice he agreed to. `workplace` is the school's name or, without one of
    the list, where else he works; `kabupaten` is another one than ours."""

    name: str
    jabatan: str
    workplace: str
    school_id: int | None = None
    kabupaten: str = ""
    notice_version: int = NOTICE_VERSION
    # The words beside a number: letters are sent there.
    consent: str = ""

    def kept(self) -> dict[str, Any]:
        """As `MailCode.typed` keeps it until the proof."""
        return asdict(self)


def read(typed: dict[str, Any]) -> Newcomer:
    return Newcomer(**{field: typed[field] for field in Newcomer.__dataclass_fields__ if field in typed})


def welcome(address: str, said: Newcomer, *, proven_at: datetime, here: bool, now: datetime) -> Person:
    """Whose the proven address is: a new account of what was typed, or the one there is.

    A confirmed account takes nothing but what it lacks, and that only when the code was typed `here`, in the browser of the
    form: else whoever typed is not known to be whoever proved. Two people may share a telephone: by its number nobody comes
    in under another name than he typed. Raises NumberOfAnother.
    """
    found, number = queries.by_address(address), address if phones.is_number(address) else None
    if found is None:
        found = accounts.new_person(address if number is None else None, said.name, now=now, password_hash=None)
        found.number, found.email_confirmed_at = number, now
        db.session().add(found)
        db.session().flush()
        audit.record("people.register", found, actor=queries.actor_of(found), now=now, name=found.name)
        audit.record("people.confirm_email", found, actor=queries.actor_of(found), now=now)
        _fill(found, said, agreed_at=proven_at)
        if number is not None:
            numbers.agree(found, number, said.consent, now=now)
        return found
    claimed = found.email_confirmed_at is None
    if number is not None and not claimed and search_key(said.name) != found.name_key:
        raise NumberOfAnother()
    person = entry.prove_by_mail(address, now=now) or found
    if claimed:
        accounts.rename(person, said.name)
    if claimed or here:
        _fill(person, said, agreed_at=proven_at)
    if here and number is not None:
        numbers.agree(person, number, said.consent, now=now)
    return person


def _fill(person: Person, said: Newcomer, *, agreed_at: datetime) -> None:
    person.jabatan = person.jabatan or said.jabatan
    if not person.placed:
        school = db.session().get(School, said.school_id) if said.school_id is not None else None
        if school is not None:
            person.school_id, person.kecamatan_code = school.id, school.kecamatan_code
            person.jenjang = person.jenjang or school.jenjang
        else:
            person.school_elsewhere, person.kabupaten_elsewhere = said.workplace[:120], said.kabupaten[:80]
    profile.agree(person, now=agreed_at, version=said.notice_version)
    db.session().flush()

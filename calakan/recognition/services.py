"""Writing letters of assignment without being asked."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from calakan.audit import services as audit
from calakan.diklat.models import Diklat
from calakan.kernel import clock, codes, db
from calakan.kernel.actor import Actor
from calakan.office.numbering import official_number
from calakan.office.queries import office_settings
from calakan.recognition import queries
from calakan.recognition.models import AssignmentLetter, LetterRegister

CODE_LENGTH = 26


def write_letters(diklat_id: int, *, actor: Actor, now: datetime) -> list[AssignmentLetter]:
    """A letter for everyone confirmed in a published diklat who has none; numbers without gap or double.

    The register's row is locked, raised and used in this transaction; who has a letter is read under that lock.
    """
    if not queries.wanting(diklat_id):
        return []
    today, office = clock.local(now).date(), office_settings()
    register, written = _register(today.year), []
    for person_id in queries.wanting(diklat_id):
        register.last_serial += 1
        letter = AssignmentLetter(
            code=codes.code(CODE_LENGTH),
            diklat_id=diklat_id,
            person_id=person_id,
            year=today.year,
            serial=register.last_serial,
            number=official_number(
                office.letter_pattern, serial=register.last_serial, on=today, classification=office.classification
            ),
            issued_on=today,
            created_at=now,
        )
        db.session().add(letter)
        written.append(letter)
    db.session().flush()
    diklat = db.session().get_one(Diklat, diklat_id)
    audit.record("recognition.write_letters", diklat, actor=actor, now=now, count=len(written))
    return written


def _register(year: int) -> LetterRegister:
    """The counter of the year, locked; made on its first use."""
    postgres = db.engine().dialect.name == "postgresql"
    insert = postgresql.insert(LetterRegister) if postgres else sqlite.insert(LetterRegister)
    db.session().execute(insert.values(year=year, last_serial=0, lock_count=0).on_conflict_do_nothing())
    id = db.session().scalar(sa.select(LetterRegister.id).where(LetterRegister.year == year))
    assert id is not None
    return db.lock(LetterRegister, id)

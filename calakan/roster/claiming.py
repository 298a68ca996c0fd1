"""Somebody says which row of the roster is his own: proven by an address, or confirmed by a person; taken back whole."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from calakan.audit import services as audit
from calakan.audit.models import AuditEntry
from calakan.kernel import db
from calakan.kernel.actor import Actor
from calakan.kernel.errors import NotFound, OwnCase
from calakan.people.errors import EmailUnconfirmed
from calakan.people.models import Person, School
from calakan.people.ways_in import IssuerAccount
from calakan.roster import filling, posts, queries
from calakan.roster.errors import ClaimOver, NumberOfAnother, RowHeld, TooManySchools
from calakan.roster.models import By, ClaimState, RosterClaim, RosterRow

LOOKED = "roster.look"
MOST_SCHOOLS = 8  # a day, for one person
SHORTEST_NAME = 3  # letters
# How mailboxes of schools begin; with letters behind, `mi` and `ra` begin names too.
SCHOOLS = re.compile(r"[\W\d_]*(?:sd|tk|smp|sma|smk|slb|paud|pkbm|skb|sps|tpa|mts|upt|(?:mi|ma|ra|kb)[ns]?(?![a-z]))")


def check_look(school_id: int, person_id: int, *, now: datetime) -> None:
    """One school at a time, and few a day: nobody copies the roster by looking. Raises TooManySchools."""
    since = now - timedelta(days=1)
    looked = sa.select(AuditEntry.subject_id).where(
        AuditEntry.actor_id == person_id, AuditEntry.act == LOOKED, AuditEntry.at > since
    )
    seen = set(db.session().scalars(looked)) - {school_id}
    if len(seen) >= MOST_SCHOOLS:
        raise TooManySchools()


def ask(row_code: str, *, actor: Actor, now: datetime) -> RosterClaim:
    """Say that this row is one's own. It counts at once when the roster names, for this row alone, an address that the person
    has proven; else it waits for a person, and so does the row of a head of school whose address may be that of the school,
    which others read too. Another row that one has asked for is let go.

    Raises NotFound, EmailUnconfirmed, RowHeld.
    """
    found = queries.by_code(row_code)
    if found is None or found.left_on is not None or actor.person_id is None:
        raise NotFound()
    row = db.lock(RosterRow, found.id)
    person = db.lock(Person, actor.person_id)
    if person.email_confirmed_at is None:
        raise EmailUnconfirmed()
    if queries.of_person(person.id) is not None:
        raise RowHeld()
    for earlier in _asked(person.id):
        if earlier.row_id == row.id:
            return earlier
        earlier.state, earlier.decided_at = ClaimState.UNDONE, now
    claim = RosterClaim(row_id=row.id, person_id=person.id, state=ClaimState.ASKED, asked_at=now)
    db.session().add(claim)
    db.session().flush()
    audit.record("roster.ask", claim, actor=actor, now=now, name=person.name)
    proven = _proves(row, person) and (row.jabatan != posts.HEAD or _is_own_address(row))
    if row.person_id is None and proven and not _number_of_another(row, person):
        _confirm(claim, row, person, by=By.EMAIL, actor=actor, now=now)
    return claim


def _asked(person_id: int) -> list[RosterClaim]:
    wanted = sa.select(RosterClaim).where(RosterClaim.person_id == person_id, RosterClaim.state == ClaimState.ASKED)
    return list(db.session().scalars(wanted.order_by(RosterClaim.id)))


def _proves(row: RosterRow, person: Person) -> bool:
    """Whether the person reads the address of this row, and of no other."""
    if not row.email:
        return False
    bearing = db.session().scalar(sa.select(sa.func.count()).select_from(RosterRow).where(RosterRow.email == row.email))
    return row.email in _proven(person) and bearing == 1


def _is_own_address(row: RosterRow) -> bool:
    """Whether the address speaks of its owner and not of the school: "mulyati72@…" and not "sdn1banaran@…", though Ana is in it."""
    local = "".join(filter(str.isalpha, row.email.partition("@")[0].casefold()))
    school = db.session().get_one(School, row.school_id).search_key.split()
    if SCHOOLS.match(row.email.casefold()) or any(word in local for word in school if len(word) > SHORTEST_NAME):
        return False
    return any(word in local for word in row.name_key.split() if len(word) >= SHORTEST_NAME)


def _proven(person: Person) -> set[str]:
    """The addresses that this person reads."""
    linked = db.session().scalars(sa.select(IssuerAccount.email).where(IssuerAccount.person_id == person.id))
    return {one.lower() for one in (person.email, person.second_email, *linked) if one}


def suggested(person_id: int) -> RosterRow | None:
    """The free row that an address of this person proves, so that nobody who is known by it has to search."""
    person = db.session().get_one(Person, person_id)
    if person.email_confirmed_at is None or queries.of_person(person_id) is not None:
        return None
    wanted = sa.select(RosterRow).where(
        RosterRow.email.in_(_proven(person)), RosterRow.person_id.is_(None), RosterRow.left_on.is_(None)
    )
    found = db.session().scalars(wanted.options(joinedload(RosterRow.school)).order_by(RosterRow.id).limit(2)).all()
    provable = [row for row in found if _proves(row, person) and not _number_of_another(row, person)]
    return provable[0] if len(provable) == 1 else None


def _number_of_another(row: RosterRow, person: Person) -> bool:
    same = [Person.nip == row.nip] if row.nip else []
    same += [Person.nuptk == row.nuptk] if row.nuptk else []
    wanted = sa.select(Person.id).where(sa.or_(*same), Person.id != person.id).limit(1) if same else None
    return wanted is not None and db.session().scalar(wanted) is not None


def may_decide(actor: Actor, claim: RosterClaim) -> bool:
    """The panitia; of a row that nobody holds also whoever was given its school or kecamatan. Never about oneself."""
    if actor.person_id is not None and actor.person_id == claim.person_id:
        return False
    return actor.is_committee or (claim.row.person_id is None and _in_scope(actor, claim.row.school))


def may_wait(actor: Actor, subject: object = None) -> bool:
    """Whether claims may ever wait for this person."""
    return actor.is_committee or actor.has_scope


def may_undo(actor: Actor, claim: RosterClaim) -> bool:
    """Its owner, the panitia, and whoever was given the school or kecamatan."""
    return actor.is_committee or actor.person_id == claim.person_id or _in_scope(actor, claim.row.school)


def _in_scope(actor: Actor, school: School) -> bool:
    return school.id in actor.school_ids or school.kecamatan_code in actor.kecamatan_codes


def decide(code: str, *, agree: bool, actor: Actor, now: datetime) -> None:
    """Confirm a claim or decline it. A row that somebody holds passes to the new one, and what it brought the first one goes.

    Raises NotFound, OwnCase, ClaimOver, NumberOfAnother, RowHeld.
    """
    claim, row, person = _held(code)
    if actor.person_id == person.id:
        raise OwnCase()
    if claim.state is not ClaimState.ASKED:
        raise ClaimOver()
    if row.person_id is not None and not actor.is_committee:
        raise NotFound()
    if not agree:
        _settle(claim, ClaimState.DECLINED, actor=actor, now=now)
        audit.record("roster.decline", claim, actor=actor, now=now, name=person.name)
        return
    if queries.of_person(person.id) is not None:
        raise RowHeld()
    for earlier in _confirmed(row.id):
        _take_back(earlier, row, db.lock(Person, earlier.person_id), actor=actor, now=now)
    if _number_of_another(row, person):
        raise NumberOfAnother()
    _confirm(claim, row, person, by=By.COMMITTEE if actor.is_committee else By.SCHOOL, actor=actor, now=now)


def undo(code: str, *, actor: Actor, now: datetime) -> None:
    """Take back a claim that waits or was confirmed; what it brought into the profile goes. Raises NotFound, ClaimOver."""
    claim, row, person = _held(code)
    if claim.state is ClaimState.CONFIRMED:
        _take_back(claim, row, person, actor=actor, now=now)
    elif claim.state is ClaimState.ASKED:
        _settle(claim, ClaimState.UNDONE, actor=actor, now=now)
        audit.record("roster.undo_claim", claim, actor=actor, now=now, name=person.name)
    else:
        raise ClaimOver()


def _held(code: str) -> tuple[RosterClaim, RosterRow, Person]:
    """Row, then person, then claim: locked in the order in which `ask` locks."""
    found = db.session().scalar(sa.select(RosterClaim).where(RosterClaim.code == code))
    if found is None:
        raise NotFound()
    row, person = db.lock(RosterRow, found.row_id), db.lock(Person, found.person_id)
    return db.lock(RosterClaim, found.id), row, person


def _confirmed(row_id: int) -> list[RosterClaim]:
    wanted = sa.select(RosterClaim).where(RosterClaim.row_id == row_id, RosterClaim.state == ClaimState.CONFIRMED)
    return list(db.session().scalars(wanted.order_by(RosterClaim.id)))


def _settle(claim: RosterClaim, state: ClaimState, *, actor: Actor, now: datetime) -> None:
    claim.state, claim.decided_at, claim.decided_by_id = state, now, actor.person_id
    db.session().flush()


def _confirm(claim: RosterClaim, row: RosterRow, person: Person, *, by: By, actor: Actor, now: datetime) -> None:
    row.person_id, claim.by = person.id, by
    claim.filled = _fill(row, person)
    person.updated_at = now
    _settle(claim, ClaimState.CONFIRMED, actor=actor, now=now)
    audit.record("roster.confirm", claim, actor=actor, now=now, name=person.name, by=by.value)
    posts.align([person.id], now=now)


def _fill(row: RosterRow, person: Person) -> dict[str, Any]:
    """What the profile leaves open is what the roster knows; what its owner wrote stays. field -> [before, now]"""
    wanted = {name: getattr(row, name) for name in filling.FILLED}
    if not person.placed:
        school = db.session().get_one(School, row.school_id)
        wanted |= {"school_id": school.id, "kecamatan_code": school.kecamatan_code, "jenjang": school.jenjang}
    return filling.fill(person, wanted)


def _take_back(claim: RosterClaim, row: RosterRow, person: Person, *, actor: Actor, now: datetime) -> None:
    filling.take_back(person, claim.filled)
    row.person_id, person.updated_at = None, now
    _settle(claim, ClaimState.UNDONE, actor=actor, now=now)
    audit.record("roster.undo_claim", claim, actor=actor, now=now, name=person.name)
    posts.align([person.id], now=now)


def by_code(code: str) -> RosterClaim | None:
    return db.session().scalar(_whole().where(RosterClaim.code == code))


def _whole() -> sa.Select[RosterClaim]:
    return sa.select(RosterClaim).options(
        joinedload(RosterClaim.row).joinedload(RosterRow.school), joinedload(RosterClaim.person)
    )


def newest_of(person_id: int) -> RosterClaim | None:
    """What became of the last claim of this person."""
    wanted = _whole().where(RosterClaim.person_id == person_id).order_by(RosterClaim.id.desc()).limit(1)
    return db.session().scalar(wanted)


def waiting(actor: Actor) -> sa.Select[RosterClaim]:
    """Those that this person may decide, the oldest first."""
    wanted = _whole().where(RosterClaim.state == ClaimState.ASKED, RosterClaim.person_id != (actor.person_id or 0))
    return _seen_by(wanted, actor, held=True).order_by(RosterClaim.asked_at, RosterClaim.id)


def settled(actor: Actor) -> sa.Select[RosterClaim]:
    """Those that were confirmed, and may be taken back, the newest first."""
    wanted = _whole().where(RosterClaim.state == ClaimState.CONFIRMED)
    return _seen_by(wanted, actor, held=False).order_by(RosterClaim.decided_at.desc(), RosterClaim.id.desc())


def _seen_by(wanted: sa.Select[RosterClaim], actor: Actor, *, held: bool) -> sa.Select[RosterClaim]:
    if actor.is_committee:
        return wanted
    here = sa.select(School.id).where(
        sa.or_(School.id.in_(actor.school_ids), School.kecamatan_code.in_(actor.kecamatan_codes))
    )
    rows = sa.select(RosterRow.id).where(RosterRow.school_id.in_(here))
    return wanted.where(RosterClaim.row_id.in_(rows.where(RosterRow.person_id.is_(None)) if held else rows))


def count(actor: Actor) -> int:
    """How many wait for this person."""
    return db.session().scalar(sa.select(sa.func.count()).select_from(waiting(actor).order_by(None).subquery())) or 0

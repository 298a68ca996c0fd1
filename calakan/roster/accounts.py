"""Accounts from a list: made for addresses that have none; of those that have one, what their owners left open is filled."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import selectinload

from calakan.audit import services as audit
from calakan.kernel import db
from calakan.kernel.actor import STAFF, Actor, system
from calakan.people import filled
from calakan.people.models import Person, School
from calakan.people.services import accounts, profile
from calakan.roster import filling
from calakan.roster.judging import AT_ONCE, Judgement
from calakan.roster.models import RosterLine, Verdict
from calakan.roster.reading import Why

PLACE = (*filled.PLACE, "jenjang")
_SHOWN = ("name", *filling.FILLED, *PLACE)
ACTOR = system("roster")


class Known:
    """The accounts that any of these lines may mean."""

    def __init__(self, every: Sequence[Mapping[str, Any]]) -> None:
        wanted = sa.select(Person).options(selectinload(Person.roles))
        if len(every) <= AT_ONCE:
            mails, nips, nuptks = (
                {facts[name] for facts in every if facts[name]} for name in ("email", "nip", "nuptk")
            )
            named = (
                Person.email.in_(mails),
                Person.second_email.in_(mails),
                Person.nip.in_(nips),
                Person.nuptk.in_(nuptks),
            )
            wanted = wanted.where(sa.or_(*named))
        people = db.session().scalars(wanted.order_by(Person.id)).all()
        self.by_mail = {mail: one for one in people for mail in (one.second_email, one.email) if mail}
        self.by_number = {number: one for one in people for number in (one.nip, one.nuptk) if number}

    def judge(self, facts: Mapping[str, Any]) -> Judgement:
        """What comes of a line that is good by itself. An account of staff is left as it is."""
        person = self.by_mail.get(facts["email"])
        for name in ("nip", "nuptk"):
            holder = self.by_number.get(facts[name])
            if holder is not None and holder is not person:
                return Judgement(Verdict.WAITS, why=Why.HELD, column=name)
        if person is None:
            return Judgement(Verdict.NEW)
        if not person.active:
            return Judgement(Verdict.WAITS, why=Why.SHUT, column="email")
        if any(row.role in STAFF for row in person.roles):
            return Judgement(Verdict.SAME, person_id=person.id)
        plan = filling.plan(person, wanted(person, facts))
        kept = {
            name: [getattr(person, name), facts[name], "kept"]
            for name in _SHOWN
            if facts[name] and name not in plan and facts[name] != getattr(person, name)
        }
        return Judgement(Verdict.CHANGED if plan else Verdict.SAME, person_id=person.id, changes={**plan, **kept})


def wanted(person: Person, facts: Mapping[str, Any]) -> dict[str, Any]:
    """What the list would fill; where somebody works is one thing, and comes whole or not at all."""
    found = {name: facts[name] for name in filling.FILLED}
    if person.placed:
        return found
    found |= {name: facts[name] for name in PLACE}
    if facts["school_id"] is not None:
        school = db.session().get_one(School, facts["school_id"])
        found |= {"kecamatan_code": school.kecamatan_code, "jenjang": facts["jenjang"] or school.jenjang}
    return found


def write(lines: Sequence[RosterLine], *, now: datetime) -> None:
    """Make or fill the accounts of these lines, judged once more: somebody may have signed up since."""
    known = Known([line.facts for line in lines])
    for line in lines:
        judgement = known.judge(line.facts)
        line.verdict, line.changes = judgement.verdict, judgement.changes
        if judgement.verdict is Verdict.WAITS:
            line.why, line.column, line.cells = judgement.why, judgement.column, {"nama": line.name}
            continue
        if judgement.person_id is None:
            person = _make(line.facts, now=now)
            known.by_mail[person.contact] = person
            known.by_number |= {number: person for number in (person.nip, person.nuptk) if number}
            line.person_id = person.id
        else:
            line.person_id = judgement.person_id
            line.before = _fill(judgement, line.facts, now=now)
        line.applied_at = now


def _make(facts: Mapping[str, Any], *, now: datetime) -> Person:
    """Its owner sets a password by "Lupa kata sandi"; nothing is mailed."""
    person = accounts.new_person(facts["email"], facts["name"], now=now, password_hash=None)
    person.email_confirmed_at = now
    db.session().add(person)
    db.session().flush()
    audit.record("people.add", person, actor=ACTOR, now=now, roles=[])
    said = {name: facts[name] for name in _SHOWN if facts[name]}
    return profile.save_profile(person.id, profile.Profile(**said), actor=ACTOR, now=now)


def _fill(judgement: Judgement, facts: Mapping[str, Any], *, now: datetime) -> dict[str, Any]:
    if not judgement.verdict.is_changed or judgement.person_id is None:
        return {}
    person = db.lock(Person, judgement.person_id)
    brought = filling.fill(person, wanted(person, facts))
    person.updated_at = now
    audit.record("roster.fill", person, actor=ACTOR, now=now, fields=sorted(brought))
    return brought


def back(lines: Sequence[RosterLine], *, now: datetime) -> None:
    """Take these lines back: what they filled goes, and so does an account that nobody has used since."""
    for line in lines:
        if line.person_id is None:
            continue
        if line.verdict.is_new:
            if not _remove(line, now=now):
                line.why = Why.USED
        elif line.before:
            person = db.lock(Person, line.person_id)
            filling.take_back(person, line.before)
            person.updated_at = now
            audit.record("roster.unfill", person, actor=ACTOR, now=now, fields=sorted(line.before))


def _remove(line: RosterLine, *, now: datetime) -> bool:
    """Whether the account could go: its owner was never there, no other list names it, and nothing else rests on it."""
    assert line.person_id is not None
    person, session = db.lock(Person, line.person_id), db.session()
    others = sa.exists().where(
        RosterLine.person_id == person.id, RosterLine.list_id != line.list_id, RosterLine.applied_at.is_not(None),
        RosterLine.undone_at.is_(None),
    )  # fmt: skip
    touched = person.password_hash or person.notice_accepted_at or person.updated_at != line.applied_at
    if touched or session.scalar(sa.select(others)):
        return False
    session.flush()
    try:
        with session.begin_nested():
            session.execute(sa.update(RosterLine).where(RosterLine.person_id == person.id).values(person_id=None))
            audit.record("roster.unmake", person, actor=ACTOR, now=now)
            session.execute(sa.delete(Person).where(Person.id == person.id))
            session.expunge(person)
    except IntegrityError:
        return False
    return True


def may_make(actor: Actor) -> bool:
    """Whoever may add one account may add many."""
    return actor.is_admin

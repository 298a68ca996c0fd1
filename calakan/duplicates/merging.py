"""Two accounts become one: what it would move, doing it, and taking it back within thirty days.

Nothing is deleted. Rows about the person go to the account that is kept; what would stand twice stays with the other one,
which is closed. Ways in and agreements never move, but the number of an account goes to one that has none.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from calakan.attendance import evidence
from calakan.audit import services as audit
from calakan.certificates.models import Certificate, Status
from calakan.diklat.models import Diklat
from calakan.duplicates import columns, profiles, shared
from calakan.duplicates.errors import (
    AccountGone,
    MergedSince,
    MergeOfStaff,
    MergeOver,
    SameAccount,
    SpeaksThere,
    TwoPapers,
)
from calakan.duplicates.models import LikelyPair, PersonMerge
from calakan.kernel import db
from calakan.kernel.actor import Actor
from calakan.kernel.errors import NotFound, OwnCase
from calakan.narasumber.models import Volunteer
from calakan.people import phones
from calakan.people import queries as people
from calakan.people.models import Person
from calakan.people.services import accounts, numbers, roles, telling


@dataclass(frozen=True)
class Part:
    """Of one table: how many rows move, and how many stay because the kept account has the like."""

    table: str
    moves: int
    stays: int


@dataclass(frozen=True)
class Preview:
    """What a merge would do; `fills` are the fields of the profile that are open in the one and known in the other."""

    parts: Sequence[Part]
    diklat: Sequence[str]
    fills: Sequence[str]


def preview(kept: Person, gone: Person) -> Preview:
    """Changes nothing."""
    parts = []
    for name in (*columns.MOVES, "evidence.person_id"):
        moves, stays = columns.count(columns.column(name), gone.id, kept.id)
        if moves or stays:
            parts.append(Part(name.partition(".")[0], moves, stays))
    titles = sa.select(Diklat.title).where(Diklat.id.in_(shared.diklat_of_both(kept.id, gone.id)))
    fills = [*profiles.fillable(kept, gone), *(["number"] if profiles.takes_number(kept, gone) else [])]
    return Preview(parts, db.session().scalars(titles.order_by(Diklat.title, Diklat.id)).all(), fills)


def merge(kept_id: int, gone_id: int, *, actor: Actor, now: datetime) -> PersonMerge:
    """Make `gone` part of `kept` and close it. Two enrolments of one diklat become one: the better state, then the earlier.

    Locks the diklat of both, the sessions, then the two accounts. Raises SameAccount, AccountGone, OwnCase, MergeOfStaff,
    TwoPapers, SpeaksThere, NotFound.
    """
    for diklat_id in shared.diklat_of_both(kept_id, gone_id):
        db.lock(Diklat, diklat_id)
    kept, gone = _both(kept_id, gone_id)
    check(kept, gone, actor=actor)
    moved: dict[str, Any] = {"evidence": evidence.hand_over(gone_id, kept_id, now=now)}
    kept, gone = _both(kept_id, gone_id, lock=True)
    check(kept, gone, actor=actor)
    staff_before, takes_number = people.staff_roles(kept), profiles.takes_number(kept, gone)
    moved["enrolments"] = shared.unite_enrolments(kept_id, gone_id, now=now)
    moved["submissions"] = shared.unite_submissions(kept_id, gone_id)
    moved["attempts"] = shared.renumber_attempts(kept_id, gone_id)
    db.session().flush()
    moved["rows"] = {name: columns.move(columns.column(name), gone_id, kept_id) for name in columns.MOVES}
    db.session().expire_all()
    shared.rename_papers(_papers(moved), gone_id, kept_id)
    moved["profile"] = profiles.fill(kept, gone)
    moved["number"] = profiles.hand_number(kept, gone, given=takes_number)
    kept.updated_at, gone.updated_at, gone.active = now, now, False
    accounts.end_logins(gone_id)
    if moved["rows"]["person_role.person_id"] or moved["rows"]["person_scope.person_id"]:
        accounts.end_logins(kept_id)
    if people.staff_roles(people.person(kept_id) or kept) and not staff_before:
        roles.begin_anew(kept, now=now)
    made = PersonMerge(kept_id=kept_id, gone_id=gone_id, moved=moved, at=now)
    db.session().add(made)
    db.session().flush()
    counts = {name.partition(".")[0]: len(rows) for name, rows in moved["rows"].items() if rows}
    audit.record("duplicates.merge", kept, actor=actor, now=now, other=gone.code, moved=counts)
    audit.record("duplicates.merged", gone, actor=actor, now=now, other=kept.code)
    _tell(kept, gone, moved["number"], now=now)
    shared.fill_free_seats(moved["enrolments"], actor=actor, now=now)
    return made


def _tell(kept: Person, gone: Person, number: tuple[str, bool] | None, *, now: datetime) -> None:
    telling.way_in(kept, "merged", now=now)
    telling.way_in(gone, "merged_away", now=now)
    if number is not None and numbers.accepted():
        if number[1]:
            telling.way_in(kept, "number_added", phones.masked_address(number[0]), now=now)
        if gone.email is None:
            telling.by_number(gone, number[0], "merged_away", now=now)


def _both(kept_id: int, gone_id: int, *, lock: bool = False) -> tuple[Person, Person]:
    if lock:
        for id in sorted((kept_id, gone_id)):
            db.lock(Person, id)
    kept, gone = people.person(kept_id), people.person(gone_id)
    if kept is None or gone is None:
        raise NotFound()
    return kept, gone


def check(kept: Person, gone: Person, *, actor: Actor) -> None:
    """Whether this person may make these two one. Raises as `merge` does."""
    if kept.id == gone.id:
        raise SameAccount()
    if actor.person_id in (kept.id, gone.id):
        raise OwnCase()
    for one in (kept, gone):
        if one.erased or not one.active:
            raise AccountGone()
        if people.staff_roles(one) and not actor.is_admin:
            raise MergeOfStaff()
    papers = _papers_of_both(kept.id, gone.id)
    if papers:
        raise TwoPapers(titles=papers)
    if _offers(gone.id) and not _offers(kept.id):
        raise SpeaksThere()


def _papers_of_both(kept_id: int, gone_id: int) -> list[str]:
    twin = sa.orm.aliased(Certificate)
    both = (
        sa.select(Diklat.title)
        .join(Certificate, Certificate.diklat_id == Diklat.id)
        .join(twin, sa.and_(twin.diklat_id == Certificate.diklat_id, twin.role == Certificate.role))
        .where(
            Certificate.person_id == kept_id, Certificate.status == Status.VALID,
            twin.person_id == gone_id, twin.status == Status.VALID,
        )
    )  # fmt: skip
    return list(db.session().scalars(both.distinct().order_by(Diklat.title)))


def _offers(person_id: int) -> bool:
    return db.session().get(Volunteer, person_id) is not None


def undo(code: str, *, actor: Actor, now: datetime) -> PersonMerge:
    """Take the accounts apart again: what moved goes back, as far as it is still there; what came since stays with `kept`.

    Raises NotFound, OwnCase, MergeOfStaff, MergeOver, MergedSince, AccountGone.
    """
    found = by_code(code)
    if found is None:
        raise NotFound()
    kept_id, gone_id = found.kept_id, found.gone_id
    for diklat_id in sorted({row["diklat_id"] for row in found.moved.get("enrolments", [])}):
        db.lock(Diklat, diklat_id)
    _check_undo(found, actor=actor, now=now)
    evidence.hand_over(kept_id, gone_id, only=found.moved["evidence"], now=now)
    kept, gone = _both(kept_id, gone_id, lock=True)
    found = db.lock(PersonMerge, found.id)
    _check_undo(found, actor=actor, now=now)
    moved = found.moved
    profiles.take_back(kept, gone, moved["profile"])
    if moved.get("number"):
        profiles.number_back(kept, gone, *moved["number"])
    db.session().flush()
    for name in reversed(columns.MOVES):
        columns.give_back(columns.column(name), moved["rows"].get(name, []), gone_id, kept_id)
    db.session().expire_all()
    shared.rename_papers(_papers(moved), kept_id, gone_id)
    shared.restore_attempts(moved["attempts"])
    shared.swap_submissions(moved["submissions"])
    shared.restore_enrolments(moved["enrolments"], now=now)
    gone.active, gone.updated_at, kept.updated_at = True, now, now
    found.undone_at = now
    if moved["rows"]["person_role.person_id"] or moved["rows"]["person_scope.person_id"]:
        accounts.end_logins(kept_id)
    db.session().flush()
    audit.record("duplicates.undo", kept, actor=actor, now=now, other=gone.code)
    audit.record("duplicates.undone", gone, actor=actor, now=now, other=kept.code)
    return found


def _papers(moved: Mapping[str, Any]) -> list[int]:
    return [id for (id,) in moved["rows"]["certificate.person_id"]]


def _check_undo(found: PersonMerge, *, actor: Actor, now: datetime) -> None:
    kept, gone = _both(found.kept_id, found.gone_id)
    if actor.person_id in (found.kept_id, found.gone_id):
        raise OwnCase()
    if found.undone_at is not None or now > found.undo_until:
        raise MergeOver()
    if kept.erased or gone.erased:
        raise AccountGone()
    if any(people.staff_roles(one) for one in (kept, gone)) and not actor.is_admin:
        raise MergeOfStaff()
    later = sa.select(PersonMerge.id).where(
        PersonMerge.id > found.id, PersonMerge.undone_at.is_(None),
        sa.or_(PersonMerge.kept_id == kept.id, PersonMerge.gone_id == kept.id),
    )  # fmt: skip
    if db.session().scalar(later.limit(1)) is not None:
        raise MergedSince()


def by_code(code: str) -> PersonMerge | None:
    return db.session().scalar(sa.select(PersonMerge).where(PersonMerge.code == code))


def of_person(person_id: int) -> Sequence[PersonMerge]:
    """Those that stand, of which this account is a part, the newest first."""
    wanted = sa.select(PersonMerge).where(
        sa.or_(PersonMerge.kept_id == person_id, PersonMerge.gone_id == person_id), PersonMerge.undone_at.is_(None)
    )
    both = wanted.options(joinedload(PersonMerge.kept), joinedload(PersonMerge.gone))
    return db.session().scalars(both.order_by(PersonMerge.id.desc())).all()


def parts_of(person_id: int) -> Iterable[int]:
    """The accounts that became part of this one."""
    wanted = sa.select(PersonMerge.gone_id).where(PersonMerge.kept_id == person_id, PersonMerge.undone_at.is_(None))
    return db.session().scalars(wanted.order_by(PersonMerge.id)).all()


def forget_person(person_id: int) -> None:
    """What was written around the account goes: what it was taken for, and what its profile brought or had."""
    session, either = db.session(), sa.or_(LikelyPair.first_id == person_id, LikelyPair.second_id == person_id)
    session.execute(sa.delete(LikelyPair).where(either))
    mine = sa.or_(PersonMerge.kept_id == person_id, PersonMerge.gone_id == person_id)
    session.execute(sa.update(PersonMerge).where(mine).values(moved={}))

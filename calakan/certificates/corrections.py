"""The name on the paper: confirmed before it is printed, corrected within a window afterwards."""

from __future__ import annotations

from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from calakan.audit import services as audit
from calakan.certificates import queries, review, services
from calakan.certificates.errors import (
    CorrectionDecided,
    CorrectionOpen,
    CorrectionOutdated,
    CorrectionTooLate,
    MistakeUnnamed,
    NothingToCorrect,
    NotIssued,
    NotValidAnyMore,
)
from calakan.certificates.models import Certificate, Correction, CorrectionState, NameConfirmation, Status
from calakan.diklat.errors import ReasonMissing
from calakan.diklat.models import Diklat
from calakan.kernel import db
from calakan.kernel.actor import Actor
from calakan.kernel.claims import WorkState
from calakan.kernel.errors import NotFound, OwnCase
from calakan.kernel.wording import phrase
from calakan.notifications import services as notifications
from calakan.office.queries import office_settings
from calakan.people.models import Person
from calakan.people.queries import workplace


def confirm_name(person_id: int, *, now: datetime) -> NameConfirmation:
    """The holder has seen the name as it will be printed, and it is right."""
    person = db.session().get_one(Person, person_id)
    row = db.session().get(NameConfirmation, person_id)
    if row is None:
        row = NameConfirmation(person_id=person_id, name=person.printed_name, confirmed_at=now)
        db.session().add(row)
    row.name, row.confirmed_at = person.printed_name, now
    return row


def name_confirmed(person_id: int) -> bool:
    """The name of today's profile is the one that was confirmed."""
    row = db.session().get(NameConfirmation, person_id)
    return row is not None and row.name == db.session().get_one(Person, person_id).printed_name


def open_until(paper: Certificate) -> datetime | None:
    """When the window closes; it opens with the first revision and no later one opens it again."""
    first = db.session().scalar(
        sa.select(sa.func.min(Certificate.issued_at)).where(
            Certificate.number == paper.number, Certificate.diklat_id == paper.diklat_id
        )
    )
    return first + timedelta(days=office_settings().correction_days) if first is not None else None


def differences(paper: Certificate) -> dict[str, tuple[str, str]]:
    """What the paper says and what the profile says today, where that is not the same."""
    person = _person(paper.person_id)
    pairs = {
        "name": (paper.facts["name"], person.printed_name),
        "workplace": (paper.facts["workplace"], workplace(person)),
    }
    return {key: pair for key, pair in pairs.items() if pair[0] != pair[1]}


def ask(certificate_id: int, *, reason: str, actor: Actor, now: datetime) -> Correction:
    """The holder asks for a revision with the profile as it is now. A change of titles alone may be approved by rule.

    Raises MistakeUnnamed, NotIssued, NotValidAnyMore, CorrectionTooLate, NothingToCorrect, CorrectionOpen.
    """
    paper = _locked(certificate_id)
    if not reason.strip():
        raise MistakeUnnamed()
    until = open_until(paper)
    if until is None or until < now:
        raise CorrectionTooLate(until=until)
    changed = differences(paper)
    if not changed:
        raise NothingToCorrect()
    if queries.open_correction(paper.id) is not None:
        raise CorrectionOpen()
    wanted = _person(paper.person_id).printed_name
    row = Correction(
        certificate_id=paper.id,
        old_name=paper.facts["name"],
        wanted_name=wanted,
        reason=reason.strip()[:300],
        state=CorrectionState.ASKED,
        asked_at=now,
    )
    db.session().add(row)
    db.session().flush()
    audit.record("certificates.ask_correction", paper, actor=actor, now=now, name=paper.number or "")
    if set(changed) == {"name"} and _titles_only(paper) and office_settings().approve_titles:
        _approve(row, paper, by_rule=True, actor=actor, now=now)
    return row


def decide(certificate_id: int, *, approve: bool, answer: str, actor: Actor, now: datetime) -> Correction:
    """The panitia's answer.

    Raises NotFound, OwnCase, CorrectionDecided, CorrectionOutdated, ReasonMissing for a refusal without one.
    """
    paper = _locked(certificate_id)
    if actor.person_id == paper.person_id:
        raise OwnCase()
    row = queries.open_correction(paper.id)
    if row is None:
        raise CorrectionDecided()
    if approve:
        if _person(paper.person_id).printed_name != row.wanted_name:
            raise CorrectionOutdated()
        _approve(row, paper, by_rule=False, actor=actor, now=now)
        return row
    if not answer.strip():
        raise ReasonMissing()
    row.state, row.decided_at, row.answer = CorrectionState.REFUSED, now, answer.strip()[:300]
    row.decided_by = actor.person_id
    audit.record("certificates.refuse_correction", paper, actor=actor, now=now, name=paper.number or "", reason=answer)
    person = _person(paper.person_id)
    notifications.queue(
        "certificates.correction_refused",
        key=f"correction:{row.id}:refused",
        person_id=person.id,
        address=person.email,
        now=now,
        about=paper,
        facts={"name": person.name, "answer": row.answer},
    )
    return row


def mend(diklat_id: int, *, only: str | None = None, actor: Actor, now: datetime) -> int:
    """Revisions of the papers that say more than is known, or of the one with this code; returns how many.

    Numbers stay; who has the older file is told at the check that it was replaced.
    """
    diklat = db.lock(Diklat, diklat_id)
    wanted = [paper.id for paper in review.flawed(diklat, now=now) if paper.mendable and only in (None, paper.code)]
    for certificate_id in wanted:
        services.reissue(certificate_id, reason=phrase("certificates.mended"), by_rule=True, actor=actor, now=now)
    return len(wanted)


def _approve(row: Correction, paper: Certificate, *, by_rule: bool, actor: Actor, now: datetime) -> None:
    row.state, row.decided_at, row.by_rule = CorrectionState.APPROVED, now, by_rule
    row.decided_by = None if by_rule else actor.person_id
    services.reissue(paper.id, reason=phrase("certificates.corrected"), by_rule=by_rule, actor=actor, now=now)


def _titles_only(paper: Certificate) -> bool:
    """The name without its titles is the one that was printed; older papers did not keep it apart."""
    return bool(paper.facts.get("bare_name")) and paper.facts["bare_name"] == _person(paper.person_id).name


def _locked(certificate_id: int) -> Certificate:
    paper = db.session().get(Certificate, certificate_id)
    if paper is None:
        raise NotFound()
    db.lock(Diklat, paper.diklat_id)
    db.session().refresh(paper)
    if paper.state is not WorkState.DONE:
        raise NotIssued()
    if paper.status is not Status.VALID:
        raise NotValidAnyMore(status=paper.status.value)
    return paper


def _person(id: int) -> Person:
    return (
        db.session()
        .scalars(
            sa.select(Person).where(Person.id == id).options(joinedload(Person.school), joinedload(Person.kecamatan))
        )
        .one()
    )

"""Asking for papers, revoking and reissuing them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from calakan.attendance import recounting
from calakan.audit import services as audit
from calakan.certificates import eligibility, snapshot
from calakan.certificates.designs import queries as designs
from calakan.certificates.errors import (
    AlreadyAskedFor,
    DiklatStillOpen,
    NotIssued,
    NotValidAnyMore,
    ReasonNeeded,
    SignedFileOther,
    SignedFileUnknown,
)
from calakan.certificates.models import Certificate, CertificateRole, RegisterKind, Status
from calakan.diklat.models import CommitteeMember, Diklat, DiklatState
from calakan.kernel import clock, codes, db
from calakan.kernel.actor import Actor
from calakan.kernel.claims import WorkState
from calakan.kernel.errors import NotFound, OwnCase
from calakan.notifications import services as notifications
from calakan.people.models import Person

QUEUE = "certificates.issue"
CODE_LENGTH = 26


def request_for(diklat_id: int, *, actor: Actor, now: datetime) -> int:
    """Ask for the papers of everyone eligible in a closed diklat; asking twice finds them asked. Returns how many are new.

    Raises DiklatStillOpen.
    """
    diklat = db.lock(Diklat, diklat_id)
    if diklat.state is not DiklatState.CLOSED:
        raise DiklatStillOpen()
    recounting.catch_up(diklat_id, now=now)
    return _request(diklat, eligibility.dry_run(diklat, now=now).eligible, actor=actor, now=now)


def request_early(diklat_id: int, *, actor: Actor, now: datetime) -> int:
    """The same without waiting for the closing, where the rule of the diklat says so and its last session is over."""
    diklat = db.lock(Diklat, diklat_id)
    if diklat.state is not DiklatState.PUBLISHED or not diklat.issue_at_once or not _over(diklat, now):
        return 0
    recounting.catch_up(diklat_id, now=now)
    return _request(diklat, eligibility.dry_run(diklat, now=now).eligible, actor=actor, now=now)


def request_ripe(diklat_id: int, *, actor: Actor, now: datetime) -> int:
    """After new results: whatever the state of the diklat lets be asked for by now."""
    if db.lock(Diklat, diklat_id).state is DiklatState.CLOSED:
        return request_for(diklat_id, actor=actor, now=now)
    return request_early(diklat_id, actor=actor, now=now)


def request_statements(diklat_id: int, *, actor: Actor, now: datetime) -> int:
    """Ask for a surat keterangan for everyone who attended some JP of a closed diklat without passing.

    Raises DiklatStillOpen.
    """
    diklat = db.lock(Diklat, diklat_id)
    if diklat.state is not DiklatState.CLOSED:
        raise DiklatStillOpen()
    partly = eligibility.dry_run(diklat, now=now).partly
    return _request(diklat, [(id, CertificateRole.ATTENDEE) for id in sorted(partly)], actor=actor, now=now)


@dataclass(frozen=True)
class Asked:
    """Of chosen participants: whose paper is asked for now, who has one or waits for it, and who gets none."""

    new: list[int]
    known: list[int]
    without: list[int]


def request_chosen(
    diklat_id: int, person_ids: Iterable[int], *, role: CertificateRole, actor: Actor, now: datetime
) -> Asked:
    """The same for some participants of a closed diklat alone: certificates, or surat keterangan (ATTENDEE).

    Raises DiklatStillOpen.
    """
    diklat = db.lock(Diklat, diklat_id)
    if diklat.state is not DiklatState.CLOSED:
        raise DiklatStillOpen()
    recounting.catch_up(diklat_id, now=now)
    plan, wanted = eligibility.dry_run(diklat, now=now), sorted(set(person_ids))
    due = set(plan.partly) if role is CertificateRole.ATTENDEE else {id for id, got in plan.eligible if got is role}
    held = set(
        db.session().scalars(
            sa.select(Certificate.person_id).where(
                Certificate.diklat_id == diklat_id, Certificate.role == role, Certificate.person_id.in_(wanted)
            )
        )
    )
    new = [id for id in wanted if id in due and id not in held]
    _request(diklat, [(id, role) for id in new], actor=actor, now=now)
    return Asked(new, [id for id in wanted if id in held], [id for id in wanted if id not in held and id not in due])


def _over(diklat: Diklat, now: datetime) -> bool:
    return diklat.ends_at is not None and diklat.ends_at <= now


def _request(diklat: Diklat, eligible: Sequence[tuple[int, CertificateRole]], *, actor: Actor, now: datetime) -> int:
    version = designs.current_version(diklat.id)
    rows = [_row(diklat.id, person_id, role, now=now, version=version) for person_id, role in eligible]
    new = db.insert_new(Certificate, rows)
    if new:
        audit.record("certificates.request", diklat, actor=actor, now=now, count=new)
        db.ring(QUEUE)
    return new


def pause(diklat_id: int, *, actor: Actor, now: datetime) -> int:
    """Hold what no worker has taken yet; returns how many. What is being made is finished."""
    return _switch(diklat_id, WorkState.PENDING, WorkState.PAUSED, "certificates.pause", actor=actor, now=now)


def resume(diklat_id: int, *, actor: Actor, now: datetime) -> int:
    return _switch(diklat_id, WorkState.PAUSED, WorkState.PENDING, "certificates.resume", actor=actor, now=now)


def _switch(diklat_id: int, was: WorkState, becomes: WorkState, act: str, *, actor: Actor, now: datetime) -> int:
    diklat = db.lock(Diklat, diklat_id)
    moved = db.session().execute(
        sa.update(Certificate)
        .where(Certificate.diklat_id == diklat_id, Certificate.state == was)
        .values(state=becomes, due_at=now)
    )
    count = db.touched(moved)
    if count:
        audit.record(act, diklat, actor=actor, now=now, count=count)
    if becomes is WorkState.PENDING:
        db.ring(QUEUE)
    return count


def add_committee_member(diklat_id: int, person_id: int, *, actor: Actor, now: datetime) -> bool:
    """Somebody who served as panitia gets a paper for that; False when that was known."""
    diklat = db.lock(Diklat, diklat_id)
    if db.session().get(CommitteeMember, (diklat_id, person_id)) is not None:
        return False
    db.session().add(CommitteeMember(diklat_id=diklat_id, person_id=person_id, added_at=now))
    audit.record("certificates.add_committee_member", diklat, actor=actor, now=now, person_id=person_id)
    return True


def remove_committee_member(diklat_id: int, person_id: int, *, actor: Actor, now: datetime) -> bool:
    """Only while no paper was asked for. Raises AlreadyAskedFor."""
    diklat = db.lock(Diklat, diklat_id)
    row = db.session().get(CommitteeMember, (diklat_id, person_id))
    if row is None:
        return False
    asked = sa.select(Certificate.id).where(
        Certificate.diklat_id == diklat_id,
        Certificate.person_id == person_id,
        Certificate.role == CertificateRole.COMMITTEE,
    )
    if db.session().scalar(asked.limit(1)) is not None:
        raise AlreadyAskedFor()
    db.session().delete(row)
    audit.record("certificates.remove_committee_member", diklat, actor=actor, now=now, person_id=person_id)
    return True


def _row(
    diklat_id: int, person_id: int, role: CertificateRole, *, now: datetime, version: int | None = None
) -> dict[str, Any]:
    return {
        "key": f"certificate:{diklat_id}:{role.value}:{person_id}",
        "code": codes.code(CODE_LENGTH),
        "diklat_id": diklat_id,
        "person_id": person_id,
        "role": role,
        "register": RegisterKind.STATEMENT if role is CertificateRole.ATTENDEE else RegisterKind.CERTIFICATE,
        "design_version_id": version,
        "revision": 0,
        "state": WorkState.PENDING,
        "due_at": now,
        "asked_at": now,
        "attempts": 0,
        "facts": {},
        "jp": 0,
        "status": Status.VALID,
        "status_reason": "",
    }


def tell_holders(ids: Sequence[int], *, now: datetime) -> None:
    """The mail that brings each of these papers, in few statements."""
    holders = db.session().execute(
        sa.select(Certificate.id, Person.id, Person.email, Person.name)
        .join(Person, Person.id == Certificate.person_id)
        .where(Certificate.id.in_(ids))
        .order_by(Certificate.id)
    )
    notifications.queue_rows(
        notifications.message_row(
            "certificates.issued",
            key=f"certificate:{id}:issued",
            person_id=person_id,
            address=email,
            now=now,
            subject_kind=Certificate.__tablename__,
            subject_id=id,
            facts={"name": name},
        )
        for id, person_id, email, name in holders
    )


def accept_signed(
    diklat_id: int, code: str, *, sha256: str, original_sha256: str, actor: Actor, now: datetime
) -> Certificate:
    """Register the stored file that an official signed for a paper of this diklat; from now on it is the paper, and its
    holder is told.

    `original_sha256` is the unsigned file that it was compared with. Raises SignedFileUnknown, SignedFileOther.
    """
    id = db.session().scalar(
        sa.select(Certificate.id).where(Certificate.code == code, Certificate.diklat_id == diklat_id)
    )
    if id is None:
        raise SignedFileUnknown()
    db.lock(Diklat, diklat_id)
    paper = db.session().get_one(Certificate, id, populate_existing=True)
    if paper.state is not WorkState.SIGNING:
        raise SignedFileUnknown()
    if paper.sha256 != original_sha256:
        raise SignedFileOther()
    paper.state, paper.issued_at = WorkState.DONE, now
    paper.sha256, paper.prefix_sha256, paper.tail_sha256 = sha256, None, sha256
    audit.record("certificates.accept_signed", paper, actor=actor, now=now, name=paper.number or "")
    db.session().flush()
    tell_holders([paper.id], now=now)
    return paper


def revoke(certificate_id: int, *, reason: str, actor: Actor, now: datetime) -> Certificate:
    """The paper stays checkable and says that it was revoked, and why. Raises ReasonNeeded, NotIssued, NotValidAnyMore."""
    paper = _valid(certificate_id, reason)
    paper.status, paper.status_reason, paper.status_at = Status.REVOKED, reason.strip()[:300], now
    audit.record("certificates.revoke", paper, actor=actor, now=now, name=paper.number or "", reason=reason)
    return paper


def reissue(certificate_id: int, *, reason: str, by_rule: bool = False, actor: Actor, now: datetime) -> Certificate:
    """A new revision with the same number and today's facts; the older one answers that it was replaced.

    Raises ReasonNeeded, NotIssued, NotValidAnyMore, and OwnCase for the holder, where no rule decided (`by_rule`).
    """
    old = _valid(certificate_id, reason)
    if actor.person_id == old.person_id and not by_rule:
        raise OwnCase()
    revision = old.revision + 1
    version = designs.current_version(old.diklat_id)
    values = _row(old.diklat_id, old.person_id, old.role, now=now, version=version)
    values |= {
        "key": f"certificate:{old.diklat_id}:{old.role.value}:{old.person_id}:r{revision}",
        "revision": revision,
        "register": old.register,
        "year": old.year,
        "serial": old.serial,
        "number": old.number,
        "issued_on": clock.local(now).date(),
    }
    new = Certificate(**values)
    db.session().add(new)
    old.status, old.status_reason, old.status_at = Status.REPLACED, reason.strip()[:300], now
    db.session().flush()
    # Now, not when a worker comes to it: what was approved is what is printed.
    snapshot.freeze([new], now=now)
    audit.record("certificates.reissue", new, actor=actor, now=now, name=new.number or "", reason=reason)
    db.ring(QUEUE)
    return new


def _valid(certificate_id: int, reason: str) -> Certificate:
    if not reason.strip():
        raise ReasonNeeded()
    paper = db.session().get(Certificate, certificate_id)
    if paper is None:
        raise NotFound()
    diklat = db.lock(Diklat, paper.diklat_id)
    db.session().refresh(paper)
    assert diklat.id == paper.diklat_id
    if paper.state is not WorkState.DONE:
        raise NotIssued()
    if paper.status is not Status.VALID:
        raise NotValidAnyMore(status=paper.status.value)
    return paper


def retry_failed(diklat_id: int, *, actor: Actor, now: datetime) -> int:
    """Try the failed papers of a diklat again, with today's facts and design; numbers already given stay."""
    values = {"state": WorkState.PENDING, "due_at": now, "attempts": 0, "last_error": None, "claim_token": None}
    values |= {"facts": {}, "design_version_id": designs.current_version(diklat_id)}
    again = db.session().execute(
        sa.update(Certificate)
        .where(Certificate.diklat_id == diklat_id, Certificate.state == WorkState.FAILED)
        .values(**values)
    )
    count = db.touched(again)
    if count:
        diklat = db.session().get_one(Diklat, diklat_id)
        audit.record("certificates.retry_failed", diklat, actor=actor, now=now, count=count)
        db.ring(QUEUE)
    return count

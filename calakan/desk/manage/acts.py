"""What the panitia do to many people of a diklat at once: each act is the service of the room that owns it, in bounded
transactions; whoever is refused is named with the reason, and stops nobody else."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

import sqlalchemy as sa

from calakan.attendance import services as attendance
from calakan.certificates import services as certificates
from calakan.certificates.models import CertificateRole
from calakan.completion import services as completion
from calakan.completion.standing import standing
from calakan.desk.errors import MessageNotFor, PaperNotDue
from calakan.diklat.models import Diklat
from calakan.enrolment import broadcasts, moving
from calakan.enrolment import services as enrolment
from calakan.enrolment.broadcasts import Unreached
from calakan.enrolment.models import Broadcast, EnrolmentState
from calakan.kernel import db
from calakan.kernel.actor import Actor
from calakan.kernel.errors import DomainError
from calakan.notifications.ways import Way
from calakan.people.models import Person

AT_ONCE = 50  # people in one transaction


@dataclass
class Outcome:
    """`done` is new, `known` was so before; `refused` are the others, each with the reason."""

    done: int = 0
    known: int = 0
    refused: list[tuple[int, DomainError]] = field(default_factory=list)
    broadcast: Broadcast | None = None


def message(
    diklat_id: int,
    people: Sequence[int],
    *,
    stage: EnrolmentState,
    subject: str,
    body: str,
    channels: Sequence[Way],
    key: str,
    actor: Actor,
    now: datetime,
) -> Outcome:
    """Raises what `broadcasts.send_chosen` raises."""
    with db.transaction():
        sent = broadcasts.send_chosen(
            diklat_id, people, stage=stage, subject=subject, body=body, channels=channels, key=key, actor=actor, now=now
        )
        left = broadcasts.unreached(sent)
        outcome = Outcome(len(broadcasts.audience_of(sent).chosen) - len(left), broadcast=sent)
        outcome.refused = [(id, MessageNotFor(why=why)) for id, why in left.items()]
    return outcome


def mark(session_id: int, people: Sequence[int], *, present: bool, reason: str, actor: Actor, now: datetime) -> Outcome:
    return _each(
        people,
        lambda ids: attendance.mark_by_hand(session_id, ids, present=present, reason=reason, actor=actor, now=now),
    )


def let_pass(diklat_id: int, people: Sequence[int], *, reason: str, actor: Actor, now: datetime) -> Outcome:
    return _each(people, lambda ids: completion.give_exceptions_to(diklat_id, ids, reason=reason, actor=actor, now=now))


def move(diklat_id: int, people: Sequence[int], *, to: int, reason: str, actor: Actor, now: datetime) -> Outcome:
    def one(ids: Sequence[int]) -> int:
        return sum(moving.move(diklat_id, id, to=to, reason=reason, actor=actor, now=now) is not None for id in ids)

    return _each(people, one)


def seat(diklat_id: int, people: Sequence[int], *, actor: Actor, now: datetime) -> Outcome:
    """In the order of the line, as long as there are seats."""
    closed = set(db.session().scalars(sa.select(Person.id).where(Person.id.in_(people), ~Person.active)))
    found = _each(
        [id for id in people if id not in closed],
        lambda ids: enrolment.promote(diklat_id, ids, actor=actor, now=now),
    )
    found.refused += [(id, MessageNotFor(why=Unreached.CLOSED)) for id in people if id in closed]
    return found


def remove(diklat_id: int, people: Sequence[int], *, reason: str, actor: Actor, now: datetime) -> Outcome:
    return _each(people, lambda ids: enrolment.remove(diklat_id, ids, reason=reason, actor=actor, now=now))


def papers(diklat_id: int, people: Sequence[int], *, role: CertificateRole, actor: Actor, now: datetime) -> Outcome:
    """Certificates for those who pass, or surat keterangan for those who were there in part. Raises DiklatStillOpen."""
    with db.transaction() as session:
        asked = certificates.request_chosen(diklat_id, people, role=role, actor=actor, now=now)
        found = standing(session.get_one(Diklat, diklat_id), asked.without, now=now)
    refused = [(id, PaperNotDue(role=role, standing=found[id])) for id in asked.without]
    return Outcome(len(asked.new), len(asked.known), list(refused))


def _each(people: Sequence[int], deed: Callable[[Sequence[int]], int]) -> Outcome:
    """Together where nobody is refused, else one by one."""
    outcome = Outcome()
    for start in range(0, len(people), AT_ONCE):
        together = people[start : start + AT_ONCE]
        try:
            _take(together, deed, outcome)
        except DomainError:
            _one_by_one(together, deed, outcome)
    return outcome


def _one_by_one(people: Sequence[int], deed: Callable[[Sequence[int]], int], outcome: Outcome) -> None:
    for id in people:
        try:
            _take([id], deed, outcome)
        except DomainError as error:
            outcome.refused.append((id, error))


def _take(people: Sequence[int], deed: Callable[[Sequence[int]], int], outcome: Outcome) -> None:
    with db.transaction():
        new = deed(people)
    outcome.done += new
    outcome.known += len(people) - new

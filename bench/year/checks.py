"""The model held against the tables, the relay and the product's own audit. Each finding is one line."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa

from bench.year.model import Due, Model
from bench.year.world import World
from calakan.attendance.models import Presence
from calakan.certificates.models import Certificate, CertificateRole, Status
from calakan.enrolment.models import Enrolment
from calakan.enrolment.queries import LINE
from calakan.kernel import db
from calakan.kernel.claims import WorkState
from calakan.notifications.models import Message
from calakan.promises import invariants

OF_SEATS = ("confirmed", "waiting", "promoted", "cancelled", "removed")
KINDS = tuple(f"enrolment.{kind}" for kind in OF_SEATS)


def after_each_step(model: Model, world: World, *, all: bool) -> list[str]:
    """What must hold at any moment, in the middle of any trouble; with `all`, the product's own audit too.

    Whatever is wrong and may pass by (a seat too many, a seat left) differs from the model at once.
    """
    ours = [*_seats(model), *_presence(model), *_papers(model), *_owed(model), *_twice(world)]
    return [*ours, *(invariants.broken() if all else [])]


def at_the_end(model: Model, world: World, now: datetime) -> list[str]:
    """What must have come to an end, once nothing troubles anybody."""
    return [*_unfinished(now), *_not_given(model, world), *_lacking(model), *_unsent(world)]


def _seats(model: Model) -> list[str]:
    """Who sits where, and the order of each line."""
    found: list[str] = []
    held: dict[int, dict[int, str]] = defaultdict(dict)
    lines: dict[int, list[int]] = defaultdict(list)
    rows = db.session().execute(sa.select(Enrolment.diklat_id, Enrolment.person_id, Enrolment.state).order_by(*LINE))
    for diklat_id, person_id, state in rows:
        held[diklat_id][person_id] = state.value
        if state.value == "waiting":
            lines[diklat_id].append(person_id)
    for course in model.courses:
        if held[course.id] != course.states():
            found.append(f"seats of {course.id}: {held[course.id]}, and not {course.states()}")
        if lines[course.id] != course.line:
            found.append(f"line of {course.id}: {lines[course.id]}, and not {course.line}")
    return found


def _presence(model: Model) -> list[str]:
    there: dict[int, set[int]] = defaultdict(set)
    for session_id, person_id in db.session().execute(
        sa.select(Presence.live_session_id, Presence.person_id).where(Presence.present)
    ):
        there[session_id].add(person_id)
    return [
        f"presence in {sitting.id}: {there[sitting.id]}, and not {sitting.present}"
        for course in model.courses
        for sitting in course.sittings
        if there[sitting.id] != sitting.present
    ]


def _papers(model: Model) -> list[str]:
    """Nobody holds what he did not earn, and no number changes with its revisions."""
    found: list[str] = []
    numbers: dict[tuple[int, int], set[str | None]] = defaultdict(set)
    rows = db.session().execute(
        sa.select(Certificate.diklat_id, Certificate.person_id, Certificate.number, Certificate.revision).where(
            Certificate.role == CertificateRole.PARTICIPANT
        )
    )
    for diklat_id, person_id, number, revision in rows:
        key = (diklat_id, person_id)
        if revision >= model.papers[key]:
            found.append(f"paper: {person_id} has revision {revision} in {diklat_id}, of {model.papers[key]} papers")
        numbers[key] |= {number} - {None}
    owners = Counter(number for given in numbers.values() for number in given)
    found += [f"paper: {key} has the numbers {given}" for key, given in numbers.items() if len(given) > 1]
    return [*found, *(f"paper: {number} belongs to {count}" for number, count in owners.items() if count > 1)]


def _owed(model: Model) -> list[str]:
    """The letters that acts owe are written with them: none too few, none too many."""
    rows = db.session().execute(
        sa.select(Message.person_id, Message.kind, Enrolment.diklat_id, Message.created_at)
        .join(Enrolment, Enrolment.id == Message.subject_id)
        .where(Message.kind.in_(KINDS))
    )
    written = Counter(Due(*row) for row in rows)
    owed = Counter(model.owed)
    return [f"letter not written: {due}" for due in owed - written] + [f"not owed: {due}" for due in written - owed]


def _twice(world: World) -> list[str]:
    return [f"came {count} times: {key}" for key, count in world.taken.items() if count > 1]


def _unfinished(now: datetime) -> list[str]:
    found = []
    for model in (Message, Certificate):
        table = db.table(model)
        held = table.c.state.in_([WorkState.CLAIMED, WorkState.HANDING])
        waits = sa.and_(table.c.state == WorkState.PENDING, table.c.due_at <= now)
        rows: Sequence[sa.Row[str, WorkState]] = (
            db.session().execute(sa.select(table.c.key, table.c.state).where(held | waits)).all()
        )
        found += [f"not finished: {key} is {state.value}" for key, state in rows]
    return found


def _not_given(model: Model, world: World) -> list[str]:
    """Each letter that is owed was taken once, or is kept back for a reason that the model knows."""
    rows = db.session().execute(
        sa.select(Message.person_id, Message.kind, Enrolment.diklat_id, Message.created_at, Message.key, Message.state)
        .join(Enrolment, Enrolment.id == Message.subject_id)
        .where(Message.kind.in_(KINDS))
    )
    found = []
    for person_id, kind, diklat_id, at, key, state in rows:
        due = Due(person_id, kind, diklat_id, at)
        given = state is WorkState.DONE and world.taken[key] == 1
        dropped = state is WorkState.DROPPED and model.may_be_dropped(due)
        doubtful = state is WorkState.UNCERTAIN and key in world.doubtful
        refused = state is WorkState.FAILED and key in world.refused
        if not (given or dropped or doubtful or refused):
            found.append(f"not given: {due} is {state.value}, taken {world.taken[key]} times")
    return found


def _lacking(model: Model) -> list[str]:
    """Whoever earned a paper holds one that is valid, in its newest revision, and has been written to."""
    held = {
        (diklat_id, person_id): revision
        for diklat_id, person_id, revision in db.session().execute(
            sa.select(Certificate.diklat_id, Certificate.person_id, Certificate.revision).where(
                Certificate.state == WorkState.DONE, Certificate.status == Status.VALID
            )
        )
    }
    wanted = {key: papers for key, papers in model.papers.items() if papers}
    lacking = [f"paper lacks: {key}, the {papers}th" for key, papers in wanted.items() if held.get(key) != papers - 1]
    told = sa.exists().where(Message.subject_id == Certificate.id, Message.kind == "certificates.issued")
    silent = db.session().scalars(sa.select(Certificate.number).where(Certificate.state == WorkState.DONE, ~told))
    return [*lacking, *(f"holder not told: {number}" for number in silent)]


def _unsent(world: World) -> list[str]:
    """What is said to have left was taken, and what was taken is known to have left or to be in doubt."""
    rows = db.session().execute(sa.select(Message.key, Message.state)).all()
    done = {key for key, state in rows if state is WorkState.DONE}
    known = done | {key for key, state in rows if state is WorkState.UNCERTAIN}
    lost = [f"said to have left, and did not: {key}" for key in sorted(done - set(world.taken))]
    return [*lost, *(f"left, and is not known: {key}" for key in sorted(set(world.taken) - known))]

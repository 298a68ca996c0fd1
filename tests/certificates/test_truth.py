"""Whatever was planned, called off, moved and attended: no paper states more JP than there is evidence for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

import sqlalchemy as sa
import time_machine
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from calakan.assessment import programme
from calakan.assessment.models import Submission, SubmissionState
from calakan.assessment.queries.exercises import exercises
from calakan.attendance.models import Method, Presence
from calakan.certificates import snapshot
from calakan.certificates.models import Certificate, CertificateRole
from calakan.diklat import jp, queries
from calakan.diklat.models import Diklat, JpRule, LiveSession, SessionState
from calakan.diklat.services import sessions
from calakan.kernel import clock, db
from tests import factories
from tests.assessment.test_programme import course, publish, task
from tests.diklat.test_jp import nine, plan


@dataclass(frozen=True)
class Fate:
    """What becomes of a session: its minutes, whether it goes on with the row before, minutes after it was moved or
    called off, and which of three came."""

    minutes: int
    goes_on: bool
    becomes: int | None
    off: bool
    came: frozenset[int]


FATES = some.builds(
    Fate,
    minutes=some.integers(5, 400) | some.integers(15, 50),
    goes_on=some.booleans(),
    becomes=some.none() | some.integers(5, 400),
    off=some.booleans(),
    came=some.frozensets(some.integers(0, 2)),
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    fates=some.lists(FATES, min_size=1, max_size=4),
    home=some.integers(0, 4),
    accepted=some.frozensets(some.integers(0, 2)),
    rule=some.sampled_from(JpRule),
)
def test_printed_jp_never_exceed_those_with_evidence(
    app: Flask, fates: list[Fate], home: int, accepted: frozenset[int], rule: JpRule
) -> None:
    id = course(home=home, rule=rule)
    _plan(id, fates)
    if home:
        task(id)
    publish(id)
    people = [factories.person(name).id for name in ("Ani", "Budi", "Cici")]
    for fate, live in zip(fates, list(queries.sessions_of(id)), strict=True):
        _meet(fate, live, people)
    with db.transaction() as session:
        session.add_all(
            Submission(
                exercise_id=work.id, person_id=people[n], state=SubmissionState.ACCEPTED, handed_in_at=clock.now()
            )
            for work in exercises(id)
            for n in accepted
        )
    with time_machine.travel(nine(30), tick=False):
        held = programme.held(db.session().get_one(Diklat, id), people, now=clock.now())
        shown = _with_evidence(id, home if accepted else 0)
        assert held.jp <= shown
        for person_id in people:
            assert held.own_jp(person_id) <= held.jp
            assert held.certified_jp(person_id) <= shown
            paper = Certificate(diklat_id=id, person_id=person_id, role=CertificateRole.PARTICIPANT)
            with db.transaction():
                snapshot.freeze([paper], now=clock.now())
            rows = paper.facts["event"]["programme"]
            assert paper.jp == held.certified_jp(person_id) <= sum(row["jp"] for row in rows) <= shown
            assert all(row["jp"] > 0 for row in rows)


def _plan(diklat_id: int, fates: list[Fate]) -> None:
    row_id = None
    for n, fate in enumerate(fates, start=1):
        with db.transaction():
            given = plan(fate.minutes, days=n + 1, title=f"Sesi {n}", row_id=row_id if fate.goes_on else None)
            row_id = sessions.add(diklat_id, given, actor=factories.SYSTEM, now=clock.now()).row_id


def _meet(fate: Fate, live: LiveSession, people: list[int]) -> None:
    id, title, day = live.id, live.title, live.local_date
    with db.transaction():
        if fate.becomes is not None:
            days = (day - clock.local(clock.now()).date()).days
            sessions.change(id, plan(fate.becomes, days=days, title=title), actor=factories.SYSTEM, now=clock.now())
        if fate.off:
            sessions.cancel(id, reason="sakit", actor=factories.SYSTEM, now=clock.now())
    with db.transaction() as session:
        session.add_all(
            Presence(
                live_session_id=id, person_id=people[n], present=True, method=Method.CODE,
                marked_at=clock.now() + timedelta(days=1),
            )
            for n in fate.came
        )  # fmt: skip


def _with_evidence(diklat_id: int, home: int) -> int:
    """Counted from the tables alone: minutes of sessions that stand and in which somebody was present, rounded once."""
    came = sa.exists().where(Presence.live_session_id == LiveSession.id, Presence.present)
    rows = db.session().scalars(
        sa.select(LiveSession).where(
            LiveSession.diklat_id == diklat_id, LiveSession.state == SessionState.PLANNED, came
        )
    )
    return home + jp.carried(jp.minutes_of(*rows), 45)

"""What belongs to another session, diklat, person or state counts for nobody else; and each exit that is about one."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

from calakan.attendance import appeals, checking_in, clicks, evidence, people, queries, rules, services
from calakan.attendance.checking_in import Answer
from calakan.attendance.errors import (
    AppealTooEarly,
    AttendanceFinal,
    CheckInNotOpen,
    CodesNotAddable,
    MarkNeedsReason,
    NotAParticipant,
)
from calakan.attendance.models import (
    Appeal,
    Batch,
    CheckIn,
    Decision,
    Evidence,
    Kind,
    MissedCode,
    Part,
    Presence,
    State,
)
from calakan.attendance.queries import Progress
from calakan.attendance.rules import Rule, Window
from calakan.audit.models import AuditEntry
from calakan.diklat.models import WHOLE, Diklat, DiklatState, LiveSession, PresenceRule
from calakan.diklat.services import sessions
from calakan.enrolment import services as enrolment
from calakan.kernel import clock, db
from calakan.kernel.actor import Actor, Role
from calakan.kernel.errors import DomainError, NotFound, OwnCase
from calakan.notifications.models import Message
from calakan.people.models import Person
from tests import factories
from tests.attendance.decisions import decision_of

SYSTEM = factories.SYSTEM
SECOND = timedelta(seconds=1)


def act(work: Callable[..., object], *args: object, **options: object) -> object:
    with db.transaction():
        return work(*args, **{"actor": SYSTEM, "now": clock.now(), **options})


def acts() -> list[str]:
    db.session().rollback()
    wanted = sa.select(AuditEntry.act).where(AuditEntry.act.like("attendance.%")).order_by(AuditEntry.id)
    return list(db.session().scalars(wanted))


def refused(error: type[DomainError], work: Callable[..., object], *args: object, **options: object) -> DomainError:
    before = acts()
    with pytest.raises(error) as found:
        act(work, *args, **options)
    assert acts() == before
    return found.value


class Two:
    """Two diklat on the same morning; `one` has a second session. Ani and Budi sit in both, Cici waits, Dedi left."""

    def __init__(self) -> None:
        self.one, self.other = factories.diklat("Satu", quota=2).id, factories.diklat("Dua", quota=2).id
        self.first, self.theirs = (self._session(id) for id in (self.one, self.other))
        self.second = factories.live_session(self.one, factories.morning(4), title="Sesi 2").id
        self.people = [factories.person(name).id for name in ("Ani", "Budi", "Cici", "Dedi")]
        ani, budi, cici, dedi = self.people
        for course in (self.one, self.other):
            for person in (dedi, ani):
                act(enrolment.join, course, person, accept_overlap=True)
            act(enrolment.leave, course, dedi)
            for person in (budi, cici):
                act(enrolment.join, course, person, accept_overlap=True)
        self.begins, self.ends = session(self.first).starts_at, session(self.first).ends_at

    def _session(self, diklat_id: int) -> int:
        return db.session().scalars(sa.select(LiveSession.id).where(LiveSession.diklat_id == diklat_id)).one()


def session(id: int) -> LiveSession:
    db.session().rollback()
    return db.session().get_one(LiveSession, id)


@pytest.fixture
def two(app: Flask) -> Two:
    return Two()


def mark(session_id: int, *person_ids: int, present: bool = True, now: datetime, **options: object) -> object:
    return act(services.mark_by_hand, session_id, person_ids, present=present, reason=" ya ", now=now, **options)


def there(session_id: int) -> dict[int, bool]:
    db.session().rollback()
    rows = db.session().scalars(sa.select(Presence).where(Presence.live_session_id == session_id))
    return {row.person_id: row.present for row in rows}


def test_a_mark_is_of_one_session_and_of_who_sits_in_it(two: Two) -> None:
    ani, budi, cici, dedi = two.people
    now = two.begins
    refused(MarkNeedsReason, services.mark_by_hand, two.first, [ani], present=True, reason=" ", now=now)
    refused(NotFound, services.mark_by_hand, 999, [ani], present=True, reason="x", now=now)
    early = refused(CheckInNotOpen, services.mark_by_hand, two.first, [ani], present=True, reason="x", now=now - SECOND)
    assert early.facts == {"why": "ahead", "opens_at": two.begins}
    for person in (cici, dedi, 999):
        refused(NotAParticipant, services.mark_by_hand, two.first, [ani, person], present=True, reason="x", now=now)
    refused(
        OwnCase, services.mark_by_hand, two.first, [ani, budi], present=True, reason="x", now=now,
        actor=Actor(person_id=budi, name="Budi"),
    )  # fmt: skip
    assert [mark(two.first, ani, ani, now=now), mark(two.first, ani, now=now)] == [1, 0]
    assert mark(two.first, ani, budi, present=False, now=now + SECOND) == 2
    assert (there(two.first), there(two.theirs), there(two.second)) == ({ani: False, budi: False}, {}, {})
    row = db.session().scalars(sa.select(Evidence).where(Evidence.person_id == budi)).one()
    assert (row.reason, row.kind, row.present) == ("ya", Kind.HAND, False)
    cells = {two.first: [ani], two.second: [ani, budi]}
    later = session(two.second).starts_at
    assert act(services.mark_cells, cells, present=True, reason="x", now=later) == 3
    assert acts() == ["attendance.mark_by_hand"] * 6


def test_nothing_changes_in_a_diklat_that_is_closed_or_a_session_that_is_off(two: Two) -> None:
    ani, *_ = two.people
    act(sessions.cancel, two.second, reason="sakit")
    late = session(two.second).starts_at
    for work in (services.mark_by_hand,):
        found = refused(CheckInNotOpen, work, two.second, [ani], present=True, reason="x", now=late)
        assert found.facts == {"why": "cancelled"}
    refused(CheckInNotOpen, services.ask_codes, two.second, 2)
    with db.transaction() as current:
        current.get_one(Diklat, two.one).state = DiklatState.CLOSED
    for call in (
        lambda: refused(AttendanceFinal, services.mark_by_hand, two.first, [ani], present=True, reason="x", now=late),
        lambda: refused(AttendanceFinal, services.open_check_in, two.first, minutes=5, now=late),
        lambda: refused(AttendanceFinal, appeals.ask, two.first, ani, "x", now=late),
    ):
        assert call().facts == {"state": "closed"}


def test_a_list_says_its_own_once_and_a_second_one_again(two: Two) -> None:
    ani, budi, cici, _ = two.people
    now = two.ends

    def listed(session_id: int, source: str = "zoom.csv", **minutes: float | None) -> object:
        given = {ani: minutes.get("ani"), budi: minutes.get("budi", 200)}
        return act(factories.listed, session_id, given, source=source, now=now)

    refused(NotAParticipant, factories.listed, two.first, {cici: 9}, source="x", now=now)
    assert listed(two.first, ani=20.9) == 1
    assert there(two.first) == {budi: True}
    assert [listed(two.first, ani=20.2), listed(two.theirs, ani=20)] == [0, 1]
    assert listed(two.first, "lain.csv", ani=200) == 1
    rows = db.session().scalars(sa.select(Evidence).where(Evidence.live_session_id == two.first)).all()
    assert sorted((row.person_id, row.minutes or 0, row.source) for row in rows) == sorted(
        [(ani, 20, "zoom.csv"), (budi, 200, "zoom.csv"), (ani, 200, "lain.csv"), (budi, 200, "lain.csv")]
    )
    assert there(two.first) == {ani: True, budi: True}
    assert services.marked(two.first) == {ani, budi}
    acts = sa.select(AuditEntry.facts).where(AuditEntry.act == "attendance.mark_from_list").order_by(AuditEntry.id)
    facts = db.session().scalars(acts).all()
    assert [row["person_ids"] for row in facts] == [[budi], [], [budi], [ani]]


@pytest.mark.parametrize(("least", "present"), [(20, True), (21, False), (None, False)])
def test_a_list_may_ask_for_minutes_of_its_own(two: Two, least: int | None, present: bool) -> None:
    ani, *_ = two.people
    act(factories.listed, two.first, {ani: 20}, source="x", least=least, now=two.ends)
    assert there(two.first) == ({ani: True} if present else {})


def test_a_code_is_made_about_its_session_and_the_older_one_ends(two: Two) -> None:
    before, after = two.begins - timedelta(minutes=15), two.ends + timedelta(minutes=30)
    refused(NotFound, services.open_check_in, 999, minutes=5)
    found = refused(CheckInNotOpen, services.open_check_in, two.first, minutes=5, now=before - SECOND)
    assert found.facts == {"why": "early", "opens_at": before}
    assert (
        refused(CheckInNotOpen, services.open_check_in, two.first, minutes=5, now=after + SECOND).facts["why"] == "over"
    )
    theirs = act(services.open_check_in, two.theirs, minutes=60, now=two.begins)
    assert isinstance(theirs, CheckIn)
    first = act(services.open_check_in, two.first, minutes=60, now=before)
    assert isinstance(first, CheckIn)
    assert (first.opens_at, first.closes_at) == (two.begins, two.begins + timedelta(hours=1))
    second = act(services.open_check_in, two.first, minutes=60, now=after - timedelta(minutes=9))
    assert isinstance(second, CheckIn)
    assert (second.closes_at, second.code != first.code) == (after, True)
    first_id, their_id = first.id, theirs.id
    db.session().rollback()
    closes = {row.id: row.closes_at for row in db.session().scalars(sa.select(CheckIn))}
    assert (closes[first_id], closes[their_id]) == (two.begins + timedelta(hours=1), two.begins + timedelta(hours=1))
    third = act(services.open_check_in, two.first, minutes=60, now=after - timedelta(minutes=5))
    assert isinstance(third, CheckIn)
    newest = queries.check_in(two.first)
    assert newest is not None
    assert newest.id == third.id
    assert set(queries.check_ins([two.first, two.theirs, two.second])) == {two.first, two.theirs}
    for _ in range(2):
        act(services.close_check_in, two.first, now=after - timedelta(minutes=4))
    assert acts().count("attendance.close_check_in") == 1


def test_codes_are_added_only_before_the_end(two: Two) -> None:
    ani, *_ = two.people
    act(services.ask_codes, two.first, 1)
    assert (acts(), queries.asked_codes(two.first)) == ([], (Part.START,))
    assert queries.due_code(two.first) is Part.START
    act(services.open_check_in, two.first, minutes=5, now=two.begins)
    act(services.ask_codes, two.first, 3, now=two.ends - SECOND)
    assert (queries.due_code(two.first), queries.due_code(two.theirs)) == (Part.MIDDLE, Part.START)
    for part in (Part.END, Part.MIDDLE):
        act(services.open_check_in, two.first, minutes=5, part=part, now=two.ends)
    assert queries.due_code(two.first) is Part.END
    act(services.ask_codes, two.first, 2, now=two.ends)
    refused(CodesNotAddable, services.ask_codes, two.first, 3, now=two.ends)
    assert (queries.asked_codes(two.first), queries.asked_codes(two.second)) == ((Part.START, Part.END), (Part.START,))
    assert ani


def window(session_id: int, code: str, opens: datetime, closes: datetime) -> None:
    with db.transaction() as current:
        current.add(CheckIn(live_session_id=session_id, part=Part.START, code=code, opens_at=opens, closes_at=closes))


def test_a_typed_code_is_of_the_window_that_fits_best(two: Two) -> None:
    ani, budi, *_ = two.people
    begins, hour = two.begins, timedelta(hours=1)
    foreign = factories.diklat("Tiga").id
    theirs = db.session().scalars(sa.select(LiveSession.id).where(LiveSession.diklat_id == foreign)).one()
    window(theirs, "123456", begins, begins + 3 * hour)
    window(two.theirs, "123456", begins, begins + hour)
    window(two.first, "123456", begins, begins + 2 * hour)

    def types(person: int, code: str, at: datetime, **options: object) -> tuple[Answer, int | None]:
        found = act(checking_in.check_in, person, code, now=at, **options)
        assert isinstance(found, checking_in.Answered)
        return found.answer, found.session.id if found.session is not None else None

    assert types(ani, "123456", begins - SECOND) == (Answer.EARLY, two.first)
    assert types(ani, " 123-456 ", begins) == (Answer.PRESENT, two.first)
    assert types(ani, "123456", begins) == (Answer.ALREADY, two.first)
    assert types(ani, "123456", begins, only_session_id=two.theirs) == (Answer.PRESENT, two.theirs)
    assert types(ani, "123456", begins, only_session_id=two.second) == (Answer.WRONG, None)
    assert types(budi, "123456", begins + 2 * hour) == (Answer.LATE, two.first)
    assert types(budi, "123456", begins + 8 * hour) == (Answer.NOT_ENROLLED, theirs)
    assert types(budi, "123456", begins + 9 * hour) == (Answer.WRONG, None)
    assert (there(two.first), there(two.theirs)) == ({ani: True}, {ani: True})
    missed = {(row.person_id, row.why, row.live_session_id) for row in db.session().scalars(sa.select(MissedCode))}
    assert (budi, "late", two.first) in missed
    assert (ani, "early", two.first) in missed
    assert acts() == ["attendance.check_in"] * 2


def test_ten_misses_in_five_minutes_stop_one_person_alone(two: Two) -> None:
    ani, budi, *_ = two.people
    now = two.begins

    def types(person: int, at: datetime, key: str | None = None) -> Answer:
        found = act(checking_in.check_in, person, "000000", now=at, key=key)
        assert isinstance(found, checking_in.Answered)
        return found.answer

    assert [types(ani, now + n * SECOND) for n in range(10)] == [Answer.WRONG] * 10
    five = timedelta(minutes=5)
    assert (types(ani, now + five - SECOND), types(budi, now)) == (Answer.TOO_MANY, Answer.WRONG)
    assert types(ani, now + five) == Answer.WRONG
    before = db.session().scalar(sa.select(sa.func.count()).select_from(MissedCode)) or 0
    assert [types(budi, now, "k") for _ in range(2)] == [Answer.WRONG] * 2
    assert db.session().scalar(sa.select(sa.func.count()).select_from(MissedCode)) == before + 1


def test_misses_wait_for_a_look_one_line_a_person_and_session(two: Two) -> None:
    ani, budi, *_ = two.people
    now = two.begins
    with db.transaction() as current:
        for person, where, at in (
            (ani, two.first, now), (ani, two.first, now + SECOND), (ani, two.second, now + 2 * SECOND),
            (budi, two.theirs, now), (budi, two.first, now),
        ):  # fmt: skip
            current.add(MissedCode(person_id=person, live_session_id=where, typed="1", why="wrong", at=at))
    found = [(row.last.person_id, row.last.live_session_id, row.times) for row in queries.missed_codes(two.one)]
    assert found == [(ani, two.second, 1), (ani, two.first, 2), (budi, two.first, 1)]
    assert len(queries.missed_codes(two.one, limit=2)) == 2
    mark(two.first, budi, present=False, now=now)
    assert [row.last.person_id for row in queries.missed_codes(two.one)] == [ani, ani]
    assert len(queries.missed_codes(two.other)) == 1


def test_counts_and_progress(two: Two) -> None:
    ani, budi, cici, _ = two.people
    late = session(two.second).ends_at + timedelta(minutes=30)
    mark(two.first, ani, now=two.begins)
    mark(two.first, budi, present=False, now=two.begins)
    mark(two.theirs, budi, now=two.begins)
    assert queries.present_counts([two.first, two.second, two.theirs]) == {two.first: 1, two.theirs: 1}
    assert [queries.present_count(id) for id in (two.first, two.second)] == [1, 0]
    held = queries.presences([two.first, two.theirs], [budi])
    assert {id: set(rows) for id, rows in held.items()} == {budi: {two.first, two.theirs}}
    assert set(queries.presences([two.first])) == {ani, budi}
    courses = [db.session().get_one(Diklat, id) for id in (two.one, two.other)]

    def where(now: datetime) -> dict[int, Progress]:
        db.session().rollback()
        return queries.progress(db.session().get_one(Diklat, two.one), [ani, budi, cici], now=now)

    found = where(late)
    assert (found[ani].attended, [s.id for s in found[ani].missed], found[ani].ahead) == ({two.first}, [two.second], ())
    assert [s.id for s in where(late - SECOND)[ani].ahead] == [two.second]
    assert (found[ani].percent, found[ani].met, found[budi].percent, found[budi].attended) == (
        50,
        False,
        0,
        frozenset(),
    )
    mine = queries.progress_of_person(courses, budi, now=late)
    assert {id: row.earned_jp for id, row in mine.items()} == {two.one: 0, two.other: 4}


@pytest.mark.parametrize(
    ("earned", "live", "ahead", "met", "reach", "lacking", "percent"),
    [
        (8, 10, 0, True, True, 0, 80), (7, 10, 1, False, True, 1, 70), (7, 10, 0, False, False, 1, 70),
        (0, 0, 0, False, False, 0, 0), (3, 4, 1, False, True, 1, 75), (10, 10, 0, True, True, 0, 100),
    ],
)  # fmt: skip
def test_what_still_lacks(
    earned: int, live: int, ahead: int, met: bool, reach: bool, lacking: int, percent: int
) -> None:
    coming = tuple(LiveSession(jp=1, weight=WHOLE) for _ in range(ahead))
    found = Progress(1, earned, live, earned * WHOLE, live * WHOLE, 80, frozenset(), (), coming)
    assert (found.met, found.within_reach, found.lacking_jp, found.percent) == (met, reach, lacking, percent)


def test_what_says_that_a_session_was_held(two: Two) -> None:
    ani, budi, *_ = two.people
    now = two.begins

    def sign(person: int, kind: Kind, **values: object) -> None:
        with db.transaction() as current:
            given = {"live_session_id": two.first, "at": now, **values}
            current.add(Evidence(person_id=person, kind=kind, **given))

    def claims() -> list[int]:
        db.session().rollback()
        return [queries.with_a_claim(id) for id in (two.first, two.second)]

    assert claims() == [0, 0]
    sign(ani, Kind.JOIN)
    sign(ani, Kind.CODE, withdrawn_at=now)
    sign(ani, Kind.HAND, present=False)
    sign(ani, Kind.CODE, live_session_id=two.second)
    assert claims() == [0, 1]
    sign(ani, Kind.CODE)
    sign(ani, Kind.LINE)
    assert claims() == [1, 1]
    mark(two.first, ani, present=False, now=now)
    assert claims() == [0, 1]
    act(appeals.ask, two.first, budi, "x", now=now)
    assert claims() == [1, 1]
    act(appeals.answer, two.first, budi, grant=False, text="x", now=now)
    assert claims() == [0, 1]
    mark(two.first, budi, now=now)
    assert claims() == [1, 1]
    for person, minutes, most in ((ani, 1, 0), (budi, 0, 1), (two.people[2], 0, 0)):
        sign(person, Kind.LINE, live_session_id=two.theirs, minutes=minutes, most=most)
    assert queries.with_a_claim(two.theirs) == 2, "a line without a minute of it is about something else"


def test_signs_are_of_one_session_and_of_whoever_is_asked_about(two: Two) -> None:
    ani, budi, *_ = two.people
    moments = [two.begins + timedelta(minutes=n) for n in range(3)]
    with db.transaction() as current:
        for person in (ani, budi):
            current.add(Evidence(live_session_id=two.first, person_id=person, kind=Kind.CODE, at=moments[0]))
            current.add(Evidence(live_session_id=two.first, person_id=person, kind=Kind.JOIN, at=moments[1]))
        current.add(Evidence(live_session_id=two.second, person_id=ani, kind=Kind.JOIN, at=moments[2]))
    assert set(evidence.of_people(two.first, [ani])) == {ani}
    assert [row.at for row in evidence.of_people(two.first, [ani])[ani]] == moments[:2]
    assert clicks.of_session(two.first) == {ani: moments[1], budi: moments[1]}, "a code is no click"


def test_a_sign_that_was_taken_back_keeps_its_hour_when_all_are(two: Two) -> None:
    ani, budi, *_ = two.people
    earlier, later = two.begins + timedelta(minutes=1), two.begins + timedelta(minutes=2)
    with db.transaction() as current:
        for person, back in ((ani, earlier), (budi, None)):
            values = {"kind": Kind.CODE, "at": two.begins, "withdrawn_at": back}
            current.add(Evidence(live_session_id=two.first, person_id=person, **values))
    with db.transaction() as current:
        evidence.withdraw_before(current.get_one(LiveSession, two.first), two.ends, now=later)
    db.session().rollback()
    rows = db.session().execute(sa.select(Evidence.person_id, Evidence.withdrawn_at)).all()
    assert dict(map(tuple, rows)) == {ani: earlier, budi: later}


def test_an_appeal_is_for_who_sits_there_and_its_answer_is_of_another(two: Two) -> None:
    ani, budi, *_ = two.people
    staff = factories.person("Panitia", Role.PANITIA).id
    factories.person("Pimpinan", Role.PIMPINAN)
    now = two.begins
    refused(AppealTooEarly, appeals.ask, two.first, ani, "x", now=now - SECOND)
    mark(two.first, ani, present=False, now=now)
    act(appeals.ask, two.first, ani, f" {'x' * 600} ", now=now)
    act(appeals.ask, two.theirs, budi, "y", now=now - timedelta(0))
    act(appeals.ask, two.second, budi, "z", now=session(two.second).starts_at)
    assert [row.person_id for row in appeals.waiting(two.one)] == [ani, budi]
    assert [row.person_id for row in appeals.waiting(two.one, limit=1)] == [ani]
    found = appeals.of_person(two.first, ani)
    assert found is not None
    assert (len(found.text), appeals.of_person(two.first, budi)) == (500, None)
    assert appeals.by_id(found.id) is found
    me = Actor(person_id=ani, name="Ani")
    for grant in (True, False):
        refused(OwnCase, appeals.answer, two.first, ani, grant=grant, text="tidak", actor=me, now=now)
    act(appeals.answer, two.first, ani, grant=True, text=" terlihat ", now=now + SECOND)
    row = db.session().scalars(sa.select(Appeal).where(Appeal.person_id == ani)).one()
    assert (row.answer, row.decided_at, there(two.first)) == ("terlihat", now + SECOND, {ani: True})
    assert [row.person_id for row in appeals.waiting(two.one)] == [budi]
    told = db.session().execute(sa.select(Message.kind, Message.person_id).order_by(Message.id)).all()
    assert [(kind, person) for kind, person in told if kind.startswith("attendance.")] == [
        (appeals.ASKED, staff), (appeals.ASKED, staff), (appeals.ASKED, staff), (appeals.ANSWERED, ani),
    ]  # fmt: skip


def test_a_list_taken_back_leaves_what_others_said(two: Two) -> None:
    ani, budi, *_ = two.people
    with db.transaction() as current:
        made = [
            Batch(
                live_session_id=two.first,
                file_name="x",
                file_hash=str(n),
                zone="WIB",
                least_minutes=0,
                made_at=two.ends,
            )
            for n in range(2)
        ]
        current.add_all(made)
        current.flush()
        first, second = (row.id for row in made)
    for batch, person in ((first, ani), (first, budi), (second, budi)):
        act(factories.listed, two.first, {person: 200}, source=f"b{batch}", batch_id=batch, now=two.ends)
    assert there(two.first) == {ani: True, budi: True}
    with db.transaction():
        found = evidence.withdraw(db.lock(LiveSession, two.first), first, now=two.ends)
    assert {id: verdict.state for id, verdict in found.items()} == {ani: State.ABSENT, budi: State.PRESENT}
    assert there(two.first) == {budi: True}
    with db.transaction():
        assert evidence.withdraw(db.lock(LiveSession, two.first), first, now=two.ends) == {}
    decided = {row.person_id: row.state for row in db.session().scalars(sa.select(Decision))}
    assert decided == {ani: State.ABSENT, budi: State.PRESENT}
    decision = decision_of(two.first, ani)
    assert decision is not None
    assert decision.person_id == ani
    assert decision_of(two.second, ani) is None


def test_the_roster_of_a_list(two: Two) -> None:
    ani, budi, cici, _ = two.people
    with db.transaction() as current:
        person = current.get_one(Person, ani)
        person.title_before, person.title_after, person.nip = "Dr.", "M.Pd.", "198501012010012001"
    found = people.participants(two.one)
    assert (set(found), set(people.waiting(two.one))) == ({ani, budi}, {cici})
    assert (found[ani].printed_name, found[budi].printed_name) == ("Dr. Ani, M.Pd.", "Budi")
    assert (found[ani].numbers, found[budi].numbers) == ({"198501012010012001"}, frozenset())
    mail = db.session().get_one(Person, ani).email
    assert people.with_account([mail, "", "x@y.id"]) == {mail}
    assert set(people.named([ani, cici, 999])) == {ani, cici}


def test_minutes_that_are_enough_are_rounded_upward() -> None:
    begins = factories.june()
    for minutes, percent, enough in ((150, 80, 120), (151, 80, 121), (100, 50, 50), (0, 80, 0)):
        assert Window(begins, begins + timedelta(minutes=minutes)).enough(Rule(PresenceRule.CODE, percent)) == enough


def test_who_may_run_a_check_in() -> None:
    found = LiveSession(diklat=Diklat(lead_id=7))
    for person_id, role, may in (
        (7, Role.NARASUMBER, True), (8, Role.NARASUMBER, False), (7, Role.PESERTA, False), (8, Role.PANITIA, True),
    ):  # fmt: skip
        assert rules.may_run(Actor(person_id=person_id, name="x", roles=frozenset({role})), found) is may

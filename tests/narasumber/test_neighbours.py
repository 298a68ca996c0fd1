"""What belongs to another session, another diklat, another person or another state never enters a list of this room."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from calakan.diklat import queries as diklat_queries
from calakan.diklat.models import Diklat, LiveSession, Mode
from calakan.diklat.services import sessions, states
from calakan.kernel import clock, db
from calakan.kernel.actor import Actor, Role
from calakan.narasumber import queries, services
from calakan.narasumber.models import Assignment, AssignmentState, Duty, NoteKind, Volunteer, VolunteerState
from calakan.narasumber.queries.slots import MOST
from calakan.narasumber.services.volunteers import note
from calakan.notifications.models import Message
from calakan.people.models import Jenjang, Person
from tests import factories

SYSTEM = factories.SYSTEM
AS = AssignmentState
SECOND = timedelta(seconds=1)


def act(work: Callable[..., object], *args: object, **options: Any) -> None:
    options.setdefault("now", clock.now())
    with db.transaction():
        work(*args, **options)


def session(id: int) -> LiveSession:
    return db.session().get_one(LiveSession, id)


def appoint(id: int, person: int, *, agreed: bool = True, seats: int = 9) -> None:
    act(services.set_needs, session(id), services.Needs(speakers=seats), actor=SYSTEM)
    act(services.appoint, id, person, agreed=agreed, override="boleh", actor=factories.actor(staff()))


def staff() -> Person:
    found = db.session().scalar(sa.select(Person).where(Person.name == "Panitia"))
    return found or factories.person("Panitia", factories.Role.PANITIA)


def put(id: int, person: int, state: AssignmentState, duty: Duty = Duty.SPEAKER) -> int:
    with db.transaction() as current:
        made = Assignment(live_session_id=id, person_id=person, state=state, duty=duty, round=1, created_at=clock.now())
        current.add(made)
        current.flush()
        return made.id


NAMES = ("ani", "budi", "cici", "dedi", "eka")


@dataclass
class Two:
    """Session `one` and `later` of a diklat, `off` of it called off, `other` of another; five volunteers."""

    one: int
    later: int
    off: int
    other: int
    people: list[int]

    @property
    def course(self) -> int:
        return session(self.one).diklat_id


@pytest.fixture
def two(app: Flask) -> Two:
    one, other = factories.slot("Satu"), factories.slot("Dua", days=11)
    course = session(one).diklat_id
    later = factories.live_session(course, factories.morning(12), title="Lanjutan").id
    off = factories.live_session(course, factories.morning(13), title="Batal").id
    people = [factories.volunteer(name.title()).id for name in NAMES]
    ani, budi, cici, dedi, eka = people
    for id, person, state, duty in (
        (later, ani, AS.CONFIRMED, Duty.SPEAKER), (one, ani, AS.CONFIRMED, Duty.SPEAKER),
        (one, budi, AS.CONFIRMED, Duty.MODERATOR), (one, cici, AS.INVITED, Duty.SPEAKER),
        (one, dedi, AS.OFFERED, Duty.SPEAKER), (one, eka, AS.DECLINED, Duty.SPEAKER),
        (off, dedi, AS.CONFIRMED, Duty.SPEAKER), (other, eka, AS.CONFIRMED, Duty.SPEAKER),
        (other, cici, AS.INVITED, Duty.SPEAKER),
    ):  # fmt: skip
        put(id, person, state, duty)
    act(sessions.cancel, off, reason="sakit", actor=SYSTEM)
    return Two(one, later, off, other, people)


def test_who_stands_in_a_session(two: Two) -> None:
    ani, budi, cici, dedi, eka = two.people
    shown = {id: [row.person_id for row in rows] for id, rows in queries.assignments_of([two.one, two.other]).items()}
    assert {id: set(people) for id, people in shown.items()} == {
        two.one: {ani, budi, cici, dedi},
        two.other: {eka, cici},
    }
    assert shown[two.one][:2] == [ani, budi]
    confirmed = {id: [row.person_id for row in rows] for id, rows in queries.confirmed_of([two.one, two.off]).items()}
    assert confirmed == {two.one: [ani, budi], two.off: [dedi]}
    assert queries.confirmed_of([two.one])[two.one][0].person_id == ani
    assert [row.person_id for row in queries.record(two.one)] == [ani, budi, cici, dedi, eka]
    asked = queries.open_invitations([two.one, two.other])
    assert {id: [row.person_id for row in rows] for id, rows in asked.items()} == {two.one: [cici], two.other: [cici]}
    assert queries.open_invitations([two.later]) == {}


def test_who_speaks_in_a_diklat(two: Two) -> None:
    ani, budi, _, dedi, eka = two.people
    other = session(two.other).diklat_id
    assert [person.id for person in queries.speakers_by_diklat([two.course])[two.course]] == [ani]
    both = queries.speakers_by_diklat([two.course, other])
    assert {id: [person.id for person in people] for id, people in both.items()} == {two.course: [ani], other: [eka]}
    put(two.later, eka, AS.CONFIRMED)
    assert [person.id for person in queries.speakers_by_diklat([two.course])[two.course]] == [ani, eka]
    assert queries.duties(two.course) == [(ani, Duty.SPEAKER), (budi, Duty.MODERATOR), (eka, Duty.SPEAKER)]
    assert queries.speakers_of_sessions(two.course) == [
        (ani, two.one), (budi, two.one), (ani, two.later), (eka, two.later), (dedi, two.off),
    ]  # fmt: skip
    found = {word: set(db.session().scalars(sa.select(Diklat.id).where(queries.speaks(word)))) for word in NAMES}
    assert found == {"ani": {two.course}, "eka": {two.course, other}, "budi": set(), "cici": set(), "dedi": set()}


def test_what_a_person_has_before_and_behind_him(two: Two) -> None:
    ani, _budi, cici, dedi, _eka = two.people
    now, ends = clock.now(), session(two.one).ends_at
    assert [s.id for s in queries.upcoming(ani, now=now)] == [two.one, two.later]
    assert [s.id for s in queries.upcoming(ani, now=ends - SECOND)] == [two.one, two.later]
    assert [s.id for s in queries.upcoming(ani, now=ends)] == [two.later]
    assert (queries.upcoming(dedi, now=now), [s.id for s in queries.all_sessions(dedi)]) == ([], [two.off])
    assert queries.all_sessions(cici) == []
    assert [row.live_session_id for row in queries.own_assignments(dedi)] == [two.off]
    given = queries.impact(ani, now=ends)
    assert (given.sessions, given.minutes, given.diklat) == (1, 120, 1)
    assert queries.impact(ani, now=ends - SECOND).sessions == 0
    assert queries.impact(ani, now=session(two.later).ends_at).minutes == 300
    assert queries.impact(dedi, now=clock.now() + timedelta(days=40)).sessions == 0
    spoke = queries.last_spoke(now=session(two.later).ends_at)
    assert spoke[ani] == session(two.later).ends_at
    assert dedi not in spoke
    assert cici not in spoke
    assert queries.last_spoke(now=ends - SECOND) == {}
    starts = session(two.one).starts_at
    for begin, end, found in (
        (starts, ends, [two.one]), (ends, ends + SECOND, []), (starts - SECOND, starts, []),
        (starts, factories.morning(20), [two.one, two.later]),
    ):  # fmt: skip
        assert [s.id for s in queries.sessions_between(ani, begin, end)] == found
    assert queries.sessions_between(cici, starts, ends) == []


def test_what_a_person_is_asked(two: Two) -> None:
    ani, _budi, cici, _dedi, eka = two.people
    now = clock.now()

    def asked(person: int, at: object = now) -> list[int]:
        db.session().rollback()
        return [row.live_session_id for row in queries.invitations_to(person, now=at)]

    assert asked(cici) == [two.one, two.other]
    assert asked(cici, session(two.one).ends_at) == [two.other]
    assert asked(cici, session(two.one).ends_at - SECOND) == [two.one, two.other]
    assert asked(ani) == [two.one, two.later]  # put there, and not asked yet
    with db.transaction() as current:
        current.execute(sa.update(Assignment).where(Assignment.person_id == ani).values(agreed_at=now))
    assert asked(ani) == []
    put(two.off, cici, AS.INVITED)
    assert asked(cici) == [two.one, two.other]
    act(states.cancel, session(two.other).diklat_id, reason="sakit", actor=SYSTEM)
    assert (asked(cici), asked(eka)) == ([two.one], [])


def test_sessions_that_are_short_of_people(two: Two) -> None:
    now = clock.now()
    third = factories.slot("Tiga", days=5)
    far, draft = factories.slot("Jauh", days=30), factories.diklat("Draf", publish=False, days=6).id

    def narrow(person_id: int) -> Actor:
        return Actor(person_id=person_id, name="Ani", roles=frozenset({Role.NARASUMBER}))

    def short(**given: Any) -> list[str]:
        db.session().rollback()
        given = {"actor": SYSTEM, "now": now, **given}
        return [s.diklat.title for s in queries.unstaffed(**given)]

    assert short() == ["Tiga", "Draf"]
    assert short(ahead=timedelta(days=60)) == ["Tiga", "Draf", "Jauh"]
    assert short(now=session(third).starts_at) == ["Draf"]
    lead = two.people[0]
    with db.transaction() as current:
        current.get_one(Diklat, draft).lead_id = lead
    assert (short(actor=narrow(lead)), short(actor=narrow(two.people[1]))) == (["Draf"], [])
    act(sessions.cancel, third, reason="sakit", actor=SYSTEM)
    assert short() == ["Draf"]
    act(services.set_needs, session(two.one), services.Needs(speakers=2), actor=SYSTEM)
    assert short() == ["Draf", "Satu"]  # the moderator does not teach
    act(services.set_needs, session(two.one), services.Needs(speakers=0), actor=SYSTEM)
    assert short() == ["Draf"]
    assert {id: row.speakers for id, row in queries.staffings([two.one, far]).items()} == {two.one: 0, far: 1}


def test_slots_of_one_volunteer(two: Two) -> None:
    now = clock.now()
    _ani, _budi, cici, dedi, eka = two.people
    act(services.set_needs, session(two.one), services.Needs(speakers=3), actor=SYSTEM)
    act(services.set_needs, session(two.other), services.Needs(speakers=3), actor=SYSTEM)

    def slots(person: int, **given: str) -> dict[int, bool]:
        db.session().rollback()
        return {slot.session.id: slot.offered for slot in queries.open_slots(person, now=now, **given)}

    assert slots(dedi) == {two.one: True, two.other: False}
    assert slots(eka) == {two.one: False}
    assert slots(cici) == {}
    koding = factories.slot("Koding", topics=("koding",))
    assert slots(eka, topic="koding") == {koding: False}
    weekend = {id: session(id).local_date.weekday() >= 5 for id in (two.one, two.other, koding)}
    for when, wanted in (("akhir_pekan", True), ("hari_kerja", False)):
        assert slots(dedi, when=when).keys() == {id for id, free in weekend.items() if free is wanted}
    begun = queries.open_slots(dedi, now=session(two.one).starts_at)
    assert two.one not in {slot.session.id for slot in begun}
    act(states.cancel, session(two.other).diklat_id, reason="sakit", actor=SYSTEM)
    assert slots(dedi).keys() == {two.one, koding}
    assert MOST == 100


def test_candidates_are_approved_and_open_accounts(two: Two) -> None:
    now = clock.now()
    ani, budi, cici, dedi, eka = two.people
    found = diklat_queries.live_session_by_id(two.one)
    assert found is not None

    def ranked(**given: str) -> list[int]:
        db.session().rollback()
        again = diklat_queries.live_session_by_id(two.one)
        assert again is not None
        return [c.person_id for c in queries.candidates(again, now=now, **given)]

    states_of = {c.person_id: c.state for c in queries.candidates(found, now=now)}
    assert states_of == {
        ani: AS.CONFIRMED, budi: AS.CONFIRMED, cici: AS.INVITED, dedi: AS.OFFERED, eka: AS.DECLINED,
    }  # fmt: skip
    assert ranked(words="dedi") == [dedi]
    with db.transaction() as current:
        current.get_one(Person, ani).active = False
        current.get_one(Volunteer, budi).state = VolunteerState.APPLIED
    assert ranked() == [cici, dedi, eka]
    act(services.decide, cici, approve=False, actor=SYSTEM)
    assert ranked() == [dedi, eka]
    assert [person.id for person in queries.can_speak()] == [budi, dedi, eka]
    assert [queries.is_speaker(id) for id in (cici, dedi)] == [False, True]


def test_a_level_and_a_way_of_teaching_that_were_named_bind(app: Flask) -> None:
    now = clock.now()
    sd = factories.volunteer("SD", levels=[Jenjang.SD]).id
    both = factories.volunteer("Dua", levels=[Jenjang.SD, Jenjang.SMP], modes=["luring"]).id
    every = factories.volunteer("Semua").id
    made = factories.diklat("SMP", levels=[Jenjang.SMP], topics=["asesmen"], days=9)
    found = diklat_queries.live_session_by_id(diklat_queries.sessions_of(made.id)[0].id)
    assert found is not None
    fits = {c.person_id: c.fit for c in queries.candidates(found, now=now)}
    assert {id: fit.level for id, fit in fits.items()} == {sd: False, both: True, every: True}
    assert {id: fit.mode for id, fit in fits.items()} == {sd: True, both: made.mode is not Mode.ONLINE, every: True}
    assert queries.candidates(found, now=now).free == 3
    slots = {person: queries.open_slots(person, now=now)[0].fit for person in (sd, both, every)}
    assert slots == {person: fit for person, fit in fits.items() if person in slots}


def test_volunteers_are_found_by_state_and_name_those_who_wait_first(two: Two) -> None:
    ani, budi, cici, dedi, eka = two.people
    with db.transaction() as current:
        current.get_one(Volunteer, eka).state = VolunteerState.APPLIED
        current.get_one(Volunteer, dedi).public = True

    def ids(**given: Any) -> list[int]:
        return [row.person_id for row in db.session().scalars(queries.volunteers(**given))]

    assert ids() == [eka, ani, budi, cici, dedi]
    assert (ids(state=VolunteerState.APPLIED), ids(words="budi")) == ([eka], [budi])
    assert set(queries.public_profiles([dedi, ani])) == {dedi}
    assert queries.public_profiles([ani]) == {}
    with db.transaction() as current:
        current.get_one(Volunteer, dedi).state = VolunteerState.DECLINED
    assert queries.public_profiles([dedi]) == {}


def test_notes_are_of_one_person_the_newest_first(two: Two) -> None:
    ani, budi, *_ = two.people
    now = clock.now()
    for person, kind, at in (
        (ani, NoteKind.MISSED, now), (ani, NoteKind.REMARK, now + SECOND), (ani, NoteKind.MISSED, now - SECOND),
        (budi, NoteKind.REMARK, now),
    ):  # fmt: skip
        act(note, person, kind, text="x" * 400, actor=SYSTEM, now=at)
    found = queries.notes_on(ani)
    assert [row.kind for row in found] == [NoteKind.REMARK, NoteKind.MISSED, NoteKind.MISSED]
    assert (found[1].at > found[2].at, len(found[0].text)) == (True, 300)
    assert queries.reliability([ani, budi]) == {
        ani: {NoteKind.MISSED: 2, NoteKind.REMARK: 1}, budi: {NoteKind.REMARK: 1},
    }  # fmt: skip
    assert queries.reliability([budi]) == {budi: {NoteKind.REMARK: 1}}


def test_what_an_account_hosts(two: Two) -> None:
    act(services.add_account, "Zoom", "https://zoom.example/1", actor=SYSTEM)
    [account] = queries.all_accounts()
    for id in (two.later, two.one):
        act(services.set_needs, session(id), services.Needs(meeting_account_id=account.id), actor=SYSTEM)

    def hosted(now: object) -> list[int]:
        db.session().rollback()
        return [s.id for s in queries.account_sessions(now=now).get(account.id, [])]

    ends = session(two.one).ends_at
    assert hosted(clock.now()) == [two.one, two.later]
    assert (hosted(ends), hosted(ends - SECOND)) == ([two.later], [two.one, two.later])
    act(sessions.cancel, two.later, reason="sakit", actor=SYSTEM)
    assert hosted(clock.now()) == [two.one]
    act(states.cancel, two_course := session(two.one).diklat_id, reason="sakit", actor=SYSTEM)
    assert (hosted(clock.now()), two_course) == ([], two.course)


def test_five_invitations_a_day_are_enough(two: Two) -> None:
    ani, budi, *_ = two.people
    now = clock.now()
    with db.transaction() as current:
        for number in range(5):
            for person, kind, at in (
                (ani, queries.INVITED_KIND, now - timedelta(hours=23)),
                (budi, "narasumber.confirmed", now),
                (budi, queries.INVITED_KIND, now - timedelta(days=1)),
            ):
                current.add(
                    Message(
                        kind=kind, key=f"{kind}{person}{number}", person_id=person, address="a@b.id", facts={},
                        created_at=at, due_at=at,
                    )
                )  # fmt: skip
    assert queries.pestered([ani, budi], now=now) == {ani}
    assert queries.pestered([budi], now=now) == set()
    assert queries.pestered([ani], now=now + timedelta(hours=1)) == set()


@pytest.mark.parametrize("why", ["short", "unsure", "away", "refused", "lapsed"])
def test_what_the_relay_may_have_to_do(app: Flask, why: str) -> None:
    """Each reason alone, when it begins, and that a stop holds."""
    ani = factories.volunteer("Ani").id
    id = factories.slot("Satu", days=10)
    starts, now = session(id).starts_at, clock.now()

    def waits(at: object) -> bool:
        db.session().rollback()
        return queries.waiting_for_relay(now=at) == [id]

    begins = starts - timedelta(days=3)
    if why in ("unsure", "away"):
        act(services.appoint, id, ani, agreed=why == "away", actor=SYSTEM)
        begins = starts + timedelta(minutes=5) if why == "away" else begins
    if why in ("refused", "lapsed"):
        act(services.invite, id, ani, actor=SYSTEM)
        with db.transaction() as current:
            state = AS.DECLINED if why == "refused" else AS.LAPSED
            current.execute(sa.update(Assignment).values(state=state, reply_by=None))
        begins = now
    if begins > now:
        assert not waits(begins - SECOND)
    assert waits(begins)
    ends = session(id).ends_at
    assert (waits(ends - SECOND), waits(ends)) == (True, False)
    act(services.stop_relay, id, reason="x", actor=SYSTEM)
    assert not waits(begins)
    act(services.resume_relay, id, actor=SYSTEM)
    act(states.cancel, session(id).diklat_id, reason="sakit", actor=SYSTEM)
    assert not waits(begins)


def test_a_late_answer_is_the_relays_business_even_when_it_was_stopped(app: Flask) -> None:
    id, ani = factories.slot("Satu"), factories.volunteer("Ani").id
    act(services.invite, id, ani, actor=SYSTEM)
    act(services.stop_relay, id, reason="x", actor=SYSTEM)
    late = queries.assignment_of(id, ani).reply_by
    assert late is not None
    assert (queries.waiting_for_relay(now=late), queries.waiting_for_relay(now=late - SECOND)) == ([id], [])
    act(services.pass_on, id, actor=SYSTEM, now=late)
    assert queries.assignment_of(id, ani).state is AS.LAPSED


def test_a_hand_that_was_not_taken_starts_no_relay(app: Flask) -> None:
    id, ani = factories.slot("Satu"), factories.volunteer("Ani").id
    act(services.volunteer_for, id, actor=factories.actor(db.session().get_one(Person, ani)))
    act(services.answer_offer, queries.assignment_of(id, ani).id, accept=False, actor=SYSTEM)
    assert queries.waiting_for_relay(now=clock.now()) == []

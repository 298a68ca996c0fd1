"""Where a rule of this room ends: the very second, the neighbour, and what the trail says of each act."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

from calakan.audit.models import AuditEntry
from calakan.diklat.models import Diklat, DiklatState, LiveSession, SessionState
from calakan.diklat.services import sessions, states
from calakan.kernel import clock, db
from calakan.narasumber import letters, queries, reminders, services
from calakan.narasumber.errors import SpeakerClash
from calakan.narasumber.models import Assignment, AssignmentState, Duty, NoteKind, Volunteer
from calakan.narasumber.queries import slots
from calakan.narasumber.queries.clashes import Busy, busy
from calakan.narasumber.services.clashes import clash_error
from calakan.narasumber.services.volunteers import note
from calakan.notifications.models import Message
from calakan.people.models import Person
from tests import factories
from tests.narasumber.acting import SECOND, SYSTEM, act, of, raise_hand, row, session, times, told

AS = AssignmentState


def acts(of_act: str) -> int:
    db.session().rollback()
    return len(db.session().scalars(sa.select(AuditEntry.id).where(AuditEntry.act == f"narasumber.{of_act}")).all())


def letter(person: int, kind: str) -> letters.Letter | None:
    db.session().rollback()
    wanted = sa.select(Message).where(Message.person_id == person, Message.kind == f"narasumber.{kind}")
    message = db.session().scalars(wanted.order_by(Message.id.desc())).first()
    assert message is not None
    return next(found for found in letters.LETTERS if found.name == message.kind).compose(message, clock.now())


def test_the_trail_tells_of_each_decision_on_a_volunteer(app: Flask) -> None:
    id, ani = factories.slot(), factories.volunteer("Ani").id
    assert acts("decide") == 1
    act(services.remark, ani, "ramah", actor=SYSTEM)
    raise_hand(id, ani)
    act(services.withdraw, id, actor=of(ani))
    act(services.appoint, id, ani, agreed=True, actor=SYSTEM)
    act(services.step_back, id, reason="sakit", actor=of(ani))
    act(services.appoint, id, ani, agreed=True, actor=SYSTEM)
    act(services.check_in, id, ani, actor=of(ani), now=times(id)[0])
    assert [acts(name) for name in ("remark", "withdraw", "step_back", "check_in")] == [1, 1, 1, 1]


def test_volunteers_of_one_name_have_an_address_each(app: Flask) -> None:
    one, two = (db.session().get_one(Volunteer, factories.volunteer("Ani").id).slug for _ in range(2))
    other = db.session().get_one(Volunteer, factories.volunteer("Budi").id).slug
    assert (one, other) == ("ani", "budi")
    assert two.startswith("ani-")


def test_what_is_short_within_three_weeks_to_the_second(app: Flask) -> None:
    id = factories.slot()
    starts = times(id)[0]
    ahead = timedelta(days=3)
    for now, short in ((starts - ahead, False), (starts - ahead + SECOND, True)):
        assert bool(queries.unstaffed(SYSTEM, now=now, ahead=ahead)) is short


def test_the_record_of_a_volunteer_shows_the_last_fifty(app: Flask) -> None:
    ani = factories.volunteer("Ani").id
    for number in range(51):
        act(note, ani, NoteKind.REMARK, text=str(number), actor=SYSTEM)
    found = [row.text for row in queries.notes_on(ani)]
    assert (len(found), found[0], found[-1]) == (50, "50", "1")


def test_who_stood_only_in_what_had_ended_hears_nothing_of_a_diklat_called_off(app: Flask) -> None:
    first = factories.slot("Satu")
    course, later = session(first).diklat_id, factories.morning(12)
    second = factories.live_session(course, later).id
    ani, budi = factories.volunteer("Ani").id, factories.volunteer("Budi").id
    act(services.appoint, first, ani, agreed=True, actor=SYSTEM)
    act(services.appoint, second, budi, agreed=True, actor=SYSTEM)
    act(states.cancel, course, reason="sakit", actor=SYSTEM, now=times(first)[1])
    assert session(first).state is SessionState.PLANNED
    assert (told(ani, "diklat_cancelled"), told(budi, "diklat_cancelled")) == (0, 1)


def test_nobody_is_told_of_a_session_that_he_moved_or_called_off_himself(app: Flask) -> None:
    id, ani = factories.slot(), factories.volunteer("Ani").id
    act(services.appoint, id, ani, agreed=True, actor=SYSTEM)
    starts, ends = times(id)
    hour = timedelta(hours=1)
    moved = sessions.SessionPlan(title="Sesi", starts_at=starts + hour, ends_at=ends + hour)
    act(sessions.change, id, moved, actor=of(ani))
    act(sessions.cancel, id, reason="sakit", actor=of(ani))
    assert (told(ani, "session_moved"), told(ani, "session_cancelled")) == (0, 0)


def test_a_session_called_off_is_no_slot_and_no_duty(app: Flask) -> None:
    id, other = factories.slot("Satu"), factories.slot("Dua", days=12)
    ani, budi = factories.volunteer("Ani").id, factories.volunteer("Budi").id
    act(services.appoint, other, budi, agreed=True, actor=SYSTEM)
    act(services.appoint, id, ani, agreed=True, actor=SYSTEM)
    assert queries.duties(session(id).diklat_id) == [(ani, Duty.SPEAKER)]
    act(services.dismiss, row(id, ani).id, actor=SYSTEM)
    assert [slot.session.id for slot in queries.open_slots(budi, now=clock.now())] == [id]
    act(sessions.cancel, id, reason="sakit", actor=SYSTEM)
    assert queries.open_slots(budi, now=clock.now()) == []


def test_the_relay_looks_at_each_session_by_itself_and_the_soonest_first(app: Flask) -> None:
    later, sooner = factories.slot("Satu", days=3), factories.slot("Dua", days=2)
    starts = times(later)[0]
    soon = starts - timedelta(days=2)
    assert list(queries.waiting_for_relay(now=soon)) == [sooner, later]
    act(services.stop_relay, sooner, reason="x", actor=SYSTEM)
    assert list(queries.waiting_for_relay(now=soon)) == [later]
    ani = factories.volunteer("Ani").id
    act(services.appoint, later, ani, agreed=True, actor=SYSTEM)
    assert list(queries.waiting_for_relay(now=starts - SECOND)) == []
    act(services.dismiss, row(later, ani).id, actor=SYSTEM)
    with db.transaction() as current:
        current.execute(sa.update(Diklat).values(state=DiklatState.DRAFT))
    assert list(queries.waiting_for_relay(now=soon)) == []


def test_the_relay_has_nothing_to_do_once_everybody_is_here(app: Flask) -> None:
    id, empty = factories.slot("Satu", days=2), factories.slot("Dua", days=9)
    ani = factories.volunteer("Ani").id
    act(services.appoint, id, ani, agreed=True, actor=SYSTEM)
    starts = times(id)[0]
    act(services.check_in, id, ani, actor=of(ani), now=starts)
    act(services.invite, empty, ani, actor=SYSTEM)
    assert list(queries.waiting_for_relay(now=starts + timedelta(minutes=10))) == []


def test_an_appointed_one_says_yes_before_the_diklat_is_published(app: Flask) -> None:
    draft, ani = factories.diklat("Draf", publish=False).id, factories.volunteer("Ani").id
    id = db.session().scalars(sa.select(LiveSession.id).where(LiveSession.diklat_id == draft)).one()
    act(services.appoint, id, ani, agreed=False, actor=SYSTEM)
    act(services.answer, row(id, ani).id, 1, can=True)
    assert row(id, ani).agreed_at is not None


def test_the_letter_asks_whoever_did_not_say_so_himself(app: Flask) -> None:
    id, other = factories.slot("Satu"), factories.slot("Dua", days=14)
    ani, budi = factories.volunteer("Ani").id, factories.volunteer("Budi").id
    act(services.appoint, id, ani, agreed=False, actor=SYSTEM)
    act(services.appoint, other, budi, agreed=True, actor=SYSTEM)
    asked, agreed = letter(ani, "confirmed"), letter(budi, "confirmed")
    assert asked is not None
    assert agreed is not None
    assert ("Mohon jawab" in asked.text, "Mohon jawab" in agreed.text) == (True, False)


def test_an_invitation_to_a_session_called_off_is_not_sent(app: Flask) -> None:
    id, ani = factories.slot(), factories.volunteer("Ani").id
    act(services.invite, id, ani, actor=SYSTEM)
    assert letter(ani, "invited") is not None
    with db.transaction() as current:
        current.execute(sa.update(LiveSession).values(state=SessionState.CANCELLED))
    assert letter(ani, "invited") is None


def test_who_is_put_in_when_it_begins_is_not_asked(app: Flask) -> None:
    id, ani = factories.slot(), factories.volunteer("Ani").id
    act(services.appoint, id, ani, agreed=False, actor=SYSTEM, now=times(id)[0])
    found = row(id, ani)
    assert (found.agreed_at, found.asked_at, told(ani, "confirmed")) == (times(id)[0], None, 0)


def test_a_clash_names_the_room_or_that_there_is_none(app: Flask) -> None:
    id, ani = factories.slot(), factories.volunteer("Ani").id
    starts, ends = times(id)
    other = Busy(starts_at=starts, ends_at=ends, title="Lain", place="Aula", live_session_id=None)
    found, person = session(id), db.session().get_one(Person, ani)
    found.place = ""
    assert clash_error(person, found, other).facts["place"] == "daring"
    found.place = "Ruang 2"
    assert clash_error(person, found, other).facts["place"] == "Ruang 2"


def test_what_only_touches_a_slot_is_not_in_its_way(app: Flask) -> None:
    id = factories.slot()
    starts, ends = times(id)
    hour = timedelta(hours=1)
    for begins, until, touches in (
        (starts - hour, starts, False),
        (starts - hour, starts + SECOND, True),
        (ends, ends + hour, False),
        (ends - SECOND, ends + hour, True),
    ):
        own = Busy(starts_at=begins, ends_at=until, title="Sendiri", place="", live_session_id=None)
        assert slots._touch(own, session(id), timedelta(hours=2)) is touches
    for begins, until, touches in (
        (starts - 3 * hour, starts - 2 * hour, False),
        (starts - 3 * hour, starts - 2 * hour + SECOND, True),
        (ends + 2 * hour, ends + 3 * hour, False),
        (ends + 2 * hour - SECOND, ends + 3 * hour, True),
    ):
        duty = Busy(starts_at=begins, ends_at=until, title="Sesi", live_session_id=99)
        assert slots._touch(duty, session(id), timedelta(hours=2)) is touches


def test_each_appointment_is_of_its_own_diklat(app: Flask) -> None:
    first, second = factories.slot("Satu"), factories.slot("Dua", days=14)
    ani = factories.volunteer("Ani").id
    act(states.cancel, session(first).diklat_id, reason="sakit", actor=SYSTEM)
    act(services.appoint, second, ani, agreed=True, actor=SYSTEM)
    assert row(second, ani).state is AS.CONFIRMED
    assert queries.duties(session(first).diklat_id) == []


def test_at_its_end_a_session_asks_nobody_any_more(app: Flask) -> None:
    id = factories.slot()
    factories.volunteer("Ani")
    with db.transaction() as current:
        ends = current.get_one(LiveSession, id).ends_at
        assert services.pass_on(id, actor=SYSTEM, now=ends) == 0
    assert db.session().scalars(sa.select(Assignment)).all() == []


def test_who_was_to_speak_where_nothing_was_held_did_not_speak(app: Flask) -> None:
    id, off = factories.slot("Satu"), factories.slot("Dua", days=12)
    ani, budi = factories.volunteer("Ani").id, factories.volunteer("Budi").id
    act(services.appoint, id, ani, agreed=True, actor=SYSTEM)
    act(services.appoint, off, budi, agreed=True, actor=SYSTEM)
    act(sessions.cancel, off, reason="sakit", actor=SYSTEM)
    assert queries.last_spoke(now=times(off)[1] + SECOND) == {ani: times(id)[1]}


def test_the_place_is_that_of_who_stepped_back_last(app: Flask) -> None:
    id = factories.slot(days=2)
    ani, budi, cici = (factories.volunteer(name).id for name in ("Ani", "Budi", "Cici"))
    now = clock.now()
    act(services.set_needs, session(id), services.Needs(speakers=2), actor=SYSTEM)
    for person in (ani, budi):
        act(services.appoint, id, person, agreed=True, actor=SYSTEM)
    for minutes, person in ((1, budi), (2, ani)):
        act(services.step_back, id, reason="sakit", actor=of(person), now=now + timedelta(minutes=minutes))
    act(services.invite, id, cici, actor=SYSTEM)
    act(services.answer, row(id, cici).id, 1, can=True)
    assert row(id, cici).replaces_id == row(id, ani).id


def test_a_meeting_account_is_taken_away_again(app: Flask) -> None:
    id = factories.slot()
    with db.transaction():
        account = services.add_account("Zoom", "https://zoom.example/1", actor=SYSTEM, now=clock.now()).id
    for given in (account, None):
        act(services.set_needs, session(id), services.Needs(meeting_account_id=given), actor=SYSTEM)
        assert queries.staffing(id).meeting_account_id == given


def test_duties_in_the_way_are_those_of_diklat_that_still_happen(app: Flask) -> None:
    id, ani = factories.slot(), factories.volunteer("Ani").id
    starts, ends = times(id)
    act(services.appoint, id, ani, agreed=True, actor=SYSTEM)
    assert list(busy([ani], starts, ends)) == [ani]
    with db.transaction() as current:
        current.execute(sa.update(Diklat).values(state=DiklatState.CANCELLED))
    assert busy([ani], starts, ends) == {}


def test_no_reminder_is_written_at_night(app: Flask) -> None:
    id, ani = factories.slot(), factories.volunteer("Ani").id
    act(services.appoint, id, ani, agreed=True, actor=SYSTEM)
    night = times(id)[0].replace(hour=16, minute=30) - timedelta(days=1)  # 23.30 WIB
    with db.transaction():
        assert reminders.queue_due(now=night) == 0


def test_nobody_raises_a_hand_for_an_hour_that_is_taken(app: Flask) -> None:
    id, same = factories.slot("Satu"), factories.slot("Dua")
    ani = factories.volunteer("Ani").id
    act(services.appoint, id, ani, agreed=True, actor=SYSTEM)
    with pytest.raises(SpeakerClash):
        raise_hand(same, ani)

"""Each way out of the services of volunteers, to the second where a time decides."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

from calakan.audit.models import AuditEntry
from calakan.diklat.errors import DiklatFinal
from calakan.diklat.models import Diklat, DiklatState, LiveSession
from calakan.diklat.services import sessions, states
from calakan.diklat.services.sessions import SessionPlan
from calakan.kernel import clock, db
from calakan.kernel.actor import Role
from calakan.kernel.errors import NotFound
from calakan.narasumber import queries, services
from calakan.narasumber.errors import (
    AccountTaken,
    AlreadyAsked,
    CheckInTooEarly,
    InvitationAnswered,
    InvitationExpired,
    InvitationReplaced,
    NotAVolunteer,
    NotYourSession,
    SlotClosed,
    SlotTaken,
)
from calakan.narasumber.models import Assignment, Duty, Volunteer, VolunteerState
from calakan.narasumber.services import slots
from tests import factories
from tests.narasumber.acting import AS, SECOND, SYSTEM, act, of, raise_hand, refused, row, session, times, told


@pytest.mark.parametrize("running", [False, True])
def test_a_slot_is_open_until_its_begin_and_for_the_relay_until_its_end(app: Flask, running: bool) -> None:
    id = factories.slot()
    edge = times(id)[1 if running else 0]
    slots.refuse_closed(session(id), now=edge - SECOND, running=running)
    with pytest.raises(SlotClosed):
        slots.refuse_closed(session(id), now=edge, running=running)


def test_a_slot_is_closed_when_its_session_or_diklat_is_not_on(app: Flask) -> None:
    off, called_off, draft = factories.slot("Satu"), factories.slot("Dua"), factories.diklat("Draf", publish=False).id
    act(sessions.cancel, off, reason="sakit", actor=SYSTEM)
    act(states.cancel, session(called_off).diklat_id, reason="sakit", actor=SYSTEM)
    unpublished = db.session().scalars(sa.select(LiveSession).where(LiveSession.diklat_id == draft)).one()
    for found in (session(off), session(called_off), unpublished):
        with pytest.raises(SlotClosed):
            slots.refuse_closed(found, now=clock.now())
    slots.refuse_closed(unpublished, now=clock.now(), unpublished=True)
    with pytest.raises(SlotClosed):
        slots.refuse_closed(session(called_off), now=clock.now(), unpublished=True)


def test_a_hand_is_raised_once_and_not_where_one_stands_or_enough_do(app: Flask) -> None:
    id = factories.slot()
    ani, budi, cici = (factories.volunteer(name).id for name in ("Ani", "Budi", "Cici"))
    raise_hand(id, ani)
    raise_hand(id, ani)
    assert (row(id, ani).state, len(queries.record(id))) == (AS.OFFERED, 1)
    act(services.invite, id, budi, actor=SYSTEM)
    with pytest.raises(SlotTaken):
        raise_hand(id, budi)
    act(services.appoint, id, cici, agreed=True, actor=SYSTEM)
    assert (row(id, ani).state, row(id, budi).state) == (AS.RELEASED, AS.RELEASED)
    assert (told(ani, "released"), told(budi, "released"), told(cici, "released")) == (1, 1, 0)
    for person in (ani, cici):
        with pytest.raises(SlotTaken):
            raise_hand(id, person)
    act(services.dismiss, row(id, cici).id, actor=SYSTEM)
    raise_hand(id, ani)
    assert row(id, ani).state is AS.OFFERED


def test_an_offer_is_taken_back_by_its_owner_alone(app: Flask) -> None:
    one, other = factories.slot("Satu"), factories.slot("Dua", days=12)
    ani, budi = factories.volunteer("Ani").id, factories.volunteer("Budi").id
    for id in (one, other):
        raise_hand(id, ani)
    raise_hand(one, budi)
    refused(SlotClosed, services.withdraw, other, actor=of(budi))
    act(services.withdraw, one, actor=of(ani))
    assert [row(one, ani).state, row(one, budi).state, row(other, ani).state] == [AS.RELEASED, AS.OFFERED, AS.OFFERED]
    refused(SlotClosed, services.withdraw, one, actor=of(ani))


def test_an_offer_is_answered_once_and_while_a_seat_is_free(app: Flask) -> None:
    id = factories.slot()
    ani, budi = factories.volunteer("Ani").id, factories.volunteer("Budi").id
    refused(NotFound, services.answer_offer, 999, accept=True, actor=SYSTEM)
    raise_hand(id, ani)
    act(services.answer_offer, row(id, ani).id, accept=False, actor=SYSTEM)
    assert row(id, ani).state is AS.DECLINED
    refused(SlotTaken, services.answer_offer, row(id, ani).id, accept=True, actor=SYSTEM)
    raise_hand(id, budi)
    act(services.answer_offer, row(id, budi).id, accept=True, actor=SYSTEM)
    assert (row(id, budi).state, row(id, budi).agreed_at is not None) == (AS.CONFIRMED, True)
    with db.transaction():
        found = db.session().get_one(Assignment, row(id, ani).id)
        found.state = AS.OFFERED
    refused(SlotTaken, services.answer_offer, row(id, ani).id, accept=True, actor=SYSTEM)


def test_an_appointment_needs_a_session_that_lies_ahead_and_a_seat(app: Flask) -> None:
    id = factories.slot()
    ani, budi = factories.volunteer("Ani").id, factories.volunteer("Budi").id
    ends = times(id)[1]
    refused(NotFound, services.appoint, 999, ani, agreed=True, actor=SYSTEM)
    refused(SlotClosed, services.appoint, id, ani, agreed=True, actor=SYSTEM, now=ends)
    act(services.appoint, id, ani, agreed=True, actor=SYSTEM, now=ends - SECOND)
    act(services.appoint, id, ani, agreed=True, actor=SYSTEM)  # the seat is his own
    refused(SlotTaken, services.appoint, id, budi, agreed=True, actor=SYSTEM)
    off = factories.slot("Batal", days=15)
    act(sessions.cancel, off, reason="sakit", actor=SYSTEM)
    refused(SlotClosed, services.appoint, off, budi, agreed=True, actor=SYSTEM)
    act(states.cancel, session(off).diklat_id, reason="sakit", actor=SYSTEM)
    refused(DiklatFinal, services.appoint, off, budi, agreed=True, actor=SYSTEM)


def test_only_who_stands_or_is_asked_is_dismissed(app: Flask) -> None:
    id, ani, budi = factories.slot(), factories.volunteer("Ani").id, factories.volunteer("Budi").id
    refused(NotFound, services.dismiss, 999, actor=SYSTEM)
    act(services.invite, id, ani, actor=SYSTEM)
    act(services.dismiss, row(id, ani).id, actor=SYSTEM)
    assert (row(id, ani).state, told(ani, "released")) == (AS.RELEASED, 1)
    refused(SlotClosed, services.dismiss, row(id, ani).id, actor=SYSTEM)
    raise_hand(id, budi)
    refused(SlotClosed, services.dismiss, row(id, budi).id, actor=SYSTEM)


def test_nobody_is_thanked_for_what_is_over_nor_by_himself(app: Flask) -> None:
    id, ani = factories.slot(), factories.volunteer("Ani").id
    ends = times(id)[1]
    for by, now in ((SYSTEM, ends), (of(ani), clock.now())):
        act(services.appoint, id, ani, agreed=True, actor=SYSTEM)
        act(services.dismiss, row(id, ani).id, actor=by, now=now)
    assert told(ani, "released") == 0


def test_whom_one_may_ask(app: Flask) -> None:
    id, ani, stranger = factories.slot(), factories.volunteer("Ani").id, factories.person("Tamu").id
    refused(NotAVolunteer, services.invite, id, stranger, actor=SYSTEM)
    refused(SlotClosed, services.invite, id, ani, actor=SYSTEM, now=times(id)[1])
    act(services.invite, id, ani, actor=SYSTEM)
    refused(AlreadyAsked, services.invite, id, ani, actor=SYSTEM)
    late = row(id, ani).reply_by
    assert late is not None
    act(services.invite, id, ani, actor=SYSTEM, now=late)  # the first one is over
    assert row(id, ani).round == 2
    act(services.answer, row(id, ani).id, 2, can=True, now=late)
    refused(SlotTaken, services.invite, id, factories.volunteer("Budi").id, actor=SYSTEM)
    act(services.set_needs, session(id), services.Needs(speakers=2), actor=SYSTEM)
    refused(AlreadyAsked, services.invite, id, ani, actor=SYSTEM)


def test_each_answer_that_comes_too_late_has_its_reason(app: Flask) -> None:
    id, ani, budi = factories.slot(), factories.volunteer("Ani").id, factories.volunteer("Budi").id
    refused(NotFound, services.answer, 999, 1, can=True)
    for person in (ani, budi):
        act(services.invite, id, person, actor=SYSTEM)
    first, second = row(id, ani).id, row(id, budi).id
    reply_by = row(id, ani).reply_by
    assert reply_by is not None
    refused(InvitationReplaced, services.answer, first, 2, can=True)
    refused(InvitationExpired, services.answer, first, 1, can=True, now=reply_by)
    act(services.answer, first, 1, can=True, now=reply_by - SECOND)
    act(services.answer, first, 1, can=True)
    refused(InvitationAnswered, services.answer, first, 1, can=False)
    refused(SlotTaken, services.answer, second, 1, can=True)
    assert (row(id, ani).state, row(id, budi).state, told(ani, "confirmed")) == (AS.CONFIRMED, AS.RELEASED, 1)
    acts = list(
        db.session().scalars(
            sa.select(AuditEntry.act).where(AuditEntry.act == "narasumber.agree").order_by(AuditEntry.id)
        )
    )
    assert len(acts) == 1


def test_a_no_is_a_no_twice_and_keeps_its_reason(app: Flask) -> None:
    id, ani = factories.slot(), factories.volunteer("Ani").id
    act(services.invite, id, ani, actor=SYSTEM)
    for reason in (" sakit ", "lain"):
        act(services.answer, row(id, ani).id, 1, can=False, reason=reason)
    assert (row(id, ani).state, row(id, ani).reason) == (AS.DECLINED, "sakit")
    refused(InvitationAnswered, services.answer, row(id, ani).id, 1, can=True)


def test_a_yes_finds_the_seat_taken_by_who_was_put_in_meanwhile(app: Flask) -> None:
    id, ani, budi = factories.slot(), factories.volunteer("Ani").id, factories.volunteer("Budi").id
    act(services.invite, id, ani, actor=SYSTEM)
    act(services.confirm, session(id), budi, Duty.SPEAKER, agreed=True, actor=SYSTEM)
    refused(SlotTaken, services.answer, row(id, ani).id, 1, can=True)
    assert row(id, ani).state is AS.INVITED


def test_who_is_no_speaker_any_more_takes_no_seat(app: Flask) -> None:
    id, ani = factories.slot(), factories.volunteer("Ani").id
    act(services.invite, id, ani, actor=SYSTEM)
    act(services.decide, ani, approve=False, actor=SYSTEM)
    refused(NotAVolunteer, services.answer, row(id, ani).id, 1, can=True)
    refused(NotAVolunteer, services.appoint, id, ani, agreed=True, actor=SYSTEM)


def test_a_check_in_opens_half_an_hour_before_and_ends_with_the_session(app: Flask) -> None:
    id, ani, budi = factories.slot(), factories.volunteer("Ani").id, factories.volunteer("Budi").id
    starts, ends = times(id)
    refused(NotYourSession, services.check_in, id, ani, actor=SYSTEM)
    act(services.appoint, id, ani, agreed=False, actor=SYSTEM)
    refused(CheckInTooEarly, services.check_in, id, ani, actor=SYSTEM, now=starts - timedelta(minutes=30) - SECOND)
    refused(SlotClosed, services.check_in, id, ani, actor=SYSTEM, now=ends)
    refused(NotYourSession, services.check_in, id, budi, actor=SYSTEM, now=starts)
    act(services.arrived, id, actor=of(budi), now=starts)  # says nothing
    act(services.arrived, id, actor=SYSTEM, now=starts)
    act(services.arrived, id, actor=of(ani), now=starts - timedelta(hours=1))  # nor too early
    assert (row(id, ani).checked_in_at, row(id, ani).agreed_at) == (None, None)
    opens = starts - timedelta(minutes=30)
    for now in (opens, starts):
        act(services.check_in, id, ani, actor=of(ani), now=now)
    assert (row(id, ani).checked_in_at, row(id, ani).agreed_at) == (opens, opens)
    act(services.check_in, id, ani, actor=of(ani), now=ends)  # said already
    act(services.arrived, id, actor=of(ani), now=starts)
    assert row(id, ani).checked_in_at == opens


def test_stepping_back_ends_with_the_session_and_is_for_who_stands(app: Flask) -> None:
    id, ani, budi = factories.slot(), factories.volunteer("Ani").id, factories.volunteer("Budi").id
    staff = factories.person("Panitia", Role.PANITIA).id
    act(services.appoint, id, ani, agreed=True, actor=SYSTEM)
    agreed, ends = row(id, ani).agreed_at, times(id)[1]
    refused(NotYourSession, services.step_back, id, reason="x", actor=of(budi))
    refused(SlotClosed, services.step_back, id, reason="x", actor=of(ani), now=ends)
    act(services.step_back, id, reason=" sakit ", actor=of(ani), now=ends - SECOND)
    found = row(id, ani)
    assert (found.state, found.reason, found.agreed_at) == (AS.DECLINED, "sakit", agreed)
    assert (told(staff, "needs_panitia"), told(ani, "needs_panitia")) == (1, 0)
    assert [note.text for note in queries.notes_on(ani)] == ["sakit"]
    refused(NotYourSession, services.step_back, id, reason="x", actor=of(ani))


def test_the_relay_is_stopped_and_resumed_once(app: Flask) -> None:
    id = factories.slot()
    for _ in range(2):
        act(services.resume_relay, id, actor=SYSTEM)
    for reason in (" kami cari sendiri ", "lain"):
        act(services.stop_relay, id, reason=reason, actor=SYSTEM)
    assert queries.staffing(id).relay_stop_reason == "kami cari sendiri"
    for _ in range(2):
        act(services.resume_relay, id, actor=SYSTEM)
    assert (queries.staffing(id).relay_stopped_at, queries.staffing(id).relay_stop_reason) == (None, "")
    acts = list(
        db.session().scalars(sa.select(AuditEntry.act).where(AuditEntry.act.like("%_relay")).order_by(AuditEntry.id))
    )
    assert acts == ["narasumber.stop_relay", "narasumber.resume_relay"]


def test_a_stopped_relay_takes_back_what_itself_asked(app: Flask) -> None:
    id, ani = factories.slot(days=2), factories.volunteer("Ani").id
    budi = factories.volunteer("Budi", topics=("koding",)).id
    act(services.set_needs, session(id), services.Needs(speakers=2), actor=SYSTEM)
    act(services.invite, id, budi, actor=SYSTEM)
    act(services.pass_on, id, actor=SYSTEM)
    assert (row(id, ani).state, row(id, budi).state) == (AS.INVITED, AS.INVITED)
    act(services.stop_relay, id, reason="x", actor=SYSTEM)
    assert (row(id, ani).state, row(id, budi).state) == (AS.RELEASED, AS.INVITED)
    with db.transaction():
        assert services.pass_on(id, actor=SYSTEM, now=clock.now()) == 0


def test_a_substitute_takes_the_place_of_who_is_not_in_the_room(app: Flask) -> None:
    id = factories.slot(days=2)
    here, missing, moderator, third = (factories.volunteer(name).id for name in ("Ani", "Budi", "Cici", "Dedi"))
    act(services.set_needs, session(id), services.Needs(speakers=2), actor=SYSTEM)
    for person in (here, missing):
        act(services.appoint, id, person, agreed=True, actor=SYSTEM)
    act(services.confirm, session(id), moderator, Duty.MODERATOR, actor=SYSTEM)
    starts = times(id)[0]
    act(services.check_in, id, here, actor=of(here), now=starts)
    act(services.ask_substitute, id, reason=" tidak datang ", actor=SYSTEM, now=starts)
    found = {person: row(id, person).state for person in (here, missing, moderator, third)}
    assert found == {here: AS.CONFIRMED, missing: AS.MISSED, moderator: AS.CONFIRMED, third: AS.INVITED}
    assert row(id, missing).reason == "tidak datang"
    act(services.answer, row(id, third).id, 1, can=True, now=starts)
    assert (row(id, third).replaces_id, len(queries.notes_on(missing))) == (row(id, missing).id, 1)


def test_accounts_have_one_name_each(app: Flask) -> None:
    act(services.add_account, " Zoom   1 ", "https://zoom.example/1", actor=SYSTEM)
    act(services.add_account, "Zoom 2", "https://zoom.example/2", actor=SYSTEM)
    refused(AccountTaken, services.add_account, "Zoom 1", "https://zoom.example/3", actor=SYSTEM)
    refused(NotFound, services.switch_account, 99, active=False, actor=SYSTEM)
    one, _two = queries.all_accounts()
    assert (one.name, one.active) == ("Zoom 1", True)
    act(services.switch_account, one.id, active=False, actor=SYSTEM)
    assert [found.name for found in queries.all_accounts()] == ["Zoom 2", "Zoom 1"]
    assert [found.name for found in queries.meeting_accounts()] == ["Zoom 2"]
    assert [found.name for found in queries.meeting_accounts(keep=one.id)] == ["Zoom 1", "Zoom 2"]
    acts = list(
        db.session().scalars(sa.select(AuditEntry.act).where(AuditEntry.act.like("%account")).order_by(AuditEntry.id))
    )
    assert acts == ["narasumber.add_account"] * 2 + ["narasumber.switch_account"]


def test_rescheduling_releases_who_is_not_kept(app: Flask) -> None:
    id, ani, budi = factories.slot(), factories.volunteer("Ani").id, factories.volunteer("Budi").id
    starts, ends = times(id)
    plan = SessionPlan(title="Sesi", starts_at=starts, ends_at=ends)
    refused(NotFound, services.reschedule, 999, plan, [ani], actor=SYSTEM)
    act(services.appoint, id, ani, agreed=True, actor=SYSTEM)
    act(services.reschedule, id, plan, [budi], moderator_ids=[ani], actor=SYSTEM)
    assert (row(id, ani).duty, row(id, budi).duty) == (Duty.MODERATOR, Duty.SPEAKER)
    act(services.reschedule, id, plan, [budi], actor=SYSTEM)
    assert (row(id, ani).state, row(id, budi).state, told(ani, "released")) == (AS.RELEASED, AS.CONFIRMED, 1)
    act(states.cancel, session(id).diklat_id, reason="sakit", actor=SYSTEM)
    refused(DiklatFinal, services.reschedule, id, plan, [ani], actor=SYSTEM)


def test_who_was_put_in_unasked_is_asked_and_who_had_agreed_is_not(app: Flask) -> None:
    id, ani = factories.slot(), factories.volunteer("Ani").id
    act(services.appoint, id, ani, agreed=False, actor=SYSTEM)
    found = row(id, ani)
    assert (found.agreed_at, found.round, found.reply_by is not None, told(ani, "confirmed")) == (None, 1, True, 1)
    act(services.appoint, id, ani, agreed=False, actor=SYSTEM)
    assert (row(id, ani).round, told(ani, "confirmed")) == (1, 1)
    act(services.appoint, id, ani, agreed=True, actor=SYSTEM)
    agreed = row(id, ani).agreed_at
    assert agreed is not None
    act(services.confirm, session(id), ani, Duty.MODERATOR, actor=SYSTEM)
    assert (row(id, ani).agreed_at, row(id, ani).duty) == (agreed, Duty.MODERATOR)
    before = told(ani, "confirmed")
    starts = times(id)[0]
    act(services.confirm, session(id), ani, Duty.SPEAKER, actor=SYSTEM, now=starts)
    assert told(ani, "confirmed") == before  # it has begun: nobody reads that any more
    own = factories.slot("Sendiri", days=20)
    act(services.confirm, session(own), ani, Duty.SPEAKER, actor=of(ani))
    assert (row(own, ani).agreed_at is not None, told(ani, "confirmed")) == (True, before)


def test_a_decision_is_told_and_the_role_follows(app: Flask) -> None:
    ani = factories.volunteer("Ani").id
    assert (queries.is_speaker(ani), told(ani, "decided")) == (True, 1)
    act(services.decide, ani, approve=False, note="n" * 400, actor=SYSTEM)
    found = db.session().get_one(Volunteer, ani)
    assert (queries.is_speaker(ani), found.state, len(found.state_note)) == (False, VolunteerState.DECLINED, 300)
    act(services.offer_to_speak, ani, services.Offer(headline="Guru"), actor=of(ani))
    assert db.session().get_one(Volunteer, ani).state is VolunteerState.APPLIED
    act(services.decide, ani, approve=False, actor=SYSTEM)
    assert not queries.is_speaker(ani)
    assert not queries.is_speaker(factories.person("Panitia", Role.PANITIA).id)
    person = factories.person("Bukan").id
    refused(NotFound, services.decide, person, approve=True, actor=SYSTEM)
    refused(NotFound, services.remark, person, "x", actor=SYSTEM)
    refused(NotFound, services.publish, person, True, actor=SYSTEM)
    act(services.remark, ani, "ramah", actor=SYSTEM)
    assert [note.text for note in queries.notes_on(ani)] == ["ramah"]


def test_consent_has_the_date_it_was_given(app: Flask) -> None:
    ani, offer = factories.volunteer("Ani").id, services.Offer
    now = clock.now()

    def public_at(public: bool, at: datetime) -> datetime | None:
        act(services.offer_to_speak, ani, offer(headline="Guru", public=public), actor=of(ani), now=at)
        return db.session().get_one(Volunteer, ani).public_at

    assert public_at(False, now) is None
    assert public_at(True, now + SECOND) == now + SECOND
    assert public_at(True, now + 2 * SECOND) == now + SECOND
    assert public_at(False, now + 3 * SECOND) is None


def test_a_diklat_that_is_called_off_is_told_once_and_not_to_who_called_it_off(app: Flask) -> None:
    first = factories.slot("Satu")
    course = session(first).diklat_id
    second = factories.live_session(course, factories.morning(12)).id
    ani, lead, invited = (factories.volunteer(name).id for name in ("Ani", "Budi", "Cici"))
    for id, person in ((first, ani), (second, ani), (second, lead)):
        act(services.set_needs, session(id), services.Needs(speakers=2), actor=SYSTEM)
        act(services.appoint, id, person, agreed=True, actor=SYSTEM)
    act(services.invite, first, invited, actor=SYSTEM)
    starts, ends = times(first)
    moved = SessionPlan(title="Sesi", starts_at=starts + timedelta(hours=1), ends_at=ends + timedelta(hours=1))
    act(sessions.change, first, moved, actor=of(lead))
    assert [told(person, "session_moved") for person in (ani, lead, invited)] == [1, 0, 0]
    act(states.cancel, course, reason="sakit", actor=of(lead))
    assert db.session().get_one(Diklat, course).state is DiklatState.CANCELLED
    assert [told(person, "diklat_cancelled") for person in (ani, lead, invited)] == [1, 0, 0]

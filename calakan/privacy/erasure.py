"""Asking for erasure and erasing (UU 27/2022): the person goes, the counts and the certificate register stay."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

import sqlalchemy as sa

from calakan.assessment.models import Submission
from calakan.assessment.services import attempts, discarding
from calakan.attendance import appeals
from calakan.attendance.models import (
    TIMED,
    Appeal,
    AppealState,
    BatchLine,
    Evidence,
    Kind,
    LineClaim,
    Method,
    MissedCode,
    Presence,
)
from calakan.audit import forgetting as trail
from calakan.audit import services as audit
from calakan.audit.models import AuditEntry
from calakan.availability.models import BusySource, BusyTime
from calakan.certificates.models import Certificate, Correction, NameConfirmation
from calakan.certificates.outside import services as outside
from calakan.completion.models import PassingException
from calakan.diklat.models import Diklat, DiklatState, LiveSession
from calakan.duplicates import merging as duplicates
from calakan.enrolment import services as enrolment
from calakan.enrolment.models import Enrolment, EnrolmentState, Wish
from calakan.feedback.models import Quote
from calakan.kernel import codes, db
from calakan.kernel.actor import Actor, Role
from calakan.kernel.claims import WorkState
from calakan.kernel.text import search_key
from calakan.kernel.wording import phrase
from calakan.narasumber import queries as narasumber
from calakan.narasumber.models import Assignment, Volunteer, VolunteerNote, VolunteerState
from calakan.notifications import services as notifications
from calakan.notifications.models import Bounce, ChannelAddress, InboxSeen, Message, MutedTopic, PushSubscription, Why
from calakan.people import queries as people
from calakan.people.agreements import Consent, NoticeAcceptance
from calakan.people.errors import ErasedAlready
from calakan.people.models import MailCode, OneTimeLink, Person, RecoveryCode, SecondFactor
from calakan.people.services import accounts
from calakan.people.ways_in import IssuerAccount, Passkey, PasskeyChallenge
from calakan.privacy.errors import ErasureNeedsReason, ErasureOfStaff, StillOnDuty
from calakan.reports.models import ReportSchedule, SavedReport
from calakan.roster import lists as roster

ASKED, ERASED = "people.ask_erasure", "people.erase"
# UU 27/2022 gives three times twenty-four hours.
WITHIN = timedelta(hours=72)


def ask(person_id: int, *, actor: Actor, now: datetime) -> datetime:
    """Note the wish and tell the admins; asking again finds the first one. Returns until when it is to be answered."""
    person = db.lock(Person, person_id)
    first = asked_at(person_id)
    if first is not None:
        return first + WITHIN
    audit.record(ASKED, person, actor=actor, now=now)
    for admin in people.with_roles(Role.ADMIN):
        notifications.queue(
            "reports.erasure_asked",
            key=f"erasure:{person_id}:{now.isoformat()}:{admin.id}",
            person_id=admin.id,
            address=admin.email,
            now=now,
            about=person,
            facts={"name": admin.name},
        )
    return now + WITHIN


def asked_at(person_id: int) -> datetime | None:
    """When a person asked; the trail is the record. None too after the erasure."""
    return dict(_asked(person_id)).get(person_id)


def open_requests() -> list[tuple[Person, datetime]]:
    """Who waits for it and until when, the most urgent first."""
    asked = dict(_asked())
    found = db.session().scalars(sa.select(Person).where(Person.id.in_(asked)))
    return sorted(((person, asked[person.id] + WITHIN) for person in found), key=lambda row: (row[1], row[0].id))


def _asked(person_id: int | None = None) -> Sequence[tuple[int, datetime]]:
    wanted = (
        sa.select(AuditEntry.subject_id, sa.func.min(AuditEntry.at))
        .where(
            AuditEntry.act == ASKED,
            AuditEntry.subject_kind == Person.__tablename__,
            ~sa.exists().where(Person.id == AuditEntry.subject_id, Person.email.like(f"%{people.ERASED_DOMAIN}")),
        )
        .group_by(AuditEntry.subject_id)
    )
    if person_id is not None:
        wanted = wanted.where(AuditEntry.subject_id == person_id)
    return [(id, at) for id, at in db.session().execute(wanted) if id is not None]


def erase(person_id: int, *, reason: str, actor: Actor, now: datetime) -> None:
    """Take name, contacts and numbers away for good; seats in running diklat become free.

    Post, level and kecamatan stay for the counts, presence for the records, issued papers as the office's register.
    Raises ErasureNeedsReason, ErasedAlready, ErasureOfStaff, StillOnDuty.
    """
    if not reason.strip():
        raise ErasureNeedsReason()
    _check(person_id, now=now)
    for part in duplicates.parts_of(person_id):
        erase(part, reason=reason, actor=actor, now=now)
    # Every diklat is locked before the person, here as everywhere.
    for diklat_id in _running(person_id):
        enrolment.remove(diklat_id, [person_id], reason=phrase("privacy.erased"), actor=actor, now=now)
    db.lock(Person, person_id)
    found = people.person(person_id)
    assert found is not None
    for address in filter(None, (found.email, found.second_email, found.number)):
        _forget_address(address)
    called = {found.name, found.printed_name, found.contact}
    _wipe(found, now=now)
    db.session().flush()
    trail.forget(person_id, called)
    discarding.discard_of(person_id, now=now)
    attempts.forget_words(person_id)
    outside.forget_person(person_id, now=now)
    photos = (
        sa.select(Appeal.photo_sha256)
        .where(Appeal.person_id == person_id)
        .union_all(sa.select(Volunteer.photo_sha256).where(Volunteer.person_id == person_id))
    )
    discarding.discard(filter(None, db.session().scalars(photos)), now=now)
    _forget(person_id)
    duplicates.forget_person(person_id)
    db.session().flush()
    audit.record(ERASED, found, actor=actor, now=now, reason=reason.strip()[:300])


def _check(person_id: int, *, now: datetime) -> None:
    person = people.person(person_id)
    assert person is not None
    if person.erased:
        raise ErasedAlready()
    if people.staff_roles(person):
        raise ErasureOfStaff()
    if narasumber.upcoming(person_id, now=now):
        raise StillOnDuty()


def _running(person_id: int) -> Sequence[int]:
    wanted = (
        sa.select(Diklat.id)
        .join(Enrolment, Enrolment.diklat_id == Diklat.id)
        .where(
            Enrolment.person_id == person_id,
            Enrolment.state != EnrolmentState.CANCELLED,
            Diklat.state == DiklatState.PUBLISHED,
        )
    )
    return db.session().scalars(wanted.order_by(Diklat.id)).all()


def _wipe(person: Person, *, now: datetime) -> None:
    person.email = f"{person.code.lower()}{people.ERASED_DOMAIN}"
    nobody = phrase("kernel.nobody")
    person.second_email, person.number = None, None
    person.name, person.name_key, person.title_before, person.title_after = nobody, search_key(nobody), "", ""
    person.password_hash, person.phone, person.nip, person.nuptk, person.sex = None, None, None, None, None
    # A post at one school would name a person again; the kecamatan does not.
    person.school_id, person.school_elsewhere, person.kabupaten_elsewhere, person.subject_taught = None, "", "", ""
    person.calendar_token, person.active, person.updated_at = codes.code(26), False, now
    person.roles, person.scopes = [], []


def _forget_address(address: str) -> None:
    """Letters to the mailbox or number that name no account, and what was asked for in its name."""
    session = db.session()
    session.execute(sa.delete(MailCode).where(MailCode.address == address))
    mails = sa.update(Message).where(Message.address == address, Message.person_id.is_(None))
    session.execute(
        mails.where(Message.state == WorkState.PENDING).values(state=WorkState.DROPPED, last_error=Why.ERASED)
    )
    session.execute(mails.values(address="", provider_id="", facts={}, subject="", body=""))


def _forget(person_id: int) -> None:
    """What was written around the person: log-ins, links, mails, wrong codes, busy times, wishes about the name, quotes, the offer to speak."""
    session = db.session()
    accounts.end_logins(person_id)
    of_account = (
        OneTimeLink,
        SecondFactor,
        RecoveryCode,
        Passkey,
        PasskeyChallenge,
        IssuerAccount,
        Consent,
        NoticeAcceptance,
    )
    of_mailbox = (MutedTopic, InboxSeen, ChannelAddress, PushSubscription, Bounce)
    for model in (*of_account, *of_mailbox, MissedCode, BusyTime, BusySource, NameConfirmation, Quote, Wish):
        session.execute(sa.delete(model).where(model.person_id == person_id))
    roster.forget_person(person_id)
    session.execute(sa.delete(SavedReport).where(SavedReport.person_id == person_id))
    session.execute(sa.delete(ReportSchedule).where(ReportSchedule.person_id == person_id))
    mails = sa.update(Message).where(Message.person_id == person_id)
    session.execute(
        mails.where(Message.state == WorkState.PENDING).values(state=WorkState.DROPPED, last_error=Why.ERASED)
    )
    session.execute(mails.values(address="", provider_id="", facts={}, subject="", body=""))
    session.execute(sa.update(Enrolment).where(Enrolment.person_id == person_id).values(cancel_reason=""))
    # That a task was accepted stays for the counts; what was written and shown goes.
    emptied = {"text": "", "url": "", "remark": ""}
    session.execute(sa.update(Submission).where(Submission.person_id == person_id).values(**emptied))
    _forget_signs(person_id)
    lines = sa.update(BatchLine).where(BatchLine.person_id == person_id)
    session.execute(lines.values(shown="", email="", number="", said="", pieces=[]))
    session.execute(sa.delete(LineClaim).where(LineClaim.person_id == person_id))
    session.execute(sa.update(PassingException).where(PassingException.person_id == person_id).values(reason="–"))
    offer = session.get(Volunteer, person_id)
    if offer is not None:
        offer.slug, offer.headline, offer.bio, offer.public = f"dihapus-{person_id}", "", "", False
        offer.profession, offer.photo_sha256, offer.public_at = "", None, None
        offer.links, offer.languages, offer.modes, offer.levels, offer.topics = [], [], [], [], []
        offer.state, offer.state_note = VolunteerState.DECLINED, ""
    papers = sa.select(Certificate.id).where(Certificate.person_id == person_id)
    asked = sa.update(Correction).where(Correction.certificate_id.in_(papers))
    session.execute(asked.values(old_name="", wanted_name="", reason="", answer=""))
    session.execute(sa.delete(VolunteerNote).where(VolunteerNote.person_id == person_id))
    session.execute(sa.update(Assignment).where(Assignment.person_id == person_id).values(reason=""))


def _forget_signs(person_id: int) -> None:
    """Papers rest on what was decided and on which signs, and both stay; words about the person, in mails to the panitia too, and
    the hours of clicks, lines and tests go.

    An appeal that nobody answered has decided nothing.
    """
    session, begins = db.session(), sa.select(LiveSession.starts_at).where(LiveSession.id == Evidence.live_session_id)
    asked = session.execute(sa.select(Appeal.id, Appeal.live_session_id).where(Appeal.person_id == person_id)).all()
    about = sa.select(Message).where(
        Message.kind == appeals.ASKED, Message.subject_id.in_([session_id for _, session_id in asked])
    )
    for mail in session.scalars(about):
        if mail.facts.get("appeal_id") in {id for id, _ in asked}:
            mail.body = ""
    session.execute(sa.delete(Appeal).where(Appeal.person_id == person_id, Appeal.state == AppealState.ASKED))
    emptied = {"text": "", "answer": "", "photo_sha256": None}
    session.execute(sa.update(Appeal).where(Appeal.person_id == person_id).values(**emptied))
    clicks = sa.update(Evidence).where(Evidence.person_id == person_id, Evidence.kind.in_(TIMED))
    session.execute(clicks.values(at=begins.scalar_subquery(), until=None))
    by_hand = sa.update(Evidence).where(Evidence.person_id == person_id, Evidence.kind == Kind.HAND)
    session.execute(by_hand.values(reason="–"))
    marks = sa.update(Presence).where(Presence.person_id == person_id, Presence.method == Method.HAND)
    session.execute(marks.values(reason="–"))

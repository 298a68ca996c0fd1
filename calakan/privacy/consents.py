"""What somebody consented to, purpose by purpose, and when it was given and withdrawn. Reads only."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from calakan.audit.models import AuditEntry
from calakan.feedback import queries as feedback
from calakan.feedback.models import Quote
from calakan.kernel import db
from calakan.narasumber.models import Volunteer
from calakan.notifications import queries as notifications
from calakan.notifications import ways
from calakan.notifications.models import ChannelAddress, PushSubscription
from calakan.notifications.ways import Way
from calakan.people.agreements import Consent, ConsentTo, NoticeAcceptance
from calakan.people.services import consents

ACTS = (
    consents.GIVE,
    consents.WITHDRAW,
    "notifications.ask_channel",
    "notifications.confirm_channel",
    "notifications.withdraw_channel",
    "notifications.add_device",
    "notifications.remove_device",
    "narasumber.offer_to_speak",
    "narasumber.show_page",
    "narasumber.hide_page",
    "feedback.withdraw_quote",
    "people.accept_notice",
)
NEWEST = 100


@dataclass(frozen=True)
class Given:
    """All of one person. `channels` are those that are set up here, with what was agreed to on each."""

    photos: Consent | None
    channels: Sequence[tuple[Way, ChannelAddress | None]]
    devices: Sequence[PushSubscription]
    page: Volunteer | None
    quotes: Sequence[Quote]
    notices: Sequence[NoticeAcceptance]
    log: Sequence[AuditEntry]


def of_person(person_id: int) -> Given:
    chats = [way for way in ways.others() if way is not Way.PUSH]
    read = sa.select(NoticeAcceptance).where(NoticeAcceptance.person_id == person_id)
    return Given(
        photos=consents.of_person(person_id, ConsentTo.PHOTOS),
        channels=[(way, notifications.address_of(person_id, way)) for way in chats],
        devices=notifications.devices_of(person_id),
        page=db.session().get(Volunteer, person_id),
        quotes=feedback.quotes_of(person_id),
        notices=db.session().scalars(read.order_by(NoticeAcceptance.version.desc())).all(),
        log=_log(person_id),
    )


def _log(person_id: int) -> Sequence[AuditEntry]:
    """The newest first, also what a provider told for the person; the trail is the record."""
    mine = sa.or_(AuditEntry.actor_id == person_id, AuditEntry.facts["person_id"].as_integer() == person_id)
    wanted = sa.select(AuditEntry).where(AuditEntry.act.in_(ACTS), mine)
    return db.session().scalars(wanted.order_by(AuditEntry.id.desc()).limit(NEWEST)).all()

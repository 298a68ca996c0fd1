"""Offering oneself as a narasumber, and the panitia's answer."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

import sqlalchemy as sa

from calakan.audit import services as audit
from calakan.kernel import codes, db
from calakan.kernel.actor import Actor, Role
from calakan.kernel.errors import NotFound
from calakan.narasumber.errors import AlreadyVolunteer
from calakan.narasumber.models import (
    Volunteer,
    VolunteerState,
    VolunteerTopic,
)
from calakan.notifications import services as notifications
from calakan.people.models import Person, PersonRole
from calakan.people.services import accounts


@dataclass(frozen=True, kw_only=True)
class Offer:
    """What a volunteer says of himself."""

    headline: str
    bio: str = ""
    topics: list[str] = field(default_factory=list)
    public: bool = False


def offer_to_speak(person_id: int, offer: Offer, *, actor: Actor, now: datetime) -> Volunteer:
    """Apply, or change one's profile; a declined one may apply again."""
    person = db.lock(Person, person_id)
    volunteer = db.session().get(Volunteer, person_id)
    if volunteer is None:
        volunteer = Volunteer(person_id=person_id, slug=_free_slug(person.name), applied_at=now)
        db.session().add(volunteer)
    elif volunteer.state is VolunteerState.DECLINED:
        volunteer.state, volunteer.applied_at = VolunteerState.APPLIED, now
    volunteer.headline, volunteer.bio, volunteer.public = offer.headline, offer.bio, offer.public
    held = {row.topic: row for row in volunteer.topics}
    volunteer.topics = [held.get(topic) or VolunteerTopic(topic=topic) for topic in dict.fromkeys(offer.topics)]
    db.session().flush()
    audit.record("narasumber.offer_to_speak", volunteer, actor=actor, now=now, name=person.name, public=offer.public)
    return volunteer


def decide(person_id: int, *, approve: bool, note: str = "", actor: Actor, now: datetime) -> Volunteer:
    """Panitia accept or decline a volunteer; the role follows and log-ins start anew. Raises NotFound."""
    person = db.lock(Person, person_id)
    volunteer = db.session().get(Volunteer, person_id)
    if volunteer is None:
        raise NotFound()
    wanted = VolunteerState.APPROVED if approve else VolunteerState.DECLINED
    if volunteer.state is wanted:
        raise AlreadyVolunteer(state=wanted.value)
    volunteer.state, volunteer.state_note, volunteer.decided_at = wanted, note[:300], now
    held = db.session().get(PersonRole, (person_id, Role.NARASUMBER))
    if approve and held is None:
        db.session().add(PersonRole(person_id=person_id, role=Role.NARASUMBER))
    elif not approve and held is not None:
        db.session().delete(held)
    if actor.person_id != person_id:
        accounts.end_logins(person_id)
    audit.record("narasumber.decide", volunteer, actor=actor, now=now, name=person.name, approved=approve)
    notifications.queue(
        "narasumber.decided",
        key=f"volunteer:{person_id}:{wanted.value}:{now.isoformat()}",
        person_id=person_id,
        address=person.email,
        now=now,
        facts={"name": person.name, "approved": approve, "note": note[:300]},
    )
    return volunteer


def _free_slug(name: str) -> str:
    base = codes.slug(name, longest=50)
    taken = set(db.session().scalars(sa.select(Volunteer.slug).where(Volunteer.slug.startswith(base, autoescape=True))))
    return base if base not in taken else f"{base}-{codes.code(4).lower()}"

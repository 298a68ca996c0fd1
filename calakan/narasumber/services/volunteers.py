"""Offering oneself as a narasumber, and the panitia's answer."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from urllib.parse import urlsplit

import sqlalchemy as sa

from calakan.audit import services as audit
from calakan.kernel import codes, db
from calakan.kernel.actor import Actor, Role
from calakan.kernel.errors import NotFound
from calakan.narasumber.errors import AlreadyVolunteer, LinkNotAllowed
from calakan.narasumber.models import NoteKind, Volunteer, VolunteerLevel, VolunteerNote, VolunteerState, VolunteerTopic
from calakan.notifications import services as notifications
from calakan.people.models import Jenjang, Person, PersonRole
from calakan.people.services import accounts

MOST_LINKS, LONGEST_LINK = 3, 200


@dataclass(frozen=True, kw_only=True)
class Offer:
    """What a volunteer says of himself. `photo_sha256` None keeps the photo there is, `drop_photo` takes it away."""

    headline: str
    profession: str = ""
    bio: str = ""
    topics: list[str] = field(default_factory=list)
    levels: list[Jenjang] = field(default_factory=list)
    links: list[str] = field(default_factory=list)
    languages: list[str] = field(default_factory=list)
    modes: list[str] = field(default_factory=list)
    photo_sha256: str | None = None
    drop_photo: bool = False
    public: bool = False


def offer_to_speak(person_id: int, offer: Offer, *, actor: Actor, now: datetime) -> Volunteer:
    """Apply, or change one's profile; a declined one may apply again. Raises LinkNotAllowed."""
    links = [_checked(link) for link in offer.links]
    if len(links) > MOST_LINKS:
        raise LinkNotAllowed(why="many")
    person = db.lock(Person, person_id)
    volunteer = db.session().get(Volunteer, person_id)
    if volunteer is None:
        volunteer = Volunteer(person_id=person_id, slug=_free_slug(person.name), applied_at=now)
        db.session().add(volunteer)
    elif volunteer.state is VolunteerState.DECLINED:
        volunteer.state, volunteer.applied_at = VolunteerState.APPLIED, now
    _write(volunteer, offer, links)
    if volunteer.public is not True and offer.public:
        volunteer.public_at = now
    elif not offer.public:
        volunteer.public_at = None
    volunteer.public = offer.public
    db.session().flush()
    audit.record("narasumber.offer_to_speak", volunteer, actor=actor, now=now, name=person.name, public=offer.public)
    return volunteer


def publish(person_id: int, public: bool, *, actor: Actor, now: datetime) -> None:
    """Agree to the public page, or no longer: it is gone with the commit. Raises NotFound to whoever never offered to speak."""
    person = db.lock(Person, person_id)
    volunteer = db.session().get(Volunteer, person_id, populate_existing=True)
    if volunteer is None:
        raise NotFound()
    if volunteer.public is public:
        return
    volunteer.public, volunteer.public_at = public, now if public else None
    db.session().flush()
    act = "narasumber.show_page" if public else "narasumber.hide_page"
    audit.record(act, volunteer, actor=actor, now=now, name=person.name, person_id=person_id)


def _write(volunteer: Volunteer, offer: Offer, links: list[str]) -> None:
    volunteer.headline, volunteer.profession, volunteer.bio = offer.headline, offer.profession, offer.bio
    volunteer.links, volunteer.languages, volunteer.modes = links, list(offer.languages), list(offer.modes)
    if offer.drop_photo:
        volunteer.photo_sha256 = None
    elif offer.photo_sha256 is not None:
        volunteer.photo_sha256 = offer.photo_sha256
    topics = {row.topic: row for row in volunteer.topics}
    volunteer.topics = [topics.get(topic) or VolunteerTopic(topic=topic) for topic in dict.fromkeys(offer.topics)]
    levels = {row.jenjang: row for row in volunteer.levels}
    volunteer.levels = [levels.get(level) or VolunteerLevel(jenjang=level) for level in dict.fromkeys(offer.levels)]


def _checked(link: str) -> str:
    try:
        parts = urlsplit(link)
        host = parts.hostname or ""
    except ValueError:
        raise LinkNotAllowed(why="shape") from None
    plain = link.isascii() and link.isprintable() and " " not in link
    if parts.scheme != "https" or "." not in host or "@" in parts.netloc or not plain or len(link) > LONGEST_LINK:
        raise LinkNotAllowed(why="shape")
    return link


def decide(person_id: int, *, approve: bool, note: str = "", actor: Actor, now: datetime) -> Volunteer:
    """Panitia accept or decline a volunteer; the role follows and log-ins start anew. Raises NotFound, AlreadyVolunteer."""
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


def remark(person_id: int, text: str, *, actor: Actor, now: datetime) -> VolunteerNote:
    """The panitia's own line in the private record of a volunteer. Raises NotFound."""
    volunteer = db.session().get(Volunteer, person_id)
    if volunteer is None:
        raise NotFound()
    audit.record("narasumber.remark", volunteer, actor=actor, now=now, name=volunteer.person.name)
    return note(person_id, NoteKind.REMARK, text=text, actor=actor, now=now)


def note(
    person_id: int, kind: NoteKind, *, session_id: int | None = None, text: str = "", actor: Actor, now: datetime
) -> VolunteerNote:
    """One line in the record of a volunteer."""
    row = VolunteerNote(
        person_id=person_id, live_session_id=session_id, kind=kind, text=text[:300], at=now, author_id=actor.person_id
    )
    db.session().add(row)
    return row


def _free_slug(name: str) -> str:
    base = codes.slug(name, longest=50)
    taken = set(db.session().scalars(sa.select(Volunteer.slug).where(Volunteer.slug.startswith(base, autoescape=True))))
    return base if base not in taken else f"{base}-{codes.code(4).lower()}"

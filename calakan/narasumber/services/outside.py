"""A speaker from outside, whom the panitia know by name and address alone: all that is asked of them goes by signed links."""

from __future__ import annotations

from datetime import datetime

from calakan.audit import services as audit
from calakan.kernel import db
from calakan.kernel.actor import Actor, Role
from calakan.narasumber.errors import NotAVolunteer, OutsiderClosed
from calakan.narasumber.models import Assignment, Volunteer, VolunteerState
from calakan.narasumber.services.invitations import invite
from calakan.people import queries as people
from calakan.people.models import Person, PersonRole
from calakan.people.services import accounts, entry, profile


def invite_outside(session_id: int, email: str, name: str, *, actor: Actor, now: datetime) -> Assignment:
    """Ask somebody by this address, who need not have an account; whoever has one keeps name and all else.

    They volunteer for nothing by that: the relay offers them no session. Only panitia bring somebody in so.
    Raises NotAVolunteer, OutsiderClosed, NameTooLong, NameUndrawable, NameIsAddress, and what `invite` raises.
    """
    if not actor.is_committee:
        raise NotAVolunteer()
    person = people.by_email(email)
    if person is None:
        person = accounts.new_person(email, name, now=now, password_hash=None)
        db.session().add(person)
        db.session().flush()
    elif person.email_confirmed_at is None and person.password_hash is not None:
        # Signed up by whoever typed the address, and proven by nobody: the panitia's word counts more.
        person = db.lock(Person, person.id)
        if person.email_confirmed_at is None:  # not in this very moment either
            entry.forget_claim(person, now=now)
            person.password_hash = None
            profile.take_back(person)
            accounts.rename(person, name)
    _refuse(person)
    if db.session().get(PersonRole, (person.id, Role.NARASUMBER)) is None:
        db.session().add(PersonRole(person_id=person.id, role=Role.NARASUMBER))
        accounts.end_logins(person.id)
        audit.record("narasumber.bring_in", person, actor=actor, now=now, name=person.name)
    db.session().flush()
    return invite(session_id, person.id, actor=actor, now=now)


def _refuse(person: Person) -> None:
    """Whose account is closed is written to no more, and whom the panitia declined they approve first."""
    if not person.active:
        raise OutsiderClosed()
    offer = db.session().get(Volunteer, person.id)
    if offer is not None and offer.state is VolunteerState.DECLINED:
        raise NotAVolunteer()

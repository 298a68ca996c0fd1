"""Reads of volunteers and their public profiles."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import sqlalchemy as sa

from calakan.kernel import db
from calakan.kernel.actor import Role
from calakan.kernel.text import like, search_key
from calakan.narasumber.models import Volunteer, VolunteerState, VolunteerTopic
from calakan.people.models import Person, PersonRole


def volunteer(person_id: int | None) -> Volunteer | None:
    return db.session().get(Volunteer, person_id) if person_id is not None else None


def by_slug(slug: str) -> Volunteer | None:
    return db.session().scalar(sa.select(Volunteer).where(Volunteer.slug == slug))


def volunteers(*, state: VolunteerState | None = None, topic: str = "", words: str = "") -> sa.Select[Volunteer]:
    """Those who wait for an answer first, then by name."""
    wanted = sa.select(Volunteer).join(Person)
    if state is not None:
        wanted = wanted.where(Volunteer.state == state)
    if topic:
        wanted = wanted.where(Volunteer.topics.any(VolunteerTopic.topic == topic))
    key = search_key(words)
    if key:
        wanted = wanted.where(Person.name_key.like(like(key), escape="\\"))
    waiting_first = sa.case((Volunteer.state == VolunteerState.APPLIED, 0), else_=1)
    return wanted.order_by(waiting_first, Person.name_key, Volunteer.person_id)


def can_speak() -> Sequence[Person]:
    """Everyone who may be assigned."""
    return (
        db.session()
        .scalars(
            sa.select(Person)
            .join(PersonRole, PersonRole.person_id == Person.id)
            .where(PersonRole.role == Role.NARASUMBER, Person.active)
            .order_by(Person.name_key)
        )
        .all()
    )


def is_speaker(person_id: int) -> bool:
    return bool(
        db.session().scalar(
            sa.select(sa.exists().where(PersonRole.person_id == person_id, PersonRole.role == Role.NARASUMBER))
        )
    )


def public_profiles(person_ids: Iterable[int]) -> dict[int, tuple[str, str]]:
    """person -> (slug, headline) of those who agreed to a public profile."""
    ids = list(person_ids)
    if not ids:
        return {}
    rows = db.session().execute(
        sa.select(Volunteer.person_id, Volunteer.slug, Volunteer.headline).where(
            Volunteer.person_id.in_(ids),
            Volunteer.public,
            Volunteer.state == VolunteerState.APPROVED,
        )
    )
    return {person_id: (slug, headline) for person_id, slug, headline in rows}

"""Who could speak in a session, ranked: what the panitia choose from and the relay asks."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from calakan.diklat.models import LiveSession, SessionState
from calakan.kernel import db
from calakan.kernel.actor import Role
from calakan.narasumber import ranking
from calakan.narasumber.models import (
    Assignment,
    AssignmentState,
    Volunteer,
    VolunteerLevel,
    VolunteerState,
    VolunteerTopic,
)
from calakan.narasumber.queries.clashes import Busy, busy
from calakan.notifications.models import Message
from calakan.people.models import Jenjang, Person, PersonRole

INVITED_KIND = "narasumber.invited"
# A day's invitations to one person; more is pestering.
MOST_INVITATIONS, INVITATION_WINDOW = 5, timedelta(days=1)


@dataclass(frozen=True, kw_only=True)
class Candidate:
    """`state` is what already happened between this person and this session."""

    person_id: int
    slug: str
    name: str
    headline: str
    fit: ranking.Fit
    last_spoke_at: datetime | None
    in_the_way: Busy | None
    state: AssignmentState | None

    @property
    def free(self) -> bool:
        return self.in_the_way is None


def candidates(session: LiveSession, *, now: datetime) -> list[Candidate]:
    """Every approved volunteer for a session (with its diklat): free hours first, then by fit and rest, then by name.

    Six statements however many volunteers there are.
    """
    taken = busy(None, session.starts_at, session.ends_at, apart_from=session.id)
    spoke = last_spoke(now=now)
    states = _states(session.id)
    topics, levels = _topics(), _levels()
    wanted_topics = {row.topic for row in session.diklat.topics}
    wanted_levels, mode = set(session.diklat.jenjang), session.diklat.mode
    found = []
    for person_id, slug, headline, modes, before, name, after in _people():
        last = spoke.get(person_id)
        found.append(
            Candidate(
                person_id=person_id,
                slug=slug,
                name=f"{before} {name}".strip() + (f", {after}" if after else ""),
                headline=headline,
                fit=ranking.fit(
                    topics=topics[person_id],
                    wanted_topics=wanted_topics,
                    levels=levels[person_id],
                    wanted_levels=wanted_levels,
                    modes=modes,
                    wanted_mode=mode,
                    rest_days=(now - last).days if last is not None else None,
                ),
                last_spoke_at=last,
                in_the_way=next(iter(taken.get(person_id, ())), None),
                state=states.get(person_id),
            )
        )
    return sorted(found, key=lambda c: (not c.free, -c.fit.score, c.name, c.person_id))


def _people() -> sa.Result[int, str, str, list[str], str, str, str]:
    return db.session().execute(
        sa.select(
            Volunteer.person_id,
            Volunteer.slug,
            Volunteer.headline,
            Volunteer.modes,
            Person.title_before,
            Person.name,
            Person.title_after,
        )
        .join(Person, Person.id == Volunteer.person_id)
        .join(PersonRole, (PersonRole.person_id == Person.id) & (PersonRole.role == Role.NARASUMBER))
        .where(Volunteer.state == VolunteerState.APPROVED, Person.active)
    )


def _topics() -> dict[int, set[str]]:
    found: dict[int, set[str]] = defaultdict(set)
    for person_id, topic in db.session().execute(sa.select(VolunteerTopic.person_id, VolunteerTopic.topic)):
        found[person_id].add(topic)
    return found


def _levels() -> dict[int, set[Jenjang]]:
    found: dict[int, set[Jenjang]] = defaultdict(set)
    for person_id, level in db.session().execute(sa.select(VolunteerLevel.person_id, VolunteerLevel.jenjang)):
        found[person_id].add(level)
    return found


def last_spoke(*, now: datetime) -> dict[int, datetime]:
    """When each person last stood before a session that is over."""
    rows = db.session().execute(
        sa.select(Assignment.person_id, sa.func.max(LiveSession.ends_at))
        .join(LiveSession, LiveSession.id == Assignment.live_session_id)
        .where(
            Assignment.state == AssignmentState.CONFIRMED,
            LiveSession.state == SessionState.PLANNED,
            LiveSession.ends_at <= now,
        )
        .group_by(Assignment.person_id)
    )
    return dict(rows.all())


def _states(session_id: int) -> dict[int, AssignmentState]:
    rows = db.session().execute(
        sa.select(Assignment.person_id, Assignment.state).where(Assignment.live_session_id == session_id)
    )
    return dict(rows.all())


def pestered(person_ids: Collection[int], *, now: datetime) -> set[int]:
    """Who has been invited so often of late that another invitation must wait."""
    rows = db.session().scalars(
        sa.select(Message.person_id)
        .where(
            Message.person_id.in_(list(person_ids)),
            Message.kind == INVITED_KIND,
            Message.created_at > now - INVITATION_WINDOW,
        )
        .group_by(Message.person_id)
        .having(sa.func.count() >= MOST_INVITATIONS)
    )
    return set(rows)

"""Who could speak in a session, ranked: what the panitia choose from and the relay asks."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

import sqlalchemy as sa

from calakan.diklat.models import LiveSession, Mode, SessionState
from calakan.kernel import db
from calakan.kernel.actor import Role
from calakan.kernel.text import like, search_key
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
from calakan.notifications.ways import Way
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


class Ranking:
    """Every approved volunteer for one session, best first; candidates are made as they are looked at."""

    def __init__(self, ranked: list[_Row], make: Callable[[_Row], Candidate]) -> None:
        self._ranked, self._make = ranked, make

    def __len__(self) -> int:
        return len(self._ranked)

    def __iter__(self) -> Iterator[Candidate]:
        return map(self._make, self._ranked)

    @property
    def free(self) -> int:
        """How many have the hour free."""
        return sum(not row.busy for row in self._ranked)


class _Row(NamedTuple):
    """In the order of the ranking: free hours first, then by fit and rest, then by name."""

    busy: bool
    penalty: float
    name_key: str
    person_id: int
    slug: str
    name: str
    headline: str
    fit: ranking.Fit


def candidates(session: LiveSession, *, words: str = "", now: datetime) -> Ranking:
    """Who could speak in a session (with its diklat), ranked; `words` are looked for in names.

    A fixed number of statements however many volunteers there are.
    """
    taken = busy(None, session.starts_at, session.ends_at, apart_from=session.id)
    spoke, states = last_spoke(now=now), _states(session.id)
    knows = _knowing([row.topic for row in session.diklat.topics])
    teaches = _teaching(session.diklat.jenjang)
    mode = session.diklat.mode
    ranked = []
    for person_id, slug, headline, modes, name_key, before, name, after in _people(words):
        last = spoke.get(person_id)
        fit = ranking.Fit(
            topic=knows is None or person_id in knows,
            level=teaches(person_id),
            mode=modes == "[]" or mode is Mode.HYBRID or f'"{mode.value}"' in modes,
            rest_days=(now - last).days if last is not None else None,
        )
        full = f"{before} {name}".strip() + (f", {after}" if after else "")
        ranked.append(_Row(person_id in taken, -fit.score, name_key, person_id, slug, full, headline, fit))
    ranked.sort()

    def make(row: _Row) -> Candidate:
        return Candidate(
            person_id=row.person_id,
            slug=row.slug,
            name=row.name,
            headline=row.headline,
            fit=row.fit,
            last_spoke_at=spoke.get(row.person_id),
            in_the_way=next(iter(taken.get(row.person_id, ())), None),
            state=states.get(row.person_id),
        )

    return Ranking(ranked, make)


def _people(words: str) -> sa.Result[int, str, str, str, str, str, str, str]:
    wanted = (
        sa.select(
            Volunteer.person_id,
            Volunteer.slug,
            Volunteer.headline,
            sa.cast(Volunteer.modes, sa.Text),
            Person.name_key,
            Person.title_before,
            Person.name,
            Person.title_after,
        )
        .join(Person, Person.id == Volunteer.person_id)
        .join(PersonRole, (PersonRole.person_id == Person.id) & (PersonRole.role == Role.NARASUMBER))
        .where(Volunteer.state == VolunteerState.APPROVED, Person.active)
    )
    key = search_key(words)
    if key:
        wanted = wanted.where(Person.name_key.like(like(key), escape="\\"))
    return db.session().execute(wanted)


def _knowing(topics: Collection[str]) -> set[int] | None:
    """Who knows one of these topics; None: everybody, because none is asked for."""
    if not topics:
        return None
    return set(db.session().scalars(sa.select(VolunteerTopic.person_id).where(VolunteerTopic.topic.in_(topics))))


def _teaching(levels: Collection[Jenjang]) -> Callable[[int], bool]:
    """Whether somebody teaches one of these levels; whoever named none teaches all."""
    if not levels:
        return lambda person_id: True
    named: dict[int, set[Jenjang]] = defaultdict(set)
    for person_id, level in db.session().execute(sa.select(VolunteerLevel.person_id, VolunteerLevel.jenjang)):
        named[person_id].add(level)
    return lambda person_id: person_id not in named or ranking.teaches(named[person_id], levels)


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
            Message.channel == Way.MAIL,  # copies by other channels are the same invitation
            Message.created_at > now - INVITATION_WINDOW,
        )
        .group_by(Message.person_id)
        .having(sa.func.count() >= MOST_INVITATIONS)
    )
    return set(rows)

"""Reads of the catalogue."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import joinedload, lazyload, selectinload

from calakan.diklat import kept, search
from calakan.diklat.models import (
    CommitteeMember,
    Diklat,
    DiklatLevel,
    DiklatPost,
    DiklatState,
    DiklatTopic,
    Kind,
    LiveSession,
    Mode,
    ProgrammeRow,
    SessionState,
)
from calakan.kernel import clock, db
from calakan.kernel.actor import Actor, Role
from calakan.kernel.text import like, search_key
from calakan.office.queries import office_settings
from calakan.people.models import Jenjang, Person
from calakan.people.queries import with_roles


@dataclass(frozen=True, kw_only=True)
class Filters:
    """How the catalogue is narrowed. `level` "umum" means: for all levels; `when` "lewat": what is over.

    What is not among the few is no filter.
    """

    words: str = ""
    level: str = ""
    topic: str = ""
    when: str = ""
    jp: str = ""
    kind: str = ""
    mode: str = ""
    post: str = ""
    since: date | None = None
    until: date | None = None


def catalogue(
    filters: Filters, *, now: datetime | sa.BindParameter[datetime], also: Sequence[search.Also] = ()
) -> sa.Select[Diklat]:
    """Published diklat that are not over: those one can still join first, the soonest before the others.

    What is over is found when asked for, the newest first.
    """
    if filters.when == "lewat":
        over = sa.and_(Diklat.state == DiklatState.PUBLISHED, Diklat.ends_at <= now)
        wanted = sa.select(Diklat).where(over | (Diklat.state == DiklatState.CLOSED), Diklat.starts_at.is_not(None))
        wanted = wanted.order_by(Diklat.starts_at.desc(), Diklat.id.desc())
    else:
        closed = sa.case((Diklat.enrol_closes_at <= now, 1), else_=0)
        wanted = sa.select(Diklat).where(Diklat.state == DiklatState.PUBLISHED, Diklat.ends_at > now)
        wanted = wanted.order_by(closed, Diklat.starts_at, Diklat.id)
    wanted = _meant_for(wanted.where(*search.matching(filters.words, also)), filters)
    if filters.kind in set(Kind):
        wanted = wanted.where(Diklat.kind == Kind(filters.kind))
    if filters.mode in set(Mode):
        wanted = wanted.where(Diklat.mode == Mode(filters.mode))
    if filters.since is not None:
        wanted = wanted.where(Diklat.ends_at > clock.start_of(filters.since))
    if filters.until is not None:
        wanted = wanted.where(Diklat.starts_at < clock.end_of(filters.until))
    return _at(wanted, filters.when, now)


def _meant_for(wanted: sa.Select[Diklat], filters: Filters) -> sa.Select[Diklat]:
    has_level = sa.exists().where(DiklatLevel.diklat_id == Diklat.id)
    if filters.level == "umum":
        wanted = wanted.where(~has_level)
    elif filters.level in set(Jenjang):
        asked = Jenjang(filters.level)
        wanted = wanted.where(has_level.where(DiklatLevel.jenjang.in_({*asked.asked_by, *asked.within})))
    if filters.topic:
        wanted = wanted.where(sa.exists().where(DiklatTopic.diklat_id == Diklat.id, DiklatTopic.topic == filters.topic))
    if filters.jp == "6":
        wanted = wanted.where(Diklat.jp <= 6)
    elif filters.jp == "8":
        wanted = wanted.where(Diklat.jp >= 8)
    posts = sa.exists().where(DiklatPost.diklat_id == Diklat.id)
    return wanted.where(~posts | posts.where(DiklatPost.jabatan == filters.post)) if filters.post else wanted


def _at(wanted: sa.Select[Diklat], when: str, now: datetime | sa.BindParameter[datetime]) -> sa.Select[Diklat]:
    if isinstance(now, sa.BindParameter):  # of a statement that is built once: no day of today is in it
        return wanted
    today = clock.local(now).date()
    if when == "pekan":
        return wanted.where(Diklat.starts_at < clock.end_of(today + timedelta(days=6 - today.weekday())))
    if when == "bulan":
        next_month = (today.replace(day=28) + timedelta(days=4)).replace(day=1)
        return wanted.where(Diklat.starts_at < clock.start_of(next_month))
    if when == "akhir":
        # Sunday is 0 on both databases.
        on_a_school_day = sa.extract("dow", LiveSession.local_date).between(1, 5)
        of_it = (LiveSession.diklat_id == Diklat.id, LiveSession.state == SessionState.PLANNED)
        return wanted.where(~sa.exists().where(*of_it, on_a_school_day))
    return wanted


def counts(diklat_id: int) -> tuple[int, int]:
    """How many planned sessions and programme rows a diklat has, in one statement."""
    sessions = sa.select(sa.func.count()).where(
        LiveSession.diklat_id == diklat_id, LiveSession.state == SessionState.PLANNED
    )
    rows = sa.select(sa.func.count()).where(ProgrammeRow.diklat_id == diklat_id, stands())
    found = db.session().execute(sa.select(sessions.scalar_subquery(), rows.scalar_subquery())).one()
    return found[0], found[1]


# How a diklat is loaded: `kept.with_audience` gives the rest to pages that show it.
NAMED = (lazyload(Diklat.topics), lazyload(Diklat.levels), lazyload(Diklat.posts))


def by_slug(slug: str) -> Diklat | None:
    """What belongs to it is asked for by the page that shows it."""
    return db.session().scalar(_BY_SLUG, {"slug": slug})


_BY_SLUG = sa.select(Diklat).where(Diklat.slug == sa.bindparam("slug")).options(*NAMED)


def diklat(id: int) -> Diklat | None:
    return db.session().get(Diklat, id)


def live_session(slug: str, number: int) -> LiveSession | None:
    """With its diklat."""
    return db.session().scalar(_SESSION_OF, {"slug": slug, "number": number})


def live_session_by_id(id: int) -> LiveSession | None:
    return db.session().scalar(_SESSION_BY_ID, {"id": id})


_WITH_DIKLAT = sa.select(LiveSession).options(joinedload(LiveSession.diklat).options(*NAMED))
_SESSION_BY_ID = _WITH_DIKLAT.where(LiveSession.id == sa.bindparam("id"))
_SESSION_OF = _WITH_DIKLAT.join(Diklat).where(
    Diklat.slug == sa.bindparam("slug"), LiveSession.number == sa.bindparam("number")
)


def sessions_of(*diklat_ids: int, cancelled: bool = False) -> Sequence[LiveSession]:
    """In order of time; cancelled ones only when asked for."""
    found = [row for rows in kept.SESSIONS.of(*diklat_ids).values() for row in rows]
    wanted = [row for row in found if cancelled or row.state is SessionState.PLANNED]
    return sorted(wanted, key=lambda row: (row.starts_at, row.number, row.diklat_id))


def programme(diklat_id: int) -> Sequence[ProgrammeRow]:
    """As it is written, with rows whose sessions were all called off."""
    return kept.PROGRAMME.of(diklat_id)[diklat_id]


def standing_programme(diklat_id: int) -> Sequence[ProgrammeRow]:
    """As it counts: a row whose sessions were all called off is left out."""
    sessions = sessions_of(diklat_id, cancelled=True)
    taught = {row.row_id for row in sessions}
    planned = {row.row_id for row in sessions if row.state is SessionState.PLANNED}
    return [row for row in programme(diklat_id) if row.id in planned or row.id not in taught]


def row_in_need(diklat_id: int) -> ProgrammeRow | None:
    """The first row to be taught in sessions that has none, or else that of the last session."""
    live = [row for row in standing_programme(diklat_id) if row.live]
    sessions = sessions_of(diklat_id)
    taught = {session.row_id for session in sessions}
    last = [row for row in live if sessions and row.id == sessions[-1].row_id]
    return next((row for row in live if row.id not in taught), last[0] if last else None)


def stands() -> sa.ColumnElement[bool]:
    """A programme row has a session that was not called off, or none at all."""
    taught = sa.exists().where(LiveSession.row_id == ProgrammeRow.id)
    return sa.or_(taught.where(LiveSession.state == SessionState.PLANNED), ~taught)


def looked_after_by(actor: Actor) -> sa.ColumnElement[bool]:
    """The condition on Diklat that keeps what the actor prepares: all for the panitia, one's own for others."""
    if actor.is_committee:
        return sa.true()
    led = Diklat.lead_id == actor.person_id
    return sa.or_(led, Diklat.id.in_(own_committees(actor))) if actor.limited else led


def own_committees(actor: Actor) -> frozenset[int]:
    """The diklat that this person serves as panitia. Being in charge is not enough: whoever proposes one is that already."""

    def read() -> frozenset[int]:
        serves = sa.select(CommitteeMember.diklat_id).where(CommitteeMember.person_id == actor.person_id)
        return frozenset(db.session().scalars(serves))

    found: frozenset[int] = db.once(f"committees {actor.person_id}", read)
    return found


def staff_of(diklat_id: int) -> Sequence[Person]:
    """The panitia who steer it, by name: all, or by the office's setting its own; where it has none, the admins."""
    everybody = with_roles(Role.PANITIA)
    if not office_settings().limit_committee:
        return everybody
    own = set(db.session().scalars(sa.select(CommitteeMember.person_id).where(CommitteeMember.diklat_id == diklat_id)))
    return [one for one in everybody if one.id in own] or with_roles(Role.ADMIN)


def managed(actor: Actor, *, words: str = "", state: DiklatState | None = None) -> sa.Select[Diklat]:
    """What the actor may prepare: everything for the panitia, one's own for a narasumber. Newest first."""
    wanted = sa.select(Diklat).order_by(sa.func.coalesce(Diklat.starts_at, Diklat.created_at).desc(), Diklat.id.desc())
    wanted = wanted.where(looked_after_by(actor))
    for word in search_key(words).split()[:8]:
        wanted = wanted.where(Diklat.title_key.like(like(word), escape="\\"))
    if state is not None:
        wanted = wanted.where(Diklat.state == state)
    return wanted


@dataclass(frozen=True)
class Desk:
    """What lies before whoever prepares diklat: how many stand in which state, what waits for a decision or an end."""

    counts: dict[DiklatState, int]
    proposals: Sequence[Diklat]
    to_close: Sequence[Diklat]


def desk(actor: Actor, *, now: datetime, most: int = 20) -> Desk:
    """Of all for the panitia, of one's own for a narasumber."""
    mine = managed(actor).options(*NAMED)
    counted = managed(actor).order_by(None).with_only_columns(Diklat.state, sa.func.count()).group_by(Diklat.state)
    proposals = mine.where(Diklat.state == DiklatState.PROPOSED).limit(most)
    to_close = mine.where(Diklat.state == DiklatState.PUBLISHED, Diklat.ends_at <= now).limit(most)
    return Desk(
        counts=dict(db.session().execute(counted).all()),
        proposals=db.session().scalars(proposals).all(),
        to_close=db.session().scalars(to_close).all(),
    )


def all_sessions(diklat_id: int) -> Sequence[LiveSession]:
    """Cancelled ones too, with the diklat: a calendar must learn what it has to take out."""
    return (
        db.session()
        .scalars(
            sa.select(LiveSession)
            .where(LiveSession.diklat_id == diklat_id)
            .options(joinedload(LiveSession.diklat))
            .order_by(LiveSession.starts_at, LiveSession.number)
        )
        .all()
    )


def coming_sessions(now: datetime, *, days: int = 90) -> Sequence[LiveSession]:
    """Of published diklat, and those called off after they were, so that calendars learn of it; with the diklat."""
    return (
        db.session()
        .scalars(
            sa.select(LiveSession)
            .join(Diklat)
            .where(
                Diklat.state.in_([DiklatState.PUBLISHED, DiklatState.CANCELLED]),
                Diklat.published_at.is_not(None),
                LiveSession.ends_at > now - timedelta(days=30),
                LiveSession.starts_at < now + timedelta(days=days),
            )
            # A thousand sessions have few diklat: each is read once, without what a calendar does not show.
            .options(selectinload(LiveSession.diklat).raiseload("*"))
            .order_by(LiveSession.starts_at)
            .limit(1000)
        )
        .all()
    )


def sessions_between(start: datetime, end: datetime, *, states: Iterable[DiklatState]) -> Sequence[LiveSession]:
    """Sessions that touch this span, cancelled ones too, of diklat in these states, with the diklat; for calendars."""
    return (
        db.session()
        .scalars(
            sa.select(LiveSession)
            .join(Diklat)
            .where(LiveSession.starts_at < end, LiveSession.ends_at > start, Diklat.state.in_(list(states)))
            .options(joinedload(LiveSession.diklat))
            .order_by(LiveSession.starts_at, LiveSession.id)
        )
        .all()
    )


def called_off(diklat_id: int) -> Sequence[LiveSession]:
    """Cancelled sessions of a diklat, with the diklat."""
    return (
        db.session()
        .scalars(
            sa.select(LiveSession)
            .where(LiveSession.diklat_id == diklat_id, LiveSession.state == SessionState.CANCELLED)
            .options(joinedload(LiveSession.diklat))
            .order_by(LiveSession.starts_at)
        )
        .all()
    )

"""Sessions of today: to join, to run, to watch; and those of the week."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from calakan.attendance import queries
from calakan.attendance.rules import AFTER_END, BEFORE_START
from calakan.diklat import queries as diklat_queries
from calakan.diklat.models import Diklat, DiklatState, LiveSession, SessionState
from calakan.diklat.queries import NAMED
from calakan.enrolment import queries as enrolment
from calakan.kernel import db, formats
from calakan.kernel.actor import Actor, Role
from calakan.kernel.cards import Card, Way, When
from calakan.narasumber import queries as narasumber
from calakan.office.queries import office_settings

WEEK = timedelta(days=7)
MOST = 12


def cards(actor: Actor, now: datetime) -> Iterator[Card]:
    """Each session once: whoever runs it sees how to run it, even where he is enrolled."""
    if actor.person_id is None:
        return
    speaking = narasumber.upcoming(actor.person_id, now=now - AFTER_END)
    run = _to_run(actor, speaking, now)
    seen = {session.id for session in run}
    windows = queries.check_ins(seen) if seen else {}
    here = queries.present_counts(seen) if seen else {}
    seats = enrolment.seats(*{session.diklat for session in run}) if run else {}
    for session in run:
        window = windows.get(session.id)
        code = window.code if window is not None and window.closes_at > now else ""
        yield _running(session, code, here.get(session.id, 0), seats[session.diklat_id].taken)
    own = enrolment.ahead(actor.person_id, since=None, states=(DiklatState.PUBLISHED,))
    mine = [s for s in own if s.id not in seen and s.ends_at > now - AFTER_END and s.starts_at < now + WEEK]
    # Of all: the cards of what is lacking ask for them, too.
    marks = queries.presences([session.id for session in own], [actor.person_id]).get(actor.person_id, {})
    opens = timedelta(minutes=office_settings().room_opens_minutes)
    for session in mine:
        mark = marks.get(session.id)
        yield _attending(session, mark is not None and mark.present, opens, now)
    for session in speaking:
        if session.id not in seen and now < session.ends_at and session.starts_at < now + WEEK:
            yield _speaking(session)


def _to_run(actor: Actor, speaking: Sequence[LiveSession], now: datetime) -> Sequence[LiveSession]:
    """Sessions whose code may be shown now: of all for the panitia, otherwise led or spoken at by the actor."""
    if not (actor.has_desk or actor.has(Role.NARASUMBER) or speaking):
        return []
    spoken = LiveSession.id.in_([session.id for session in speaking])
    wanted = (
        sa.select(LiveSession)
        .join(Diklat)
        .where(
            Diklat.state == DiklatState.PUBLISHED,
            LiveSession.state == SessionState.PLANNED,
            LiveSession.starts_at <= now + BEFORE_START,
            LiveSession.ends_at > now - AFTER_END,
            sa.or_(spoken, diklat_queries.looked_after_by(actor)),
        )
        .options(joinedload(LiveSession.diklat).options(*NAMED))
        .order_by(LiveSession.starts_at, LiveSession.id)
        .limit(MOST)
    )
    return db.session().scalars(wanted).all()


def _running(session: LiveSession, code: str, here: int, seats: int) -> Card:
    said = f"{formats.number(here)} dari {formats.number(seats)} hadir"
    parts = {"slug": session.diklat.slug, "number": session.number}
    return Card(
        when=When.NOW,
        title=session.diklat.title,
        note=f"{session.title} · {formats.span(session.starts_at, session.ends_at)} · {said}",
        icon="key-round",
        at=session.starts_at,
        large=code,
        ways=(Way("Jalankan", "attendance.run", parts), Way("Kode besar", "attendance.code_page", parts)),
    )


def _attending(session: LiveSession, present: bool, opens: timedelta, now: datetime) -> Card:
    slug = session.diklat.slug
    open_now = session.starts_at - opens <= now
    begun, over = session.starts_at <= now, session.ends_at <= now
    ways = [Way("Buka diklat", "attendance.progress", {"slug": slug})]
    said = formats.span(session.starts_at, session.ends_at)
    if present:
        said += " · kehadiran Bapak/Ibu tercatat"
    elif begun:
        ways.insert(0, Way("Isi kode hadir", "attendance.check_in"))
        said += " · kode masih diterima" if over else ""
    if session.room_url and open_now and not over:
        ways.insert(0, Way("Gabung ruang", elsewhere=session.room_url))
    return Card(
        when=When.NOW if open_now else When.WEEK,
        title=session.diklat.title,
        note=f"{session.title} · {said}",
        icon="video" if session.room_url else "calendar",
        at=session.starts_at,
        ways=tuple(ways),
    )


def _speaking(session: LiveSession) -> Card:
    return Card(
        when=When.WEEK,
        title=session.diklat.title,
        note=f"Bapak/Ibu membawakan {session.title} · {formats.span(session.starts_at, session.ends_at)}",
        icon="heart-handshake",
        at=session.starts_at,
        ways=(Way("Papan narasumber", "narasumber.board"),),
    )

"""What the narasumber's pages have to show: busy times, a proposal under review, materials, answers to questionnaires."""

from __future__ import annotations

import random
from datetime import datetime, time, timedelta

import sqlalchemy as sa

from calakan.attendance.models import Presence
from calakan.availability import services as availability
from calakan.diklat.models import Diklat, DiklatState, LiveSession, SessionState
from calakan.diklat.services import details
from calakan.feedback import services as feedback
from calakan.feedback.models import ITEMS
from calakan.kernel import clock, db
from calakan.kernel.actor import Actor, system
from calakan.materials import services as materials
from calakan.materials.models import Audience, MaterialKind
from calakan.people.models import Person
from calakan.people.queries import actor_of, by_email
from calakan.planning import series
from calakan.planning import services as planning

ACTOR = system("demo")
WORDS = (
    "Contohnya langsung bisa saya pakai besok pagi.",
    "Runtut dan tidak terburu-buru. Matur nuwun.",
    "Waktu tanya jawab mohon ditambah.",
    "Suaranya jelas, salindianya mudah dibaca dari HP.",
    "Mohon ada contoh untuk kelas rendah.",
    "Senang bisa mencoba bersama, bukan hanya mendengar.",
)


def enrich(chance: random.Random, *, now: datetime) -> None:
    """Add to the diklat that stand already; through the services, as their people would."""
    speaker, staff = by_email("narasumber@example.org"), by_email("panitia@example.org")
    assert speaker is not None
    assert staff is not None
    tri, panitia = actor_of(speaker), actor_of(staff)
    _busy(tri, now=now)
    _propose(tri, panitia, now=now)
    _hand_out(now=now)
    _answer(chance)


def _busy(who: Actor, *, now: datetime) -> None:
    assert who.person_id is not None
    with db.transaction():
        for weekday in (0, 2):
            availability.toggle_weekly(who.person_id, weekday, "pagi", actor=who, now=now)
    begins = clock.instant(clock.local(now).date() + timedelta(days=9), time(8))
    with db.transaction():
        availability.add_dated(
            who.person_id, begins, begins + timedelta(hours=8), note="Rapat dinas", actor=who, now=now
        )


def _propose(who: Actor, panitia: Actor, *, now: datetime) -> None:
    assert who.person_id is not None
    pattern = series.Pattern(
        weekday=1, at=time(13), minutes=90, times=4, first=clock.local(now).date() + timedelta(days=30)
    )
    given = details.Details(
        title="Koding untuk Guru Informatika",
        summary="Empat pertemuan dari balok sampai baris kode.",
        topics=["koding"],
        quota=100,
    )
    shown = [begins for begins, _ in series.suggest(pattern, who.person_id, now=now).times]
    with db.transaction():
        made = planning.propose_series(given, pattern, shown, actor=who, now=now)
        made.demo, id = True, made.id
    with db.transaction():
        planning.comment(id, "Topiknya ditunggu. Bisa ditambah satu tugas mandiri?", actor=panitia, now=now)


def _hand_out(*, now: datetime) -> None:
    held = db.session().execute(
        sa.select(Diklat.id, sa.func.min(LiveSession.id), sa.func.min(LiveSession.ends_at))
        .join(LiveSession, LiveSession.diklat_id == Diklat.id)
        .where(Diklat.state.in_([DiklatState.PUBLISHED, DiklatState.CLOSED]), Diklat.demo)
        .group_by(Diklat.id)
        .order_by(Diklat.id)
    )
    for diklat_id, session_id, ends_at in held.all():
        _material(diklat_id, "Salindia sesi 1", "salindia", None, Audience.EVERYONE, now=now)
        _material(diklat_id, "Lembar kerja", "lembar-kerja", None, Audience.ENROLLED, now=now)
        if ends_at <= now:
            _material(diklat_id, "Rekaman sesi 1", "rekaman", session_id, Audience.ENROLLED, now=now)


def _material(
    diklat_id: int, title: str, page: str, session_id: int | None, audience: Audience, *, now: datetime
) -> None:
    kind = MaterialKind.RECORDING if session_id is not None else MaterialKind.MATERIAL
    content = materials.Content(url=f"https://example.org/contoh/{page}")
    with db.transaction():
        materials.hand_out(
            diklat_id,
            content,
            title=title,
            kind=kind,
            audience=audience,
            session_id=session_id,
            actor=ACTOR,
            now=now,
        )


def _answer(chance: random.Random) -> None:
    """Most of those who were there answered the day after; the demo teacher still may."""
    teacher = by_email("guru@example.org")
    assert teacher is not None
    teacher_id = teacher.id
    sessions = db.session().execute(
        sa.select(LiveSession.id, LiveSession.ends_at)
        .join(Diklat, Diklat.id == LiveSession.diklat_id)
        .where(Diklat.state == DiklatState.CLOSED, LiveSession.state == SessionState.PLANNED, Diklat.demo)
        .order_by(LiveSession.id)
    )
    for session_id, ends_at in sessions.all():
        wanted = sa.select(Presence.person_id).where(
            Presence.live_session_id == session_id, Presence.present, Presence.person_id != teacher_id
        )
        people = list(db.session().scalars(wanted.order_by(Presence.person_id)))
        with db.transaction():
            for person_id in people[:25]:
                person = db.session().get_one(Person, person_id)
                marks = {item: chance.choices((4, 3, 2), (6, 3, 1))[0] for item in ITEMS}
                feedback.answer(
                    session_id,
                    person_id,
                    marks,
                    text=chance.choice(WORDS) if chance.random() < 0.3 else "",
                    actor=Actor(person_id=person_id, name=person.name),
                    now=ends_at + timedelta(days=1),
                )

"""The home page of the panitia: what waits this week, each with one tap to its place, and nothing else."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from calakan.desk.waiting import Counts, waiting
from calakan.diklat.models import Diklat, LiveSession
from calakan.enrolment import services as enrolment
from calakan.enrolment.plans import Plan
from calakan.kernel import clock, db
from calakan.kernel.actor import Role
from calakan.kernel.claims import WorkState
from calakan.narasumber import services as narasumber
from calakan.notifications import budget
from calakan.notifications.models import Message
from calakan.notifications.ways import Way
from calakan.people.models import Person
from calakan.privacy import erasure
from tests import factories

Opener = Callable[[int | None], FlaskClient]


def seen(actor_id: int) -> tuple[Counts, list[list[str]]]:
    """The counts, and the titles of what is listed."""
    found = waiting(factories.actor(db.session().get_one(Person, actor_id)), now=clock.now())
    sessions = [[row.diklat.title for row in rows] for rows in (found.unlinked, found.offered)]
    return found.counts, [*sessions, [row.title for row in found.closing]]


def taps(browser: FlaskClient) -> list[str]:
    page = browser.get("/kelola").get_data(as_text=True)
    return re.findall(r'class="btn btn-2 btn-s" href="([^"]+)"', page.partition('id="isi"')[2])


def test_an_empty_week_says_so(app: Flask, client_of: Opener) -> None:
    staff = factories.person("Panitia", Role.PANITIA).id
    page = client_of(staff).get("/kelola").get_data(as_text=True)
    assert ("Tidak ada yang menunggu" in page, taps(client_of(staff))) == (True, [])


def test_sessions_without_a_link_this_week_and_enrolment_that_closes(app: Flask, client_of: Opener) -> None:
    lead = factories.person("Pengampu", Role.NARASUMBER)
    near, _, linked, hall, closing = (
        factories.diklat(title, days=days).id
        for title, days in (("Dekat", 3), ("Jauh", 9), ("Bertaut", 3), ("Aula", 3), ("Segera", 20))
    )
    staff, now = factories.person("Panitia", Role.PANITIA).id, clock.now()
    with db.transaction() as session:
        rooms = sa.update(LiveSession).values(room_url="")
        session.execute(rooms)
        session.execute(rooms.where(LiveSession.diklat_id == linked).values(room_url="https://ruang.example.org"))
        session.execute(sa.update(Diklat).where(Diklat.id == hall).values(mode="luring"))
        session.execute(sa.update(Diklat).where(Diklat.id == near).values(lead_id=lead.id))
        closes = sa.update(Diklat)
        session.execute(closes.values(enrol_closes_at=now + timedelta(days=8)))
        session.execute(closes.where(Diklat.id == closing).values(enrol_closes_at=now + timedelta(days=6)))
    assert seen(staff) == (Counts(), [["Dekat"], [], ["Segera"]])
    assert seen(lead.id) == (Counts(), [["Dekat"], [], []])
    slug = db.session().get_one(Diklat, near).slug
    assert f"/kelola/diklat/{slug}/sesi/1/ubah" in taps(client_of(staff))


def test_decisions_and_troubles_are_counted_each_with_its_tap(app: Flask, client_of: Opener) -> None:
    staff, admin = factories.person("Panitia", Role.PANITIA).id, factories.person("Admin", Role.ADMIN).id
    hopeful, raised = factories.person("Calon").id, factories.person("Relawan", Role.NARASUMBER)
    course, now = factories.diklat("Dicari", days=30).id, clock.now()
    live = db.session().scalars(sa.select(LiveSession.id).where(LiveSession.diklat_id == course)).one()
    for person_id in (hopeful, raised.id):
        with db.transaction():
            narasumber.offer_to_speak(
                person_id, narasumber.Offer(headline="Guru"), actor=factories.SYSTEM, now=now
            )  # fmt: skip
    with db.transaction():
        narasumber.decide(raised.id, approve=True, actor=factories.SYSTEM, now=now)
    with db.transaction():
        narasumber.volunteer_for(live, actor=factories.actor(raised), now=now)
    with db.transaction():
        erasure.ask(hopeful, actor=factories.SYSTEM, now=now)
    with db.transaction() as session:
        first, second, *_ = session.scalars(sa.select(Message.id).order_by(Message.id)).all()
        session.execute(sa.update(Message).where(Message.id == first).values(state=WorkState.FAILED))
        session.execute(sa.update(Message).where(Message.id == second).values(state=WorkState.UNCERTAIN))
    counts, lists = seen(staff)
    assert counts == Counts(failed=1, uncertain=1, volunteers=1)
    assert lists[1] == ["Dicari"]
    assert seen(admin)[0].erasures == 1
    assert set(taps(client_of(staff))) >= {
        "/kelola/pesan?status=failed", "/kelola/pesan?status=uncertain", "/kelola/narasumber?status=applied",
    }  # fmt: skip
    # Whoever leads a diklat is told nothing of the office.
    assert seen(raised.id) == (Counts(), [[], [], []])


def test_a_channel_that_its_provider_refuses_is_told_of_but_not_a_short_breath(app: Flask, client_of: Opener) -> None:
    staff, now = factories.person("Panitia", Role.PANITIA).id, clock.now()
    with db.transaction():
        budget.rest(Way.TELEGRAM, now + timedelta(seconds=40), trouble="429")
    assert seen(staff)[0] == Counts()
    with db.transaction():
        budget.rest(Way.TELEGRAM, now + timedelta(minutes=15), trouble="401")
    assert seen(staff)[0] == Counts(resting=1)
    assert "/kelola/pesan" in taps(client_of(staff))


def test_a_published_diklat_that_reminds_nobody_is_named(app: Flask, client_of: Callable[[int], FlaskClient]) -> None:
    silent, loud = factories.diklat("Senyap", remind=False).id, factories.diklat("Terdengar").id
    panitia = factories.person("Rina", Role.PANITIA)
    found = waiting(factories.actor(panitia), now=clock.now())
    assert [diklat.id for diklat in found.silent] == [silent]
    with db.transaction():
        enrolment.set_plan(loud, Plan(moments=()), remind=True, actor=factories.SYSTEM, now=clock.now())
    found = waiting(factories.actor(panitia), now=clock.now())
    assert [diklat.id for diklat in found.silent] == [silent, loud]
    page = client_of(panitia.id).get("/kelola").get_data(as_text=True)
    assert "Diklat terbit tanpa pengingat" in page

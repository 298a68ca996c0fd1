"""A breach has a clock of three times twenty-four hours, whom to tell, a register, and a line on the trail for each step."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask
from flask.testing import FlaskClient

from calakan.audit.models import AuditEntry
from calakan.kernel import clock, db, formats
from calakan.kernel.actor import Role
from calakan.privacy import breaches
from calakan.privacy.breaches import Step, Told
from calakan.privacy.cards import cards
from calakan.privacy.errors import BreachClosed, BreachNotTold, BreachNotYet
from calakan.privacy.models import Breach
from tests import factories
from tests.hostile.forms_of_people import BREACH

Opener = Callable[[int | None], FlaskClient]
TYPED = {name: value for name, (_, value) in BREACH.items()}


def said() -> Told:
    return Told(
        title="Laptop hilang", noticed_at=clock.now() - timedelta(hours=2), happened="Di bus.", data="Nama",
        affected="40 orang", remedy="Sandi diganti.",
    )  # fmt: skip


def note(told: Told) -> int:
    with db.transaction():
        return breaches.note(told, actor=factories.SYSTEM, now=clock.now()).id


def take(id: int, step: Step) -> None:
    with db.transaction():
        breaches.take(id, step, actor=factories.SYSTEM, now=clock.now())


def row(id: int) -> Breach:
    db.session().rollback()
    return db.session().get_one(Breach, id)


def test_the_clock_runs_from_when_it_was_noticed(app: Flask) -> None:
    told = said()
    id = note(told)
    assert (row(id).due_at, row(id).told) == (told.noticed_at + timedelta(hours=72), False)
    with pytest.raises(BreachNotYet):
        note(replace(told, noticed_at=clock.now() + timedelta(minutes=1)))
    earlier = replace(told, noticed_at=told.noticed_at - timedelta(hours=5), affected="41 orang")
    with db.transaction():
        breaches.amend(id, earlier, actor=factories.SYSTEM, now=clock.now())
    assert (row(id).noticed_at, row(id).affected) == (earlier.noticed_at, "41 orang")
    [entry] = db.session().scalars(sa.select(AuditEntry).where(AuditEntry.act == "privacy.amend_breach"))
    assert entry.facts["noticed_at"] == [told.noticed_at.isoformat(), earlier.noticed_at.isoformat()]


def test_it_is_over_once_everybody_was_told_and_then_stays(app: Flask) -> None:
    id = note(said())
    for step in (Step.CLOSED, Step.PEOPLE):
        with pytest.raises(BreachNotTold):
            take(id, Step.CLOSED)
        if step is Step.PEOPLE:
            take(id, step)
            first = row(id).people_told_at
            with time_machine.travel(clock.now() + timedelta(hours=1)):
                take(id, step)
            assert row(id).people_told_at == first
    with pytest.raises(BreachNotTold):
        take(id, Step.CLOSED)
    assert [found.id for found in breaches.waiting()] == [id]
    with time_machine.travel(clock.now() + timedelta(hours=80)):
        take(id, Step.AUTHORITY)
        take(id, Step.AUTHORITY)
    assert list(breaches.waiting()) == []
    take(id, Step.CLOSED)
    for act in (Step.PEOPLE, Step.CLOSED):
        with pytest.raises(BreachClosed):
            take(id, act)
    told = said()
    with pytest.raises(BreachClosed), db.transaction():
        breaches.amend(id, told, actor=factories.SYSTEM, now=clock.now())
    wanted = sa.select(AuditEntry.facts).where(AuditEntry.act == "privacy.answer_breach").order_by(AuditEntry.id)
    steps = [(facts["step"], facts["late"]) for facts in db.session().scalars(wanted)]
    assert steps == [("people", False), ("authority", True), ("closed", False)]


def test_the_register_shows_the_open_ones_first(app: Flask) -> None:
    over, fresh = note(said()), note(said())
    for step in (Step.PEOPLE, Step.AUTHORITY, Step.CLOSED):
        take(over, step)
    older = note(replace(said(), noticed_at=clock.now() - timedelta(days=9)))
    assert [found.id for found in breaches.register()] == [fresh, older, over]
    assert breaches.by_code("x" * 11) is None
    assert breaches.by_code("x" * 10) is None


def test_it_stands_first_on_the_page_of_admins_alone(app: Flask) -> None:
    id = note(said())
    admin, panitia = factories.person("Nur", Role.ADMIN), factories.person("Rina", Role.PANITIA)
    [card] = cards(factories.actor(admin), clock.now())
    assert (card.at, "Paling lambat" in card.note) == (row(id).due_at, True)
    [late] = cards(factories.actor(admin), clock.now() + timedelta(hours=71))
    assert "Sudah lewat" in late.note
    assert list(cards(factories.actor(panitia), clock.now())) == []


def test_an_admin_notes_tells_and_closes_it(app: Flask, client_of: Opener) -> None:
    admin = client_of(factories.person("Nur", Role.ADMIN).id)
    assert admin.post("/kelola/pelindungan-data/kegagalan", data={**TYPED, "what": ""}).status_code == 422
    future = (clock.local(clock.now()) + timedelta(days=1)).strftime("%Y-%m-%dT%H:%M")
    refused = admin.post("/kelola/pelindungan-data/kegagalan", data={**TYPED, "noticed_at": future})
    assert (refused.status_code, "Waktunya belum lewat" in refused.text) == (422, True)
    made = admin.post("/kelola/pelindungan-data/kegagalan", data=TYPED)
    address = made.headers["Location"]
    page = admin.get(address).text
    assert ("Batasnya sudah lewat" in page, "Nama dan email" in page, "Tertinggal di bus." in page) == (
        True,
        True,
        True,
    )
    assert admin.post(address, data={**TYPED, "affected": "41 peserta"}).status_code == 303
    assert "41 peserta" in admin.get(address).text
    early = admin.post(f"{address}/langkah", data={"langkah": "closed"}, follow_redirects=True)
    assert "Beri tahu dulu" in early.text
    assert "tidak dikenal" in admin.post(f"{address}/langkah", data={"langkah": "x"}, follow_redirects=True).text
    for step in Step:
        assert admin.post(f"{address}/langkah", data={"langkah": step.value}).status_code == 303
    assert "Lengkapi catatan" not in admin.get(address).text
    assert "Ditutup" in admin.get("/kelola/pelindungan-data/kegagalan").text
    panitia = client_of(factories.person("Rina", Role.PANITIA).id)
    assert [panitia.get(path).status_code for path in ("/kelola/pelindungan-data/kegagalan", address)] == [403, 403]


def test_the_register_says_until_when_whom_to_tell(app: Flask, client_of: Opener) -> None:
    """Open and in time, open and late, told, closed: each in its own words, the deadline where it still runs."""
    admin, now = factories.person("Admin", Role.ADMIN).id, clock.now()
    ids = {}
    for title, hours in (("Baru", 2), ("Lama", 73), ("Diberitahukan", 3), ("Ditutup", 80)):
        ids[title] = note(replace(said(), title=title, noticed_at=now - timedelta(hours=hours)))
    for title in ("Diberitahukan", "Ditutup"):
        take(ids[title], Step.PEOPLE)
        take(ids[title], Step.AUTHORITY)
    take(ids["Ditutup"], Step.CLOSED)
    page = client_of(admin).get("/kelola/pelindungan-data/kegagalan").get_data(as_text=True)
    rows = {title: page.split(f">{title}</a>")[1].split("</li>")[0] for title in ids}
    for title, tag in (("Baru", "Belum"), ("Lama", "Terlambat"), ("Diberitahukan", "Sudah"), ("Ditutup", "Ditutup")):
        assert tag in rows[title]
        due = f"Beri tahu paling lambat {formats.moment(row(ids[title]).due_at)}"
        assert (due in rows[title]) is (title in ("Baru", "Lama"))
        assert f"Diketahui {formats.moment(row(ids[title]).noticed_at)}" in rows[title]

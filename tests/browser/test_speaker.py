"""A volunteer narasumber: answers an invitation, takes an open slot, and runs a session that teachers check in to."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

import pytest
from playwright.sync_api import Page, expect
from time_machine import TimeMachineFixture

from calakan.diklat import queries as diklat_queries
from calakan.enrolment import services as enrolment
from calakan.kernel import clock, db
from calakan.narasumber import services as speaking
from calakan.people import queries as people
from tests import factories
from tests.browser.conftest import Town, arrive, fits, go_on


def slug_of(session_id: int) -> str:
    session = diklat_queries.live_session_by_id(session_id)
    assert session is not None
    return session.diklat.slug


def invited(town: Town, session_id: int) -> str:
    """A volunteer whom the panitia ask for this session; returns the address to log in with."""
    speaker = factories.volunteer("Tri Handoko").id
    with db.transaction():
        speaking.invite(session_id, speaker, actor=factories.SYSTEM, now=clock.now())
    return town.give_password(speaker)


def enrolled(town: Town, session_id: int, name: str) -> str:
    """A teacher in the diklat of this session."""
    session = diklat_queries.live_session_by_id(session_id)
    assert session is not None
    diklat_id, email = session.diklat_id, town.account(name)
    person = people.by_email(email)
    assert person is not None
    teacher = person.id
    with db.transaction():
        enrolment.join(diklat_id, teacher, actor=factories.SYSTEM, now=clock.now())
    return email


def open_the_code(page: Page, slug: str) -> str:
    """From the own schedule: in the room, then the page to run the session by, and the code for all to see."""
    page.locator(f"form[action='/relawan/{slug}/1/hadir'] button").click()
    expect(page.locator(f"form[action='/relawan/{slug}/1/hadir']")).to_have_count(0)
    page.locator(f"a[href='/kelola/diklat/{slug}/sesi/1/jalankan']").click()
    arrive(page, "*/jalankan")
    go_on(page)
    expect(page.locator(".code-mid")).to_have_text(re.compile(r"^\d{3} \d{3}$"))
    go_on(page)
    shown = page.locator(".code-big")
    expect(shown).to_have_text(re.compile(r"^\d{6}$"))
    return shown.inner_text()


@pytest.mark.timeout(120)
def test_from_the_invitation_to_a_full_room(town: Town, morning: datetime, time_machine: TimeMachineFixture) -> None:
    time_machine.move_to(morning)
    asked, free = factories.slot("Asesmen", days=3), factories.slot("Numerasi", days=6)
    first, second = slug_of(asked), slug_of(free)
    teachers = [enrolled(town, asked, name) for name in ("Sri Mulyati", "Budi Santoso")]
    page = town.log_in(invited(town, asked), width=1280)
    page.locator(".nav a[href='/relawan']").click()
    page.locator("main a[href^='/relawan/tawaran/']").click()
    page.locator("button[name=jawab][value=bisa]").click()
    expect(page.locator("button[name=jawab][value=bisa]")).to_have_count(0)

    page.goto(f"{town.base}/relawan")
    page.locator(f"form[action='/relawan/{second}/1/ambil'] button").click()
    expect(page.locator(f"form[action='/relawan/{second}/1/lepas']")).to_have_count(1)
    page.locator("main a[href='/relawan/jadwal']").click()
    expect(page.locator("section[aria-labelledby=h-a] li")).to_have_count(1)
    assert fits(page)

    time_machine.move_to(morning + timedelta(days=3, minutes=5))
    page.reload()
    code = open_the_code(page, first)
    present = page.locator("#hadir b").first
    expect(present).to_have_text("0")
    for count, email in enumerate(teachers, start=1):
        phone = town.log_in(email)
        phone.goto(f"{town.base}/hadir")
        phone.fill("#kode", code)
        go_on(phone)
        arrive(phone, f"/belajar/{first}")
        expect(present).to_have_text(str(count))
    page.goto(f"{town.base}/kelola/diklat/{first}/sesi/1/jalankan")
    page.locator("form[action$='/akhiri'] button").click()
    expect(page.locator("form[action$='/akhiri']")).to_have_count(0)

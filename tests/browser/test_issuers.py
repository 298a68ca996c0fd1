"""A teacher comes in by way of another issuer, in a process of its own, as a browser does: there and back, the form of a
newcomer, and tying it to the account there is.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa
from playwright.sync_api import Page, expect

import config
from calakan.diklat.models import LiveSession
from calakan.kernel import clock, db
from calakan.people import issuers
from calakan.people.models import Person
from calakan.people.ways_in import IssuerAccount
from tests import factories
from tests.browser.conftest import Town, arrive, fits, fresh, go_on, type_account
from tests.browser.test_teacher import SCHOOL, mailed_code
from tests.completion.courses import Course
from tests.servers.issuer import CLIENT_ID, CLIENT_SECRET, Issuer, running

ANI = {"sub": "ani-1", "email": "ani@guru.sd.belajar.id", "email_verified": True, "name": "Ani Rahmawati"}
pytestmark = pytest.mark.real_clock


@pytest.fixture(scope="module")
def process() -> Iterator[Issuer]:
    with running() as found:
        yield found


@pytest.fixture
def belajar(town: Town, process: Issuer) -> Iterator[Issuer]:
    """Set up at this site, which the issuer sends its people back to."""
    settings = town.app.extensions["calakan.settings"]
    town.app.extensions["calakan.settings"] = replace(settings, base_url=town.base)
    issuers.connect(
        [
            config.Issuer(
                name="belajar", label="belajar.id", url=process.url, client_id=CLIENT_ID, client_secret=CLIENT_SECRET
            )
        ]
    )
    process.says(**ANI)
    yield process
    issuers.connect([])
    town.app.extensions["calakan.settings"] = settings


def by_issuer(page: Page, base: str) -> None:
    page.goto(f"{base}/masuk")
    assert fits(page)
    page.get_by_role("link", name="Masuk dengan belajar.id").click()


@pytest.mark.parametrize("script", [True, False], ids=["script", "no script"])
def test_a_newcomer_fills_in_three_fields_and_comes_in_at_once_next_time(
    town: Town, belajar: Issuer, script: bool
) -> None:
    page = town.open(script=script)
    by_issuer(page, town.base)
    arrive(page, "/akun/baru")
    assert fits(page)
    expect(page.get_by_text(ANI["email"])).to_be_visible()
    expect(page.locator("#name")).to_have_value("Ani Rahmawati")
    page.locator("#school_words").press_sequentially("sdn 1 kedungwuluh")
    if script:
        page.locator("form button[type=button]").filter(has_text=SCHOOL).first.click()
    page.select_option("#jabatan", "guru_kelas")
    page.check("#notice")
    go_on(page)
    if not script:  # which school is meant is asked by the page
        choice = page.locator("#school_id option").filter(has_text=SCHOOL).first
        page.select_option("#school_id", choice.get_attribute("value") or "")
        go_on(page)
        town.problems.remove(next(said for said in town.problems if "422" in said))
    arrive(page, "/hari-ini")
    ani = fresh().scalars(sa.select(Person)).one()
    assert (ani.email, ani.password_hash, ani.complete) == (ANI["email"], None, True)
    other = town.open(width=1280, script=script)
    by_issuer(other, town.base)
    arrive(other, "/hari-ini")


def test_whoever_has_an_account_shows_that_it_is_his_and_ties_it_once(town: Town, belajar: Issuer) -> None:
    email = str(ANI["email"])
    with_account = town.account("Ani Rahmawati")
    session = fresh()
    id = session.scalars(sa.select(Person.id).where(Person.email == with_account)).one()
    session.rollback()
    with db.transaction() as held:
        held.get_one(Person, id).email = email
    page = town.open()
    by_issuer(page, town.base)
    arrive(page, "/masuk/kode-surat")
    expect(page.get_by_text("sudah punya akun")).to_be_visible()
    page.fill("#email", email)
    go_on(page)
    arrive(page, "/masuk/kode-surat/kode")
    page.fill("#code", mailed_code(email))
    go_on(page)
    arrive(page, "/akun/oidc/hubungkan")  # by way of the issuer once more, now as the owner
    expect(page.get_by_text(email)).to_be_visible()
    assert fits(page)
    assert fresh().scalars(sa.select(IssuerAccount)).all() == []
    go_on(page)
    arrive(page, "/akun/perangkat")
    expect(page.get_by_text("terhubung").first).to_be_visible()
    assert fresh().scalars(sa.select(IssuerAccount.person_id)).all() == [id]
    page.context.clear_cookies()
    by_issuer(page, town.base)
    arrive(page, "/hari-ini")


def test_whoever_changes_his_mind_at_the_issuer_is_told_so(town: Town, belajar: Issuer) -> None:
    belajar.says(**ANI, _error="access_denied")
    page = town.open()
    by_issuer(page, town.base)
    arrive(page, "/masuk")
    expect(page.get_by_text("dibatalkan")).to_be_visible()
    expect(page.locator("#email")).to_be_visible()


def test_from_the_mail_of_a_reminder_into_the_room_by_way_of_the_log_in(town: Town) -> None:
    """The room is another site to the browser, which follows no answer to a form there."""
    course, email = Course(), town.account("Sri Mulyati")
    elsewhere = town.base.replace("127.0.0.1", "localhost") + "/bantuan"
    with db.transaction() as session:
        id = session.scalars(sa.select(Person.id).where(Person.email == email)).one()
        held = session.get_one(LiveSession, course.sessions[0])
        held.room_url, held.starts_at = elsewhere, clock.now() - timedelta(minutes=1)
        held.ends_at = clock.now() + timedelta(hours=1)
    factories.enrol(course.id, [id])
    page = town.open()
    page.goto(f"{town.base}/belajar/{course.slug}/sesi/1/ruang")
    arrive(page, "/masuk")
    type_account(page, email)
    page.wait_for_url(elsewhere)

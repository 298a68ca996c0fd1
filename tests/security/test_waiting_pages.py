"""Whoever waits for a mail, at whatever door, learns of nobody's account by how the page waits, counts or ends."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask, g
from flask.testing import FlaskClient

from calakan.kernel import clock, db
from calakan.notifications import tasks
from calakan.people.models import Person, School, Wanted
from calakan.people.services import addresses, entry, mail_codes
from calakan.people.tasks import take_entries
from tests import factories

Told = tuple[int, str, str]
MOMENTS = (0, 1, 9, 11, 29, 31, 39, 41)
CODE_PAGE = "/masuk/kode-surat/kode"


def _enrol(browser: FlaskClient, email: str) -> object:
    slug = factories.diklat().slug
    school = db.session().scalars(sa.select(School.npsn).order_by(School.id)).first()
    typed = {"name": "Guru", "jabatan": "guru_kelas", "notice": "y", "school_words": school, "school_id": ""}
    return browser.post(f"/diklat/{slug}/ikut", data={**typed, "email": email})


def _sign_up(browser: FlaskClient, email: str) -> object:
    typed = {"name": "Ani Rahmawati", "password": "belimbing wuluh tiga keranjang", "notice": "y"}
    return browser.post("/akun/daftar", data={**typed, "email": email})


# How it is asked, the page that waits, and what a stranger can do there.
DOORS: dict[str, tuple[Callable[[FlaskClient, str], object], str, list[tuple[str, dict[str, str]]]]] = {
    "log-in code": (
        lambda browser, email: browser.post("/masuk/kode-surat", data={"email": email}),
        CODE_PAGE,
        [(CODE_PAGE, {"code": "12"}), ("/masuk/kode-surat/ulang", {})],
    ),
    "enrolment": (_enrol, CODE_PAGE, [(CODE_PAGE, {"code": "12"}), ("/masuk/kode-surat/ulang", {})]),
    "reset": (
        lambda browser, email: browser.post("/akun/lupa-sandi", data={"email": email}),
        "/masuk",
        [("/akun/lupa-sandi", {"email": "EMAIL"})],
    ),
    "sign-up": (_sign_up, "/akun/daftar/terkirim", [("/akun/kirim-ulang", {"email": "EMAIL"})]),
}


def addresses_of_each_kind() -> dict[str, str]:
    found = {"unknown": "tidak.ada@example.org", "known": factories.person().email, "closed": factories.person().email}
    found["unproven"] = "belum@example.org"
    with db.transaction() as session:
        entry.sign_up(found["unproven"], "Belum", password_hash="x", now=clock.now())
        session.execute(sa.update(Person).where(Person.email == found["closed"]).values(active=False))
    return found


def look(browser: FlaskClient, path: str, email: str, form: dict[str, str] | None = None) -> Told:
    g.pop("csrf_token", None)  # each request makes its own where no test keeps one context open
    data = {name: value.replace("EMAIL", email) for name, value in (form or {}).items()}
    answer = browser.get(path) if form is None else browser.post(path, data=data)
    page = re.sub(r'name="csrf_token" value="[^"]*"', "", answer.get_data(as_text=True))
    page = re.sub(r"/diklat/[a-z0-9-]+", "/diklat/slug", page.replace(email, "EMAIL"))
    return (
        answer.status_code,
        str(sorted(name for name, _ in answer.headers)) + answer.headers.get("Location", ""),
        page,
    )


@pytest.mark.parametrize("again", [True, False])
@pytest.mark.parametrize("door", DOORS)
def test_the_page_waits_alike_for_every_address(app: Flask, door: str, again: bool) -> None:
    """Before and after the mail has left, after the code has died, and after the page has given up."""
    start, settings = clock.now(), app.extensions["calakan.settings"]
    ask, waits, acts = DOORS[door]
    told: dict[str, list[Told]] = {}
    with time_machine.travel(start, tick=False) as clock_of_all:
        kinds = addresses_of_each_kind()
        browsers = {kind: app.test_client() for kind in kinds}
        for kind, email in kinds.items():
            ask(browsers[kind], email)
            told[kind] = []
        for minutes in MOMENTS:
            clock_of_all.move_to(start + timedelta(minutes=minutes))
            for kind, email in kinds.items():
                told[kind].append(look(browsers[kind], waits, email))
                for path, form in acts if again else acts[:1]:
                    told[kind].append(look(browsers[kind], path, email, form))
            take_entries(settings)
            tasks.deliver_due(settings)
            db.session().rollback()
    for kind in kinds:
        for at, (mine, unknown) in enumerate(zip(told[kind], told["unknown"], strict=True)):
            assert mine == unknown, (kind, at)


def test_a_new_address_waits_alike_whether_it_is_somebody_elses(app: Flask) -> None:
    me, other, start = factories.person().id, factories.person().email, clock.now()
    settings = app.extensions["calakan.settings"]
    told: list[list[str]] = []
    for email in (other, "belum.ada@example.org"):
        with time_machine.travel(start, tick=False) as moving:
            with db.transaction():
                browser = addresses.ask(me, email, Wanted.NEW_EMAIL, now=start)
            tasks.deliver_due(settings)
            db.session().rollback()
            told.append([])
            for minutes in MOMENTS:
                moving.move_to(start + timedelta(minutes=minutes))
                told[-1].append(wait(browser, clock.now()))
    assert told[0] == told[1] == ["wrong"] * 5 + ["CodeOver"] * 2 + ["gone"]


def wait(browser: str, now: datetime) -> str:
    if mail_codes.waiting(browser, now=now) is None:
        return "gone"
    try:
        with db.transaction():
            assert mail_codes.by_code(browser, "12", now=now) is None
    except mail_codes.CodeOver as error:
        return type(error).__name__
    return "wrong"

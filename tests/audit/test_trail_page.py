"""The trail is searched by day, person and act, and taken as a file, which is a line of its own."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from datetime import timedelta

import sqlalchemy as sa
import time_machine
from flask import Flask
from flask.testing import FlaskClient

from calakan.audit import services as audit
from calakan.audit.models import AuditEntry
from calakan.kernel import clock, db
from calakan.kernel.actor import Role
from calakan.people.models import Person
from calakan.web.messages import parts_of_the_trail
from tests import factories

Opener = Callable[[int | None], FlaskClient]


def note(act: str, subject: Person | None, *, by: Person, days: int = 0, name: str = "", **facts: object) -> None:
    with db.transaction():
        at = factories.morning(0) + timedelta(days=days)
        audit.record(act, subject, actor=factories.actor(by), now=at, name=name, **facts)


def taken(browser: FlaskClient, query: str) -> list[list[str]]:
    answer = browser.get(f"/kelola/jejak/berkas?{query}")
    assert (answer.status_code, answer.mimetype) == (200, "text/csv")
    return list(csv.reader(io.StringIO(answer.get_data().decode("utf-8-sig")), delimiter=";"))[1:]


def test_by_day_person_and_act(app: Flask, client_of: Opener) -> None:
    admin, ani, budi = factories.person("Admin", Role.ADMIN), factories.person("Ani"), factories.person("Budi")
    browser, code = client_of(admin.id), ani.code
    today, before = clock.today(), db.session().scalar(sa.select(sa.func.max(AuditEntry.id))) or 0
    note("people.save_profile", ani, by=ani, days=-3)
    note("people.set_roles", ani, by=admin, days=-2, roles=["panitia"])
    note("enrolment.remove", budi, by=admin, days=-1, person_id=ani.id, reason="sakit")
    note("people.save_profile", budi, by=budi, name="=1+1")
    acts = {
        f"orang={code}": ["enrolment.remove", "people.set_roles", "people.save_profile"],
        f"orang={code}&tindakan=people.": ["people.set_roles", "people.save_profile"],
        f"dari={today - timedelta(days=2)}&sampai={today - timedelta(days=1)}": [
            "enrolment.remove",
            "people.set_roles",
        ],
        f"q=Ani&sampai={today - timedelta(days=1)}": ["people.set_roles", "people.save_profile"],
        f"orang=TIADA&dari={today - timedelta(days=2)}&sampai={today - timedelta(days=2)}": ["people.set_roles"],
        "tindakan=people.save&dari=kemarin": ["people.save_profile", "people.save_profile"],
    }
    numbers = dict(db.session().execute(sa.select(AuditEntry.id, AuditEntry.act)).all())
    for query, expected in acts.items():
        rows = taken(browser, query)
        assert [numbers[int(row[-1])] for row in rows if int(row[-1]) > before] == expected, query
        page = browser.get(f"/kelola/jejak?{query}").get_data(as_text=True)
        assert page.count("<tr>") - 1 == len(rows)
    reason = taken(browser, f"orang={code}&tindakan=enrolment.")[0]
    assert json.loads(reason[6]) == {"person_id": ani.id, "reason": "sakit"}
    # Nothing runs in a spreadsheet.
    assert taken(browser, "q=1%2B1")[0][3] == "'=1+1"


def test_taking_it_is_on_the_trail_too(app: Flask, client_of: Opener) -> None:
    admin, staff = factories.person("Admin", Role.ADMIN).id, factories.person("Panitia", Role.PANITIA).id
    taken(client_of(admin), "q=Ani")
    taken(client_of(admin), "q=Ani")
    rows = (
        db.session()
        .scalars(sa.select(AuditEntry).where(AuditEntry.act == "people.download").order_by(AuditEntry.id))
        .all()
    )
    assert [(row.actor_id, row.facts["path"], row.facts["asked"]) for row in rows] == [
        (admin, "/kelola/jejak/berkas", "q=%2A")
    ] * 2
    assert client_of(staff).get("/kelola/jejak/berkas").status_code == 403


def test_a_page_that_is_opened_often_writes_one_line_a_day(app: Flask, client_of: Opener) -> None:
    staff, slugs = factories.person("Panitia", Role.PANITIA).id, [factories.diklat().slug for _ in range(2)]
    seen = sa.select(AuditEntry.subject_kind, AuditEntry.facts["path"].as_string()).where(
        AuditEntry.act == "people.list"
    )

    def rows() -> list[tuple[str, str]]:
        found = [(kind, path) for kind, path in db.session().execute(seen.order_by(AuditEntry.id))]
        db.session().rollback()
        return found

    browser = client_of(staff)
    pages = ["/kelola/orang", *(f"/kelola/diklat/{slug}/peserta" for slug in slugs), "/kelola/pesan"]
    for path in (*pages, *pages, "/kelola/orang?q=ani"):
        assert browser.get(path).status_code == 200
    expected = [("", pages[0]), ("diklat", pages[1]), ("diklat", pages[2]), ("", pages[3])]
    assert rows() == expected
    assert client_of(factories.person("Lain", Role.PANITIA).id).get(pages[0]).status_code == 200
    assert rows() == [*expected, ("", pages[0])]
    with time_machine.travel(clock.now() + timedelta(days=1)):
        assert client_of(staff).get(pages[0]).status_code == 200
    assert rows() == [*expected, ("", pages[0]), ("", pages[0])]


def test_the_acts_of_each_room_can_be_looked_for(app: Flask, client_of: Opener) -> None:
    browser = client_of(factories.person("Admin", Role.ADMIN).id)
    page = browser.get("/kelola/jejak?tindakan=planning.").get_data(as_text=True)
    assert '<option value="planning." selected>Perencanaan' in page
    assert {"people.", "recognition.", "completion."} <= {part for part, _ in parts_of_the_trail()}

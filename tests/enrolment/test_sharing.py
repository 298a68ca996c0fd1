"""Texts for groups: each has its own short link, and taps are counted, not previews."""

from __future__ import annotations

import re
from collections.abc import Callable
from urllib.parse import quote

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from calakan.audit.models import AuditEntry
from calakan.diklat import queries
from calakan.diklat.models import Diklat
from calakan.enrolment import sharing
from calakan.enrolment.errors import GroupExists, NotPublic
from calakan.kernel import clock, db
from calakan.kernel.actor import Role
from calakan.kernel.errors import NotFound
from calakan.people import queries as people
from calakan.people.models import Kecamatan
from tests import factories

Opener = Callable[[int | None], FlaskClient]


def test_a_group_has_a_text_with_its_own_link_and_taps_count(
    app: Flask, client_of: Opener, client: FlaskClient
) -> None:
    course = factories.diklat("Numerasi")
    id, slug = course.id, course.slug
    staff = client_of(factories.person("Panitia", Role.PANITIA).id)
    page = f"/kelola/diklat/{slug}/bagikan"
    assert staff.post(page, data={"group": "kkg", "label": "KKG  Gugus 3"}).status_code == 303
    again = staff.post(page, data={"group": "kkg", "label": "kkg gugus 3"})
    assert (again.status_code, "sudah ada" in again.text) == (422, True)
    db.db.session.remove()
    [made] = sharing.links(id)
    code = made.code
    assert made.label == "KKG Gugus 3"
    shown = staff.get(page).text
    assert f"http://calakan.test/b/{code}" in shown
    assert quote("*Diklat gratis: Numerasi*") in shown
    for path, agent, status in (
        (f"/b/{code}", "Mozilla/5.0 (Linux; Android 9)", 302), (f"/b/{code.lower()}", "Mozilla/5.0", 302),
        (f"/b/{code}", "WhatsApp/2.23.20.0", 302), (f"/b/{code}", "facebookexternalhit/1.1", 302),
        ("/b/ZZZZZZ", "Mozilla/5.0", 404),
    ):  # fmt: skip
        answer = client.get(path, headers={"User-Agent": agent})
        assert answer.status_code == status
        assert status == 404 or answer.headers["Location"] == f"/diklat/{slug}"
    assert client.head(f"/b/{code}").status_code == 302
    db.db.session.remove()
    assert [row.taps for row in sharing.links(id)] == [2]
    assert ">2 kali<" in staff.get(page).text


def test_every_kecamatan_at_once_and_only_once(app: Flask, client_of: Opener) -> None:
    course = factories.diklat("Numerasi")
    id, slug = course.id, course.slug
    staff = client_of(factories.person("Panitia", Role.PANITIA).id)
    for _ in range(2):
        assert staff.post(f"/kelola/diklat/{slug}/bagikan/kecamatan").status_code == 303
    db.db.session.remove()
    found = sharing.links(id)
    assert len(found) == 27
    assert len({row.code for row in found}) == 27
    with pytest.raises(GroupExists), db.transaction():
        sharing.add(id, sharing.Group.KECAMATAN, found[0].label, actor=factories.SYSTEM, now=clock.now())


def test_a_draft_is_not_shared(app: Flask) -> None:
    id = factories.diklat("Draf", publish=False).id
    with pytest.raises(NotPublic), db.transaction():
        sharing.add(id, sharing.Group.KKG, "KKG", actor=factories.SYSTEM, now=clock.now())
    with pytest.raises(NotPublic), db.transaction():
        sharing.add_every_kecamatan(id, actor=factories.SYSTEM, now=clock.now())


def add(diklat_id: int, group: sharing.Group, label: str) -> int:
    with db.transaction():
        return sharing.add(diklat_id, group, label, actor=factories.SYSTEM, now=clock.now()).id


def test_links_of_another_diklat_are_no_reason_and_no_row_of_this_one(app: Flask) -> None:
    one, other = factories.diklat("Satu").id, factories.diklat("Dua").id
    made = [
        add(one, sharing.Group.SCHOOL, "SD 2"), add(one, sharing.Group.SCHOOL, "SD 1"), add(one, sharing.Group.KKG, "Z")
    ]  # fmt: skip
    same = add(other, sharing.Group.KKG, "Z")
    assert [row.id for row in sharing.links(one)] == [made[2], made[1], made[0]]
    assert [row.id for row in sharing.links(other)] == [same]
    with db.transaction():
        sharing.count_tap(same)
    assert [row.taps for row in sharing.links(one)] == [0, 0, 0]
    assert [row.taps for row in sharing.links(other)] == [1]
    found = sharing.by_code(sharing.links(other)[0].code)
    assert found == (same, db.session().get_one(Diklat, other).slug)
    assert sharing.by_code("") is None


def tick(diklat_id: int, code: str, sent: bool, who: int) -> None:
    person = people.person(who)
    assert person is not None
    with db.transaction():
        sharing.tick(diklat_id, code, sent=sent, actor=factories.actor(person), now=clock.now())


def test_whoever_sent_a_text_first_stands_beside_it_until_it_is_taken_back(app: Flask) -> None:
    one, other = factories.diklat("Satu").id, factories.diklat("Dua").id
    ratri, budi = (factories.person(name, Role.PANITIA).id for name in ("Ratri", "Budi"))
    add(one, sharing.Group.KKG, "KKG 1")
    add(one, sharing.Group.KKG, "KKG 2")
    code = sharing.links(one)[0].code
    tick(one, code.lower(), True, ratri)
    tick(one, code, True, budi)
    [first, second] = sharing.links(one)
    assert first.sent_by is not None
    assert (first.sent_by.name, second.sent_at, second.sent_by) == ("Ratri", None, None)
    with pytest.raises(NotFound):
        tick(other, code, True, ratri)
    for _ in range(2):
        tick(one, code, False, budi)
    assert [(row.sent_at, row.sent_by_id) for row in sharing.links(one)] == [(None, None)] * 2
    wanted = sa.select(AuditEntry.act, AuditEntry.actor_name).where(AuditEntry.act.like("enrolment.text%"))
    assert [tuple(row) for row in db.session().execute(wanted.order_by(AuditEntry.id))] == [
        ("enrolment.text_sent", "Ratri"), ("enrolment.text_not_sent", "Budi"),
    ]  # fmt: skip


def test_texts_still_to_send_come_first_on_the_page(app: Flask, client_of: Opener) -> None:
    made = factories.diklat("Numerasi")
    id, page = made.id, f"/kelola/diklat/{made.slug}/bagikan"
    for label in ("KKG 1", "KKG 2"):
        add(id, sharing.Group.KKG, label)
    staff, code = client_of(factories.person("Ratri", Role.PANITIA).id), sharing.links(id)[0].code
    assert "0 dari 2 sudah dikirim" in staff.get(page).text
    assert staff.post(f"{page}/terkirim", data={"grup": code, "terkirim": "1"}).status_code == 303
    shown = staff.get(page).text
    assert "1 dari 2 sudah dikirim" in shown
    assert re.search(r"Ratri, \w", shown)
    assert shown.index(">KKG 2<") < shown.index(">KKG 1<")
    assert staff.post(f"{page}/terkirim", data={"grup": code}).status_code == 303
    assert "0 dari 2 sudah dikirim" in staff.get(page).text


def test_a_long_name_is_cut_where_the_column_ends(app: Flask) -> None:
    id = factories.diklat().id
    add(id, sharing.Group.OTHER, "n" * 90)
    assert [len(row.label) for row in sharing.links(id)] == [80]
    with pytest.raises(GroupExists):
        add(id, sharing.Group.OTHER, "n" * 85)


def test_the_trail_says_how_many_kecamatan_are_new_and_nothing_when_none_is(app: Flask) -> None:
    one, other = factories.diklat("Satu").id, factories.diklat("Dua").id
    name = db.session().scalars(sa.select(Kecamatan.name).order_by(Kecamatan.name)).first()
    add(one, sharing.Group.KECAMATAN, f"Kecamatan {name}")
    for _ in range(2):
        for id in (one, other):
            with db.transaction():
                sharing.add_every_kecamatan(id, actor=factories.SYSTEM, now=clock.now())
    wanted = sa.select(AuditEntry.subject_name).where(AuditEntry.act == "enrolment.add_share_link")
    assert db.session().scalars(wanted.order_by(AuditEntry.id)).all() == [
        f"Kecamatan {name}", "26 kecamatan", "27 kecamatan",
    ]  # fmt: skip


def test_the_text_names_the_first_session_where_there_is_one(app: Flask) -> None:
    made = factories.diklat("Numerasi")
    first = queries.sessions_of(made.id)[0]
    lines = sharing.text(made, first, "https://x/b/1").splitlines()
    assert lines[3].startswith("Mulai ")
    assert lines[-2:] == ["4 JP, bersertifikat. Daftar lewat HP:", "https://x/b/1"]
    assert len(sharing.text(made, None, "https://x/b/1").splitlines()) == len(lines) - 1

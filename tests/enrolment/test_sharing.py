"""Texts for groups: each has its own short link, and taps are counted, not previews."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import quote

import pytest
from flask import Flask
from flask.testing import FlaskClient

from calakan.enrolment import sharing
from calakan.enrolment.errors import GroupExists, NotPublic
from calakan.kernel import clock, db
from calakan.kernel.actor import Role
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
    assert "2 kali dibuka" in staff.get(page).text


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

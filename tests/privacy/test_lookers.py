"""A person reads who looked at his data, or took them; nobody reads it of others."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from calakan.audit import services as audit
from calakan.diklat.models import Diklat, LiveSession
from calakan.enrolment.models import Enrolment
from calakan.kernel import clock, db
from calakan.kernel.actor import Actor, Role
from calakan.people.models import Person
from calakan.privacy import lookers
from tests import factories
from tests.api.conftest import token_of

Opener = Callable[[int | None], FlaskClient]


def seen(person_id: int) -> list[tuple[str, str]]:
    db.session().rollback()
    return [(entry.act, entry.subject_name) for entry in db.session().scalars(lookers.of_person(person_id))]


def test_looks_at_me_and_at_lists_with_me_are_told_and_others_not(app: Flask, client_of: Opener) -> None:
    ani, budi = factories.person("Ani"), factories.person("Budi")
    mine, other = factories.diklat("Punya Ani"), factories.diklat("Punya Budi")
    factories.enrol(mine.id, [ani.id])
    factories.enrol(other.id, [budi.id])
    rina = factories.person("Rina", Role.PANITIA)
    ids, codes, slugs, token = (ani.id, budi.id), (ani.code, budi.code), (mine.slug, other.slug), token_of(rina)
    panitia = client_of(rina.id)
    for code in codes:
        assert panitia.get(f"/kelola/orang/{code}").status_code == 200
    for slug in slugs:
        assert panitia.get(f"/kelola/diklat/{slug}/peserta").status_code == 200
        assert panitia.get(f"/kelola/diklat/{slug}/peserta/unduh?format=csv").status_code == 200
    assert app.test_client().get("/api/v1/people", headers={"Authorization": f"Bearer {token}"}).status_code == 200
    assert seen(ids[0]) == [
        ("people.list", ""),
        ("reports.roster", "Punya Ani"),
        ("people.list", "Punya Ani"),
        ("people.look", "Ani"),
    ]
    page = client_of(ids[0]).get("/saya/data/dilihat").text
    assert ("Rina" in page, "Punya Ani" in page, "Daftar semua orang" in page) == (True, True, True)
    assert "Punya Budi" not in page
    assert "Budi" not in page
    assert client_of(None).get("/saya/data/dilihat").status_code == 302
    assert [row["act"] for row in client_of(ids[0]).get("/saya/data.json").json["yang_melihat"]] == [  # type: ignore[index]  # the answer is JSON
        act for act, _ in seen(ids[0])
    ]


def test_a_ticket_that_is_read_is_a_look_at_its_owner_alone(app: Flask, client_of: Opener) -> None:
    ani, budi = factories.person("Ani").id, factories.person("Budi").id
    diklat = factories.diklat("Tatap muka").id
    factories.enrol(diklat, [ani, budi])
    code = db.session().scalars(sa.select(Enrolment.code).where(Enrolment.person_id == ani)).one()
    assert client_of(factories.person("Rina", Role.PANITIA).id).get(f"/kelola/pintu/{code}").status_code == 200
    assert (seen(ani), seen(budi)) == ([("people.look", "Ani")], [])


def test_lists_from_before_one_stood_on_them_are_not_told(app: Flask) -> None:
    ani, diklat = factories.person("Ani"), factories.diklat()
    id, diklat_id, now = ani.id, diklat.id, clock.now()
    rina = factories.actor(factories.person("Rina", Role.PANITIA))
    own = factories.actor(db.session().get_one(Person, id))

    def look(act: str, subject: db.Base | None, actor: Actor, days: float) -> None:
        with db.transaction() as session:
            found = session.merge(subject, load=True) if subject is not None else None
            audit.record(act, found, actor=actor, now=now + timedelta(days=days))

    factories.enrol(diklat_id, [id])
    diklat = db.session().get_one(Diklat, diklat_id)
    session = db.session().query(LiveSession).filter_by(diklat_id=diklat_id).one()
    look("people.list", diklat, rina, -400)
    look("people.list", None, rina, -400)  # before the account was there
    look("people.look", db.session().get_one(Person, id), own, 0)  # one's own look
    look("people.save_profile", db.session().get_one(Person, id), rina, 0)  # no look
    assert seen(id) == []
    look("people.download", session, rina, 1)
    look("people.list", diklat, rina, 1)
    assert [act for act, _ in seen(id)] == ["people.list", "people.download"]
